/** Which values pass which tests. */
import type { Guard } from '../../program/graph.js';
import { zero } from '../../syntax/truth.js';

/** The value of a named constant; `null` if it is not known. */
export type Numbers = (name: string) => number | null;

/** The test `== value`. */
export function is(value: string): Guard {
  return { path: null, call: '', args: [], values: [value], negated: false, text: value };
}

/** True if a value certainly passes a test. */
export function says(numbers: Numbers, guard: Guard, value: string | null): boolean {
  if (value === null) return false;
  return guard.values.length > 0 ? guard.values.includes(value) !== guard.negated : truth(numbers, value) === !guard.negated;
}

/** True for a constant other than zero, false for zero; null for a name of unknown value. */
function truth(numbers: Numbers, value: string): boolean | null {
  if (zero.test(value)) return false;
  if (/^(true|[1-9]\w*)$/.test(value)) return true;
  const number = numbers(value);
  return number === null ? null : number !== 0;
}

/** True if no value passes both tests. */
export function contradict(numbers: Numbers, known: Guard, test: Guard): boolean {
  const fails = (guard: Guard, v: string): boolean =>
    guard.values.length > 0 ? !says(numbers, guard, v) : truth(numbers, v) === guard.negated;
  if (known.values.length === 0 && test.values.length === 0) return known.negated !== test.negated;
  if (known.values.length > 0 && !known.negated) return known.values.every((v) => fails(test, v));
  return test.values.length > 0 && !test.negated && test.values.every((v) => fails(known, v));
}
