/** What is known after a condition: signs of values, outcomes of comparisons and of the acquiring call. */
import type { Assume } from '../../../program/graph.js';
import { rootOf, type Value } from '../../../program/path.js';
import { errorNumberTest, errorOrNullTest, errorTests } from '../../../protocol/index.js';
import { plain, swapped } from '../../../syntax/comparisons.js';
import { type Acquired, holds } from '../../outcome.js';
import { withEntry } from './maps.js';
import { bitsOf, maskOf } from './masks.js';
import { isHeld, valueIn } from './memory.js';
import { signOf, signOfText, signsFor, withSign } from './signs.js';
import { altered, outcome, type State, sign, theReference } from './state.js';
import { unset } from './unset.js';

/** The state on the edge of a condition; `null` if the path cannot take that edge. */
export function assume(state: State, o: Assume, acquired: Acquired | null): State | null {
  if (o.op === '==' && state.phase === 'held' && acquired?.filled === o.left.text && signOfText(o.right.text) === sign.zero) return null;
  if (o.op === '==' && state.phase === 'held' && (isNone(state, o.left, o.right) || isNone(state, o.right, o.left))) return null;
  if (o.call?.name === errorNumberTest) {
    const tested = valueIn(state, o.call.args[0]);
    if (tested !== null) return afterZero(state, tested, o.op === '!=' ? '<' : '>=');
  }
  if (o.call !== null && errorTests.test(o.call.name ?? '')) {
    const tested = valueIn(state, o.call.args[0]);
    if (tested !== null) return afterErrorTest(state, tested, o.call.name === errorOrNullTest, o.op === '!=');
  }
  const left = sideValue(state, o.left);
  const right = sideValue(state, o.right);
  if (left !== null && right?.startsWith('=') && signOfText(right.slice(1)) === sign.zero) return afterZero(state, left, o.op);
  return left === null || right === null ? state : afterComparison(state, o, left, right, acquired);
}

/** True for a comparison of the reference's frame number with `~0` or `-1`, which stands for no frame. */
function isNone(state: State, frame: Value, number: Value): boolean {
  return number.path === null && highest.test(number.text) && valueIn(state, frame) === theReference;
}

const highest = /^(?:~\s*0|-\s*1)[ul]*$/i;

/** The state on an edge of `IS_ERR(value)` or, with `orNull`, `IS_ERR_OR_NULL(value)`; what leads to the reference is neither. */
function afterErrorTest(state: State, value: string, orNull: boolean, isTrue: boolean): State | null {
  if (isTrue && isHeld(state, value)) return null;
  const bits = orNull ? sign.negative | sign.zero : sign.negative;
  return withSign(state, value, isTrue ? bits : sign.any & ~bits);
}

/** The state in which `value op 0` holds. */
function afterZero(state: State, value: string, op: string): State | null {
  // A pointer to the reference, or to what it is in, is not NULL.
  if (op === '==' && isHeld(state, value)) return null;
  const next = withSign(state, value, signsFor(op));
  return next && value === state.result ? outcomesAfter(next, op, 0) : next;
}

/** The state in which `left op right` holds, for a right side that is not zero. */
function afterComparison(state: State, o: Assume, left: string, right: string, acquired: Acquired | null): State | null {
  const { op } = o;
  if (op === '==' && (isNamed(state, left, right) || isOlder(state, left, right) || isOlder(state, right, left))) return null;
  // For integers, `< 1` is `<= 0`.
  if (right === '=1' && left !== state.asked && !(left === state.result && state.asked === '=1') && (op === '<' || op === '>='))
    return afterZero(state, left, op === '<' ? '<=' : '>');
  const signed = signedBy(state, left, op, right);
  const next = signed && op === '==' ? alike(signed, left, right) : signed;
  if (!next) return null;
  const constant = right.startsWith('=') ? equalOf(state, left) : null;
  if (constant?.startsWith('=') && !mayCompare(state, constant, op, right)) return null;
  if (left.startsWith('=') && right.startsWith('=')) return next;
  // `first` against `first + n`: the sum is larger, where something is added.
  if (left === right && isMore(o.right) && !isMore(o.left)) return /^(<|<=|!=)$/.test(op) ? next : null;
  // Two pointers into one array, of which one was moved on.
  const isApart = left === right && [o.left, o.right].some(({ path }) => state.signs.has(`+${path}`));
  const after = isApart && op !== '==' && op !== '!=' ? next : compared(next, left, op, right);
  return after && afterAsked(after, o, left, right, acquired);
}

