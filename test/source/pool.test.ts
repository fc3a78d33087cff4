/** Whoever looks at the files, the answers are the same and in their order. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { gather } from '../../src/source/pool.js';
import { manyFiles, plant } from './helpers.js';

it('threads that start late give the rest of the answers', async () => {
  const given = manyFiles(1500);
  const root = plant(given);
  // What was written a moment ago has no stamp.
  await sleep(120);
  const results = async (lookMs: number) => {
    const crew = gather(2, undefined, undefined, lookMs);
    const work = crew.begin({ root, want: 'stamp', stamps: true });
    work.add(Object.keys(given).sort());
    const all = await work.finish();
    await crew.close();
    return all.map(({ stamps }) => Array.from(stamps));
  };
  const late = await results(0);
  expect(late.flat()).not.toContain(0);
  expect(late).toHaveLength(8);
  expect(late).toEqual(await results(Number.POSITIVE_INFINITY));
});
