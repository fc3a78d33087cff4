/**
 * The dialect pass: rewrites the text of a body, at the same length, into C that the grammar knows.
 *
 * Whatever is replaced by something other than blanks is marked, so that the conversion can look up what was there.
 */
import { rewriteArguments } from './arguments.js';
import {
  AMPERSAND,
  AT,
  BACKSLASH,
  BACKTICK,
  BLANK,
  CLOSE_BRACE,
  CLOSE_PAREN,
  COLON,
  COMMA,
  HASH,
  MINUS,
  NEWLINE,
  OPEN_BRACE,
  OPEN_PAREN,
  PLUS,
  QUOTE,
  RETURN,
  SEMICOLON,
  STAR,
  ZERO,
} from './characters.js';
import { fixLabel } from './macros.js';
import { asIdentifier, blank, blankTokens, isOperand, type Rewrite, write } from './rewrite.js';
import { CHAR, isPunct, isWord, STRING, type Tokens, tokenChar, tokenText, WORD } from './tokens.js';
import { rewriteWord } from './word-rules.js';
import { looksLikeType, STATEMENT_KEYWORDS, TAG_KEYWORDS, TYPE_KEYWORDS } from './words.js';

/** Rewrites the tokens `[from, to]` of a body. */
export function rewriteBody(t: Tokens, from: number, to: number): Rewrite {
  const flags = new Uint8Array((t.count + 1) * 2);
  const r: Rewrite = {
    t,
    out: Buffer.from(t.text, 'latin1'),
    marks: new Map(),
    skip: flags.subarray(0, t.count + 1),
    headClose: flags.subarray(t.count + 1),
  };
  for (let k = 0; k < t.comments.length; k += 2) blank(r, t.comments[k]!, t.comments[k + 1]!);
  const low = t.start[from] ?? 0;
  const high = t.end[to] ?? 0;
  for (let k = low; k < high; k++) if (r.out[k] === BACKSLASH && (r.out[k + 1] === NEWLINE || r.out[k + 1] === RETURN)) r.out[k] = BLANK;
  // For each open brace: true if it holds statements, not values.
  const blocks: boolean[] = [];
  for (let i = from; i <= to; i++) {
    if (r.skip[i]) continue;
    const kind = t.kind[i]!;
    if (kind === WORD) i = Math.max(i, rewriteWord(r, i, to, blocks.at(-1) ?? true));
    else if (kind === STRING) i = Math.max(i, rewriteString(r, i, to));
    else if (kind === CHAR) r.out.fill(ZERO, t.start[i]!, t.end[i]!);
    else {
      const c = tokenChar(t, i);
      if (c === OPEN_BRACE) blocks.push(isBlock(r, i, from, blocks.at(-1) ?? true));
      else if (c === CLOSE_BRACE) blocks.pop();
      else if (c === OPEN_PAREN) rewriteParen(r, i, to);
      else if (c === COLON) fixLabel(r, i, blocks.at(-1) ?? true);
      else if (c === AMPERSAND && isPunct(t, i, '&&')) {
        if (isWord(t, i + 1) && !isOperand(t, i - 1)) write(r, t.start[i]!, t.end[i]!, ' &');
        else bareName(r, i - 1);
      } else if (c === HASH) rewriteHash(r, i, to);
      else if (c === AT || c === BACKTICK || (c === BACKSLASH && t.end[i]! - t.start[i]! === 1)) blank(r, t.start[i]!, t.end[i]!);
    }
  }
  return r;
}

function isBlock(r: Rewrite, i: number, from: number, around: boolean): boolean {
  if (i === from) return true;
  const { t } = r;
  const c = tokenChar(t, i - 1);
  if (t.kind[i - 1] === WORD) {
    const word = tokenText(t, i - 1);
    if (word === 'else' || word === 'do') return true;
    const before = tokenText(t, i - 2);
    return around && !TAG_KEYWORDS.has(before) && !TAG_KEYWORDS.has(word);
  }
  if (c === CLOSE_PAREN) return r.headClose[i - 1] === 1 || !isCompoundLiteral(t, i - 1);
  if (c === OPEN_PAREN) return true;
  if (c === COMMA) return false;
  return around && (c === SEMICOLON || c === OPEN_BRACE || c === CLOSE_BRACE || c === COLON);
}

