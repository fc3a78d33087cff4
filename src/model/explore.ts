/** The explorer: runs every interleaving of a system's actors, breadth first, so that the first run to anything is a shortest one. */
import type { CompiledStep, System } from './compile.js';
import { FALSE_PIN, GLOBAL, MISTAKEN, type State } from './layout.js';
import { DEBUG_MASK, NOTICE_MASK } from './notices.js';
import { createStore } from './store.js';
import { canonicaliser } from './symmetry.js';
import { verdictOf } from './verdict.js';

/** Options of a search. */
export interface ExploreOptions {
  /** Stop after this many states, which `finished` then says; 1,000,000 by default. */
  readonly maxStates?: number;
  /** Leave out interleavings that can only end as others do; true by default. */
  readonly partialOrder?: boolean;
  /** Count states that differ only in the names of page frames as one; true by default. */
  readonly symmetry?: boolean;
  /** Keep how each state was reached, in `before`. */
  readonly parents?: boolean;
  /** Called from time to time with the states and transitions so far. */
  readonly onProgress?: (states: number, transitions: number) => void;
  /** Called for each end state, which must be copied if it is kept; returning `true` ends the search. */
  readonly onEnd?: (state: State, verdict: number, index: number) => boolean | undefined;
}

/** What a search found. */
export interface Exploration {
  /** True if every reachable state was seen (with reductions: enough of them to see every end state). */
  readonly finished: boolean;
  readonly states: number;
  readonly transitions: number;
  /** How many distinct end states there are, in which no actor can do anything more. */
  readonly ends: number;
  /** How many of them have an actor that waits forever. A device that was never started does not count. */
  readonly stuck: number;
  /** The end states by their verdict. */
  readonly verdicts: ReadonlyMap<number, Readonly<Seen>>;
  /** How many end states have a warning of any kernel, and how many one of a debugging kernel. */
  readonly warned: number;
  readonly warnedDebug: number;
  /** How many end states come after a page without a pin was taken for a pinned one. */
  readonly falsePins: number;
  readonly seconds: number;
  /** Bytes of the state store. */
  readonly bytes: number;
  /** For each state the one before it, and the move from there: actor and choice, a byte each. Only with `parents`. */
  readonly before: { readonly state: Int32Array; readonly move: Int32Array } | null;
}

/** How many end states have a verdict. */
export interface Seen {
  ends: number;
  /** Those of runs in which the mistake was made. */
  mistaken: number;
  /** Of these, those with a warning that every kernel gives, and those with one that a debugging kernel gives. */
  noticed: number;
  noticedDebug: number;
}

const DEFAULT_MAX = 1_000_000;
const PROGRESS_EVERY = 1 << 14;

/** Returns an actor's program counter. */
export function counterOf(system: System, s: State, actor: number): number {
  return (s[system.machine.layout.counters + (actor >> 2)]! >>> ((actor & 3) * 8)) & 0xff;
}

/** Sets an actor's program counter. */
export function setCounter(system: System, s: State, actor: number, to: number): void {
  const at = system.machine.layout.counters + (actor >> 2);
  const shift = (actor & 3) * 8;
  s[at] = (s[at]! & ~(0xff << shift)) | (to << shift);
}

/**
 * Returns a set of actors, as bits, whose next steps are enough to look at: none of these steps can see, or be seen by, anything that the
 * other actors may still do. This is a persistent set, after Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems",
 * 1996; searching only such sets still finds every state in which nothing more can be done.
 */
function persistentSet(current: readonly (CompiledStep | undefined)[], start: number): number {
  let chosen = 1 << start;
  for (let grown = true; grown; ) {
    grown = false;
    for (let a = 0; a < current.length; a++) {
      const step = current[a];
      if (!step || (chosen & (1 << a)) === 0) continue;
      for (let b = 0; b < current.length; b++) {
        const other = current[b];
        if (!other || (chosen & (1 << b)) !== 0) continue;
        const { reads, writes } = step.step;
        if ((writes & (other.futureReads | other.futureWrites)) === 0 && (reads & other.futureWrites) === 0) continue;
        chosen |= 1 << b;
        grown = true;
      }
    }
  }
  return chosen;
}

