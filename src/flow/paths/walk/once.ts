/** Two ways to one end are one fault: where a call is made, with its result known on some paths, and where that result is tested. */
import type { Graph, Node } from '../../../program/graph.js';
import { type Exit, outcome, type Turned } from '../memory/state.js';

/**
 * Leaves out the ways that turn towards an end at a call, if others turn to the same end at the test of its result right behind it: on
 * some paths the result is known at once, on all of them where it is tested.
 */
export function toldOnce(graph: Graph, turned: readonly Turned[]): Turned[] {
  const isTold = ({ exit, pos }: Turned): boolean => {
    const others = turned.filter((other) => other.exit.pos === exit.pos && other.pos > pos && (isShort(exit) || !isShort(other.exit)));
    return others.length > 0 && testsBehind(graph, pos).some((test) => others.some((other) => other.pos === test));
  };
  return turned.filter((t) => !isTold(t));
}

/** True for an exit that only a short count leads to. */
function isShort({ outcomes }: Exit): boolean {
  return (outcomes & (outcome.all | outcome.earlier)) === 0;
}

/** Offsets of the tests of a call's result that follow the call with nothing else in between. */
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

/** The variable that a call's result is stored to. */
function stored({ operation: o }: Node): string | null {
  return o?.kind === 'copy' && o.source.path?.startsWith('%') ? o.target : null;
}