/** True if the `)` ends a type before a compound literal, `(struct x) {`: no word is in front of its parentheses. */
function isCompoundLiteral(t: Tokens, close: number): boolean {
  const open = t.match[close] ?? -1;
  return open > 0 && !(isWord(t, open - 1) && !STATEMENT_KEYWORDS.has(tokenText(t, open - 1)));
}

function rewriteString(r: Rewrite, i: number, to: number): number {
  const { t } = r;
  const start = t.start[i]!;
  const end = t.end[i]!;
  r.out.fill(BLANK, start, end);
  if (end - start < 2) r.out[start] = ZERO;
  else {
    r.out[start] = QUOTE;
    r.out[end - 1] = QUOTE;
  }
  let k = i;
  for (;;) {
    const next = k + 1;
    if (next > to || r.skip[next]) break;
    if (t.kind[next] === STRING) k = next;
    else if (isWord(t, next) && !STATEMENT_KEYWORDS.has(tokenText(t, next))) {
      const close = isPunct(t, next + 1, '(') ? (t.match[next + 1] ?? -1) : -1;
      k = close > 0 && close <= to ? close : next;
    } else if (isPunct(t, next, '#') && isWord(t, next + 1)) k = next + 1;
    else break;
  }
  if (k > i) {
    blankTokens(r, i + 1, k);
    r.marks.set(start, { kind: 'literal', end: t.end[k]! });
  }
  return k;
}

function rewriteHash(r: Rewrite, i: number, to: number): void {
  // `#param` in a macro's body is a string.
  if (isWord(r.t, i + 1) && i + 1 <= to) asIdentifier(r, i, i + 1, 'literal');
  else blank(r, r.t.start[i]!, r.t.end[i]!);
}

function rewriteParen(r: Rewrite, i: number, to: number): void {
  const { t } = r;
  const close = t.match[i] ?? -1;
  if (close < 0 || close > to) return;
  const before = tokenText(t, i - 1);
  const isCall = isWord(t, i - 1)
    ? !STATEMENT_KEYWORDS.has(before) && !TYPE_KEYWORDS.has(before)
    : isPunct(t, i - 1, ')') && !r.headClose[i - 1];
  if (isCall && (isWord(t, i - 1) || callee(t, i - 1))) {
    rewriteArguments(r, i, close);
    return;
  }
  // `(u64)*p`: the grammar takes it for a product unless the type is a keyword.
  if (close === i + 2 && isWord(t, i + 1) && !isOperand(t, i - 1)) {
    const word = tokenText(t, i + 1);
    const c = tokenChar(t, close + 1);
    if (
      !TYPE_KEYWORDS.has(word) &&
      looksLikeType(word) &&
      (c === STAR || c === AMPERSAND || c === MINUS || c === PLUS || c === OPEN_PAREN)
    ) {
      if (word.length >= 3) write(r, t.start[i + 1]!, t.end[i + 1]!, 'int');
      else if (c !== OPEN_PAREN) blankTokens(r, i, close);
    }
  }
}

/** True if the `)` that is token `i` ends a callee: `(*fn)(...)` and `f(a)(...)` are calls, `(type)(...)` is not. */
function callee(t: Tokens, i: number): boolean {
  const open = t.match[i] ?? -1;
  if (open < 0) return false;
  return isWord(t, open - 1) && !STATEMENT_KEYWORDS.has(tokenText(t, open - 1)) ? true : isPunct(t, open + 1, '*');
}

/** Blanks the parentheses of `(name)` in front of `&&`: the grammar takes them for a cast, and the `&&` for GNU C's address of a label. */
function bareName(r: Rewrite, close: number): void {
  const { t } = r;
  if (!isPunct(t, close, ')') || !isWord(t, close - 1) || !isPunct(t, close - 2, '(') || isOperand(t, close - 3)) return;
  blankTokens(r, close - 2, close - 2);
  blankTokens(r, close, close);
}
