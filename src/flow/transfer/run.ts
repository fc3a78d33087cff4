/** One run of the analysis through a variant of a function, and what it has noted. */
import type { FunctionReference } from '../../program/file.js';
import type { Graph, Guard, Node } from '../../program/graph.js';
import type { Scope } from '../facts.js';
import type { Analysis, At, FunctionFlow, Origin, Seed } from '../flow.js';
import type { Acquired } from '../outcome.js';

/** What loops do to the elements of arrays and containers in every round, as facts, by loop: it holds behind them, also after no round. */
export interface LoopEffects {
  /** Elements that they drop, and references of their own on elements that they give away. */
  lost: Map<number, Set<string>>;
  /** References of their own that they take. */
  gained: Map<number, Set<string>>;
  /** Nodes that take one for a place where the page was just stored: seen when what comes to them from all rounds is known. */
  kept: Set<number>;
}

export function noLoopEffects(): LoopEffects {
  return { lost: new Map(), gained: new Map(), kept: new Set() };
}

export interface Run extends Analysis {
  flow: FunctionFlow;
  graph: Graph;
  reference: FunctionReference;
  seeds: readonly Seed[];
  scope: Scope;
  /** For each target of a copy, where it was copied from: a drop of the copy is a drop of the original. */
  copies: Map<string, Set<string>>;
  /** Events already noted. */
  seen: Set<string>;
  loops: LoopEffects;
  /** Where references of their own are taken on pages, by the fact that says so. */
  extras: Map<string, ReadonlySet<Node>>;
  /** By position, what a release there needs of what the variant assumes. */
  needed: Map<number, readonly (readonly string[])[]>;
  /** By their results, the calls that fill anew what has held the reference. */
  refills: Map<string, Acquired>;
}

/** Notes where a fact came from, the first time. */
export function note(r: Run, fact: string, origin: () => Origin): void {
  if (!r.flow.origins.has(fact)) r.flow.origins.set(fact, origin());
}

/** Notes what the innermost loop around a node that does not take the pages does in every round: not what it does only under a condition. */
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

/** True the first time that an event of this kind and place is seen. */
export function once(r: Run, ...parts: (string | number)[]): boolean {
  const key = parts.join('\0');
  if (r.seen.has(key)) return false;
  r.seen.add(key);
  return true;
}

export function at(n: Node): At {
  return { pos: n.pos, node: n.id, loops: n.loops, guards: n.guards };
}
