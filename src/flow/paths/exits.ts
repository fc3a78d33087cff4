/** What a function's way out says, in the words of who called it. */
import type { CallOperation } from '../../program/graph.js';
import { placeBelow, put, valueIn, withFresh } from './memory.js';
import { altered, type Exit, type Holder, type State, sign, type Trail, theReference } from './state.js';

/** What a function's result is known to be: a constant, one of its arguments, or memory that it allocated. */
export function resulting(state: State, { result, args }: CallOperation, { equals, gives, allocated }: Exit): State {
  const known = equals ?? (gives === null ? null : valueIn(state, args[gives]));
  const next = known === null ? state : altered(state, { conditions: new Map([...state.conditions, [`${result} == ${known}`, true]]) });
  return allocated ? withFresh(next, result) : next;
}

/** The sign of a result, as a person reads it. */
export function signText(bits: number): string {
  const { negative, zero, positive } = sign;
  if (bits === negative) return ', which failed';
  if (bits === zero) return ', which returned 0';
  return bits === positive || bits === (zero | positive) ? ', which succeeded' : '';
}

/** A trail behind another. */
export function after(later: Trail | null, earlier: Trail | null): Trail | null {
  if (!later) return earlier;
  return { step: later.step, before: after(later.before, earlier) };
}

/** The places at which a function left the reference, filled in. */
export function placed(state: State, o: CallOperation, found: readonly Holder[]): State {
  let next = state;
  for (const h of found) {
    if (h.of === -2) next = put(next, h.suffix.startsWith('::') ? h.suffix : `::elsewhere ${h.suffix}`, theReference);
    else {
      const value = h.of === -1 ? o.result : valueIn(next, o.args[h.of]);
      if (value === null) continue;
      next = put(next, h.suffix === '' ? (h.of === -1 ? o.result : null) : placeBelow(next, value, h.suffix), theReference);
    }
  }
  return next;
}
