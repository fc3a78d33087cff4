/** What a condition on the acquiring call's result says about what is held. */
import type { Assume, CallOperation } from '../program/graph.js';
import { plainPath, sourceName } from '../program/text.js';
import type { Acquire, Result, Signature } from '../protocol/index.js';
import type { Expression } from '../syntax/ast.js';
import { earlierRound, type Facts, isHeap, isLocal, isPending, type Outcome, outcomes } from './facts.js';

/** The acquiring call, as far as its result can be judged. */
export interface Acquired {
  result: Result;
  /** Text of the asked number of pages, `''` if unknown; the number itself, where a constant stands for one. */
  count: string;
  /** Path of the asked number of pages. */
  countPath: string | null;
  /** Text of a number of entries, which is above zero as long as what was taken is held. */
  filled?: string;
}

/**
 * What the result of an acquiring call says, with its arguments read as one kernel has them.
 *
 * @param constant the number that a name stands for, where that is known
 */
export function acquiredBy(
  { result }: Acquire,
  signature: Signature | null,
  { expressions }: CallOperation,
  constant: (name: string) => number | null = () => null,
): Acquired {
  const at = signature?.count ?? null;
  const expression = at === null ? undefined : expressions[at];
  const number = signature?.filled === undefined ? undefined : expressions[signature.filled];
  const one = result === 'bool' || result === 'page';
  return {
    result,
    count: one ? '1' : expression ? countText(expression, constant) : '',
    countPath: expression ? plainPath(expression) : null,
    ...(number?.kind === 'unary' && number.op === '&' ? { filled: sourceName(number.operand) } : {}),
  };
}

function countText(e: Expression, constant: (name: string) => number | null): string {
  if (e.kind === 'literal' && /^0x[\da-f]+[ul]*$/i.test(e.text)) return `${Number.parseInt(e.text, 16)}`;
  const number = e.kind === 'identifier' ? constant(e.name) : null;
  return number === null ? sourceName(e) : `${number}`;
}

/**
 * The outcomes with which a call takes nothing. One that is asked for one page either has it or says why not, but for those that only
 * look.
 */
export function outcomesOfNone(name: string | null, { result, count }: Acquired): readonly Outcome[] {
  if (result === 'bool') return ['?zero'];
  const isOne = count === '1' && result !== 'bytes';
  return isOne && name?.endsWith('_only') !== true ? ['?error'] : ['?error', '?zero'];
}

/** Outcome values to compare with: `short` lies between zero and all, which are symbols. */
const order: Readonly<Record<Outcome, number>> = { '?error': -1, '?zero': 0, '?short': 1, '?all': 2 };

/** How outcomes compare with the right side of a condition; `null` where that cannot be told. */
function reference(acquired: Acquired, right: Assume['right']): number | null {
  const text = right.text.trim();
  if (text === '0' || text === 'false' || text === 'NULL') return 0;
  if (acquired.result === 'bool') return text === '1' || text === 'true' ? 2 : null;
  if (acquired.result === 'bytes') return null;
  if (text !== '' && text === acquired.count) return 2;
  if (right.path !== null && right.path === acquired.countPath) return 2;
  return null;
}

/** Whether two numbers compare as C's operator says; true for any other. */
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

/** The outcomes for which a condition comes out as it did; `null` where it says nothing of them. */
function outcomesWhere(acquired: Acquired, condition: Assume): readonly Outcome[] | null {
  const isError = condition.op === '==' && /^-\s*E[A-Z]/.test(condition.right.text.trim());
  const against = isError ? order['?error'] : reference(acquired, condition.right);
  if (against === null) return null;
  // A call that takes one page, or answers yes or no, is never short.
  const isOne = acquired.count === '1' || acquired.result === 'bool';
  return outcomes.filter((outcome) => !(outcome === '?short' && isOne) && holds(order[outcome], condition.op, against));
}

/** True if a call has taken nothing where a condition came out as it did. */
export function tookNothing(acquired: Acquired, condition: Assume): boolean {
  const left = outcomesWhere(acquired, condition);
  return left !== null && !left.includes('?short') && !left.includes('?all');
}

/** Facts on the edge where the condition came out as it did. Where nothing can be held, no path holds anything. */
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
