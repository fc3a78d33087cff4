/** Which values pass which tests of a field. */
import type { Guard } from '../../program/graph.js';
import { zero } from '../../syntax/truth.js';

/** The number that a name stands for, `null` if that is not known. */
export type Numbers = (name: string) => number | null;

/** The test that a constant passes. */
export function is(value: string): Guard {
  return { path: null, call: '', args: [], values: [value], negated: false, text: value };
}

/** True if a value passes a test. */
export function says(numbers: Numbers, guard: Guard, value: string | null): boolean {
  if (value === null) return false;
  return guard.values.length > 0 ? guard.values.includes(value) !== guard.negated : truth(numbers, value) === !guard.negated;
}

/** Whether a constant is true; null for a name of which that is not known. */
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
