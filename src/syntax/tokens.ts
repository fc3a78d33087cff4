/**
 * C tokens as flat arrays, used by every part of this room except the outline, which is faster still.
 *
 * Comments, continuation lines and preprocessor directives are skipped. The lexer never throws and takes linear time.
 */
import {
  AMPERSAND,
  APOSTROPHE,
  BACKSLASH,
  BAR,
  BLANK,
  CARET,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  DOT,
  EQUALS,
  EXCLAMATION,
  FORM_FEED,
  GREATER,
  HASH,
  LESS,
  MINUS,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  PERCENT,
  PLUS,
  QUOTE,
  RETURN,
  SLASH,
  STAR,
  TAB,
  ZERO,
} from './characters.js';
import { firstWhere } from './sorted.js';

/** Kinds of tokens. `CHAR` is a character literal. */
export const WORD = 1;
export const NUMBER = 2;
export const STRING = 3;
export const CHAR = 4;
export const PUNCT = 5;

/** The tokens of a stretch of text; token `i` is `text.slice(start[i], end[i])`. */
export interface Tokens {
  text: string;
  count: number;
  /** Kind of each token: `WORD`, `NUMBER` and so on. */
  kind: Uint8Array;
  start: Int32Array;
  end: Int32Array;
  /** Index of a bracket's partner, or -1. */
  match: Int32Array;
  /** How deep brackets are nested. */
  depth: number;
  /** The comments that were skipped, as pairs of offsets. */
  comments: number[];
  /** True if some bracket has no partner. */
  unbalanced: boolean;
}

/** Class of each character: 0 other, 1 space, 2 a letter, `_`, `$` or anything beyond ASCII, 3 digit. */
export const CLASS = new Uint8Array(65536).fill(2);
for (let c = 0; c < 128; c++) CLASS[c] = 0;
for (const c of ' \t\n\r\v\f') CLASS[c.charCodeAt(0)] = 1;
for (const c of '0123456789') CLASS[c.charCodeAt(0)] = 3;
for (const c of 'abcdefghijklmnopqrstuvwxyz_$') CLASS[c.charCodeAt(0)] = 2;
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') CLASS[c.charCodeAt(0)] = 2;

/**
 * Returns the offset just behind the string or character literal whose quote is at `i`. One without an end stops at the end of the line.
 */
export function skipQuoted(text: string, i: number, end: number): number {
  const quote = text.charCodeAt(i++);
  while (i < end) {
    const c = text.charCodeAt(i);
    if (c === quote) return i + 1;
    if (c === BACKSLASH) i += text.charCodeAt(i + 1) === RETURN ? 3 : 2;
    else if (c === NEWLINE) return i;
    else i++;
  }
  return Math.min(i, end);
}

/** Returns the offset of the newline that ends the logical line around `i`, past continuations and comments; or `end`. */
export function skipDirective(text: string, i: number, end: number): number {
  while (i < end) {
    const c = text.charCodeAt(i);
    if (c === NEWLINE) return i;
    if (c === BACKSLASH) {
      const next = text.charCodeAt(i + 1);
      i += next === RETURN && text.charCodeAt(i + 2) === NEWLINE ? 3 : 2;
    } else if (c === SLASH && text.charCodeAt(i + 1) === STAR) {
      const close = text.indexOf('*/', i + 2);
      i = close < 0 || close + 2 > end ? end : close + 2;
    } else if (c === SLASH && text.charCodeAt(i + 1) === SLASH) {
      i = skipLineComment(text, i, end);
    } else if (c === QUOTE || c === APOSTROPHE) {
      // An apostrophe in `#error don't` opens nothing: skipQuoted stops at the line's end.
      i = skipQuoted(text, i, end);
    } else i++;
  }
  return end;
}

/** Offset of the newline that ends the `//` comment at `i`; or `end`. */
function skipLineComment(text: string, i: number, end: number): number {
  for (;;) {
    const nl = text.indexOf('\n', i);
    if (nl < 0 || nl >= end) return end;
    const before = text.charCodeAt(nl - 1);
    if (before !== BACKSLASH && !(before === RETURN && text.charCodeAt(nl - 2) === BACKSLASH)) return nl;
    i = nl + 1;
  }
}

/** Returns the offset behind the comment at `i`, or behind the `/` if it begins none. */
export function skipComment(text: string, i: number, end: number): number {
  const next = text.charCodeAt(i + 1);
  if (next === SLASH) return skipLineComment(text, i, end);
  if (next !== STAR) return i + 1;
  const close = text.indexOf('*/', i + 2);
  return close < 0 ? end : close + 2;
}

