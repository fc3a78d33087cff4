/** Finds out which iterations of a loop reach a drop. */
import type { SeenRelease } from '../flow/releases.js';
import type { Graph, Node } from '../program/graph.js';
import { rootOf } from '../program/path.js';
import type { Program } from '../program/program.js';

/**
 * True for a drop in a loop that some iterations pass by without it: the pages of those are dropped elsewhere. Iterations that leave the
 * loop, and those that find no page, do not count.
 */
export function isSkipped(program: Program, { event, visit }: SeenRelease): boolean {
  const loop = event.loops.at(-1);
  if (!loop) return false;
  return program.graphs(visit.flow.reference).some((graph) => {
    const inside = graph.nodes.filter((n) => n.loops.some((l) => l.pos === loop.pos));
    const drops = inside.filter((n) => n.pos === event.pos && n.operation?.kind === 'call' && n.operation.name === event.api);
    const heads = inside.filter((n) => n.operation === null && n.pos === loop.pos);
    return drops.length > 0 && heads.some((head) => goesRound(graph, head, new Set(inside), new Set(drops), event.fact));
  });
}

/** True if a path leads from the head of a loop back to it without a drop. */
function goesRound({ nodes }: Graph, head: Node, inside: ReadonlySet<Node>, drops: ReadonlySet<Node>, page: string): boolean {
  const seen = new Set<Node>();
  const queue = [head];
  for (let n = queue.pop(); n !== undefined; n = queue.pop()) {
    for (const id of n.successors) {
      const next = nodes[id] as Node;
      if (next === head) return true;
      if (seen.has(next) || !inside.has(next) || drops.has(next) || saysNone(next, page)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return false;
}

/** True for a test of the page itself, or of what holds it. */
function saysNone({ operation: o }: Node, page: string): boolean {
  if (o?.kind !== 'assume') return false;
  return [o.left, ...(o.call?.args ?? [])].some(({ path }) => path !== null && (path === page || path === rootOf(page)));
}
