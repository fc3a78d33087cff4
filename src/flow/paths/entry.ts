/** How the reference comes into a function, and what is known there. */
import { asCallOf, type Graph, type Loop, type Node } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import { freshName } from '../../protocol/index.js';
import type { Layouts } from '../flow.js';
import type { Acquired } from '../outcome.js';
import type { Handing } from './function/modes.js';
import { isFlag, withFlag } from './memory/flags.js';
import { baseOf, placeBelow, put, renewed, valueAt } from './memory/memory.js';
import { altered, type Exit, nothingKnown, outcome, type State, theReference } from './memory/state.js';

/** How the reference comes into a function. */
export type Entry =
  | { kind: 'site'; pos: number; facts: readonly string[]; layouts: Layouts; acquired: Acquired }
  /** With the reference at some paths, and with what is known of what it tests. */
  | { kind: 'given'; facts: readonly string[]; known?: readonly Known[] }
  /** The function is entered again while what it kept the last time is still there. */
  | { kind: 'again'; facts: readonly string[] }
  /** An object that a variable is set to, which holds the reference below it; the path's own from where it is `removed` from others' sight. */
  | { kind: 'object'; variable: string; suffixes: readonly string[]; removed?: boolean }
  | { kind: 'returned'; callee: string; exits: readonly Exit[] };

/** Who hands on the pages, and of which of its parameters its ways out require something; `null` where they come in otherwise. */
export function handingIn(entry: Entry): Handing | null {
  if (entry.kind !== 'returned') return null;
  const { callee, exits } = entry;
  return { callee, required: [...new Set(exits.flatMap((e) => e.requires.map(({ of }) => of)))] };
}

/** True where what is found out is told to callers, of which each may give other constants. */
export function isHandedUp({ kind }: Entry): boolean {
  return kind === 'site' || kind === 'returned';
}

/** A constant that stands at a path below a parameter where a function is called, or a flag that is set in the number there. */
export interface Known {
  path: string;
  value: string;
}

/** True where the reference stands around what one of the parameters is a member of, or below what a certain call gets to from there. */
export function isGivenAround(entry: Entry, result = ''): boolean {
  return entry.kind === 'given' && entry.facts.some((fact) => fact.startsWith('%') && (result === '' || rootOf(fact) === result));
}

/** True for a node at which the reference comes in. */
export function isSeed(n: Node, entry: Entry): boolean {
  if (entry.kind === 'object') {
    const o = n.operation;
    if (o?.kind === 'copy') return o.target === entry.variable;
    // `kfree(list_entry(at, struct reg, list))` has no other name for it.
    return o?.kind === 'call' && (o.result === entry.variable || (o.iterates && o.args.some((a) => a.path === entry.variable)));
  }
  if (n.operation?.kind !== 'call') return false;
  if (entry.kind === 'site') return n.pos === entry.pos && n.operation.pos === entry.pos;
  return entry.kind === 'returned' && asCallOf(n.operation, entry.callee) !== null;
}

/** The loops in which the reference is taken, or handed back by what takes it. @param seeds one for each node at which it comes in */
export function takingLoops({ nodes }: Graph, { kind }: Entry, seeds: Uint8Array): Loop[] {
  return kind === 'given' || kind === 'object' ? [] : nodes.flatMap((n) => (seeds[n.id] === 1 ? n.loops : []));
}

/** The state in which an object that was just found holds the reference; one that was just allocated holds nothing. */
export function withObject(before: State, graph: Graph, { operation: o }: Node, variable: string, suffixes: readonly string[]): State {
  // A loop over a list sets its variable anew in every round.
  const state = o?.kind === 'call' && o.result !== variable ? put(renewed(before, o.result), variable, o.result) : before;
  const value = valueAt(state, variable);
  // A field that anything may stand in, `filp->private_data`, has an object as well as one of the object's type.
  const isFound = value.startsWith('?') && o?.kind === 'copy' && /^\w+(\.\w+)+$/.test(o.source.text);
  if ((/^[=?]/.test(value) && !isFound) || state.fresh.has(baseOf(value))) return state;
  const maker = graph.nodes.find((n) => n.operation?.kind === 'call' && n.operation.result === value)?.operation;
  if (maker?.kind === 'call' && freshName.test(maker.name ?? '')) return state;
  let next: State = altered(state, { phase: 'held', outcomes: outcome.all });
  for (const suffix of suffixes) next = put(next, placeBelow(next, value, suffix), theReference);
  return next;
}

/** What is known where a function begins. */
export function firstState(entry: Entry): State {
  if (entry.kind !== 'given' && entry.kind !== 'again') return nothingKnown;
  let state: State = altered(nothingKnown, { phase: 'held', outcomes: outcome.all });
  for (const fact of entry.facts) state = put(state, fact, theReference);
  if (entry.kind === 'given')
    for (const { path, value } of entry.known ?? []) state = isFlag(value) ? withFlag(state, path, value) : put(state, path, value);
  return state;
}
