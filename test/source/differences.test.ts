/** What is said to be as before has the same answers as before. */
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openTree, overlay, type Tree } from '../../src/source/index.js';
import { emptyDir, plant, put } from './helpers.js';

/** Longer than a change counts as too fresh to be relied on. */
const SETTLE = 120;

const pieces = ['take(a);\n', 'drop (b);\n', 'x->pages = 0;\n', 'struct job {\n', '\ttake(1);\n', 'k\xe4fer(1);\n', 'y.count++;\n'];
const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 5 }).map((lines) => lines.join(''));
const words = ['take', 'drop', 'fer', 'k\xe4fer', '$', 'pages', 'count', 'job', 'none'];

/** Every question of every word whose answer is another one, and every one that may be by what is said. */
function compare(before: Tree, after: Tree): { differ: string[]; may: string[] } {
  const { since } = after;
  if (since === null) throw new Error('nothing is said');
  const questions = [
    ['calling', 'filesCalling'],
    ['defining', 'filesDefining'],
    ['accessing', 'filesAccessing'],
    ['definingStruct', 'filesDefiningStruct'],
  ] as const;
  const all = questions.flatMap(([says, asks]) => words.map((word) => ({ says, asks, word })));
  const isOther = (asks: (typeof questions)[number][1], word: string) => String(before[asks](word)) !== String(after[asks](word));
  const told = (chosen: typeof all) => chosen.map(({ says, word }) => `${says} ${word}`);
  const files = String(before.files) === String(after.files) ? [] : ['files'];
  return {
    differ: [...told(all.filter(({ asks, word }) => isOther(asks, word))), ...files],
    may: [...told(all.filter(({ says, word }) => since.differences[says](word))), ...(since.differences.files ? ['files'] : [])],
  };
}

describe('the differences', () => {
  it('of other texts name every question that has another answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ 'a.c': texts, 'b.c': texts, 'sub/c.h': texts }),
        fc.dictionary(fc.constantFrom('a.c', 'sub/c.h', 'new.c'), fc.option(texts)),
        async (given, other) => {
          const tree = await openTree(plant(given), { jobs: 1 });
          const { differ, may } = compare(tree, overlay(tree, new Map(Object.entries(other))));
          expect(may).toEqual(expect.arrayContaining(differ));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('of other texts name no other', async () => {
    const tree = await openTree(plant({ 'a.c': 'take(a);\nx->pages = 0;\n', 'b.c': 'drop(b);\n' }), { jobs: 1 });
    expect(compare(tree, overlay(tree, new Map([['a.c', 'take(a);\n\nx->count = 0;\n']]))).may).toEqual([
      'accessing pages',
      'accessing count',
    ]);
  });

  it('from an earlier run name what has changed since, and the index that they are from', async () => {
    const root = plant({ 'a.c': 'take(a);\n', 'b.c': 'drop(b);\n', 'gone.c': 'struct job {\n' });
    await sleep(SETTLE);
    const cache = emptyDir();
    const first = await openTree(root, { cache });
    expect(first.since).toBeNull();
    put(root, 'a.c', 'x->pages = 0;\n');
    const second = await openTree(root, { cache });
    expect(second.since?.index).toBe(first.index);
    expect(compare(first, second)).toMatchObject({ may: ['calling take', 'defining take', 'accessing pages'] });
    rmSync(join(root, 'gone.c'));
    await sleep(SETTLE);
    const third = await openTree(root, { cache });
    expect(third.since?.index).toBe(second.index);
    const { differ, may } = compare(second, third);
    expect(may).toEqual(expect.arrayContaining(differ));
    expect(may).not.toContain('calling drop');
    const fourth = await openTree(root, { cache });
    expect(fourth.index).toBe(third.index);
    expect(compare(third, fourth).may).toEqual([]);
  });
});

it('directories that have not changed are not listed again, and what is in them is found all the same', async () => {
  const root = plant({
    'a/one.c': '',
    'a/b/two.c': '',
    'a.c': '',
    'a-b/three.c': '',
    'other/real.x': '',
    'empty/none.txt': '',
    '\u{1F600}/f.c': '',
    '\uFFEE.c': '',
  });
  mkdirSync(join(root, 'links'));
  symlinkSync('../other/real.x', join(root, 'links/link.c'));
  await sleep(SETTLE);
  const cache = emptyDir();
  const changes = [
    () => {},
    () => put(root, 'a/b/more.c', ''),
    () => renameSync(join(root, 'a/b'), join(root, 'a/c')),
    () => rmSync(join(root, 'other/real.x')),
    () => put(root, 'empty/some.h', ''),
    () => put(root, 'deep/er/new.c', ''),
    () => rmSync(join(root, 'a'), { recursive: true }),
    () => symlinkSync('../a.c', join(root, 'deep/loop.c')),
  ];
  for (const change of changes) {
    change();
    for (const wait of [0, SETTLE]) {
      await sleep(wait);
      const { files, warnings } = await openTree(root, { cache });
      const plain = await openTree(root);
      expect({ files, warnings }).toEqual({ files: plain.files, warnings: plain.warnings });
    }
  }
});
