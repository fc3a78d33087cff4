/** The settings in which the matrix runs a driver: what kind of pages it has, and what the rest of the kernel does meanwhile. */
import { LIMITS } from './layout.js';
import { driverOf, type Plan, pagesOf } from './plan.js';
import type { Actor, Instruction, PageSpec, Scenario } from './scenario.js';

/** What is around the driver. */
export interface Setting {
  readonly name: string;
  readonly about: string;
  /** What each of the user's pages is. */
  readonly page: PageSpec;
  /** How many address spaces there are; 1 by default. */
  readonly spaces?: number;
  /** Returns the other actors, for a driver that takes this many of the user's pages. */
  readonly others: (pages: number) => readonly Actor[];
  /** True if the driver cannot write to the page, and asks only to read. */
  readonly readOnly?: boolean;
  /** True if only correct programs are run in it: it produces false alarms, which would be counted as noticing a mistake. */
  readonly correctOnly?: boolean;
}

const actor = (name: string, ...program: Instruction[]): Actor => ({ name, program });

const file: PageSpec = { kind: 'file' };
const anon: PageSpec = { kind: 'anon' };
/** Somebody who gets whatever page was freed. */
const stranger = actor('stranger', { op: 'alloc', slot: 'mine', content: 20 }, { op: 'put', slot: 'mine' });
/** A second driver, without a mistake, with a device of its own. */
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
/** As many plain references as look like a pin, taken and dropped by somebody who makes no mistake. */
const crowd = actor('crowd', { op: 'get-many', slot: 'many', count: 1024 }, { op: 'put-many', slot: 'many', count: 1024 });

/** One instruction for each of the user's pages. */
const each = (pages: number, one: (page: number) => Instruction): Instruction[] => Array.from({ length: pages }, (_, page) => one(page));

const forking = (pages: number): Actor =>
  actor('process', { op: 'fork' }, ...each(pages, (page) => ({ op: 'write', page, content: 40 + page })));

/** A file page on which a driver has made its mistake so often that once more overflows the count. */
export const repeated: Setting = {
  name: 'repeated',
  about: 'a file page on which the mistake was made before, until the count is nearly full',
  page: file,
  others: () => [],
};

/** All settings but the repeated one. */
export const settings: readonly Setting[] = [
  { name: 'reclaim', about: 'file pages, and memory runs short', page: file, others: () => [actor('reclaim', { op: 'reclaim' })] },
  {
    name: 'writeback',
    about: 'file pages, and the flusher',
    page: file,
    others: (pages) => [actor('flusher', ...each(pages, (page) => ({ op: 'writeback', page })))],
  },
  {
    name: 'truncate',
    about: 'file pages, truncated; a stranger gets free pages',
    page: file,
    others: (pages) => [actor('truncate', ...each(pages, (page) => ({ op: 'truncate', page }))), stranger],
  },
  { name: 'fork', about: 'anonymous memory; the process forks and writes', page: anon, spaces: 2, others: (pages) => [forking(pages)] },
  {
    name: 'exit',
    about: 'anonymous memory; the process exits, and a stranger gets free pages',
    page: anon,
    others: () => [actor('process', { op: 'exit' }), stranger],
  },
  { name: 'swap', about: 'anonymous memory, and memory runs short', page: anon, others: () => [actor('reclaim', { op: 'reclaim' })] },
  {
    name: 'bystander',
    about: 'anonymous memory that a second driver pins correctly; the process exits',
    page: anon,
    others: () => [...bystander, actor('process', { op: 'exit' })],
  },
  {
    name: 'bystander-fork',
    about: 'anonymous memory that a second driver pins correctly; the process forks and writes',
    page: anon,
    spaces: 2,
    others: (pages) => [...bystander, forking(pages)],
  },
  {
    name: 'crowd',
    about: 'anonymous memory with 1024 plain references; the process forks',
    page: anon,
    correctOnly: true,
    spaces: 2,
    others: () => [crowd, actor('process', { op: 'fork' })],
  },
  {
    name: 'zero',
    about: 'the shared page of zeros, pinned for reading; a stranger gets free pages',
    page: { kind: 'zero' },
    others: () => [stranger],
    readOnly: true,
  },
];

/** Returns how many actors a setting has: the driver, its device, and the others. */
export function actorsIn(setting: Setting): number {
  return 2 + setting.others(1).length;
}

/** What may be changed in the scenario of a driver. */
export interface ScenarioOptions {
  /** References that earlier runs left on the pages; 0 by default. */
  readonly references?: number;
  /** How many actors there are in all: further correct drivers are added up to this number. By default none are. */
  readonly actors?: number;
}

/** A correct driver without a device. */
const furtherDriver = (n: number, write: boolean): Actor =>
  actor(`driver ${n}`, { op: 'pin', page: 0, slot: 'own[0]', write }, { op: 'unpin', slot: 'own[0]' });

/** Returns the scenario of a driver in a setting. */
export function scenarioOf(plan: Plan, setting: Setting, options: ScenarioOptions = {}): Scenario {
  const given = setting.readOnly ? { ...plan, write: false } : plan;
  const pages = pagesOf(plan);
  const { references } = options;
  const page: PageSpec = references ? { ...setting.page, references } : setting.page;
  const actors = [...driverOf(given), ...setting.others(pages)];
  const further = Math.max(0, (options.actors ?? 0) - actors.length);
  // One frame to spare, one for each page that a fork or a write may copy to, and one for the driver's own page.
  const frames = 1 + pages * (setting.spaces === 2 ? 2 : 1) + (plan.entries.some(({ take }) => take === 'own') ? 1 : 0);
  return {
    name: setting.name,
    about: setting.about,
    pages: Array.from({ length: pages }, () => page),
    frames: Math.min(frames, LIMITS.frames),
    spaces: setting.spaces ?? 1,
    actors: [...actors, ...Array.from({ length: further }, (_, n) => furtherDriver(n + 2, given.write))],
  };
}
