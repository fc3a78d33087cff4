/** Ways that turn to one end where a call is made, some of what it gives being known, and where that is tested: one fault. */
import type { Graph, Node } from '../../../program/graph.js';
import { type Exit, outcome, type Turned } from '../memory/state.js';

/**
 * Ways to ends without those that turn at a call, where others turn to the same end by the test of its result right behind it: what is known of
 * some results is known of all where they are tested.
 */
export function toldOnce(graph: Graph, turned: readonly Turned[]): Turned[] {
  const isTold = ({ exit, pos }: Turned): boolean => {
    const others = turned.filter((other) => other.exit.pos === exit.pos && other.pos > pos && (isShort(exit) || !isShort(other.exit)));
    return others.length > 0 && testsBehind(graph, pos).some((test) => others.some((other) => other.pos === test));
  };
  return turned.filter((t) => !isTold(t));
}

/** True for a way out that only a short count comes to. */
function isShort({ outcomes }: Exit): boolean {
  return (outcomes & (outcome.all | outcome.earlier)) === 0;
}

/** Where the result of a call at a position is tested, with nothing else in between. */
function testsBehind({ nodes }: Graph, pos: number): number[] {
  return nodes.flatMap((n) => {
    const result = n.pos === pos ? stored(n) : null;
    if (result === null) return [];
    const found: number[] = [];
    const ahead = new Set(n.successors);
    for (const id of ahead) {
      const { pos: at, operation: o, successors } = nodes[id] as Node;
      if (o?.kind === 'assume' && o.left.path === result) found.push(at);
      else if (o === null) for (const next of successors) ahead.add(next);
    }
    return found;
  });
}

/** Where the result of a call comes to stand. */
function stored({ operation: o }: Node): string | null {
  return o?.kind === 'copy' && o.source.path?.startsWith('%') ? o.target : null;
}
