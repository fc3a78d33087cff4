/** What the protocol's tables say of a call's paths. */
import { iterators, releases, transfers } from '../protocol/index.js';
import type { CallOperation, Graph } from './graph.js';
import { join } from './path.js';

/** Paths that a call in the tables reaches below its arguments: `msg.sg.data` for `sk_msg_elem(msg, i)`. */
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

/** Calls and iteration macros that hand a pointer on make another name for what it points at: `sg = sg_next(sg)`. */
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
