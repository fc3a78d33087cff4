/**
 * Conditions of `#if`: parsed, put into one normal form, negated, and evaluated under a configuration.
 *
 * A configuration gives each name one state, so that `defined(X)`, `X` and `X >= 3` never contradict each other, and of a ladder of
 * `LINUX_VERSION_CODE` tests one step is taken, as the preprocessor would.
 */
import { negated } from './comparisons.js';
import { isPunct, NUMBER, type Tokens, tokenize, tokenText, WORD } from './tokens.js';

/** A condition. `compare` tests a name's number, `defined` whether it has one; `opaque` is text that is not parsed. */
export type Condition =
  | { op: 'const'; value: boolean }
  | { op: 'not'; of: Condition }
  | { op: 'and' | 'or'; left: Condition; right: Condition }
  | { op: 'defined'; name: string }
  | { op: 'opaque'; text: string }
  | { op: 'compare'; name: string; sign: string; value: number; shown: string };

/** The condition that always holds. */
export const TRUE: Condition = { op: 'const', value: true };

/** Returns the conjunction, simplified if one side is constant. */
export function both(left: Condition, right: Condition): Condition {
  if (left.op === 'const') return left.value ? right : left;
  if (right.op === 'const') return right.value ? left : right;
  return { op: 'and', left, right };
}

/** Returns the opposite condition; for a comparison, the opposite comparison. */
export function negate(c: Condition): Condition {
  if (c.op === 'const') return { op: 'const', value: !c.value };
  if (c.op === 'not') return c.of;
  if (c.op === 'compare' && c.shown !== '') return { ...c, sign: negated[c.sign] ?? c.sign };
  return { op: 'not', of: c };
}

/** Returns the normal text of a condition: `CONFIG_X`, `!defined(Y)`, `LINUX_VERSION_CODE >= KERNEL_VERSION(5,6,0)`. */
export function conditionText(c: Condition): string {
  switch (c.op) {
    case 'const':
      return c.value ? '1' : '0';
    case 'defined':
      return c.name.startsWith('CONFIG_') ? c.name : `defined(${c.name})`;
    case 'opaque':
      return c.text;
    case 'compare':
      return c.shown === '' ? (c.sign === '!=' ? c.name : `!${c.name}`) : `${c.name} ${c.sign} ${c.shown}`;
    case 'not':
      return c.of.op === 'defined' || (c.of.op === 'compare' && c.of.shown === '')
        ? `!${conditionText(c.of)}`
        : `!(${conditionText(c.of)})`;
    default: {
      const side = (s: Condition): string =>
        (s.op === 'and' || s.op === 'or') && s.op !== c.op ? `(${conditionText(s)})` : conditionText(s);
      return `${side(c.left)} ${c.op === 'and' ? '&&' : '||'} ${side(c.right)}`;
    }
  }
}

/** Returns the texts of the operands of a conjunction; `[]` for a condition that always holds. */
export function conditionList(c: Condition): string[] {
  if (c.op === 'and') return [...conditionList(c.left), ...conditionList(c.right)];
  if (c.op === 'const' && c.value) return [];
  return [conditionText(c)];
}

/**
 * True for a directive that opens another arm with a condition. The misspelt `#elsif` and `#elseif` count too: the preprocessor skips over
 * them in an arm that is not taken, and the arm is analysed as it was meant.
 */
export function isElse(directive: string): boolean {
  return /^(?:elif(?:n?def)?|else?if)$/.test(directive);
}

