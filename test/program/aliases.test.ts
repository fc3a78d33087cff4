/** Macros that may stand for calls of the tables. */
import { expect, it } from 'vitest';
import { acquiringMacros, releasingMacros } from '../../src/program/aliases.js';
import { openTree } from '../../src/source/index.js';
import { withTree } from '../survey/helper.js';

it('takes a macro for what its body calls, not for its own name', async () => {
  const text = `#define get_user_pages_fast(a, n, f, p) mine(a, n, f, p)
#define TAKE(a, p) get_user_pages_fast(a, 1, 0, p)
#define put_page(p) mine_put(p)
#define DROP(p) \\
	put_page(p)
`;
  await withTree({ 'a.h': text }, async (root) => {
    const tree = await openTree(root);
    expect(acquiringMacros(tree, tree.files).map((r) => r.name)).toEqual(['TAKE']);
    expect(releasingMacros(tree).map((r) => r.name)).toEqual(['DROP']);
  });
});
