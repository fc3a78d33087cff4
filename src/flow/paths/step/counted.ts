/** How many pages a called function drops, held against what was taken. */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, callsAt } from '../../../program/graph.js';
import type { Called } from '../context.js';
import { belowParameter } from '../function/parameter.js';
import { boundsOf } from '../loops/sweep.js';
import { isOfEarlier } from '../loops/unwind.js';
import { type Exit, type Holder, outcome, type State } from '../memory/state.js';
import { standingAt } from './exits.js';

/** True where fewer pages were taken than were asked for, and no more by others. */
export function isShort({ outcomes, unsure }: State): boolean {
  return !unsure && (outcomes & outcome.short) !== 0 && (outcomes & (outcome.all | outcome.earlier)) === 0;
}

/** What says how many pages a function drops on a way out: places below what it is given, none for what is not known. */
function countersOf({ program }: Called, callee: FunctionReference, { drop }: Exit): Holder[] {
  if (!drop) return [];
  return program.graphs(callee).flatMap((graph) => {
    const calls = callsAt(graph, drop.pos);
    const isMany = drop.call?.shape === 'bulk' && !calls.every(({ args }) => args[1]?.text === '1');
    const paths = isMany ? calls.flatMap(({ args }) => args[1]?.path ?? []) : boundsOf(graph, drop.pos, { program, reference: callee });
    return paths.flatMap((path) => belowParameter(graph, path) ?? []);
  });
}

/** What says in the caller how many pages a function drops on a way out: values there. */
export function countsOf(local: Called, o: CallOperation, callee: FunctionReference, exit: Exit, state: State): string[] {
  return countersOf(local, callee, exit).flatMap((place) => standingAt(state, o, place) ?? []);
}

/** True for a way out on which a function drops what earlier rounds of a loop have taken, and not what this one has. */
export function dropsEarlier(local: Called, o: CallOperation, callee: FunctionReference, exit: Exit, state: State): boolean {
  if (state.index === null) return false;
  return countersOf(local, callee, exit).some(({ of, suffix }) => {
    const path = o.args[of]?.path;
    return path != null && isOfEarlier(local.graph, state, path + suffix);
  });
}
