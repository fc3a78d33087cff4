/** How the reference comes into a function that is walked, and what is known at its beginning. */
import { asCallOf, type Graph, type Loop, type Node, type Operation } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import { freshName } from '../../protocol/index.js';
import type { Layouts } from '../flow.js';
import type { Acquired } from '../outcome.js';
import type { Handing } from './function/modes.js';
import { isFlag, withFlag } from './memory/flags.js';
import { baseOf, placeBelow, put, renewed, valueAt } from './memory/memory.js';
import { altered, type Exit, nothingKnown, outcome, type State, theReference } from './memory/state.js';

/**
 * How the reference comes into a function. `site`: by an acquiring call in it. `returned`: by some exits of a callee that hands it back.
 */
export type Entry =
  | { kind: 'site'; pos: number; facts: readonly string[]; layouts: Layouts; acquired: Acquired }
  /** It is given at some paths below parameters; `known` is what the caller knows of numbers that the function asks about. */
  | { kind: 'given'; facts: readonly string[]; known?: readonly Known[] }
  /** The function is called once more, and what the last call kept is still there. */
  | { kind: 'again'; facts: readonly string[] }
  /**
   * It is in the object of a variable, unless that is found on a list with its head in `bare`; with `removed`, the object is the path's own
   * once it is taken from where others find it.
   */
  | { kind: 'object'; variable: string; suffixes: readonly string[]; removed?: boolean; bare?: ReadonlySet<string> }
  | { kind: 'returned'; callee: string; exits: readonly Exit[] };

/** An entry by an object. */
export type ObjectEntry = Extract<Entry, { kind: 'object' }>;

/** The callee that hands on the pages, and the indices of its parameters of which its exits require something; `null` for other entries. */
export function handingIn(entry: Entry): Handing | null {
  if (entry.kind !== 'returned') return null;
  const { callee, exits } = entry;
  return { callee, required: [...new Set(exits.flatMap((e) => e.requires.map(({ of }) => of)))] };
}

/** True if the walk's results are for callers, of which each may pass other constants. */
export function isHandedUp({ kind }: Entry): boolean {
  return kind === 'site' || kind === 'returned';
}

/** A value known at the call of a function, in terms of the function. */
export interface Known {
  /** A path below a parameter. */
  path: string;
  /** A constant, `=3` or `=NAME`; or `@FLAG`, if that bit of the number is set. */
  value: string;
}

/**
 * True if the reference is around a parameter that is a member (`container_of()`): below the result of a call, of a certain one if given.
 */
export function isGivenAround(entry: Entry, result = ''): boolean {
  return entry.kind === 'given' && entry.facts.some((fact) => fact.startsWith('%') && (result === '' || rootOf(fact) === result));
}

/** True for a node at which the reference comes in. */
export function isSeed(n: Node, entry: Entry): boolean {
  if (entry.kind === 'object') {
    const o = n.operation;
    if (o?.kind === 'copy') return o.target === entry.variable;
    // In `kfree(list_entry(at, struct reg, list))` the object has no variable.
    return o?.kind === 'call' && (o.result === entry.variable || (o.iterates && o.args.some((a) => a.path === entry.variable)));
  }
  if (n.operation?.kind !== 'call') return false;
  if (entry.kind === 'site') return n.pos === entry.pos && n.operation.pos === entry.pos;
  return entry.kind === 'returned' && asCallOf(n.operation, entry.callee) !== null;
}

/** The loops in which the reference is taken, or handed back. @param seeds 1 for each node at which it comes in */
export function takingLoops({ nodes }: Graph, { kind }: Entry, seeds: Uint8Array): Loop[] {
  return kind === 'given' || kind === 'object' ? [] : nodes.flatMap((n) => (seeds[n.id] === 1 ? n.loops : []));
}

/** The state in which an object that was just found holds the reference; unchanged if it was just allocated, which holds nothing. */
export function withObject(before: State, graph: Graph, { operation: o }: Node, { variable, suffixes, bare }: ObjectEntry): State {
  // A loop over a list sets its variable anew in every iteration.
  const state = o?.kind === 'call' && o.result !== variable ? put(renewed(before, o.result), variable, o.result) : before;
  if (bare !== undefined && isFoundIn(bare, graph, o)) return state;
  const value = valueAt(state, variable);
  // `filp->private_data` may point at anything, so also at an object of this type.
  const isFound = value.startsWith('?') && o?.kind === 'copy' && /^\w+(\.\w+)+$/.test(o.source.text);
  if ((/^[=?]/.test(value) && !isFound) || state.fresh.has(baseOf(value))) return state;
  const maker = graph.nodes.find((n) => n.operation?.kind === 'call' && n.operation.result === value)?.operation;
  if (maker?.kind === 'call' && freshName.test(maker.name ?? '')) return state;
  let next: State = altered(state, { phase: 'held', outcomes: outcome.all });
  for (const suffix of suffixes) next = put(next, placeBelow(next, value, suffix), theReference);
  return next;
}

/** True for an object that a loop or call finds on a list with its head in a set of paths. */
function isFoundIn(heads: ReadonlySet<string>, { nodes }: Graph, o: Operation | null): boolean {
  const by = o?.kind === 'copy' ? nodes.find((n) => n.operation?.kind === 'call' && n.operation.result === o.source.path)?.operation : o;
  return by?.kind === 'call' && by.args.some(({ address, path }) => address && path !== null && heads.has(path));
}

/** The state in which a walk begins. */
export function firstState(entry: Entry): State {
  if (entry.kind !== 'given' && entry.kind !== 'again') return nothingKnown;
  let state: State = altered(nothingKnown, { phase: 'held', outcomes: outcome.all });
  for (const fact of entry.facts) state = put(state, fact, theReference);
  if (entry.kind === 'given')
    for (const { path, value } of entry.known ?? []) state = isFlag(value) ? withFlag(state, path, value) : put(state, path, value);
  return state;
}
