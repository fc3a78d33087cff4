/** What the ends of a function say of the count: how its callers learn it. */
import type { Graph, Node } from '../../program/graph.js';
import type { Returned } from './at-return.js';
import { leftIn } from './kept.js';
import type { State, Walking } from './path.js';
import { noStatus, takingsOfStatus, withReturn } from './status.js';
import { takingsOfSum } from './summing.js';
import { ALL, SHORT, symbolOf } from './symbols.js';
import { type Status, type Taking, takingsAbove } from './taking.js';

/** What all ends so far have in common. */
export interface Ends {
  /** Zero is returned with all pages. */
  zeroIsSuccess: boolean;
  /** The outcomes with which the count is returned. */
  handed: number;
  /** The members in which the count is left where it is returned; `null` before the first return. */
  left: readonly string[] | null;
  /** The outcomes with which a function without a return value ends. */
  unsaid: number;
  /** The members in which the count is left at every end. */
  always: readonly string[] | null;
  /** What the return value says if it is no count. */
  status: Status | null;
}

/** What is known before the first end. */
export const noEnds: Ends = { zeroIsSuccess: false, handed: 0, left: null, unsaid: 0, always: null, status: noStatus };

/** True where a function ends. */
export function isEnd({ exit }: Graph, { id, operation: o }: Node): boolean {
  return id === exit || o?.kind === 'return';
}

/** What the ends have in common with one more. */
export function withEnd({ taking, words }: Walking, ends: Ends, state: State, n: Node, returned: Returned): Ends {
  const always = leftIn(taking, state.names, ends.always);
  const given = n.operation?.kind === 'return' ? n.operation.value : null;
  if (given === null) return { ...ends, always, unsaid: ends.unsaid | state.outcomes, status: null };
  return {
    ...ends,
    always,
    zeroIsSuccess: ends.zeroIsSuccess || returned.zeroIsSuccess,
    handed: ends.handed | returned.handed,
    left: returned.handed ? leftIn(taking, state.names, ends.left) : ends.left,
    status: withReturn(ends.status, symbolOf(given, state.names, words), state.outcomes),
  };
}

/** The calls of the function behind which to go on. */
export function takingsBehind(taking: Taking, { zeroIsSuccess, handed, left, unsaid, always, status }: Ends): Taking[] {
  const isFull = (outcomes: number): boolean => (outcomes & SHORT) !== 0 && (outcomes & ALL) !== 0;
  return [
    ...(!zeroIsSuccess && isFull(handed) ? takingsAbove(taking, handed, left ?? []) : []),
    ...(always !== null && always.length > 0 && isFull(unsaid) ? takingsAbove(taking, unsaid, always) : []),
    ...takingsOfSum(taking),
    ...takingsOfStatus(taking, status, always ?? []),
  ];
}
