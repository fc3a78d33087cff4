/**
 * Drops at a user count of zero that are never reached, since the call which lowers the count saturates it instead of making it zero
 * (refcount_dec()).
 */
import type { SeenRelease } from '../../flow/releases.js';
import { callsOf, type Graph, leadsTo, type Node } from '../../program/graph.js';
import { saturating } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';

/** A drop that is not reached from where the count is lowered; positions of the lowering call and of the one that reads the count. */
export interface Saturated {
  release: SeenRelease;
  lowered: number;
  pos: number;
}

/** The drops of a site's pages that only a count of zero leads to, where the call that lowers the count saturates it. */
export function saturatedIn(subject: Subject): Saturated[] {
  const { program } = subject;
  const { header, marker, lowers, asks } = saturating;
  if (program.tree.exists(header) && !program.tree.mentions(header, marker)) return [];
  return releasesIn(subject).flatMap((release) => {
    const { reference } = release.visit.flow;
    const text = program.textOf(reference);
    if (!text.includes(`${lowers}(`) || !text.includes(`${asks}(`)) return [];
    const found = program.graphs(reference).flatMap((graph) => askedAt(graph, release.event.pos) ?? []);
    return found.slice(0, 1).map((places) => ({ release, ...places }));
  });
}

/** Where the count is lowered and read, if that keeps a drop from being reached; else `null`. */
function askedAt(graph: Graph, drop: number): Omit<Saturated, 'release'> | null {
  const isDrop = (n: Node): boolean => n.operation?.kind === 'call' && n.pos === drop;
  for (const lowering of callsOf(graph, saturating.lowers)) {
    const count = lowering.call.args[0]?.path;
    const asking = callsOf(graph, saturating.asks).filter(({ call }) => count != null && call.args[0]?.path === count);
    const results = new Set(asking.map(({ call }) => call.result));
    const isZero = ({ operation: o }: Node): boolean =>
      o?.kind === 'assume' && results.has(o.left.path ?? '') && o.right.text === '0' && (o.op === '==' || o.op === '<=');
    const first = asking.find(({ node }) => leadsTo(graph, lowering.node, (n) => n === node));
    if (first && leadsTo(graph, lowering.node, isDrop) && !leadsTo(graph, lowering.node, isDrop, isZero))
      return { lowered: lowering.node.pos, pos: first.node.pos };
  }
  return null;
}
