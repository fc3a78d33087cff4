/** Functions that leave the count of pages in an object, and return zero if there are all pages, and an error if not. */
import type { Assume } from '../../program/graph.js';
import { ALL, ERROR, type Known, type Names, symbolOf, type Words } from './symbols.js';
import { type Status, type Taking, takingsAbove } from './taking.js';

/** No outcomes yet. */
export const noStatus: Status = { zero: 0, error: 0 };

/**
 * What a function's return values say, with one return more; `null` if one of them says something else.
 * @param value what is known of the value that is returned
 * @param outcomes the outcomes that are possible there
 */
export function withReturn(before: Status | null, value: Known | null, outcomes: number): Status | null {
  if (before === null || value === null) return null;
  if (value.base === 'number' && value.plus === 0) return { ...before, zero: before.zero | outcomes };
  const isError = value.base === 'number' ? value.plus < 0 : value.base === 'result' && value.plus === 0 && (outcomes & ~ERROR) === 0;
  return isError ? { ...before, error: before.error | outcomes } : null;
}

/** The calls of such a function: only what is dropped there is looked at. */
export function takingsOfStatus(taking: Taking, status: Status | null, left: readonly string[]): Taking[] {
  if (status === null || left.length === 0 || taking.indexes !== 'all' || status.zero !== ALL || (status.error & ERROR) === 0) return [];
  const outcomes = status.zero | status.error;
  return takingsAbove(taking, outcomes, left).map((above) => ({ ...above, outcomes, status, indexes: 'some' }));
}

/** The outcomes that a condition on such a function's return value leaves; `null` for a condition that says nothing of them. */
export function leftBy({ status }: Taking, outcomes: number, { left, op, right }: Assume, names: Names, words: Words): number | null {
  if (status === null || names.get(left.path ?? '')?.base !== 'status') return null;
  const against = symbolOf(right, names, words);
  if (against?.base !== 'number' || against.plus !== 0) return null;
  if (op === '==' || op === '>=') return outcomes & status.zero;
  return op === '!=' || op === '<' ? outcomes & status.error : op === '>' ? 0 : outcomes;
}
