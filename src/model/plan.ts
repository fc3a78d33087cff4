/** The driver of the built-in scenarios: a correct program, described so that a misuse is a change of the description. */
import type { Actor, ContainerKind, Instruction } from './scenario.js';

/** What one entry of the driver's array is, and what is done to it in the end. */
export interface Entry {
  /** A pin or a plain reference on a page of the user's, or a page of the driver's own. */
  readonly take: 'pin' | 'get' | 'own';
  /** Which page of the user's, from 0; of no meaning for one of the driver's own. */
  readonly page: number;
  /** The releases that are called: none at all, or two for a release twice. */
  readonly release: readonly ('put' | 'unpin')[];
}

/** A driver that takes pages, lets its device write to them, and gives them back. */
export interface Plan {
  readonly entries: readonly Entry[];
  /** What the pages travel in. */
  readonly container: ContainerKind;
  /** Whether it waits for the device before it releases. */
  readonly waits: boolean;
  /** When the pages are marked dirty. */
  readonly dirty: 'before' | 'after' | 'never';
  /**
   * A page after the first may not be had whatever its state, and then those before it are dropped, or kept; `null` if only its
   * state can be the reason, and then they are dropped.
   */
  readonly short: 'dropped' | 'kept' | null;
  /** FOLL_WRITE. */
  readonly write: boolean;
}

/** The call that is right for what was taken. */
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

/** How many pages of the user's a driver takes. */
export function pagesOf(plan: Plan): number {
  return 1 + Math.max(0, ...plan.entries.filter(({ take }) => take !== 'own').map(({ page }) => page));
}

/** Where a driver goes on that has not got page `n`. */
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

/** What is done if not all pages were had: those before are dropped, the last first. */
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

/** The driver and its device as actors. */
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