/** Counts the bits that are set. */
function population(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/**
 * Returns sets of actors, the smallest first. It is enough to look at any one of them in which some actor can do something; a set in which
 * all actors are blocked proves nothing.
 */
function persistentSets(current: readonly (CompiledStep | undefined)[]): number[] {
  const sets: number[] = [];
  for (let actor = 0; actor < current.length; actor++) if (current[actor]) sets.push(persistentSet(current, actor));
  return sets.sort((a, b) => population(a) - population(b));
}

/** Keeps how each state was reached, in arrays that grow with the states. */
function createWays(): { ways: NonNullable<Exploration['before']>; note: (state: number, before: number, move: number) => void } {
  const ways = { state: new Int32Array(1024), move: new Int32Array(1024) };
  const grown = (from: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> => {
    const larger = new Int32Array(least * 2);
    larger.set(from);
    return larger;
  };
  return {
    ways,
    note: (state, before, move) => {
      if (state >= ways.state.length) {
        ways.state = grown(ways.state, state);
        ways.move = grown(ways.move, state);
      }
      ways.state[state] = before;
      ways.move[state] = move;
    },
  };
}

type Ends = Pick<Exploration, 'ends' | 'stuck' | 'warned' | 'warnedDebug' | 'falsePins'> & { verdicts: Map<number, Seen> };

/** Counts an end state: its verdict, and what was noticed on the way. */
function countEnd(found: { -readonly [K in keyof Ends]: Ends[K] }, past: number, verdict: number, isStuck: boolean): void {
  const { verdicts } = found;
  const seen = verdicts.get(verdict) ?? { ends: 0, mistaken: 0, noticed: 0, noticedDebug: 0 };
  verdicts.set(verdict, seen);
  const [noticed, noticedDebug] = [(past & NOTICE_MASK) !== 0, (past & DEBUG_MASK) !== 0];
  seen.ends++;
  if ((past & MISTAKEN) !== 0) {
    seen.mistaken++;
    if (noticed) seen.noticed++;
    if (noticedDebug) seen.noticedDebug++;
  }
  found.ends++;
  if (isStuck) found.stuck++;
  if (noticed) found.warned++;
  if (noticedDebug) found.warnedDebug++;
  if ((past & FALSE_PIN) !== 0) found.falsePins++;
}

/** Runs every interleaving. */
export function explore(system: System, options: ExploreOptions = {}): Exploration {
  const begun = performance.now();
  const { machine, programs } = system;
  const { words } = machine.layout;
  const actors = programs.length;
  const max = options.maxStates ?? DEFAULT_MAX;
  const canonical = (options.symmetry ?? true) ? canonicaliser(machine) : null;
  const partialOrder = options.partialOrder ?? true;
  const store = createStore(words);
  const current: State = new Int32Array(words);
  const next: State = new Int32Array(words);
  const steps: (CompiledStep | undefined)[] = new Array<CompiledStep | undefined>(actors).fill(undefined);
  const all = (1 << actors) - 1;
  const parents = options.parents ? createWays() : null;
  const found = { ends: 0, stuck: 0, verdicts: new Map<number, Seen>(), warned: 0, warnedDebug: 0, falsePins: 0 };
  let transitions = 0;
  let finished = true;

  const first = system.initial.slice();
  canonical?.(first);
  store.add(first);

  /** Takes all next steps of the actors in `chosen`. Returns false if there were none. */
  function expand(index: number, chosen: number): boolean {
    let any = false;
    for (let actor = 0; actor < actors; actor++) {
      const step = steps[actor];
      if (!step || (chosen & (1 << actor)) === 0) continue;
      for (let choice = 0; choice < step.choices; choice++) {
        for (let i = 0; i < words; i++) next[i] = current[i]!;
        const result = step.run(next, choice);
        if (result < 0) continue;
        any = true;
        transitions++;
        setCounter(system, next, actor, step.targets[result]!);
        canonical?.(next);
        const added = store.add(next);
        if (added >= 0) parents?.note(added, index, actor | (choice << 8));
      }
    }
    return any;
  }

  /** Takes the next steps that are enough to look at. Returns false if there were none. */
  function goOn(index: number): boolean {
    if (!partialOrder) return expand(index, all);
    let tried = 0;
    for (const set of persistentSets(steps)) {
      if (set === tried) continue;
      if (expand(index, set)) return true;
      tried = set;
    }
    return false;
  }

  /** Counts an end state. Returns true if the search is to stop there. */
  function end(index: number): boolean {
    const verdict = verdictOf(machine, current);
    const isStuck = steps.some((step) => step !== undefined && step.operation.op !== 'dma');
    countEnd(found, current[GLOBAL]!, verdict, isStuck);
    return options.onEnd?.(current, verdict, index) === true;
  }

  for (let index = 0; index < store.size(); index++) {
    if (store.size() > max) {
      finished = false;
      break;
    }
    if ((index & (PROGRESS_EVERY - 1)) === 0 && index > 0) options.onProgress?.(store.size(), transitions);
    store.read(index, current);
    for (let actor = 0; actor < actors; actor++) steps[actor] = programs[actor]![counterOf(system, current, actor)];
    if (!goOn(index) && end(index)) {
      finished = false;
      break;
    }
  }
  return {
    finished,
    states: store.size(),
    transitions,
    ...found,
    seconds: (performance.now() - begun) / 1000,
    bytes: store.bytes(),
    before: parents?.ways ?? null,
  };
}
