/** What is known of the signs of values, as bits of {@link sign}. */
import { errorNames } from '../../../protocol/index.js';
import { zero } from '../../../syntax/truth.js';
import { withEntry } from './maps.js';
import { altered, outcome, type State, sign } from './state.js';

/** The signs that a constant may have, by its text. */
export function signOfText(text: string): number {
  if (/^-(E[A-Z]|[1-9])/.test(text)) return sign.negative;
  if (zero.test(text)) return sign.zero;
  if (/^(true|[1-9]\d*|0x\w*[1-9a-f]\w*)[uUlL]*$/i.test(text)) return sign.positive;
  return sign.any;
}

/** The signs that a value may have. */
export function signOf(state: State, value: string | null): number {
  if (value === null) return sign.any;
  if (value.startsWith('=')) return signOfText(value.slice(1));
  if (value.startsWith('&')) return sign.positive;
  // `return EIO`, where success is zero, says failure as `return -EIO` does.
  if (errorNames.has(value)) return sign.negative | sign.positive;
  if (value === state.result) return (state.signs.get(value) ?? sign.any) & signsOfOutcomes(state.outcomes);
  return state.signs.get(value) ?? (state.fresh.has(value) ? sign.zero | sign.positive : sign.any);
}

/**
 * The signs of a result that is certainly a failure: if all that is known is that it is not zero, it counts as an error code, below zero.
 */
export function errorSigns(bits: number): number {
  return bits === (sign.negative | sign.positive) ? sign.negative : bits;
}

/** The signs that the acquiring call's result has with some outcomes. */
function signsOfOutcomes(outcomes: number): number {
  let bits = 0;
  if (outcomes & outcome.error) bits |= sign.negative;
  if (outcomes & outcome.zero) bits |= sign.zero;
  if (outcomes & (outcome.short | outcome.all)) bits |= sign.positive;
  return bits;
}

/** The signs for which `value op 0` holds. */
export function signsFor(op: string): number {
  const { negative, zero, positive: above } = sign;
  return { '==': zero, '!=': negative | above, '<': negative, '<=': negative | zero, '>': above, '>=': zero | above }[op] ?? sign.any;
}

/** The state in which a value has one of some signs; `null` if it cannot. */
export function withSign(state: State, value: string, bits: number): State | null {
  const known = signOf(state, value);
  const left = known & bits;
  if (left === 0) return null;
  if (left === known || value.startsWith('=') || value.startsWith('&')) return state;
  return altered(state, { signs: withEntry(state.signs, value, left) });
}
