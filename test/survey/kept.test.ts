/** A cache changes no byte: whatever is edited between two runs, the survey with it is the survey without. */
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectTree, survey } from '../../src/survey/index.js';
import { type Edit, expectSameWithCache } from './edits.js';
import { withTree } from './helper.js';

const header = (field: string) => `struct job { struct page *pages[4]; int ${field}; };
void job_done(struct job *job);
`;
const pin = `#include "job.h"
int job_pin(struct job *job, unsigned long a)
{
	int n = pin_user_pages_fast(a, 4, 0, job->pages);

	return n == 4 ? 0 : -EFAULT;
}
`;
const other = `#include "job.h"
void other(struct job *job)
{
	put_page(job->pages[0]);
}
`;
const done = (drop: string) => `#include "job.h"
void job_done(struct job *job)
{
	${drop}
}
`;

/** What may be done to the tree between two runs: a file and its new text. */
const edits: readonly Edit[] = [
  ['done.c', done('unpin_user_pages(job->pages, 4);')],
  ['done.c', done('release_pages(job->pages, 4);')],
  ['done.c', done('')],
  ['job.h', header('count')],
  ['job.h', '#define unpin_user_pages(p, n) my_drop(p, n)\nstruct job { struct page *pages[4]; };\n'],
  ['more.c', other],
  ['more.c', ''],
  ['pin.c', pin],
  ['pin.c', `\n${pin}`],
];

const start = { 'job.h': header('n'), 'pin.c': pin, 'done.c': done('unpin_user_pages(job->pages, 4);'), 'more.c': '' };

describe('a survey with a cache', () => {
  it('is the survey without one, after any edits', async () => {
    const steps = fc.array(fc.constantFrom(...edits), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(steps, (chosen) => expectSameWithCache(start, chosen, survey)),
      { numRuns: 12 },
    );
  });

  it('does nothing again for files that were written again, or of which it did not look at what changed', async () => {
    const files = { ...start, 'done.c': `${done('unpin_user_pages(job->pages, 4);')}int after(int n)\n{\n\treturn n;\n}\n` };
    await withTree(files, async (tree) => {
      const cache = mkdtempSync(join(tmpdir(), 'putright-kept-'));
      try {
        const again = async (): Promise<string[]> => [...(await inspectTree(tree, { jobs: 1, cache })).fresh.units.keys()];
        expect(await again()).toEqual(['pin.c']);
        writeFileSync(join(tree, 'done.c'), files['done.c']);
        expect(await again()).toEqual([]);
        writeFileSync(join(tree, 'done.c'), files['done.c'].replace('return n', 'return n + 1'));
        expect(await again()).toEqual([]);
        writeFileSync(join(tree, 'done.c'), files['done.c'].replace('unpin_user_pages', 'release_pages'));
        expect(await again()).toEqual(['pin.c']);
      } finally {
        rmSync(cache, { recursive: true, force: true });
      }
    });
  });

  it('is not led astray by a cache that is cut off or not its own', async () => {
    await withTree(start, async (tree) => {
      const cache = mkdtempSync(join(tmpdir(), 'putright-kept-'));
      try {
        const plain = await survey(tree, { jobs: 1 });
        await survey(tree, { jobs: 1, cache });
        for (const name of readdirSync(cache, { recursive: true, withFileTypes: true }))
          if (name.isFile()) truncateSync(join(name.parentPath, name.name), 100);
        expect(await survey(tree, { jobs: 1, cache })).toEqual(plain);
      } finally {
        rmSync(cache, { recursive: true, force: true });
      }
    });
  });
});

describe('a survey by several threads', () => {
  it('is the survey by one', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 16 }, (_, i) => [`d${i}/pin.c`, pin.replace('job_pin', `job_pin${i}`).replace('"job.h"', '"../job.h"')]),
    );
    await withTree({ ...start, ...files }, async (tree) => {
      const one = await survey(tree, { jobs: 1 });
      expect(one.sites).toHaveLength(17);
      expect(await survey(tree, { jobs: 3 })).toEqual(one);
    });
  });
});