/** Returns the offset of the first character from `i` on that is neither blank nor tab. */
export function skipIndent(text: string, i: number): number {
  while (text.charCodeAt(i) === BLANK || text.charCodeAt(i) === TAB) i++;
  return i;
}

/** A directive: its name, the offset of its `#`, and where the text behind the name begins and ends. */
export interface Directive {
  name: string;
  pos: number;
  rest: number;
  end: number;
}

/** Reads the directive whose `#` is at `pos`. */
export function readDirective(text: string, pos: number): Directive {
  const end = skipDirective(text, pos, text.length);
  const from = skipIndent(text, pos + 1);
  let rest = from;
  while (rest < end && CLASS[text.charCodeAt(rest)]! >= 2) rest++;
  return { name: text.slice(from, Math.min(rest, from + 20)), pos, rest, end };
}

/** True if there are only blanks between the start of the line and `i`. */
export function atLineStart(text: string, i: number, from: number): boolean {
  for (let k = i - 1; k >= from; k--) {
    const c = text.charCodeAt(k);
    if (c === NEWLINE) return true;
    if (c !== BLANK && c !== TAB && c !== RETURN && c !== FORM_FEED) return false;
  }
  return true;
}

/** Buffers that every call fills and copies from. Growing typed arrays for each text would cost more than the lexing. */
let room = 4096;
let kinds = new Uint8Array(room);
let starts = new Int32Array(room);
let ends = new Int32Array(room);

function push(n: number, kind: number, start: number, end: number): number {
  if (n === room) {
    room *= 2;
    const grow = <T extends Uint8Array | Int32Array>(old: T, bigger: T): T => {
      bigger.set(old);
      return bigger;
    };
    kinds = grow(kinds, new Uint8Array(room));
    starts = grow(starts, new Int32Array(room));
    ends = grow(ends, new Int32Array(room));
  }
  kinds[n] = kind;
  starts[n] = start;
  ends[n] = end;
  return n + 1;
}

/** Length of the operator at `i`, whose first character is `c`. */
function operatorLength(text: string, i: number, c: number): number {
  const d = text.charCodeAt(i + 1);
  switch (c) {
    case DOT:
      return d === DOT && text.charCodeAt(i + 2) === DOT ? 3 : 1;
    case MINUS:
      return d === GREATER || d === MINUS || d === EQUALS ? 2 : 1;
    case LESS:
    case GREATER:
      return d === c ? (text.charCodeAt(i + 2) === EQUALS ? 3 : 2) : d === EQUALS ? 2 : 1;
    case PLUS:
    case AMPERSAND:
    case BAR:
      return d === c || d === EQUALS ? 2 : 1;
    case EQUALS:
    case EXCLAMATION:
    case STAR:
    case SLASH:
    case PERCENT:
    case CARET:
      return d === EQUALS ? 2 : 1;
    case HASH:
      return d === HASH ? 2 : 1;
    default:
      return 1;
  }
}

/** Splits `text` from `from` to `to` into tokens. */
export function tokenize(text: string, from = 0, to = text.length): Tokens {
  const comments: number[] = [];
  let n = 0;
  let i = from;
  while (i < to) {
    const c = text.charCodeAt(i);
    const cls = CLASS[c];
    if (cls === 1) {
      i++;
    } else if (cls === 2) {
      const s = i++;
      while (i < to && CLASS[text.charCodeAt(i)]! >= 2) i++;
      const q = text.charCodeAt(i);
      if ((q === QUOTE || q === APOSTROPHE) && i < to && i - s <= 2 && /^(?:L|u|U|u8)$/.test(text.slice(s, i))) {
        i = skipQuoted(text, i, to);
        n = push(n, q === QUOTE ? STRING : CHAR, s, i);
      } else n = push(n, WORD, s, i);
    } else if (cls === 3 || (c === DOT && CLASS[text.charCodeAt(i + 1)] === 3)) {
      const s = i++;
      while (i < to) {
        const d = text.charCodeAt(i);
        if (CLASS[d]! >= 2 || d === DOT) i++;
        else if ((d === PLUS || d === MINUS) && isExponent(text, s, i)) i++;
        else break;
      }
      n = push(n, NUMBER, s, i);
    } else if (c === QUOTE || c === APOSTROPHE) {
      const s = i;
      i = skipQuoted(text, i, to);
      n = push(n, c === QUOTE ? STRING : CHAR, s, i);
    } else if (c === SLASH && text.charCodeAt(i + 1) === STAR) {
      const close = text.indexOf('*/', i + 2);
      const e = close < 0 || close + 2 > to ? to : close + 2;
      comments.push(i, e);
      i = e;
    } else if (c === SLASH && text.charCodeAt(i + 1) === SLASH) {
      const e = skipLineComment(text, i, to);
      comments.push(i, e);
      i = e;
    } else if (c === HASH && atLineStart(text, i, from)) {
      i = skipDirective(text, i, to);
    } else if (c === BACKSLASH && CLASS[text.charCodeAt(i + 1)] === 1) {
      i += 2;
    } else {
      const e = Math.min(i + operatorLength(text, i, c), to);
      n = push(n, PUNCT, i, e);
      i = e;
    }
  }
  // One buffer for all arrays: for the garbage collector, a buffer costs more than its bytes.
  const memory = new ArrayBuffer(n * 13);
  const start = new Int32Array(memory, 0, n);
  const end = new Int32Array(memory, n * 4, n);
  const match = new Int32Array(memory, n * 8, n).fill(-1);
  const kind = new Uint8Array(memory, n * 12, n);
  start.set(starts.subarray(0, n));
  end.set(ends.subarray(0, n));
  kind.set(kinds.subarray(0, n));
  const tokens: Tokens = { text, count: n, kind, start, end, match, depth: 0, comments, unbalanced: false };
  pairBrackets(tokens);
  return tokens;
}

