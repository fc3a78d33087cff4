/** Where the running kernel counts pins, it is asked: direct I/O of a known size, beside what the model says of it. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { compile, designs, replay, type Scenario } from '../../src/model/index.js';

const PAGES = 4;
const SIZE = PAGES * 4096;
const folder = mkdtempSync(join(tmpdir(), 'putright-direct-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'file');
writeFileSync(file, Buffer.alloc(SIZE, 1));

/** The kernel's counters since it started. */
function counters(): { acquired: number; released: number } {
  readFileSync('/proc/sys/vm/stat_refresh');
  const text = readFileSync('/proc/vmstat', 'utf8');
  const read = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  return { acquired: read('nr_foll_pin_acquired'), released: read('nr_foll_pin_released') };
}

const direct = (way: 'read' | 'write') =>
  spawnSync(
    'dd',
    way === 'read'
      ? [`if=${file}`, 'of=/dev/null', 'iflag=direct', `bs=${SIZE}`]
      : ['if=/dev/zero', `of=${file}`, 'oflag=direct', 'conv=notrunc', `bs=${SIZE}`, 'count=1'],
  );

/** Why the kernel cannot be asked; `null` if it can. */
function reason(): string | null {
  try {
    accessSync('/proc/sys/vm/stat_refresh', constants.R_OK);
    const before = counters();
    if (Number.isNaN(before.acquired)) return 'no nr_foll_pin_acquired in /proc/vmstat';
    if (direct('read').status !== 0) return 'no O_DIRECT here';
    return counters().acquired === before.acquired ? 'O_DIRECT of this file system pins nothing' : null;
  } catch (error) {
    return `no /proc/sys/vm/stat_refresh: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** What the model says: a run of direct I/O over this many pages, its grabs and its unpins. */
function modelled(write: boolean): { acquired: number; released: number } {
  const slots = Array.from({ length: PAGES }, (_, n) => `pages[${n}]`);
  const scenario: Scenario = {
    name: 'direct I/O',
    pages: slots.map(() => ({ kind: 'anon' })),
    actors: [
      {
        name: 'driver',
        program: [
          ...slots.map((slot, page) => ({ op: 'iov-extract', iterator: 'user', page, slot, write }) as const),
          { op: 'unpin-many', slots, dirty: write ? 'dirty-lock' : 'no' },
        ],
      },
    ],
  };
  const system = compile(scenario, designs.find(({ name }) => name === 'bias')!);
  const steps = system.programs[0]!.length;
  const counts = { acquired: 0, released: 0 };
  for (let moves = 1; moves <= steps; moves++) {
    const run = (() => {
      try {
        return replay(
          system,
          Array.from({ length: moves }, () => ({ actor: 0, choice: 0 })),
        );
      } catch {
        return null;
      }
    })();
    if (!run) break;
    const [before, after] = [run.steps.at(-2)?.pages ?? run.start, run.steps.at(-1)!.pages];
    after.forEach(({ ref }, frame) => {
      if (ref - before[frame]!.ref === 1024) counts.acquired++;
      if (ref - before[frame]!.ref === -1024) counts.released++;
    });
  }
  return counts;
}

it('pins a page for each page of the user, and unpins it, in the model', () => {
  expect(modelled(true)).toEqual({ acquired: PAGES, released: PAGES });
});

const why = reason();
it.skipIf(why !== null).each(['read', 'write'] as const)(
  `counts the pins of a direct %s as the kernel does${why ? ` (skipped: ${why})` : ''}`,
  (way) => {
    // Other programs' direct I/O moves the counters too: one quiet try of several is enough.
    const model = modelled(way === 'read');
    const tries = Array.from({ length: 5 }, () => {
      const before = counters();
      expect(direct(way).status).toBe(0);
      const after = counters();
      return { acquired: after.acquired - before.acquired, released: after.released - before.released };
    });
    expect(tries).toContainEqual(model);
  },
);
