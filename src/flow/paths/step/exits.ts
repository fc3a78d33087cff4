/** Applies an exit of a callee to the caller's state. */
import type { CallOperation } from '../../../program/graph.js';
import { elsewherePath, splitSteps } from '../../../program/path.js';
import { errorNames } from '../../../protocol/index.js';
import { noPointer } from '../../../syntax/truth.js';
import type { WalkContext } from '../context.js';
import { keptOf, withEntry } from '../memory/maps.js';
import { baseOf, isConstant, placeBelow, put, renewed, valueAt, valueIn, withFresh } from '../memory/memory.js';
import { withRequired } from '../memory/required.js';
import { signOf, withSign } from '../memory/signs.js';
import { altered, type Exit, type Holder, type State, sign, theReference } from '../memory/state.js';
import type { Says, Trail } from '../memory/trail.js';

/**
 * The state with what is known of the return value (a constant, an argument, memory that the callee allocated) and of what it hands out.
 */
export function resulting(before: State, o: CallOperation, { equals, gives, got, allocated, made }: Exit): State {
  const { result, args } = o;
  const state = leading(before, o, got);
  const known = equals ?? (gives === null ? null : valueIn(state, args[gives]));
  const equal = known === null ? state : altered(state, { conditions: withEntry(state.conditions, `${result} == ${known}`, true) });
  const next = withSign(equal, result, signOf(equal, known)) ?? equal;
  return made.reduce((s, index) => handedOut(s, o, index), allocated ? withFresh(next, result) : next);
}

/** The state in which the result has the value below an argument, `return obj->pages`; the result of an earlier call is forgotten. */
function leading(state: State, o: CallOperation, got: Holder | null): State {
  const { result } = o;
  const value = got === null ? null : standingAt(state, o, got);
  if (value !== null && value !== theReference) return put(state, result, value);
  const known = state.store.get(result);
  return known === undefined || known === theReference
    ? state
    : altered(state, { store: keptOf(state.store, (place) => place !== result) });
}

/** The state in which a local pointer whose address was passed points at memory that the callee allocated. */
function handedOut(state: State, o: CallOperation, index: number): State {
  const value = valueIn(state, o.args[index]);
  const place = value?.startsWith('&') ? value.slice(1) : null;
  if (place === null || baseOf(place) !== place || place.startsWith('::')) return state;
  // If the pointer has an array already, the callee need not allocate one.
  if (!leadsNowhere(state, place) && !/~\d+~*$/.test(valueAt(state, place))) return state;
  const memory = madeBy(o, index);
  const next = withFresh(put(renewed(state, memory), place, memory), memory);
  return withSign(next, memory, sign.positive) ?? next;
}

/** True for a pointer that is NULL, or of which nothing is known: not one into an unknown object, `obj->pages`. */
export function leadsNowhere(state: State, place: string): boolean {
  const value = valueAt(state, place);
  return value === place || value.startsWith('=') || (value.startsWith('?') && baseOf(value) === value);
}

/** The name for memory that a call allocated and handed out by one of its arguments. */
function madeBy({ result }: CallOperation, index: number): string {
  return `${result}~${index + 1}`;
}

/** The state in which the call's arguments are as an exit requires; `null` if they cannot be. */
export function requiredBy({ program, reference }: WalkContext, o: CallOperation, before: State, { requires }: Exit): State | null {
  let state: State | null = before;
  for (const required of requires) {
    if (state === null) return null;
    state = withRequired(program, reference.file, state, valueIn(state, o.args[required.of]), required);
  }
  return state;
}

/** True if the call's arguments are known to be as an exit requires. */
export function isAsRequired(local: WalkContext, o: CallOperation, state: State, exit: Exit): boolean {
  return exit.requires.every(({ of }) => valueIn(state, o.args[of]) !== null) && requiredBy(local, o, state, exit) === state;
}

/** What a return value says of the call's success. */
export function saysOf({ result: bits, equals }: Pick<Exit, 'result' | 'equals'>): Says {
  const { negative, zero, positive } = sign;
  if (bits === negative || errorNames.has(equals ?? '')) return 'failed';
  if (bits === zero) return 'zero';
  if (bits === (negative | positive)) return 'nonzero';
  return bits === positive || bits === (zero | positive) ? 'succeeded' : null;
}

const words: Partial<Record<NonNullable<Says>, string>> = { failed: 'failed', zero: 'returned 0', succeeded: 'succeeded' };

/** The same in words, to be put behind the text that tells of the call. */
export function resultText(exit: Pick<Exit, 'result' | 'equals'>): string {
  const says = saysOf(exit);
  const word = says === null ? undefined : words[says];
  return word === undefined ? '' : `, which ${word}`;
}

/** Two trails as one, `later` behind `earlier`. */
export function after(later: Trail | null, earlier: Trail | null): Trail | null {
  if (!later) return earlier;
  return { step: later.step, before: after(later.before, earlier) };
}

/** The state with the reference at the places where the callee left it. */
export function placed(state: State, o: CallOperation, found: readonly Holder[]): State {
  let next = state;
  for (const h of found) {
    if (h.of === -2) next = put(next, h.suffix.startsWith('::') ? h.suffix : `::elsewhere ${h.suffix}`, theReference);
    else {
      const given = h.of === -1 ? (h.suffix === '' ? o.result : valueAt(next, o.result)) : valueIn(next, o.args[h.of]);
      const memory = pointed(next, given);
      // A container that was there before the call is named by the variable that it was passed by.
      const isMeant = h.suffix.startsWith('.') || (h.suffix.startsWith('@') && memory === madeBy(o, h.of));
      const value = isMeant ? memory : given;
      // `file->private_data`: no field is known, the object is somebody's.
      if (value === null) next = put(next, elsewherePath(o.args[h.of]?.text ?? ''), theReference);
      if (value === null) continue;
      next = ledOn(next, value, h.suffix);
      next = put(next, h.suffix === '' ? (h.of === -1 ? o.result : null) : placeBelow(next, value, h.suffix), theReference);
    }
  }
  return next;
}

/** The state in which a pointer that was NULL, and behind which the callee has left the reference, leads to what the callee made. */
function ledOn(state: State, value: string, suffix: string): State {
  const pointer = value.startsWith('&') && splitSteps(suffix).length > 1 ? value.slice(1) : null;
  if (pointer === null || !isConstant(valueAt(state, pointer), noPointer)) return state;
  return altered(state, { store: keptOf(state.store, (place) => place !== pointer) });
}

/** The value at a place below an argument; `null` if it is not known. */
export function standingAt(state: State, o: CallOperation, { of, suffix }: Holder): string | null {
  const value = valueIn(state, o.args[of]);
  if (value === null || suffix === '') return value;
  const place = placeBelow(state, value, suffix);
  return place === null ? null : valueAt(state, place);
}

/** The state in which places below arguments are zero. */
export function emptied(state: State, o: CallOperation, none: readonly Holder[]): State {
  return stored(state, o, none, '=0');
}

/** The state with a value stored at places below arguments. */
export function stored(state: State, o: CallOperation, places: readonly Holder[], value: string): State {
  return places.reduce((next, { of, suffix }) => {
    const given = valueIn(next, o.args[of]);
    return put(next, given === null ? null : placeBelow(next, given, suffix), value);
  }, state);
}

/** The memory that a pointer was set to by its address, instead of that address: the fields are there. */
function pointed(state: State, value: string | null): string | null {
  const memory = value?.startsWith('&') ? state.store.get(value.slice(1)) : undefined;
  return memory !== undefined && state.fresh.has(memory) ? memory : value;
}
