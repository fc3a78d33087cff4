/** What a condition on the acquiring call's result says of what is held. */
import type { Assume, CallOperation } from '../program/graph.js';
import { plainPath, sourceName } from '../program/text.js';
import type { Acquire, Result, Signature } from '../protocol/index.js';
import type { Expression } from '../syntax/ast.js';
import { earlierRound, type Facts, isHeap, isLocal, isPending, type Outcome, outcomes } from './facts.js';

/** What is known of an acquiring call: how its result is to be read. */
export interface Acquired {
  /** What kind of number or pointer the call returns. */
  result: Result;
  /** Text of the number of pages that it is asked for, a constant as its value; `''` if unknown. */
  count: string;
  /** Path of that number. */
  countPath: string | null;
  /** Path of the number of bytes that it is asked for, and returns at most. */
  bytesPath: string | null;
  /** Text of a number of entries that the call fills in by pointer: above zero as long as what was taken is held. */
  filled?: string;
}

/**
 * How to read the result of an acquiring call, with its arguments as one kernel's signature has them.
 *
 * @param constant the value of a macro or enumerator, `null` if it is not known
 */
export function acquiredBy(
  { result }: Acquire,
  signature: Signature | null,
  { expressions }: CallOperation,
  constant: (name: string) => number | null = () => null,
): Acquired {
  const at = signature?.count ?? null;
  const expression = at === null ? undefined : expressions[at];
  const bytes = signature?.bytes === undefined ? undefined : expressions[signature.bytes];
  const number = signature?.filled === undefined ? undefined : expressions[signature.filled];
  const one = result === 'bool' || result === 'page';
  return {
    result,
    count: one ? '1' : expression ? countText(expression, constant) : '',
    countPath: expression ? plainPath(expression) : null,
    bytesPath: bytes && result === 'bytes' ? plainPath(bytes) : null,
    ...(number?.kind === 'unary' && number.op === '&' ? { filled: sourceName(number.operand) } : {}),
  };
}

function countText(e: Expression, constant: (name: string) => number | null): string {
  if (e.kind === 'literal' && /^0x[\da-f]+[ul]*$/i.test(e.text)) return `${Number.parseInt(e.text, 16)}`;
  const number = e.kind === 'identifier' ? constant(e.name) : null;
  return number === null ? sourceName(e) : `${number}`;
}

/**
 * The outcomes with which a call takes nothing. A call for a single page either takes it or returns an error, except for a `_only`
 * variant, which may return zero.
 */
export function outcomesOfNone(name: string | null, { result, count }: Acquired): readonly Outcome[] {
  if (result === 'bool') return ['?zero'];
  const isOne = count === '1' && result !== 'bytes';
  return isOne && name?.endsWith('_only') !== true ? ['?error'] : ['?error', '?zero'];
}

/** Outcomes as numbers that compare as the results do: zero < short < all. */
const order: Readonly<Record<Outcome, number>> = { '?error': -1, '?zero': 0, '?short': 1, '?all': 2 };

/** The right side of a condition as a number of {@link order}; `null` if that cannot be told. */
function reference(acquired: Acquired, right: Assume['right']): number | null {
  const text = right.text.trim();
  if (text === '0' || text === 'false' || text === 'NULL') return 0;
  if (acquired.result === 'bool') return text === '1' || text === 'true' ? 2 : null;
  if (acquired.result === 'bytes') return null;
  if (text !== '' && text === acquired.count) return 2;
  if (right.path !== null && right.path === acquired.countPath) return 2;
  return null;
}

/** How two numbers compare by C's operator; true for any other operator. */
export function holds(a: number, op: string, b: number): boolean {
  switch (op) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return true;
  }
}

/** The outcomes with which a condition comes out as it did; `null` if it says nothing of them. */
function outcomesWhere(acquired: Acquired, condition: Assume): readonly Outcome[] | null {
  const isError = condition.op === '==' && /^-\s*E[A-Z]/.test(condition.right.text.trim());
  const against = isError ? order['?error'] : reference(acquired, condition.right);
  if (against === null) return null;
  // A call that takes one page, or answers yes or no, cannot be short.
  const isOne = acquired.count === '1' || acquired.result === 'bool';
  return outcomes.filter((outcome) => !(outcome === '?short' && isOne) && holds(order[outcome], condition.op, against));
}

/** True if a condition, with its result, says that the call has taken nothing. */
export function tookNothing(acquired: Acquired, condition: Assume): boolean {
  const left = outcomesWhere(acquired, condition);
  return left !== null && !left.includes('?short') && !left.includes('?all');
}

/** The facts on the edge of a condition that came out true. If neither `?short` nor `?all` is left, nothing is held there. */
export function refine(acquired: Acquired, condition: Assume, input: Facts): Facts {
  const left = outcomesWhere(acquired, condition);
  if (left === null) return input;
  const facts = new Set(input);
  for (const outcome of outcomes) if (!left.includes(outcome)) facts.delete(outcome);
  if (!facts.has(earlierRound) && !facts.has('?short') && !facts.has('?all')) {
    for (const fact of facts) if (isLocal(fact) || isHeap(fact) || isPending(fact)) facts.delete(fact);
  }
  return facts;
}
