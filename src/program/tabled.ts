/** Paths of a call that the tables of `protocol/` name. */
import { iterators, releases, transfers } from '../protocol/index.js';
import type { CallOperation, Graph } from './graph.js';
import { join } from './path.js';

/** Returns the paths below its arguments that a call in the tables reaches: `msg.sg.data` for `sk_msg_elem(msg, i)`. */
export function tabledPaths(call: CallOperation): string[] {
  if (call.name === null) return [];
  const places = [...(transfers.get(call.name)?.moves.flat() ?? []), releases.get(call.name)?.pages ?? ''];
  return places.flatMap((place) => {
    const match = /^(\d+)((?:\.\w+)+)/.exec(place);
    const path = match ? call.args[Number(match[1])]?.path : null;
    const reached = path ? join(path, match?.[2] ?? '') : null;
    return reached === null ? [] : [reached];
  });
}

/**
 * Returns the aliases that a call or an iteration macro makes by handing on a pointer, `sg = sg_next(sg)`: the target is another name of
 * what the source points at.
 */
export function pointerMoves(call: CallOperation): Graph['aliases'] {
  const moves = call.name === null ? undefined : (call.iterates ? iterators : transfers).get(call.name)?.moves;
  return (moves ?? []).flatMap(([from, to]) => {
    const place = /^(\d+)((?:\.\w+)*)$/.exec(from);
    if (!place || !/^(\d+|return)$/.test(to)) return [];
    const argument = call.args[Number(place[1])];
    const path = argument?.path ? join(argument.path, place[2] ?? '') : null;
    const source = place[2] === '' ? argument : path === null ? undefined : { path, address: false, text: '' };
    const target = to === 'return' ? call.result : call.args[Number(to)]?.path;
    return source && target ? [{ target, source, pos: call.pos }] : [];
  });
}
