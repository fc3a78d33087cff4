/** Forward must-analyses: what holds on every way to a node. */
import type { Graph, Node } from '../program/graph.js';

/**
 * By node, the facts before it; `undefined` for a node that is not reached.
 * @param meet what both say; the older one itself where the other changes nothing, which is how the analysis comes to its end
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
