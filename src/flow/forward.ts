/** Forward must-analysis over a control-flow graph: what holds on every path to a node. */
import type { Graph, Node } from '../program/graph.js';

/**
 * The facts before each node, by node id; `undefined` for a node that is not reached.
 * @param meet the facts that are in both; must return `older` itself if nothing changes, or the analysis does not end
 */
export function forward<Facts>(
  { nodes, entry }: Graph,
  first: Facts,
  after: (node: Node, before: Facts) => Facts,
  meet: (older: Facts, other: Facts) => Facts,
): (Facts | undefined)[] {
  const before: (Facts | undefined)[] = nodes.map(() => undefined);
  before[entry] = first;
  const queue = [entry];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const node = nodes[id] as Node;
    const facts = after(node, before[id] as Facts);
    for (const next of node.successors) {
      const older = before[next];
      const met = older === undefined ? facts : meet(older, facts);
      if (met === older) continue;
      before[next] = met;
      queue.push(next);
    }
  }
  return before;
}
