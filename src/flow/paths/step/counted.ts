/** Compares how many pages a callee drops with how many were taken. */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, callsAt } from '../../../program/graph.js';
import type { Called } from '../context.js';
import { belowParameter } from '../function/parameter.js';
import { boundsOf } from '../loops/sweep.js';
import { isOfEarlier } from '../loops/unwind.js';
import { type Exit, type Holder, outcome, type State } from '../memory/state.js';
import { standingAt } from './exits.js';

/** True if fewer pages were taken than asked for, and none by other calls. */
export function isShort({ outcomes, unsure }: State): boolean {
  return !unsure && (outcomes & outcome.short) !== 0 && (outcomes & (outcome.all | outcome.earlier)) === 0;
}

/** What says how many pages a callee drops on an exit, as places below its parameters; none if that is not known. */
function countersOf({ program }: Called, callee: FunctionReference, { drop }: Exit): Holder[] {
  if (!drop) return [];
  return program.graphs(callee).flatMap((graph) => {
    const calls = callsAt(graph, drop.pos);
    const isMany = drop.call?.shape === 'bulk' && !calls.every(({ args }) => args[1]?.text === '1');
    const paths = isMany ? calls.flatMap(({ args }) => args[1]?.path ?? []) : boundsOf(graph, drop.pos, { program, reference: callee });
    return paths.flatMap((path) => belowParameter(graph, path) ?? []);
  });
}

/** The values in the caller that say how many pages a callee drops on an exit. */
export function countsOf(local: Called, o: CallOperation, callee: FunctionReference, exit: Exit, state: State): string[] {
  return countersOf(local, callee, exit).flatMap((place) => standingAt(state, o, place) ?? []);
}

/** True for an exit on which the callee drops what earlier loop iterations took, not what this one has. */
export function dropsEarlier(local: Called, o: CallOperation, callee: FunctionReference, exit: Exit, state: State): boolean {
  if (state.index === null) return false;
  return countersOf(local, callee, exit).some(({ of, suffix }) => {
    const path = o.args[of]?.path;
    return path != null && isOfEarlier(local.graph, state, path + suffix);
  });
}