/** True if memory that was allocated on this path, and that nobody else knows, is compared with what was somewhere before: never equal. */
function isOlder({ fresh, shared }: State, memory: string, value: string): boolean {
  return fresh.has(memory) && !shared.has(memory) && rootOf(value) !== value && /^\w/.test(value) && rootOf(value) !== memory;
}

/** True for the reference and a named constant: a page is none of the values that a name stands for. */
function isNamed(state: State, left: string, right: string): boolean {
  return (
    state.phase === 'held' &&
    [left, right].includes(theReference) &&
    [left, right].some((v) => /^=[A-Z]/.test(v) || /^[A-Z][A-Z_\d]+$/.test(v))
  );
}

/** The state with what a comparison with a constant says of a value's sign. */
function signedBy(state: State, left: string, op: string, right: string): State | null {
  const bits = right.startsWith('=') ? signOfText(right.slice(1)) : sign.any;
  const signs = bits === sign.any ? null : signsAgainst(op, bits);
  if (signs === null) return state;
  const next = withSign(state, left, signs);
  // If the result is a certain error code, no pages were taken.
  return next && left === state.result && op === '==' && bits === sign.negative ? outcomesAfter(next, '<', 0) : next;
}

/** The state in which two values are equal: what is known of the sign of one holds for the other. */
function alike(state: State, left: string, right: string): State | null {
  const next = withSign(state, left, signOf(state, right));
  return next && withSign(next, right, signOf(next, left));
}

/** The signs for which a comparison with a constant of a given sign can hold; `null` if it says nothing of them. */
function signsAgainst(op: string, bits: number): number | null {
  if (op === '==') return bits;
  if (bits === sign.positive) return op === '>=' || op === '>' ? sign.positive : null;
  return bits === sign.negative && (op === '<=' || op === '<') ? sign.negative : null;
}

/** False for a comparison of two constants that cannot hold. */
function mayCompare(state: State, left: string, op: string, right: string): boolean {
  if (op !== '==' && op !== '!=') return true;
  const same = left === right || (signOf(state, left) === sign.zero && signOf(state, right) === sign.zero);
  if (isNumberOfName(left, right) || isNumberOfName(right, left)) return true;
  return op === '!=' ? !same : same || !written.test(left) || !written.test(right);
}

/** True for a number and the name of a constant, which may be that number. */
function isNumberOfName(number: string, name: string): boolean {
  return /^=[1-9]/.test(number) && /^=(?!NULL)[A-Z]/.test(name);
}

/** A constant that differs from any other that is spelled otherwise. */
const written = /^=(-?(\d|0x)|-?[A-Z]|NULL|true|false)/;

/** The state with the outcomes that agree with a comparison of the acquiring call's result with the number of pages asked for. */
function afterAsked(state: State, o: Assume, left: string, right: string, acquired: Acquired | null): State | null {
  if (state.result === null) return state;
  if (left === state.result && isAsked(state, right, o.right.text, acquired)) return outcomesAfter(state, o.op, 2);
  if (right === state.result && isAsked(state, left, o.left.text, acquired)) return outcomesAfter(state, swapped[o.op] ?? o.op, 2);
  return state;
}

