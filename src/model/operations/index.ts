/**
 * Every operation that a program can be made of. To add one: its type in `scenario.ts`, its steps in a file here, a line below, and the
 * schema.
 */
import { handleOf, setHandle } from '../machine.js';
import type { Move, Operation } from '../scenario.js';
import { dmaStartSteps, dmaSteps, dmaWaitSteps } from './dma.js';
import { takeSteps } from './gup.js';
import { allocateSteps, iterateSteps, releaseExtractedSteps } from './iterator.js';
import { migrateSteps } from './migrate.js';
import { pipeReadSteps, pipeUnlockSteps } from './pipe.js';
import { exitSteps, forkSteps, munmapSteps, writeSteps } from './process.js';
import { reclaimSteps } from './reclaim.js';
import { dirtySteps, moreReferences, putSteps, unpinManySteps, unpinSteps } from './release.js';
import { type Context, privately, type Step } from './step.js';
import { truncateSteps } from './truncate.js';
import { writebackSteps } from './writeback.js';

/** The kind of operation with this name; some kinds have several names. */
type Named<Any extends Operation, Name> = Any extends Operation ? (Name extends Any['op'] ? Any : never) : never;
type Of<Name extends Operation['op']> = Named<Operation, Name>;

/** `sg_set_page()`, `sg_page()` and their like: only the pointer moves. */
function moveSteps(c: Context, op: Move): Step[] {
  const [from, to] = [c.slot(op.from), c.slot(op.to)];
  return [
    privately(`moves the page from ${op.from} to ${op.to}`, 'sg_set_page(), sg_page() and their like', (s) => {
      const handle = handleOf(c.machine, s, from);
      setHandle(c.machine, s, from, 0);
      setHandle(c.machine, s, to, handle);
    }),
  ];
}

/** The steps of each operation, by its name. */
const table: { readonly [Name in Operation['op']]: (c: Context, op: Of<Name>) => Step[] } = {
  get: (c, op) => takeSteps(c, op, false),
  pin: (c, op) => takeSteps(c, op, true),
  'get-many': (c, op) => {
    const first = takeSteps(c, { page: 0, slot: op.slot }, false);
    return [
      ...first.map((step) => ({ ...step, to: (step.to ?? []).map((to) => (to === 'next' ? first.length : to)) })),
      moreReferences(c, op),
    ];
  },
  'put-many': putSteps,
  put: putSteps,
  unpin: unpinSteps,
  'unpin-many': unpinManySteps,
  dirty: dirtySteps,
  move: moveSteps,
  'dma-start': dmaStartSteps,
  'dma-wait': dmaWaitSteps,
  dma: dmaSteps,
  write: writeSteps,
  'iov-get': iterateSteps,
  'iov-extract': iterateSteps,
  'release-extracted': releaseExtractedSteps,
  'pipe-unlock': (c) => pipeUnlockSteps(c),
  'pipe-read': pipeReadSteps,
  alloc: allocateSteps,
  munmap: (c, op) => munmapSteps(c, op.page),
  truncate: (c, op) => truncateSteps(c, op.page),
  writeback: (c, op) => writebackSteps(c, op.page),
  migrate: (c, op) => migrateSteps(c, op.page),
  fork: (c) => forkSteps(c),
  exit: (c) => exitSteps(c),
  reclaim: (c) => reclaimSteps(c),
  goto: () => [{ ...privately('goes on', '', () => undefined), to: ['else'] }],
  omit: (_c, op) => [privately(`does not: ${op.what}`, '', () => undefined)],
};

/** The names of all operations. */
export const operationNames = Object.keys(table) as Operation['op'][];

/** Returns the steps that an operation is made of. */
export function stepsOf(c: Context, op: Operation): Step[] {
  // The table has, for each name, the function that takes the operation of that name.
  return (table[op.op] as (c: Context, op: Operation) => Step[])(c, op);
}
