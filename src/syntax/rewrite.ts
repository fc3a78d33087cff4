/** The text of a body while it is rewritten, and the primitive operations on it. */
import { BLANK, CLOSE_BRACE, CLOSE_BRACKET, CLOSE_PAREN, COLON, NEWLINE, OPEN_BRACE, SEMICOLON, UNDERSCORE } from './characters.js';
import { PUNCT, type Tokens, tokenChar, tokenText, WORD } from './tokens.js';
import { STATEMENT_KEYWORDS } from './words.js';

/** What was replaced at an offset, up to `end`. For a macro: its name, and whether it has no arguments. */
export type Mark =
  | { kind: 'type' | 'literal' | 'unknown' | 'paste'; end: number }
  | { kind: 'macro'; end: number; name: string; bare: boolean; start?: number };

/** State of one pass. */
export interface Rewrite {
  /** The tokens of the text before the pass. */
  t: Tokens;
  /** The text as it is rewritten, at the same length. */
  out: Buffer;
  /** What was replaced by something else than blanks, by offset. */
  marks: Map<number, Mark>;
  /** Tokens already handled. */
  skip: Uint8Array;
  /** 1 for a `)` after which a statement begins. */
  headClose: Uint8Array;
}

/** Overwrites `[from, to)` with blanks, keeping line ends. */
export function blank(r: Rewrite, from: number, to: number): void {
  for (let i = from; i < to; i++) if (r.out[i] !== NEWLINE) r.out[i] = BLANK;
}

/** Blanks tokens `[from, to]` and marks them as handled. */
export function blankTokens(r: Rewrite, from: number, to: number): void {
  blank(r, r.t.start[from]!, r.t.end[to]!);
  r.skip.fill(1, from, to + 1);
}

/** The first letter of an identifier that is made. */
const LETTER = 'T'.charCodeAt(0);

/** Replaces tokens `[from, to]` by one identifier, and marks what it stands for. */
export function asIdentifier(r: Rewrite, from: number, to: number, kind: 'type' | 'literal' | 'unknown' | 'paste'): void {
  const start = r.t.start[from]!;
  const end = r.t.end[to]!;
  r.out.fill(UNDERSCORE, start, end);
  r.out[start] = LETTER;
  r.marks.set(start, { kind, end });
  r.skip.fill(1, from, to + 1);
}

/** Writes `word` over the start of a stretch and blanks the rest. */
export function write(r: Rewrite, from: number, to: number, word: string): void {
  blank(r, from, to);
  for (let i = 0; i < word.length && from + i < to; i++) r.out[from + i] = word.charCodeAt(i);
}

/** Puts a `;` into the gap behind token `i`; false if there is no gap. */
export function closeStatement(r: Rewrite, i: number): boolean {
  const at = r.t.end[i]!;
  const next = i + 1 < r.t.count ? r.t.start[i + 1]! : r.out.length;
  if (at >= next) return false;
  r.out[at] = SEMICOLON;
  return true;
}

/** True if a statement may begin at token `i`. */
export function atStatement(r: Rewrite, i: number): boolean {
  const { t } = r;
  let k = i - 1;
  while (k >= 0 && t.kind[k] === WORD && isBlanked(r, k)) k--;
  if (k < 0) return true;
  if (t.kind[k] === WORD) return /^(?:else|do)$/.test(tokenText(t, k));
  const c = tokenChar(t, k);
  if (c === CLOSE_PAREN) return r.headClose[k] === 1 || isBlanked(r, k);
  return (c === SEMICOLON || c === OPEN_BRACE || c === CLOSE_BRACE || c === COLON) && t.end[k]! - t.start[k]! === 1;
}

/** True if token `i` can end an operand, so that an operator behind it is a binary one. */
export function isOperand(t: Tokens, i: number): boolean {
  if (i < 0) return false;
  if (t.kind[i] !== PUNCT) return !STATEMENT_KEYWORDS.has(tokenText(t, i));
  const c = tokenChar(t, i);
  return c === CLOSE_PAREN || c === CLOSE_BRACKET;
}

function isBlanked(r: Rewrite, i: number): boolean {
  return r.skip[i] === 1 && r.out[r.t.start[i]!] === BLANK;
}
