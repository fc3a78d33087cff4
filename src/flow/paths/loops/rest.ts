/** Loops over the rest of an array, or back over the elements before, that begin with an element which was dropped already. */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, callNodeAt, isStore, type Loop, leadsTo, type Node } from '../../../program/graph.js';
import type { WalkContext } from '../context.js';
import type { Within } from '../function/text.js';
import type { Drop, Exit, State } from '../memory/state.js';
import { headOf } from './last.js';
import { elementGiven, lookedUp, ownIndex, restIndex, takenOutBy } from './unwind.js';

/**
 * True for a drop in a loop over the rest of an array, whose first element was dropped before: the index by which the loop around has
 * dropped it was not stepped on since.
 *
 * @param at index of the argument that the call drops by
 */
export function isRestAgain(local: WalkContext, n: Node, o: CallOperation, at: number, { dropped }: State): boolean {
  const rest = n.loops.at(-1);
  const round = roundOf(n, dropped);
  if (dropped === null || !rest || !round || rest === round) return false;
  const index = droppedBy(o, at);
  if (index === null || !round.variables.includes(index) || goesFrom(rest, local) !== index) return false;
  return isLeftAt(local, dropped, index, (m) => m.loops.some((l) => l.id === rest.id));
}

/** As {@link isRestAgain}, for a call of a function that is passed that index, and drops from there on in a loop of its own. */
export function isHandedAgain(
  local: WalkContext,
  n: Node,
  o: CallOperation,
  callee: FunctionReference,
  exits: readonly Exit[],
  { dropped }: State,
): boolean {
  const round = roundOf(n, dropped);
  if (dropped === null || !round || !exits.every((e) => e.kind === 'dropped' && !e.unsure)) return false;
  const first = callNodeAt(local.graph, dropped.pos);
  const index = first?.operation?.kind === 'call' ? indexGiven(local, round, first.operation) : null;
  const given = index === null ? -1 : o.expressions.findIndex((e) => e.kind === 'identifier' && e.name === index);
  if (given < 0 || !isLeftAt(local, dropped, index as string, (m) => m.id === n.id)) return false;
  return local.program.graphs(callee).every((graph) => {
    const name = graph.params[given]?.name;
    const isSetBefore = ({ pos }: Loop): boolean =>
      graph.nodes.some((m) => m.pos < pos && isStore(m.operation) && m.operation.target === name);
    const isFrom = (m: Node): boolean => {
      const [loop] = m.loops;
      if (m.operation?.kind !== 'call' || !loop || m.loops.length > 1 || m.guards.length > loop.guards || isSetBefore(loop)) return false;
      return droppedBy(m.operation, 0) === name && goesFrom(loop, { ...local, reference: callee }) === name;
    };
    return exits.every(({ drop }) => graph.nodes.some((m) => m.pos === drop?.pos && isFrom(m)));
  });
}

/** The loop around a node whose iteration has dropped an element by the loop's own index; `undefined` if that is not certain. */
function roundOf({ loops }: Node, dropped: Drop | null): Loop | undefined {
  return dropped === null || dropped.doubt !== null || dropped.unsure ? undefined : loops.find((l) => l.id === dropped.loop);
}

/** The index in the array element that a call is passed as an argument, `put_page(pages[i])`; `null` for any other argument. */
function droppedBy(o: CallOperation, at: number): string | null {
  const element = elementGiven(o, at);
  return element === undefined ? null : ownIndex(lookedUp(element));
}

/** The loop's own index by which a call is given an element, also in a variable or struct of the iteration; `null` if it is given none. */
function indexGiven(local: WalkContext, round: Loop, o: CallOperation): string | null {
  const indexes = o.expressions.flatMap((e, at) => droppedBy(o, at) ?? takenOutBy(local, round, e)?.index ?? []);
  return indexes.find((index) => round.variables.includes(index)) ?? null;
}

/** The variable of a loop that goes on, or back, from the variable's value, beginning with the element there; `null` for any other loop. */
function goesFrom(loop: Loop, within: Within): string | null {
  return restIndex(loop, within) ?? /^for\(;(\w+)>=0;(?:\1--|--\1)\)/.exec(headOf(loop, within))?.[1] ?? null;
}

/** True if some path from where an element was dropped reaches a node without setting the index. */
function isLeftAt(local: WalkContext, dropped: Drop, index: string, isThere: (m: Node) => boolean): boolean {
  const isStep = ({ operation }: Node): boolean => isStore(operation) && operation.target === index;
  const first = callNodeAt(local.graph, dropped.pos);
  return first !== undefined && leadsTo(local.graph, first, isThere, isStep);
}
