/** What was kept of an earlier state of a tree is used for it, and nothing else is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Inspected, inspectTree } from '../../src/survey/index.js';
import { unitsWith } from '../../src/survey/other-texts.js';
import type { Worked } from '../../src/survey/unit.js';
import { withTree } from './helper.js';

const site = `int take(unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	done(page);
	return 0;
}
`;
const done = (drop: string) => `void done(struct page *page)
{
	${drop}(page);
}
`;
const start = { 'take.c': site, 'done.c': done('put_page'), 'other.c': site.replaceAll('done', 'nowhere') };

interface Runs {
  /** Writes a file, and waits until that is not a moment ago. */
  write(file: string, text: string): Promise<void>;
  /** A run with the cache, and what the units with other texts say of `take.c`; `saved` may change what is kept. */
  before(texts: Record<string, string>, saved?: (fresh: Worked) => Worked): Promise<{ releases: string[]; worked: number }>;
}

/** What releases there are, and how many units had to be worked out for the earlier state. */
async function withRuns(use: (runs: Runs) => Promise<void>): Promise<void> {
  await withTree(start, async (tree) => {
    const cache = mkdtempSync(join(tmpdir(), 'putright-other-'));
    const options = { jobs: 1, cache };
    try {
      await use({
        async write(file, text) {
          writeFileSync(join(tree, file), text);
          await sleep(80);
        },
        async before(texts, saved = (fresh) => fresh) {
          let worked = 0;
          const inspect = (): unknown[] => {
            worked++;
            return [];
          };
          const inspection = { name: 'test', inspect, lane: '' };
          const inspected: Inspected = await inspectTree(tree, options, inspection, true);
          worked = 0;
          const { units, fresh } = await unitsWith(inspected, new Map(Object.entries(texts)), inspection, options, () => true);
          inspected.kept?.save(saved(inspected.fresh), fresh);
          return { releases: units.get('take.c')?.sites.flatMap((row) => row.releases.map(({ api }) => api)) ?? [], worked };
        },
      });
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  });
}

it('a unit from before a change is the one that was kept, while the text is what it was', () =>
  withRuns(async ({ write, before }) => {
    await sleep(80);
    await before({});
    await write('done.c', done('put_user_page'));
    expect(await before({ 'done.c': done('put_page') })).toEqual({ releases: ['put_page'], worked: 0 });
    // Nor is it forgotten over what was found since.
    await write('done.c', done('unpin_user_page'));
    expect(await before({ 'done.c': done('put_page') })).toEqual({ releases: ['put_page'], worked: 0 });
  }));

it('a unit from before a change is worked out where the text was another one, and kept then', () =>
  withRuns(async ({ write, before }) => {
    await sleep(80);
    await before({});
    await write('done.c', done('put_user_page'));
    expect(await before({ 'done.c': done('folio_put') })).toEqual({ releases: ['folio_put'], worked: 1 });
    expect(await before({ 'done.c': done('folio_put') })).toEqual({ releases: ['folio_put'], worked: 0 });
  }));

it('a unit is not used again if not all have read the same text', () =>
  withRuns(async ({ write, before }) => {
    await sleep(80);
    await before({}, (fresh) => ({ ...fresh, texts: new Map([...fresh.texts, ['done.c', null]]) }));
    await write('done.c', done('put_user_page'));
    expect(await before({ 'done.c': done('put_page') })).toEqual({ releases: ['put_page'], worked: 1 });
  }));

it('units are used again when a file is what it was before', () =>
  withRuns(async ({ write, before }) => {
    await sleep(80);
    await before({});
    const counted = async () => {
      let fresh = 0;
      const { releases } = await before({}, (worked) => {
        fresh = worked.units.size;
        return worked;
      });
      return { releases, fresh };
    };
    await write('done.c', done('put_user_page'));
    expect(await counted()).toEqual({ releases: ['put_user_page'], fresh: 1 });
    await write('done.c', done('put_page'));
    expect(await counted()).toEqual({ releases: ['put_page'], fresh: 0 });
  }));
