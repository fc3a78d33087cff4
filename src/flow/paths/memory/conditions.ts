/** What conditions say: signs of values, comparisons that came out, outcomes of the acquiring call. */
import type { Assume, Graph, Node } from '../../../program/graph.js';
import { suffixAfter, type Value } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import { errorNames, errorOrNullTest, errorTests } from '../../../protocol/index.js';
import { plain, swapped } from '../../../syntax/comparisons.js';
import { type Acquired, holds } from '../../outcome.js';
import { withEntry } from './maps.js';
import { baseOf, valueIn } from './memory.js';
import { altered, outcome, type State, sign, theReference } from './state.js';

/** The sign of a constant as it is written. */
function signOfText(text: string): number {
  if (/^-(E[A-Z]|[1-9])/.test(text)) return sign.negative;
  if (/^(0|NULL|false|0x0)$/.test(text)) return sign.zero;
  if (/^(true|[1-9]\d*|0x\w*[1-9a-f]\w*)[uUlL]*$/i.test(text)) return sign.positive;
  return sign.any;
}

/** What is known of a value's sign. */
export function signOf(state: State, value: string | null): number {
  if (value === null) return sign.any;
  if (value.startsWith('=')) return signOfText(value.slice(1));
  if (value.startsWith('&')) return sign.positive;
  // Who returns an error's number as it stands, where success is zero, says no less that he has failed.
  if (errorNames.has(value)) return sign.negative | sign.positive;
  if (value === state.result) return (state.signs.get(value) ?? sign.any) & signsOfOutcomes(state.outcomes);
  return state.signs.get(value) ?? (state.fresh.has(value) ? sign.zero | sign.positive : sign.any);
}

function signsOfOutcomes(outcomes: number): number {
  let bits = 0;
  if (outcomes & outcome.error) bits |= sign.negative;
  if (outcomes & outcome.zero) bits |= sign.zero;
  if (outcomes & (outcome.short | outcome.all)) bits |= sign.positive;
  return bits;
}

/** Signs for which `value op 0` holds. */
function signsFor(op: string): number {
  const { negative, zero, positive: above } = sign;
  return { '==': zero, '!=': negative | above, '<': negative, '<=': negative | zero, '>': above, '>=': zero | above }[op] ?? sign.any;
}

/** The state where a value has one of some signs, `null` if it cannot. */
export function withSign(state: State, value: string, bits: number): State | null {
  const known = signOf(state, value);
  const left = known & bits;
  if (left === 0) return null;
  if (left === known || value.startsWith('=') || value.startsWith('&')) return state;
  return altered(state, { signs: withEntry(state.signs, value, left) });
}

/** The state where a condition came out as it did, `null` where it cannot. */
export function assume(state: State, o: Assume, acquired: Acquired | null): State | null {
  if (o.op === '==' && state.phase === 'held' && acquired?.filled === o.left.text && signOfText(o.right.text) === sign.zero) return null;
  const left = worth(state, o.left);
  const right = worth(state, o.right);
  if (o.call !== null) {
    const tested = valueIn(state, o.call.args[0]);
    const holds = o.op === '!=';
    if (errorTests.test(o.call.name ?? '') && tested !== null) {
      const bits = o.call.name === errorOrNullTest ? sign.negative | sign.zero : sign.negative;
      return isNothing(state, tested, holds) ? null : withSign(state, tested, holds ? bits : sign.any & ~bits);
    }
  }
  if (left === null && right === null) return state;
  const zeroRight = right?.startsWith('=') === true && signOfText(right.slice(1)) === sign.zero;
  let next: State | null = state;
  if (left !== null && zeroRight) {
    if (isHeld(state, left)) {
      // Where the reference is, its pointer and what it stands in are not NULL.
      if (o.op === '==') return null;
    }
    next = withSign(state, left, signsFor(o.op));
    if (next && left === state.result) next = outcomesAfter(next, o.op, 0);
    return next;
  }
  if (left === null || right === null) return state;
  // A page is none of the values that a name stands for.
  if (
    o.op === '==' &&
    state.phase === 'held' &&
    [left, right].includes(theReference) &&
    [left, right].some((v) => /^=[A-Z]/.test(v) || /^[A-Z][A-Z_\d]+$/.test(v))
  )
    return null;
  // Of whole numbers, below one is no more than zero.
  if (right === '=1' && left !== state.asked && state.asked !== '=1' && (o.op === '<' || o.op === '>=')) {
    const bits = signsFor(o.op === '<' ? '<=' : '>');
    next = withSign(state, left, bits);
    return next && left === state.result ? outcomesAfter(next, o.op === '<' ? '<=' : '>', 0) : next;
  }
  if (right.startsWith('=') && signOfText(right.slice(1)) !== sign.any) {
    const bits = signOfText(right.slice(1));
    if (o.op === '==' || (o.op === '>=' && bits === sign.positive) || (o.op === '>' && bits === sign.positive)) {
      next = withSign(state, left, o.op === '==' ? bits : sign.positive);
      if (!next) return null;
      // A certain error code is no page.
      if (left === state.result && bits === sign.negative) next = outcomesAfter(next, '<', 0);
    } else if (o.op === '<=' && bits === sign.negative) next = withSign(state, left, sign.negative);
    else if (o.op === '<' && bits === sign.negative) next = withSign(state, left, sign.negative);
    if (!next) return null;
  }
  if (left.startsWith('=') && right.startsWith('=')) {
    if (o.op === '==' || o.op === '!=') {
      const same = left === right || (signOf(state, left) === sign.zero && signOf(state, right) === sign.zero);
      const different = !same && constant.test(left) && constant.test(right);
      if ((o.op === '==' && different) || (o.op === '!=' && same)) return null;
    }
    return next;
  }
  // More than a number is `first + n`, where something is added.
  if (left === right && isMore(o.right) && !isMore(o.left)) return /^(<|<=|!=)$/.test(o.op) ? next : null;
  // Two pointers into one array, of which one has gone on.
  const isApart = left === right && [o.left, o.right].some(({ path }) => state.signs.has(`+${path}`));
  next = isApart && o.op !== '==' && o.op !== '!=' ? next : compared(next, left, o.op, right);
  if (!next || state.result === null) return next;
  const isAsked = (value: string, text: string): boolean =>
    value === state.asked || (acquired !== null && acquired.result !== 'bytes' && text !== '' && text === acquired.count);
  if (left === state.result && isAsked(right, o.right.text)) return outcomesAfter(next, o.op, 2);
  if (right === state.result && isAsked(left, o.left.text)) return outcomesAfter(next, swapped[o.op] ?? o.op, 2);
  return next;
}