/** Parses the condition of an `#if`, `#ifdef`, `#ifndef`, `#elif`, `#elifdef` or `#elifndef` directive. */
export function readCondition(directive: string, text: string): Condition {
  if (directive.endsWith('def')) {
    const name = /^\s*([A-Za-z_$][\w$]*)/.exec(text.replace(/\/\*[\s\S]*?\*\//g, ' '))?.[1] ?? text.trim();
    const c: Condition = { op: 'defined', name };
    return directive.endsWith('ndef') ? negate(c) : c;
  }
  if (text.length > 20_000) return { op: 'opaque', text: text.slice(0, 40) };
  return parseCondition(text);
}

/** Parses an `#if` expression. Atoms of an unknown form are opaque, and so is a whole that cannot be parsed. */
export function parseCondition(text: string): Condition {
  const t = tokenize(text);
  const opaque: Condition = { op: 'opaque', text: Array.from({ length: t.count }, (_, i) => tokenText(t, i)).join(' ') };
  if (t.depth > 60 || t.count > 400) return opaque;
  const at = { i: 0 };
  const c = parseOr(t, at);
  return at.i === t.count && t.count > 0 ? c : opaque;
}

interface At {
  i: number;
}

function parseOr(t: Tokens, at: At): Condition {
  let left = parseAnd(t, at);
  while (isPunct(t, at.i, '||')) {
    at.i++;
    left = { op: 'or', left, right: parseAnd(t, at) };
  }
  return left;
}

function parseAnd(t: Tokens, at: At): Condition {
  let left = parseNot(t, at);
  while (isPunct(t, at.i, '&&')) {
    at.i++;
    left = { op: 'and', left, right: parseNot(t, at) };
  }
  return left;
}

function parseNot(t: Tokens, at: At): Condition {
  const from = at.i;
  let flips = 0;
  while (isPunct(t, at.i, '!')) {
    flips++;
    at.i++;
  }
  let c: Condition;
  const close = t.match[at.i] ?? -1;
  if (isPunct(t, at.i, '(') && close > at.i && isEnd(t, close + 1)) {
    at.i++;
    c = parseOr(t, at);
    if (at.i !== close) c = opaqueTo(t, from + flips, close + 1);
    at.i = close + 1;
  } else {
    c = parseAtom(t, at);
  }
  return flips % 2 === 1 ? negate(c) : c;
}

function isEnd(t: Tokens, i: number): boolean {
  return i >= t.count || isPunct(t, i, '&&') || isPunct(t, i, '||') || isPunct(t, i, ')');
}

function opaqueTo(t: Tokens, from: number, to: number): Condition {
  const words: string[] = [];
  for (let i = from; i < to; i++) words.push(tokenText(t, i));
  return { op: 'opaque', text: words.join(' ') };
}

function parseAtom(t: Tokens, at: At): Condition {
  const from = at.i;
  let to = from;
  while (!isEnd(t, to)) to = Math.max(to, t.match[to] ?? -1) + 1;
  at.i = Math.max(to, from);
  if (to === from) return { op: 'opaque', text: '' };
  const first = tokenText(t, from);
  if (t.kind[from] === WORD) {
    if (first === 'defined') {
      const name = to - from === 2 ? tokenText(t, from + 1) : to - from === 4 ? tokenText(t, from + 2) : '';
      if (name !== '') return { op: 'defined', name };
    } else if (to - from === 1) {
      if (first === 'true' || first === 'false') return { op: 'const', value: first === 'true' };
      if (first.startsWith('CONFIG_')) return { op: 'defined', name: first };
      return { op: 'compare', name: first, sign: '!=', value: 0, shown: '' };
    } else if (to - from === 4 && /^IS_(ENABLED|REACHABLE)$/.test(first)) {
      return { op: 'defined', name: tokenText(t, from + 2) };
    }
    const sides = versionTest(t, from, to);
    if (sides !== null) return sides;
    const sign = tokenText(t, from + 1);
    if (negated[sign] !== undefined) {
      const number = readNumber(t, from + 2, to);
      if (number !== null) return { op: 'compare', name: first, sign, ...number };
    }
  } else if (t.kind[from] === NUMBER && to - from === 1) {
    const value = Number(first.replace(/[uUlL]+$/, ''));
    if (!Number.isNaN(value)) return { op: 'const', value: value !== 0 };
  } else {
    return opaqueTo(t, from, to);
  }
  // `KERNEL_VERSION(5,6,0) <= LINUX_VERSION_CODE`: the name is on the right.
  const sign = tokenText(t, to - 2);
  if (t.kind[to - 1] === WORD && negated[sign] !== undefined) {
    const number = readNumber(t, from, to - 2);
    const mirrored = sign.replace(/^[<>]/, (s) => (s === '<' ? '>' : '<'));
    if (number !== null) return { op: 'compare', name: tokenText(t, to - 1), sign: mirrored, ...number };
  }
  return opaqueTo(t, from, to);
}

/**
 * Names of drivers' macros that test the kernel's version: whether it is a given one or newer, `LINUX_VERSION_IS_GEQ(5,6,0)`, or an older
 * one.
 */
const versionTests: readonly (readonly [name: RegExp, sign: string])[] = [
  [/(^|_)(GEQ?|SINCE|AT_?LEAST|FROM|NEWER_OR_EQUAL)(_|$)/i, '>='],
  [/(^|_)(LT|LESS|BEFORE|BELOW|OLDER|UNTIL)(_|$)/i, '<'],
];

/** A test of the kernel's version through a macro of the driver; `null` for any other atom. */
function versionTest(t: Tokens, from: number, to: number): Condition | null {
  const [, sign] = versionTests.find(([name]) => name.test(tokenText(t, from))) ?? [];
  const version = sign === undefined ? null : readVersion(t, from, to);
  if (sign === undefined || version === null || version.parts !== 3) return null;
  return { op: 'compare', name: 'LINUX_VERSION_CODE', sign, value: version.value, shown: `KERNEL_VERSION(${version.text})` };
}

function readNumber(t: Tokens, from: number, to: number): { value: number; shown: string } | null {
  if (from >= to) return null;
  if (to - from === 1 && t.kind[from] === NUMBER) {
    const value = Number(tokenText(t, from).replace(/[uUlL]+$/, ''));
    return Number.isNaN(value) ? null : { value, shown: tokenText(t, from) };
  }
  const version = readVersion(t, from, to);
  return version && { value: version.value, shown: `${tokenText(t, from)}(${version.text})` };
}

/** A call of two numbers or more, such as `KERNEL_VERSION(5,6,0)`, whatever its name; `null` for anything else. */
function readVersion(t: Tokens, from: number, to: number): { value: number; text: string; parts: number } | null {
  const parts: number[] = [];
  if (t.kind[from] !== WORD || !isPunct(t, from + 1, '(') || t.match[from + 1] !== to - 1) return null;
  for (let i = from + 2; i < to - 1; i++) {
    if (t.kind[i] === NUMBER) parts.push(Number(tokenText(t, i)));
    else if (!isPunct(t, i, ',')) return null;
  }
  if (parts.length < 2 || parts.some(Number.isNaN)) return null;
  // KERNEL_VERSION caps its last part at 255; RHEL_RELEASE_VERSION has two parts. Only the order of the values matters.
  const value = parts.length === 2 ? parts[0]! * 256 + parts[1]! : parts.reduce((sum, p) => sum * 256 + Math.min(p, 255), 0);
  return { value, text: parts.join(','), parts: parts.length };
}

/** The state of each name: its number, or `null` if it is undefined. An opaque atom has 0 or 1 under its text. */
export type Configuration = Map<string, number | null>;

/** Evaluates a condition. A name that the configuration does not have is undefined. */
export function evaluate(c: Condition, config: Configuration): boolean {
  switch (c.op) {
    case 'const':
      return c.value;
    case 'not':
      return !evaluate(c.of, config);
    case 'and':
      return evaluate(c.left, config) && evaluate(c.right, config);
    case 'or':
      return evaluate(c.left, config) || evaluate(c.right, config);
    case 'defined':
      return (config.get(c.name) ?? null) !== null;
    case 'opaque':
      return (config.get(c.text) ?? 0) !== 0;
    case 'compare':
      return compare(config.get(c.name) ?? 0, c.sign, c.value);
  }
}

function compare(a: number, sign: string, b: number): boolean {
  switch (sign) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    case '==':
      return a === b;
    default:
      return a !== b;
  }
}

/** Calls `visit` with each atom of a condition. */
export function atomsOf(c: Condition, visit: (atom: Condition) => void): void {
  if (c.op === 'not') atomsOf(c.of, visit);
  else if (c.op === 'and' || c.op === 'or') {
    atomsOf(c.left, visit);
    atomsOf(c.right, visit);
  } else if (c.op !== 'const') visit(c);
}
