/** The driver of the built-in scenarios: a correct program in a form in which a misuse is a change of data. */
import type { Actor, ContainerKind, Instruction } from './scenario.js';

/** What one entry of the driver's array is, and how it is released in the end. */
export interface Entry {
  /** A pin or a plain reference on one of the user's pages, or a page of the driver's own. */
  readonly take: 'pin' | 'get' | 'own';
  /** Which of the user's pages, from 0; without meaning for a page of the driver's own. */
  readonly page: number;
  /** The releases that are called: none for a missing release, two for a double one. */
  readonly release: readonly ('put' | 'unpin')[];
}

/** A driver that takes pages, lets its device write to them, and releases them. */
export interface Plan {
  readonly entries: readonly Entry[];
  /** What the pages are carried in. */
  readonly container: ContainerKind;
  /** Whether it waits for the device before it releases. */
  readonly waits: boolean;
  /** When the pages are marked dirty, before or after the release. */
  readonly dirty: 'before' | 'after' | 'never';
  /**
   * What happens to the pages taken so far when a later page cannot be taken: they are dropped or kept, and taking may fail whatever the
   * page's state is. With `null` it fails only because of the page's state, and they are dropped.
   */
  readonly short: 'dropped' | 'kept' | null;
  /** True for FOLL_WRITE. */
  readonly write: boolean;
}

/** The right release for what was taken. */
const rightRelease = { pin: 'unpin', get: 'put', own: 'put' } as const;

/** The correct driver of one page. */
export const correctPlan: Plan = {
  entries: [{ take: 'pin', page: 0, release: ['unpin'] }],
  container: 'array',
  waits: true,
  dirty: 'before',
  short: null,
  write: true,
};

/** What the driver's device writes. */
const DMA_CONTENT = 10;

/** Returns how many of the user's pages a driver takes. */
export function pagesOf(plan: Plan): number {
  return 1 + Math.max(0, ...plan.entries.filter(({ take }) => take !== 'own').map(({ page }) => page));
}

/** The label at which a driver goes on that could not take page `n`. */
const shortAt = (n: number): string => `short at ${n}`;

function takes(plan: Plan): Instruction[] {
  return plan.entries.map((entry, n) => {
    const slot = `pages[${n}]`;
    if (entry.take === 'own') return { op: 'alloc', slot, content: 3 };
    return {
      op: entry.take,
      page: entry.page,
      slot,
      write: plan.write,
      ...(n > 0 ? { mayFail: plan.short !== null, else: shortAt(n) } : {}),
    };
  });
}

function releases(slot: string, entry: Entry): Instruction[] {
  if (entry.release.length === 0) return [{ op: 'omit', what: `release ${slot}`, mistake: true }];
  return entry.release.map((op, n) => ({ op, slot, ...(n > 0 || op !== rightRelease[entry.take] ? { mistake: true } : {}) }));
}

function gives(plan: Plan, slot: string, entry: Entry): Instruction[] {
  const written = plan.write && entry.take !== 'own';
  const dirty: Instruction[] = written ? [{ op: 'dirty', slot }] : [];
  const drop = releases(slot, entry);
  if (plan.dirty === 'never') return [...(written ? [{ op: 'omit', what: `mark ${slot} dirty`, mistake: true } as const] : []), ...drop];
  return plan.dirty === 'before' ? [...dirty, ...drop] : [...drop, ...dirty.map((one) => ({ ...one, mistake: true }))];
}

/** The error path if not all pages could be taken: drops those before, the last first. */
function unwinds(plan: Plan): Instruction[] {
  const failing = plan.entries.flatMap(({ take }, n) => (n > 0 && take !== 'own' ? [n] : []));
  if (failing.length === 0) return [];
  if (plan.short === 'kept') {
    const labels = failing.map((n) => ({ label: shortAt(n) }));
    return [{ op: 'goto' }, ...labels, { op: 'omit', what: 'drop the pages of a short pin', mistake: true }];
  }
  const out: Instruction[] = [{ op: 'goto' }];
  for (let n = Math.max(...failing); n > 0; n--) {
    if (failing.includes(n)) out.push({ label: shortAt(n) });
    out.push(...releases(`pages[${n - 1}]`, plan.entries[n - 1]!));
  }
  return out;
}

/** Returns the driver and its device as actors. */
export function driverOf(plan: Plan): Actor[] {
  const carried = plan.container !== 'array';
  const place = (n: number): string => (carried ? `${plan.container}[${n}]` : `pages[${n}]`);
  const dma: Instruction[] = [];
  plan.entries.forEach((entry, n) => {
    if (entry.take === 'own') return;
    dma.push({ op: 'dma-start', slot: place(n), device: 'device' });
    if (plan.waits || n < plan.entries.length - 1) dma.push({ op: 'dma-wait', device: 'device' });
    else dma.push({ op: 'omit', what: 'wait for the device', mistake: true });
  });
  const program: Instruction[] = [
    ...takes(plan),
    ...(carried ? plan.entries.map((_, n): Instruction => ({ op: 'move', from: `pages[${n}]`, to: place(n) })) : []),
    ...dma,
    ...plan.entries.flatMap((entry, n) => [
      ...(carried ? [{ op: 'move', from: place(n), to: `page[${n}]` } as const] : []),
      ...gives(plan, carried ? `page[${n}]` : place(n), entry),
    ]),
  ];
  program.push(...unwinds(plan));
  const device = plan.entries
    .filter(({ take }) => take !== 'own')
    .map((_, n) => ({ op: 'dma', write: plan.write, content: DMA_CONTENT + n }) as const);
  return [
    { name: 'driver', containers: { [plan.container]: plan.container }, program },
    { name: 'device', program: device },
  ];
}
