/** One run of the analysis through a variant of a function, and what it has noted. */
import type { FunctionReference } from '../../program/file.js';
import type { Graph, Node } from '../../program/graph.js';
import type { Scope } from '../facts.js';
import type { Analysis, At, FunctionFlow, Origin, Seed } from '../flow.js';
import type { Acquired } from '../outcome.js';

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
  /** For each loop, the arrays and containers whose elements it drops. */
  loopDrops: Map<number, Set<string>>;
  /** By position, what a release there needs of what the variant assumes. */
  needed: Map<number, readonly (readonly string[])[]>;
  /** By their results, the calls that fill anew what has held the reference. */
  refills: Map<string, Acquired>;
}

/** Notes where a fact came from, the first time. */
export function note(r: Run, fact: string, origin: () => Origin): void {
  if (!r.flow.origins.has(fact)) r.flow.origins.set(fact, origin());
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