/** What one side of a comparison is; bits of a number are another number, of which some may be zero where that is not. */
function worth(state: State, value: Value): string | null {
  const whole = unset(state, valueIn(state, value));
  const bits = whole === null ? undefined : masked.exec(value.text)?.[1];
  if (bits === undefined || whole === '=0') return whole;
  return whole?.startsWith('=') ? null : `${whole}@${bits.replace(/\W+/g, '_')}`;
}

/** `flags & FLAG`, and no more than that. */
const masked = /^[^&|=<>?]* & (?!&)([^&|=<>?]*)$/;

/** What nobody has stored to in memory that was allocated as zeros. */
export function unset(state: State, value: string | null): string | null {
  if (value === null || state.zeroed.size === 0 || !/[.[]/.test(value) || value.includes('@') || value.startsWith('&')) return value;
  return state.zeroed.has(baseOf(value)) && !isHeld(state, value) ? '=0' : value;
}

/**
 * True where a loop has no first round: it counts down from zero, or from zero to a number that nobody has set in memory that was allocated as
 * zeros.
 */
export function isNone(graph: Graph, state: State, { operation: o }: Node): boolean {
  if (o?.kind !== 'assume' || o.call !== null) return false;
  if ((o.op === '<=' || o.op === '==') && isZero(valueIn(state, o.right))) return isStillZero(graph, state, o.left);
  if (o.op !== '>=') return false;
  const bound = valueIn(state, o.right);
  return signOf(state, valueIn(state, o.left)) === sign.zero && bound?.startsWith('=') === false && unset(state, bound) === '=0';
}

function isZero(value: string | null): boolean {
  return value !== null && /^=(0|false)$/.test(value);
}

/** True for a variable that is zero and that nobody but the function itself can have set. */
export function isStillZero(graph: Graph, state: State, value: Value): boolean {
  return value.path !== null && graph.types.has(value.path) && isZero(valueIn(state, value)) && !isHandedOut(graph, value.path);
}

const handedOut = remembered(
  (graph: Graph) =>
    new Set(
      graph.nodes.flatMap(({ operation: o }) => {
        const values = o?.kind === 'call' ? o.args : o?.kind === 'copy' ? [o.source] : [];
        return values.flatMap((v) => (v.address && v.path !== null ? [v.path] : []));
      }),
    ),
);

/** True for a variable of which the address is taken. */
function isHandedOut(graph: Graph, variable: string): boolean {
  return handedOut(graph).has(variable);
}

const constant = /^=(-?(\d|0x)|-?[A-Z]|NULL|true|false)/;

/** True for a test of the reference itself, or of what holds it, that says that there is none. */
function isNothing(state: State, value: string, holds: boolean): boolean {
  return holds && isHeld(state, value);
}

/** True for the question whether there is something where the reference is or stands in. */
export function asksHeld(state: State, o: Assume): boolean {
  const left = worth(state, o.left);
  return left !== null && isHeld(state, left) && signOf(state, worth(state, o.right)) === sign.zero;
}

function isHeld(state: State, value: string): boolean {
  if (state.phase !== 'held' || value.startsWith('&') || value === state.result) return false;
  if (value === theReference) return true;
  for (const place of state.store.keys())
    if (
      place.length > value.length &&
      place.startsWith(value) &&
      state.store.get(place) === theReference &&
      suffixAfter(place, value) !== null
    )
      return true;
  return false;
}

/** True for the sum of the number of which it has the path and something else. */
function isMore({ path, text }: Value): boolean {
  return path !== null && /^[\w.>-]+ \+ /.test(text);
}

/** Two values compared: the same comparison comes out the same until one of them changes. */
function compared(state: State, left: string, op: string, right: string): State | null {
  // Of two that are equal none is less; a value is its own equal, but where it may be another element's.
  if ((left === right && left !== theReference && !/[[@]/.test(left)) || state.conditions.get(`${left} == ${right}`) === true)
    return /^(==|<=|>=)$/.test(op) ? state : null;
  const { op: said, truth } = plain(op);
  const key = `${left} ${said} ${right}`;
  const known = state.conditions.get(key);
  if (known !== undefined) return known === truth ? state : null;
  return altered(state, { conditions: withEntry(state.conditions, key, truth) });
}

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

/** A condition as a person reads it; `null` for one that has no words. */
export function conditionText(n: Node): string | null {
  const o = n.operation;
  if (o?.kind !== 'assume') return null;
  if (o.call?.name) return `where ${o.call.name}() is ${o.op === '!=' ? 'true' : 'false'}`;
  const tested = o.left.text || o.left.path || '';
  if (tested === '' || tested.startsWith('%')) return null;
  return `where ${tested} ${o.op} ${o.right.text || o.right.path || '0'}`;
}
