/** The surroundings in which the matrix runs a driver: what kind of page, and what the rest of the kernel does meanwhile. */
import { driverOf, type Plan } from './plan.js';
import type { Actor, Instruction, PageSpec, Scenario } from './scenario.js';

export interface Setting {
  readonly name: string;
  readonly about: string;
  readonly page: PageSpec;
  readonly spaces?: number;
  readonly others: readonly Actor[];
  /** The driver cannot write to this page, and asks only to read. */
  readonly readOnly?: boolean;
  /** Only correct programs are run in it: it shows false alarms, which would pass for noticing a mistake. */
  readonly correctOnly?: boolean;
}

const actor = (name: string, ...program: Instruction[]): Actor => ({ name, program });

const file: PageSpec = { kind: 'file' };
const anon: PageSpec = { kind: 'anon' };
/** Somebody who gets whatever page was freed. */
const stranger = actor('stranger', { op: 'alloc', slot: 'mine', content: 20 }, { op: 'put', slot: 'mine' });
/** A second driver that makes no mistake, with a device of its own. */
const bystander: Actor[] = [
  actor(
    'bystander',
    { op: 'pin', page: 0, slot: 'pinned[0]' },
    { op: 'dma-start', slot: 'pinned[0]', device: 'disk' },
    { op: 'dma-wait', device: 'disk' },
    { op: 'unpin-many', slots: ['pinned[0]'], dirty: 'dirty-lock' },
  ),
  actor('disk', { op: 'dma', content: 30 }),
];
/** As many plain references as look like a pin, held by somebody who makes no mistake. */
const crowd = actor('crowd', { op: 'get-many', slot: 'many', count: 1024 }, { op: 'put-many', slot: 'many', count: 1024 });

export const settings: readonly Setting[] = [
  { name: 'reclaim', about: 'a file page, and memory runs short', page: file, others: [actor('reclaim', { op: 'reclaim' })] },
  { name: 'writeback', about: 'a file page, and the flusher', page: file, others: [actor('flusher', { op: 'writeback', page: 0 })] },
  {
    name: 'truncate',
    about: 'a file page, truncated; a stranger gets free pages',
    page: file,
    others: [actor('truncate', { op: 'truncate', page: 0 }), stranger],
  },
  {
    name: 'fork',
    about: 'anonymous memory; the process forks and writes',
    page: anon,
    spaces: 2,
    others: [actor('process', { op: 'fork' }, { op: 'write', page: 0, content: 40 })],
  },
  {
    name: 'exit',
    about: 'anonymous memory; the process exits, and a stranger gets free pages',
    page: anon,
    others: [actor('process', { op: 'exit' }), stranger],
  },
  { name: 'swap', about: 'anonymous memory, and memory runs short', page: anon, others: [actor('reclaim', { op: 'reclaim' })] },
  {
    name: 'bystander',
    about: 'anonymous memory that a second driver pins correctly; the process exits',
    page: anon,
    others: [...bystander, actor('process', { op: 'exit' })],
  },
  {
    name: 'bystander-fork',
    about: 'anonymous memory that a second driver pins correctly; the process forks and writes',
    page: anon,
    spaces: 2,
    others: [...bystander, actor('process', { op: 'fork' }, { op: 'write', page: 0, content: 40 })],
  },
  {
    name: 'crowd',
    about: 'anonymous memory with 1024 plain references; the process forks',
    page: anon,
    correctOnly: true,
    spaces: 2,
    others: [crowd, actor('process', { op: 'fork' })],
  },
  { name: 'zero', about: 'the shared page of zeros, pinned for reading', page: { kind: 'zero' }, others: [stranger], readOnly: true },
];

/** A driver in a setting; `references` are left on the page by earlier runs. */
export function scenarioOf(plan: Plan, setting: Setting, references = 0): Scenario {
  const given = setting.readOnly ? { ...plan, write: false } : plan;
  const others = setting.spaces === 2 ? 1 : 0;
  return {
    name: setting.name,
    about: setting.about,
    pages: [references === 0 ? setting.page : { ...setting.page, references }],
    frames: 2 + others + (plan.entries.some(({ take }) => take === 'own') ? 1 : 0),
    spaces: setting.spaces ?? 1,
    actors: [...driverOf(given), ...setting.others],
  };
}
