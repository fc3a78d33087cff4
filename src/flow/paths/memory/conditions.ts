/** What is known after a condition: signs of values, comparisons that came out, outcomes of the acquiring call. */
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

/** The state where a condition came out as it did, `null` where it cannot. */
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
  const left = worth(state, o.left);
  const right = worth(state, o.right);
  if (left !== null && right?.startsWith('=') && signOfText(right.slice(1)) === sign.zero) return afterZero(state, left, o.op);
  return left === null || right === null ? state : afterComparison(state, o, left, right, acquired);
}

/** True for the reference, as the number of a frame, and the highest number of all, which stands for no frame. */
function isNone(state: State, frame: Value, number: Value): boolean {
  return number.path === null && highest.test(number.text) && valueIn(state, frame) === theReference;
}

const highest = /^(?:~\s*0|-\s*1)[ul]*$/i;

/** The state where `IS_ERR(value)`, or one that asks for NULL too, is as said: what leads to the reference is neither. */
function afterErrorTest(state: State, value: string, orNull: boolean, isTrue: boolean): State | null {
  if (isTrue && isHeld(state, value)) return null;
  const bits = orNull ? sign.negative | sign.zero : sign.negative;
  return withSign(state, value, isTrue ? bits : sign.any & ~bits);
}

/** The state where a value compares with zero as said. */
function afterZero(state: State, value: string, op: string): State | null {
  // Where the reference is, its pointer and what it stands in are not NULL.
  if (op === '==' && isHeld(state, value)) return null;
  const next = withSign(state, value, signsFor(op));
  return next && value === state.result ? outcomesAfter(next, op, 0) : next;
}

/** The state where two values, of which the right one is not zero, compare as said. */
function afterComparison(state: State, o: Assume, left: string, right: string, acquired: Acquired | null): State | null {
  const { op } = o;
  if (op === '==' && (isNamed(state, left, right) || isOlder(state, left, right) || isOlder(state, right, left))) return null;
  // Of whole numbers, below one is no more than zero.
  if (right === '=1' && left !== state.asked && !(left === state.result && state.asked === '=1') && (op === '<' || op === '>='))
    return afterZero(state, left, op === '<' ? '<=' : '>');
  const signed = signedBy(state, left, op, right);
  const next = signed && op === '==' ? alike(signed, left, right) : signed;
  if (!next) return null;
  const constant = right.startsWith('=') ? equalOf(state, left) : null;
  if (constant?.startsWith('=') && !mayCompare(state, constant, op, right)) return null;
  if (left.startsWith('=') && right.startsWith('=')) return next;
  // More than a number is `first + n`, where something is added.
  if (left === right && isMore(o.right) && !isMore(o.left)) return /^(<|<=|!=)$/.test(op) ? next : null;
  // Two pointers into one array, of which one has gone on.
  const isApart = left === right && [o.left, o.right].some(({ path }) => state.signs.has(`+${path}`));
  const after = isApart && op !== '==' && op !== '!=' ? next : compared(next, left, op, right);
  return after && afterAsked(after, o, left, right, acquired);
}

/** True for what stood somewhere before the memory was allocated, and nobody else has it, with which it is compared: they are two. */
function isOlder({ fresh, shared }: State, memory: string, value: string): boolean {
  return fresh.has(memory) && !shared.has(memory) && rootOf(value) !== value && /^\w/.test(value) && rootOf(value) !== memory;
}

/** True for the reference and the name of a constant: a page is none of the values that a name stands for. */
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
  // A certain error code is no page.
  return next && left === state.result && op === '==' && bits === sign.negative ? outcomesAfter(next, '<', 0) : next;
}

/** The state where two values are equal: what is known of the sign of one is known of the other. */
function alike(state: State, left: string, right: string): State | null {
  const next = withSign(state, left, signOf(state, right));
  return next && withSign(next, right, signOf(next, left));
}