/** True for the number of pages that the acquiring call was asked for: the same value, or the same text. */
function isAsked(state: State, value: string, text: string, acquired: Acquired | null): boolean {
  return (
    value === state.asked ||
    (acquired !== null && acquired.result !== 'bytes' && text !== '' && (text === acquired.count || text === acquired.countPath))
  );
}

/** The value of one side of a comparison. `flags & FLAG` is a value of its own: it may be zero where `flags` is not. */
function sideValue(state: State, value: Value): string | null {
  const whole = unset(state, valueIn(state, value));
  const bits = whole === null ? undefined : maskOf(value);
  if (bits === undefined || whole === '=0') return whole;
  if (whole === bits || whole === `=${bits}`) return '=true';
  return whole === null || whole.startsWith('=') ? null : bitsOf(whole, bits);
}

/** True for a test for NULL or zero of what the reference is, or is in. */
export function asksHeld(state: State, o: Assume): boolean {
  const left = sideValue(state, o.left);
  return left !== null && isHeld(state, left) && signOf(state, sideValue(state, o.right)) === sign.zero;
}

/** True for a sum of a number and something else: its `path` is that of the number, its text `n + …`. */
function isMore({ path, text }: Value): boolean {
  return path !== null && /^[\w.>-]+ \+ /.test(text);
}

/** How the same comparison with its sides exchanged came out on this path; `undefined` if there was none. */
function knownOtherwise({ conditions }: State, left: string, op: string, right: string, truth: boolean): boolean | undefined {
  if (conditions.size === 0) return undefined;
  const other = plain(swapped[op] ?? op);
  const known = conditions.get(`${right} ${other.op} ${left}`);
  return known === undefined ? undefined : (known === other.truth) === truth;
}

/** The state after a comparison of two values: it comes out as it did before on this path, until one of them changes. */
function compared(state: State, left: string, op: string, right: string): State | null {
  // Of two equal values none is less. A value equals itself, unless its path may mean another element.
  if ((left === right && left !== theReference && !/[[@]/.test(left)) || state.conditions.get(`${left} == ${right}`) === true)
    return /^(==|<=|>=)$/.test(op) ? state : null;
  const { op: said, truth } = plain(op);
  const key = `${left} ${said} ${right}`;
  const known = state.conditions.get(key) ?? knownOtherwise(state, left, op, right, truth);
  if (known !== undefined) return known === truth ? state : null;
  return altered(state, { conditions: withEntry(state.conditions, key, truth) });
}

/** The state in which a value is known not to be above another one. */
export function withAtMost(state: State, value: string, bound: string | null): State {
  return bound === null || bound.startsWith('=')
    ? state
    : altered(state, { conditions: withEntry(state.conditions, `${value} <= ${bound}`, true) });
}

/** The constant that a value is known to equal: `=3`, or a name in capitals. */
export function equalOf({ conditions }: State, value: string | null): string | null {
  if (value === null || constantName.test(value)) return value;
  const prefix = `${value} == `;
  let found = null as string | null;
  conditions.forEach((truth, key) => {
    if (found === null && truth && key.startsWith(prefix) && constantName.test(key.slice(prefix.length))) found = key.slice(prefix.length);
  });
  return found;
}

/** Values that are constants: `=-EIO`, `DMA_COMPLETE`. */
export const constantName = /^(=|[A-Z][A-Z\d_]+$)/;

/** The state with the outcomes that agree with a comparison of the result with zero (`against` 0) or with the number asked for (2). */
function outcomesAfter(state: State, op: string, against: number): State | null {
  const rank: readonly [number, number][] = [
    [outcome.error, -1],
    [outcome.zero, 0],
    [outcome.short, 1],
    [outcome.all, 2],
  ];
  let left = state.outcomes & outcome.earlier;
  for (const [bit, value] of rank) if (state.outcomes & bit && holds(value, op, against)) left |= bit;
  if (left === 0) return null;
  return left === state.outcomes ? state : altered(state, { outcomes: left });
}
