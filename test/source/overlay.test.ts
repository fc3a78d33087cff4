/** A tree with other texts answers as the tree would in which they are written. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openTree, overlay, type Tree } from '../../src/source/index.js';
import { withTree } from '../survey/helper.js';

const pieces = ['take(a);\n', 'drop (b);\n', 'x->pages = 0;\n', 'struct job {\n', '/* nothing */\n', '\ttake(1);\n', 'k\xe4fer(1);\n'];
const lines = fc.array(fc.constantFrom(...pieces), { maxLength: 5 });
/** Some begin with the mark of UTF-8. */
const texts = fc.tuple(fc.constantFrom('', '\xef\xbb\xbf'), lines).map(([mark, all]) => mark + all.join(''));

const answers = (tree: Tree) => ({
  files: tree.files,
  calling: ['take', 'drop', 'fer', 'none'].map(tree.filesCalling),
  defining: ['take', 'drop', 'fer', 'none'].map(tree.filesDefining),
  accessing: ['pages', 'none'].map(tree.filesAccessing),
  structs: ['job', 'none'].map(tree.filesDefiningStruct),
  texts: ['a.c', 'b.c', 'sub/c.h', 'new.c'].map((file) => [tree.exists(file), tree.exists(file) ? tree.read(file) : null]),
});

it('is the tree that it stands for', async () => {
  const files = fc.record({ 'a.c': texts, 'b.c': texts, 'sub/c.h': texts });
  const others = fc.dictionary(fc.constantFrom('a.c', 'sub/c.h', 'new.c'), fc.option(texts));
  await fc.assert(
    fc.asyncProperty(files, others, (given, other) =>
      withTree(given, async (root) => {
        const tree = overlay(await openTree(root, { jobs: 1 }), new Map(Object.entries(other)));
        const written = Object.entries({ ...given, ...other }).filter((entry): entry is [string, string] => entry[1] !== null);
        await withTree(Object.fromEntries(written), async (same) => {
          expect(answers(tree)).toEqual(answers(await openTree(same, { jobs: 1 })));
        });
      }),
    ),
    { numRuns: 25 },
  );
});
