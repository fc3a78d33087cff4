/** One run of the analysis over one variant of a function, and what it has noted. */
import type { FunctionReference } from '../../program/file.js';
import type { Graph, Guard, Node } from '../../program/graph.js';
import type { Scope } from '../facts.js';
import type { Analysis, At, FunctionFlow, Origin, Seed } from '../flow.js';
import type { Acquired } from '../outcome.js';

/**
 * What loops do in every round to elements of arrays and containers, as facts by loop id: so it is behind the loop, even after no round.
 */
export interface LoopEffects {
  /** Facts that end: elements that are dropped, and extra references that are given away. */
  lost: Map<number, Set<string>>;
  /** Facts that begin: extra references that are taken. */
  gained: Map<number, Set<string>>;
  /** Ids of nodes that take an extra reference for a page that was just stored: known only once facts from all rounds have arrived. */
  kept: Set<number>;
}

/** Effects of no loop yet. */
export function noLoopEffects(): LoopEffects {
  return { lost: new Map(), gained: new Map(), kept: new Set() };
}

/** The state of one run. */
export interface Run extends Analysis {
  /** What the run has found of the function. */
  flow: FunctionFlow;
  /** The variant. */
  graph: Graph;
  /** The function. */
  reference: FunctionReference;
  /** Where the reference begins. */
  seeds: readonly Seed[];
  /** Resolves the variant's paths. */
  scope: Scope;
  /** By target of a copy, its sources: a drop of the copy is a drop of the original. */
  copies: Map<string, Set<string>>;
  /** Keys of the events that are noted already. */
  seen: Set<string>;
  /** Found by an earlier run, and added to by this one. */
  loops: LoopEffects;
  /** By `+` fact, the nodes that take the extra reference. */
  extras: Map<string, ReadonlySet<Node>>;
  /** By offset, the `#if` conditions that a release or mark there depends on: see {@link ReleaseEvent.assumptions}. */
  needed: Map<number, readonly (readonly string[])[]>;
  /** By result, the acquiring calls that fill anew what held the reference. */
  refills: Map<string, Acquired>;
}

/** Notes where a fact came from, unless it is known. */
export function note(r: Run, fact: string, origin: () => Origin): void {
  if (!r.flow.origins.has(fact)) r.flow.origins.set(fact, origin());
}

/**
 * Notes what a node does in every round of the innermost loop around it that the site is not in; nothing if a condition is around it
 * there.
 */
export function inEveryRound(
  r: Run,
  n: Node,
  effects: Map<number, Set<string>>,
  facts: readonly string[],
  isPlain = (_: Guard) => false,
): void {
  const elements = facts.filter((f) => /\[\]$|@(sgl|bvec|skb|pipe)$/.test(f));
  if (elements.length === 0) return;
  const loop = n.loops.findLast((l) => !r.seeds.some((s) => s.pos !== null && s.pos >= l.pos && s.pos < l.end));
  if (!loop || !n.guards.slice(loop.guards).every(isPlain)) return;
  effects.set(loop.id, new Set([...(effects.get(loop.id) ?? []), ...elements]));
}

/** True the first time that it is asked with these parts. */
export function once(r: Run, ...parts: (string | number)[]): boolean {
  const key = parts.join('\0');
  if (r.seen.has(key)) return false;
  r.seen.add(key);
  return true;
}

/** The place of a node, for an event. */
export function at(n: Node): At {
  return { pos: n.pos, node: n.id, loops: n.loops, guards: n.guards };
}