/** The signs for which a comparison with a constant of some sign can hold; `null` where it says nothing of them. */
function signsAgainst(op: string, bits: number): number | null {
  if (op === '==') return bits;
  if (bits === sign.positive) return op === '>=' || op === '>' ? sign.positive : null;
  return bits === sign.negative && (op === '<=' || op === '<') ? sign.negative : null;
}

/** False for a comparison of two constants that comes out otherwise. */
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

/** A constant that is another one if it is written otherwise. */
const written = /^=(-?(\d|0x)|-?[A-Z]|NULL|true|false)/;

/** The state with the outcomes that agree with a comparison of the acquiring call's result with the number asked for. */
function afterAsked(state: State, o: Assume, left: string, right: string, acquired: Acquired | null): State | null {
  if (state.result === null) return state;
  if (left === state.result && isAsked(state, right, o.right.text, acquired)) return outcomesAfter(state, o.op, 2);
  if (right === state.result && isAsked(state, left, o.left.text, acquired)) return outcomesAfter(state, swapped[o.op] ?? o.op, 2);
  return state;
}

/** True for the number of pages that the acquiring call was asked for, by its value or as it is written. */
function isAsked(state: State, value: string, text: string, acquired: Acquired | null): boolean {
  return (
    value === state.asked ||
    (acquired !== null && acquired.result !== 'bytes' && text !== '' && (text === acquired.count || text === acquired.countPath))
  );
}

/** What one side of a comparison is; bits of a number are another number, of which some may be zero where that is not. */
function worth(state: State, value: Value): string | null {
  const whole = unset(state, valueIn(state, value));
  const bits = whole === null ? undefined : maskOf(value);
  if (bits === undefined || whole === '=0') return whole;
  if (whole === bits || whole === `=${bits}`) return '=true';
  return whole === null || whole.startsWith('=') ? null : bitsOf(whole, bits);
}

/** True for the question whether there is something where the reference is or stands in. */
export function asksHeld(state: State, o: Assume): boolean {
  const left = worth(state, o.left);
  return left !== null && isHeld(state, left) && signOf(state, worth(state, o.right)) === sign.zero;
}

/** True for the sum of the number of which it has the path and something else. */
function isMore({ path, text }: Value): boolean {
  return path !== null && /^[\w.>-]+ \+ /.test(text);
}

/** How a comparison came out that was made with its sides exchanged; `undefined` if none was. */
function knownOtherwise({ conditions }: State, left: string, op: string, right: string, truth: boolean): boolean | undefined {
  if (conditions.size === 0) return undefined;
  const other = plain(swapped[op] ?? op);
  const known = conditions.get(`${right} ${other.op} ${left}`);
  return known === undefined ? undefined : (known === other.truth) === truth;
}

/** Two values compared: the same comparison comes out the same until one of them changes. */
function compared(state: State, left: string, op: string, right: string): State | null {
  // Of two that are equal none is less; a value is its own equal, but where it may be another element's.
  if ((left === right && left !== theReference && !/[[@]/.test(left)) || state.conditions.get(`${left} == ${right}`) === true)
    return /^(==|<=|>=)$/.test(op) ? state : null;
  const { op: said, truth } = plain(op);
  const key = `${left} ${said} ${right}`;
  const known = state.conditions.get(key) ?? knownOtherwise(state, left, op, right, truth);
  if (known !== undefined) return known === truth ? state : null;
  return altered(state, { conditions: withEntry(state.conditions, key, truth) });
}

/** The constant that a value is known to be: a number, or a name in capitals. */
export function equalOf({ conditions }: State, value: string | null): string | null {
  if (value === null || constantName.test(value)) return value;
  const prefix = `${value} == `;
  let found = null as string | null;
  conditions.forEach((truth, key) => {
    if (found === null && truth && key.startsWith(prefix) && constantName.test(key.slice(prefix.length))) found = key.slice(prefix.length);
  });
  return found;
}

/** What stands for itself as a value: `=-EIO`, `DMA_COMPLETE`. */
export const constantName = /^(=|[A-Z][A-Z\d_]+$)/;

/** Outcomes that agree with a comparison of the result with zero (0) or with the number asked for (2). */
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
