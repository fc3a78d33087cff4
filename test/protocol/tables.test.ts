/** The tables of calls do not contradict themselves. */
import { describe, expect, it } from 'vitest';
import { blockReleases, blockTransfers } from '../../src/protocol/block.js';
import { gupAcquires, gupReleases } from '../../src/protocol/gup.js';
import { isNeutral, transfers } from '../../src/protocol/index.js';
import { iteratorAcquires } from '../../src/protocol/iterator.js';
import { memfdAcquires, memfdReleases } from '../../src/protocol/memfd.js';
import { memoryTransfers } from '../../src/protocol/memory.js';
import { networkReleases, networkTransfers } from '../../src/protocol/network.js';
import { pageTransfers } from '../../src/protocol/page.js';
import { pinAcquires, pinReleases } from '../../src/protocol/pin.js';
import { pipeReleases, pipeTransfers } from '../../src/protocol/pipe.js';
import { scatterlistTransfers } from '../../src/protocol/scatterlist.js';

const tables: [name: string, entries: readonly { name: string }[]][] = [
  ['acquires', [...gupAcquires, ...pinAcquires, ...iteratorAcquires, ...memfdAcquires]],
  ['releases', [...gupReleases, ...pinReleases, ...memfdReleases, ...blockReleases, ...networkReleases, ...pipeReleases]],
  ['transfers', [scatterlistTransfers, blockTransfers, networkTransfers, pipeTransfers, pageTransfers, memoryTransfers].flat()],
];

describe('a name stands once', () => {
  it.each(tables)('among the %s', (_, entries) => {
    const names = entries.map((entry) => entry.name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

it('knows where barriers and exchanges read and write', () => {
  expect(transfers.get('smp_load_acquire')?.moves).toEqual([['0[]', 'return']]);
  expect(transfers.get('cmpxchg')?.moves).toContainEqual(['0[]', 'return']);
  // What it gives is whether it did.
  expect(transfers.get('try_cmpxchg')?.moves).toEqual([
    ['0[]', '1[]'],
    ['2', '0[]'],
  ]);
});

it('knows what prints and queues to leave references alone', () => {
  for (const name of ['sprintf', 'snprintf', 'scnprintf', 'vsnprintf', 'schedule_work', 'schedule_delayed_work', 'of_node_put'])
    expect([name, isNeutral(name)]).toEqual([name, true]);
  expect(isNeutral('put_page')).toBe(false);
});
