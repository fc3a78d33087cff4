/** Compares how many pages a callee drops with how many were taken. */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, callsAt, type Graph, type Loop, type Node } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import type { WalkContext } from '../context.js';
import { isSeed } from '../entry.js';
import { belowParameter } from '../function/parameter.js';
import type { InGraph } from '../function/text.js';
import { isElementIn } from '../loops/elements.js';
import { boundOf, boundsOf, wholeRangeOf } from '../loops/sweep.js';
import { indexOf, isOfEarlier } from '../loops/unwind.js';
import { placeAt, valueAt } from '../memory/memory.js';
import { type Exit, type Holder, outcome, type State } from '../memory/state.js';
import { isWhole } from './drop.js';
import { standingAt } from './exits.js';

/** True if fewer pages were taken than asked for, and none by other calls. */
export function isShort({ outcomes, unsure }: State): boolean {
  return !unsure && (outcomes & outcome.short) !== 0 && (outcomes & (outcome.all | outcome.earlier)) === 0;
}

/** What says how many pages a callee drops on an exit, as places below its parameters; none if that is not known. */
function countersOf({ program }: WalkContext, callee: FunctionReference, { drop }: Exit): Holder[] {
  if (!drop) return [];
  return program.graphs(callee).flatMap((graph) => {
    const calls = callsAt(graph, drop.pos);
    const isMany = drop.call?.shape === 'bulk' && !calls.every(({ args }) => args[1]?.text === '1');
    const paths = isMany ? calls.flatMap(({ args }) => args[1]?.path ?? []) : boundsOf(graph, drop.pos, { program, reference: callee });
    return paths.flatMap((path) => belowParameter(graph, path) ?? []);
  });
}

/** The values in the caller that say how many pages a callee drops on an exit. */
export function countsOf(local: WalkContext, o: CallOperation, callee: FunctionReference, exit: Exit, state: State): string[] {
  return countersOf(local, callee, exit).flatMap((place) => standingAt(state, o, place) ?? []);
}

/** True for an exit on which the callee drops what earlier loop iterations took, not what this one has. */
export function dropsEarlier(local: WalkContext, o: CallOperation, callee: FunctionReference, exit: Exit, state: State): boolean {
  if (state.index === null) return false;
  return countersOf(local, callee, exit).some(({ of, suffix }) => {
    const path = o.args[of]?.path;
    return path != null && isOfEarlier(local.graph, state, path + suffix);
  });
}

/**
 * True for an exit by which a function drops the whole arrays of all objects of an array, in a loop of its own that goes as far as the loop
 * in which the caller has taken pages into one of those arrays.
 */
export function dropsOfEach(local: WalkContext, o: CallOperation, callee: FunctionReference, { drop }: Exit, state: State): boolean {
  const [taking] = local.taking;
  if (drop?.call?.shape !== 'bulk' || !taking || local.taking.length > 1) return false;
  const range = boundOf(taking, local);
  const isSeeded = (n: Node): boolean => isSeed(n, local.entry) && isOfElement(local, taking, n);
  if (range === null || !local.graph.nodes.some(isSeeded)) return false;
  const { program } = local;
  const goesAsFar = (graph: Graph, loop: Loop): boolean => {
    const bound = wholeRangeOf(loop, { program, reference: callee });
    const place = bound === null ? null : belowParameter(graph, bound);
    return place !== null && standingAt(state, o, place) === valueAt(state, placeAt(state, range) ?? range);
  };
  return program.graphs(callee).some((graph) =>
    graph.nodes.some((n) => {
      const [loop] = n.loops;
      if (n.pos !== drop.pos || n.operation?.kind !== 'call' || !loop || n.loops.length > 1 || !isWhole(n.operation, 0)) return false;
      return isOfElement({ program, reference: callee, graph }, loop, n) && goesAsFar(graph, loop);
    }),
  );
}

/** True for a call that is passed an object in the iteration's element of an array. */
function isOfElement(local: InGraph, loop: Loop, { operation: o }: Node): boolean {
  if (o?.kind !== 'call') return false;
  return o.args.some(({ path }, i) => {
    const index = indexOf(o.expressions[i]);
    return index === null ? path !== null && isElementIn(local, loop.id, rootOf(path)) : loop.variables.includes(index);
  });
}
