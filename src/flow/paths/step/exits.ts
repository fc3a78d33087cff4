/** What a function's way out says, in the words of who called it. */
import type { CallOperation } from '../../../program/graph.js';
import { elsewherePath, splitSteps } from '../../../program/path.js';
import { errorNames } from '../../../protocol/index.js';
import { noPointer } from '../../../syntax/truth.js';
import { keptOf, withEntry } from '../memory/maps.js';
import { baseOf, isConstant, placeBelow, put, renewed, valueAt, valueIn, withFresh } from '../memory/memory.js';
import { signOf, withSign } from '../memory/signs.js';
import { altered, type Exit, type Holder, type State, sign, theReference } from '../memory/state.js';
import type { Says, Trail } from '../memory/trail.js';

/** What a function's result is known to be: a constant, one of its arguments, or memory that it allocated, as what it hands out. */
export function resulting(before: State, o: CallOperation, { equals, gives, got, allocated, made }: Exit): State {
  const { result, args } = o;
  const state = leading(before, o, got);
  const known = equals ?? (gives === null ? null : valueIn(state, args[gives]));
  const equal = known === null ? state : altered(state, { conditions: withEntry(state.conditions, `${result} == ${known}`, true) });
  const next = withSign(equal, result, signOf(equal, known)) ?? equal;
  return made.reduce((s, index) => handedOut(s, o, index), allocated ? withFresh(next, result) : next);
}

/** A result leads where what stands below an argument does; what it led to as the call was made before is not there any more. */
function leading(state: State, o: CallOperation, got: Holder | null): State {
  const { result } = o;
  const value = got === null ? null : standingAt(state, o, got);
  if (value !== null && value !== theReference) return put(state, result, value);
  const known = state.store.get(result);
  return known === undefined || known === theReference
    ? state
    : altered(state, { store: keptOf(state.store, (place) => place !== result) });
}

/** A local pointer whose address the function is given leads to memory that was allocated there, and to nothing else. */
function handedOut(state: State, o: CallOperation, index: number): State {
  const value = valueIn(state, o.args[index]);
  const place = value?.startsWith('&') ? value.slice(1) : null;
  if (place === null || baseOf(place) !== place || place.startsWith('::')) return state;
  // Who is given an array need not make one.
  if (!leadsNowhere(state, place) && !/~\d+~*$/.test(valueAt(state, place))) return state;
  const memory = madeBy(o, index);
  const next = withFresh(put(renewed(state, memory), place, memory), memory);
  return withSign(next, memory, sign.positive) ?? next;
}

/** True for a pointer of which nothing is known, or that leads to nothing. */
export function leadsNowhere(state: State, place: string): boolean {
  const value = valueAt(state, place);
  return value === place || /^[=?]/.test(value);
}

/** The memory that a call has made and handed out through one of its arguments. */
function madeBy({ result }: CallOperation, index: number): string {
  return `${result}~${index + 1}`;
}

/** What a result says of the call. */
export function saysOf({ result: bits, equals }: Pick<Exit, 'result' | 'equals'>): Says {
  const { negative, zero, positive } = sign;
  if (bits === negative || errorNames.has(equals ?? '')) return 'failed';
  if (bits === zero) return 'zero';
  if (bits === (negative | positive)) return 'nonzero';
  return bits === positive || bits === (zero | positive) ? 'succeeded' : null;
}

const words: Partial<Record<NonNullable<Says>, string>> = { failed: 'failed', zero: 'returned 0', succeeded: 'succeeded' };

/** The same as a person reads it, behind what is told of the call. */
export function resultText(exit: Pick<Exit, 'result' | 'equals'>): string {
  const says = saysOf(exit);
  const word = says === null ? undefined : words[says];
  return word === undefined ? '' : `, which ${word}`;
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
      const given = h.of === -1 ? (h.suffix === '' ? o.result : valueAt(next, o.result)) : valueIn(next, o.args[h.of]);
      const memory = pointed(next, given);
      // A container that stood there before the call goes by the variable that it was handed in by.
      const isMeant = h.suffix.startsWith('.') || (h.suffix.startsWith('@') && memory === madeBy(o, h.of));
      const value = isMeant ? memory : given;
      // `file->private_data`, of which no field is known: somebody's object.
      if (value === null) next = put(next, elsewherePath(o.args[h.of]?.text ?? ''), theReference);
      if (value === null) continue;
      next = ledOn(next, value, h.suffix);
      next = put(next, h.suffix === '' ? (h.of === -1 ? o.result : null) : placeBelow(next, value, h.suffix), theReference);
    }
  }
  return next;
}

/** The state in which a pointer that led nowhere, and behind which a function has left the reference, leads to where that function made it lead. */
function ledOn(state: State, value: string, suffix: string): State {
  const pointer = value.startsWith('&') && splitSteps(suffix).length > 1 ? value.slice(1) : null;
  if (pointer === null || !isConstant(valueAt(state, pointer), noPointer)) return state;
  return altered(state, { store: keptOf(state.store, (place) => place !== pointer) });
}

/** What stands at a place below what a function was given; `null` for what is not known. */
export function standingAt(state: State, o: CallOperation, { of, suffix }: Holder): string | null {
  const value = valueIn(state, o.args[of]);
  if (value === null || suffix === '') return value;
  const place = placeBelow(state, value, suffix);
  return place === null ? null : valueAt(state, place);
}

/** What a function set to zero below what it was given. */
export function emptied(state: State, o: CallOperation, none: readonly Holder[]): State {
  return stored(state, o, none, '=0');
}

/** A value at places below what a function was given. */
export function stored(state: State, o: CallOperation, places: readonly Holder[], value: string): State {
  return places.reduce((next, { of, suffix }) => {
    const given = valueIn(next, o.args[of]);
    return put(next, given === null ? null : placeBelow(next, given, suffix), value);
  }, state);
}

/** The memory that a function has handed out through the address of a variable, instead of the address: where its fields are. */
function pointed(state: State, value: string | null): string | null {
  const memory = value?.startsWith('&') ? state.store.get(value.slice(1)) : undefined;
  return memory !== undefined && state.fresh.has(memory) ? memory : value;
}
