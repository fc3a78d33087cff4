/**
 * What certainly was dropped before: a must-analysis over one function's graph. A drop is known by its argument as it
 * is written, element and all, so that two drops in one round of a loop are seen, where paths know only "some element".
 */
import type { CallOperation, Graph, Node } from '../program/graph.js';
import { remembered } from '../program/remembered.js';
import { extraReferenceCalls, pagesArgument, releases } from '../protocol/index.js';
import { forward } from './forward.js';
import { elementGiven } from './paths/loops/unwind.js';
import { isChanged, type Written, writtenAs } from './written.js';

/** A drop, or a use, of what was dropped before, with nothing in between that makes another thing of it. */
export interface Repeated {
  /** Position of each node that drops it first on some way here. */
  firsts: readonly number[];
  pos: number;
  api: string;
}

/** What is known to have been dropped once a node is done. */
export interface Dropped extends Written {
  /** Where the call is that drops it. */
  by: number;
}

/** Every drop of the graph that on all ways to it follows a drop of the same. */
export const repeatedDrops = remembered((graph: Graph): readonly Repeated[] => {
  const drops = dropsIn(graph);
  if (drops.filter((d) => d !== null).length < 2) return [];
  return behindDrops(graph, drops, (n) => [drops[n.id]?.text ?? '']);
});

/** What each node drops, as it is written; `null` for one that drops nothing. */
export function dropsIn({ nodes }: Graph): (Dropped | null)[] {
  return nodes.map(({ pos, operation: o }) => {
    const written = o?.kind === 'call' ? droppedBy(o) : null;
    return written && { ...written, by: pos };
  });
}

/**
 * The nodes that ask something of what has certainly been dropped before.
 * @param drops by node, what has been dropped once it is done
 * @param asks the texts of any of which a node asks
 */
export function behindDrops(graph: Graph, drops: readonly (Dropped | null)[], asks: (n: Node) => readonly string[]): Repeated[] {
  const known = new Map(drops.flatMap((d) => (d ? [[d.text, d] as const] : [])));
  if (known.size === 0) return [];
  const before = forward(graph, new Map() as Facts, (n, facts) => after(n, drops[n.id] ?? null, facts, known), meet);
  return graph.nodes.flatMap((n): Repeated[] => {
    const firsts = n.operation?.kind === 'call' ? asks(n).flatMap((text) => [...(before[n.id]?.get(text) ?? [])]) : [];
    if (firsts.length === 0 || n.operation?.kind !== 'call') return [];
    return [{ firsts, pos: n.pos, api: n.operation.name ?? '' }];
  });
}

type Facts = ReadonlyMap<string, ReadonlySet<number>>;

/** What has been dropped after a node, and not been made another thing since, by its text with where. */
function after(n: Node, drop: Dropped | null, before: Facts, known: ReadonlyMap<string, Written>): Facts {
  const facts = new Map(before);
  if (drop) facts.set(drop.text, new Set([drop.by]));
  else for (const text of [...facts.keys()]) if (renews(n, known.get(text) as Written)) facts.delete(text);
  return facts;
}

/** What both say, with the places of both; the older one itself if nothing changes. */
function meet(old: Facts, other: Facts): Facts {
  const both = new Map<string, ReadonlySet<number>>();
  let changed = false;
  for (const [text, places] of old) {
    const more = other.get(text);
    if (more === undefined) changed = true;
    else if ([...more].every((p) => places.has(p))) both.set(text, places);
    else {
      changed = true;
      both.set(text, new Set([...places, ...more]));
    }
  }
  return changed ? both : old;
}

/** What a call drops, as it is written. */
function droppedBy(call: CallOperation): Written | null {
  const release = call.name === null ? undefined : releases.get(call.name);
  if (!release) return null;
  const at = pagesArgument(release);
  const one = elementGiven(call, at);
  if (one !== call.expressions[at]) return writtenAs(one === undefined ? [] : [one]);
  // Of an array, the number dropped belongs to what is dropped.
  return writtenAs(release.shape === 'bulk' ? call.expressions.slice(at, at + 2) : call.expressions.slice(at, at + 1));
}

/** True if after a node the dropped thing's text may stand for something else, or may be held once more. */
function renews({ operation: o }: Node, dropped: Written): boolean {
  const isTaken = o?.kind === 'call' && o.name !== null && extraReferenceCalls.has(o.name);
  return isTaken || isChanged(o, dropped);
}
