/**
 * Extra references on the pages of an array, that loops take and give back. A path follows one element: on that a loop takes one
 * reference, or gives one back, however many iterations it has. It is counted where the loop is left.
 */
import type { CallOperation, Graph, Loop, Node } from '../../../program/graph.js';
import { remembered } from '../../../program/remembered.js';
import { extraReferenceCalls } from '../../../protocol/index.js';
import type { WalkContext } from '../context.js';
import { altered, type State, told } from '../memory/state.js';
import { loopOf } from './unwind.js';

/** The state after a call that takes an extra reference on the page it is given. */
export function takenMore(local: WalkContext, n: Node, o: CallOperation, state: State): State {
  const text = `${o.name}() takes one more reference`;
  const loop = loopOf(local, o, 0, n.loops);
  // A loop that also drops has given the reference back in the same iteration.
  if (loop === null || local.shape.dropLoops.has(loop)) return told(local, n, altered(state, { extra: state.extra + 1 }), text);
  return inEveryRound(local, n, loop, text, state);
}

/** The state after a call that drops a plain reference, by its argument `at`, on a page on which the path has extra ones. */
export function givenBack(local: WalkContext, n: Node, o: CallOperation, at: number, state: State): State {
  const text = `${o.name}() drops one reference of several`;
  const loop = loopOf(local, o, at, n.loops);
  if (loop === null || takingLoops(local.graph).has(loop)) return told(local, n, altered(state, { extra: state.extra - 1 }), text);
  return inEveryRound(local, n, loop, text, state);
}

/** The state where a loop is left that has taken, or given back, an extra reference on each element. */
export function countedIn({ graph }: WalkContext, { id }: Loop, state: State): State {
  if (state.each !== id) return state;
  return altered(state, { extra: state.extra + (takingLoops(graph).has(id) ? 1 : -1), each: null });
}

function inEveryRound(local: WalkContext, n: Node, loop: number, text: string, state: State): State {
  return state.each === loop ? state : told(local, n, altered(state, { each: loop }), text);
}

/** Ids of the loops in which extra references are taken. */
const takingLoops = remembered(
  ({ nodes }: Graph): ReadonlySet<number> =>
    new Set(
      nodes.flatMap(({ operation: o, loops }) =>
        o?.kind === 'call' && extraReferenceCalls.has(o.name ?? '') ? loops.map((l) => l.id) : [],
      ),
    ),
);