function isExponent(text: string, s: number, i: number): boolean {
  const before = text.charCodeAt(i - 1) | 32;
  const hex = text.charCodeAt(s) === ZERO && (text.charCodeAt(s + 1) | 32) === 120;
  return hex ? before === 112 : before === 101;
}

function pairBrackets(t: Tokens): void {
  const open: number[] = [];
  for (let i = 0; i < t.count; i++) {
    if (t.kind[i] !== PUNCT) continue;
    const c = t.text.charCodeAt(t.start[i]!);
    if (c === OPEN_PAREN || c === OPEN_BRACKET || c === OPEN_BRACE) {
      open.push(i);
      if (open.length > t.depth) t.depth = open.length;
    } else if (c === CLOSE_PAREN || c === CLOSE_BRACKET || c === CLOSE_BRACE) {
      const want = c === CLOSE_PAREN ? OPEN_PAREN : c - 2;
      // A closing brace also ends parentheses left open inside its block; a stray `)` closes nothing.
      let k = open.length - 1;
      if (c === CLOSE_BRACE) while (k >= 0 && t.text.charCodeAt(t.start[open[k]!]!) !== OPEN_BRACE) k--;
      if (k >= 0 && t.text.charCodeAt(t.start[open[k]!]!) === want) {
        if (k !== open.length - 1) t.unbalanced = true;
        t.match[i] = open[k]!;
        t.match[open[k]!] = i;
        open.length = k;
      } else t.unbalanced = true;
    }
  }
  if (open.length > 0) t.unbalanced = true;
}

/** Returns how deep brackets are nested in tokens `[from, to)`. */
export function depthIn(t: Tokens, from: number, to: number): number {
  let depth = 0;
  let deepest = 0;
  for (let i = from; i < to; i++) {
    const partner = t.match[i] ?? -1;
    if (partner > i) deepest = Math.max(deepest, ++depth);
    else if (partner >= 0) depth--;
  }
  return deepest;
}

/** Returns the text of token `i`; `''` outside the list. */
export function tokenText(t: Tokens, i: number): string {
  return i < 0 || i >= t.count ? '' : t.text.slice(t.start[i]!, t.end[i]!);
}

/** Returns the code of the first character of token `i`; 0 outside the list. */
export function tokenChar(t: Tokens, i: number): number {
  return i < 0 || i >= t.count ? 0 : t.text.charCodeAt(t.start[i]!);
}

/** True if token `i` is the punctuation `p`. */
export function isPunct(t: Tokens, i: number, p: string): boolean {
  if (i < 0 || i >= t.count || t.kind[i] !== PUNCT) return false;
  const s = t.start[i]!;
  return t.end[i]! - s === p.length && t.text.startsWith(p, s);
}

/** True if token `i` is a word. */
export function isWord(t: Tokens, i: number): boolean {
  return i >= 0 && i < t.count && t.kind[i] === WORD;
}

/**
 * Returns line and byte column of an offset, both from 1.
 * @param lineStarts offsets at which lines start
 */
export function positionOf(lineStarts: Uint32Array, pos: number): { line: number; column: number } {
  const line = firstWhere(lineStarts.length - 1, (i) => lineStarts[i + 1]! > pos);
  return { line: line + 1, column: pos - lineStarts[line]! + 1 };
}

/** Returns the offsets at which the lines of a text start. */
export function lineStartsOf(text: string): Uint32Array {
  const starts: number[] = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return Uint32Array.from(starts);
}

/** Returns the index of the first token that ends behind `offset`. */
export function tokenAt(t: Tokens, offset: number): number {
  return firstWhere(t.count, (i) => t.end[i]! > offset);
}
