import { beforeAll, expect, it } from 'vitest';
import { openFollower } from '../../src/flow/follow.js';
import { unkept } from '../../src/program/ledger.js';
import { openProgram } from '../../src/program/program.js';
import { openTree } from '../../src/source/index.js';
import { sitesIn, startOf } from '../../src/survey/sites.js';
import { initSyntax } from '../../src/syntax/index.js';
import { withTree } from '../survey/helper.js';

beforeAll(() => initSyntax());

const text = `struct obj { struct page **pages; };
static int take(unsigned long a, struct page **pages)
{
	return get_user_pages_fast(a, 8, 0, pages);
}
static void drop(struct page **taken)
{
	struct page *held = taken[0];

	put_page(held);
}
int f(struct obj *o, unsigned long a)
{
	struct page *own[8];
	int n = take(a, own);

	if (n > 0)
		drop(own);
	return n;
}
`;

it('tells what a function is given, and what it takes, from what it does itself', async () => {
  const kinds = await withTree(text, async (root) => {
    const program = openProgram(await openTree(root, { jobs: 1 }), [], unkept);
    const [site] = sitesIn(program, 'a.c');
    const { visits } = openFollower(program).follow(startOf(program, site!));
    return visits.map(({ flow: { reference, origins } }) => [reference.name, ...[...origins].map(([fact, { kind }]) => `${fact} ${kind}`)]);
  });
  expect(kinds).toEqual([
    ['take', 'pages[] taken'],
    ['f', 'own[] taken'],
    ['drop', 'taken[] given', 'held made', `-${text.indexOf('put_page(')} made`],
  ]);
});
