/**
 * The dialect pass: rewrites a body's text, at the same length, into C that the grammar knows.
 *
 * What was rewritten into something else than blanks is marked, so that the conversion can look up what stood there.
 */

import { rewriteArguments } from './arguments.js';
import {
  AMPERSAND,
  AT,
  BACKSLASH,
  BACKTICK,
  BLANK,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  DOLLAR,
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
  UNDERSCORE,
  ZERO,
} from './characters.js';
import { fixLabel, fixStatementMacro } from './macros.js';
import { asIdentifier, atStatement, blank, blankTokens, type Rewrite, write } from './rewrite.js';
import { blankWords } from './runs.js';
import { CHAR, isPunct, isWord, PUNCT, STRING, type Tokens, tokenChar, tokenText, WORD } from './tokens.js';
import { ASM, ATTRIBUTE, isKnownAnnotation, isOpaque, looksLikeType, STATEMENT_KEYWORDS, TYPE_KEYWORDS, TYPEOF } from './words.js';

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
  // For each open brace: true if statements stand in it.
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
      else if (c === AMPERSAND && isPunct(t, i, '&&') && isWord(t, i + 1) && !isOperand(t, i - 1)) write(r, t.start[i]!, t.end[i]!, ' &');
      else if (c === HASH) rewriteHash(r, i, to);
      else if (c === AT || c === BACKTICK || (c === BACKSLASH && t.end[i]! - t.start[i]! === 1)) blank(r, t.start[i]!, t.end[i]!);
    }
  }
  return r;
}

/** True if token `i` can end an operand, so that what follows is a binary operator. */
function isOperand(t: Tokens, i: number): boolean {
  if (i < 0) return false;
  const c = tokenChar(t, i);
  return t.kind[i] !== PUNCT ? !STATEMENT_KEYWORDS.has(tokenText(t, i)) : c === CLOSE_PAREN || c === CLOSE_BRACKET;
}

function isBlock(r: Rewrite, i: number, from: number, around: boolean): boolean {
  if (i === from) return true;
  const { t } = r;
  const c = tokenChar(t, i - 1);
  if (t.kind[i - 1] === WORD) {
    const word = tokenText(t, i - 1);
    if (word === 'else' || word === 'do') return true;
    const before = tokenText(t, i - 2);
    return around && !/^(?:struct|union|enum)$/.test(before) && !/^(?:struct|union|enum)$/.test(word);
  }
  if (c === CLOSE_PAREN) return r.headClose[i - 1] === 1 || !isCompoundLiteral(t, i - 1);
  if (c === OPEN_PAREN) return true;
  if (c === COMMA) return false;
  return around && (c === SEMICOLON || c === OPEN_BRACE || c === CLOSE_BRACE || c === COLON);
}

/** `(struct x) {`: the bracket before the `)` follows no word. */
function isCompoundLiteral(t: Tokens, close: number): boolean {
  const open = t.match[close] ?? -1;
  return open > 0 && !(isWord(t, open - 1) && !STATEMENT_KEYWORDS.has(tokenText(t, open - 1)));
}

function rewriteWord(r: Rewrite, i: number, to: number, block: boolean): number {
  const { t } = r;
  const word = tokenText(t, i);
  const open = isPunct(t, i + 1, '(') && (t.match[i + 1] ?? -1) > i && t.match[i + 1]! <= to ? i + 1 : -1;
  const close = open > 0 ? t.match[open]! : -1;
  if (word === 'if' || word === 'while' || word === 'for' || word === 'switch') {
    if (close > 0) r.headClose[close] = 1;
    return i;
  }
  if (isPunct(t, i - 1, '.') || isPunct(t, i - 1, '->')) return i;
  if (word !== 'sizeof' && isOpaque(word) && open < 0) {
    // `__alignof__ *p`
    write(r, t.start[i]!, t.end[i]!, 'sizeof');
    return i;
  }
  if (isOpaque(word) && open > 0) {
    // Renamed, so that it is an ordinary call with one opaque argument whatever stands there.
    r.out[t.end[i]! - 1] = DOLLAR;
    if (close > open + 1) {
      write(r, t.end[open]!, t.start[close]!, '0');
      r.skip.fill(1, open + 1, close);
    }
    return close;
  }
  if (word === 'case') {
    for (let k = i + 1; k < to && k < i + 60 && !isPunct(t, k, ':') && !isPunct(t, k, ';'); k++) {
      if (isPunct(t, k, '...')) write(r, t.start[k]!, t.end[k]!, '||');
    }
    return i;
  }
  if (word === '__label__') {
    let k = i;
    while (k + 1 < to && !isPunct(t, k + 1, ';')) k++;
    blankTokens(r, i, k);
    return k;
  }
  if (word === 'goto') {
    if (isPunct(t, i + 1, '*')) {
      let k = i;
      while (k + 1 < to && !isPunct(t, k + 1, ';')) k++;
      asIdentifier(r, i, k, 'unknown');
      return k;
    }
    return isWord(t, i + 1) ? i + 1 : i;
  }
  if (
    word === 'return' ||
    word === 'else' ||
    word === 'do' ||
    word === 'default' ||
    word === 'break' ||
    word === 'continue' ||
    word === 'sizeof'
  )
    return i;
  if (word === '_Generic' && open > 0) {
    asIdentifier(r, i, close, 'literal');
    return close;
  }
  if (ASM.has(word)) return rewriteAsm(r, i, to, block);
  if (ATTRIBUTE.has(word)) {
    blankTokens(r, i, close > 0 ? close : i);
    return close > 0 ? close : i;
  }
  if (TYPEOF.has(word) && open > 0) {
    // `struct t___`: a type wherever it stands.
    const start = t.start[i]!;
    r.out.fill(UNDERSCORE, start, t.end[close]!);
    r.out.write('struct t', start, 'latin1');
    r.skip.fill(1, i, close + 1);
    return blankWords(r, i, to, close + 1);
  }
  if ((word === 'auto' || word === '__auto_type') && isWord(t, i + 1) && (isPunct(t, i + 2, '=') || word === '__auto_type')) {
    write(r, t.start[i]!, t.end[i]!, 'int');
    return i;
  }
  if (block && word.length >= 3 && declaresPointer(t, i) && atStatement(r, i)) {
    // `u8 (*tags)[8];`: to the grammar a call.
    write(r, t.start[i]!, t.end[i]!, 'int');
    return i;
  }
  if (word === '__extension__' || (isKnownAnnotation(word) && !isPunct(t, i + 1, '=') && !(block && isPunct(t, i + 1, ':')))) {
    const all = open > 0 && !isPunct(t, open + 1, '*') && !atStatement(r, i) ? close : i;
    if (open < 0 || all > i || isPunct(t, open + 1, '*')) {
      blankTokens(r, i, all);
      return all;
    }
  }
  if (
    block &&
    word === 'static' &&
    atStatement(r, i) &&
    isWord(t, i + 1) &&
    isPunct(t, i + 2, '(') &&
    isPunct(t, (t.match[i + 2] ?? -1) + 1, ';') &&
    !TYPE_KEYWORDS.has(tokenText(t, i + 1))
  ) {
    // `static DEFINE_MUTEX(lock);`
    blankTokens(r, i, i);
    return i;
  }
  if (block && atStatement(r, i)) {
    const next = fixStatementMacro(r, i, to);
    if (next >= 0) return next;
  }
  if (isPunct(t, i + 1, '##')) {
    let k = i;
    while (isPunct(t, k + 1, '##') && k + 2 <= to) k += 2;
    asIdentifier(r, i, k, 'paste');
    return k;
  }
  if (isWord(t, i + 1) || (isPunct(t, i - 1, ']') && open !== 0)) return blankWords(r, i, to, i + 1);
  if (t.kind[i + 1] === STRING && i + 1 <= to && !STATEMENT_KEYWORDS.has(word)) blank(r, t.start[i]!, t.end[i]!);
  return i;
}

/** `type (*name)[…]`, `type_t (*name)(…)`; annotations may stand behind the type, word `i`. */
function declaresPointer(t: Tokens, i: number): boolean {
  if (isKnownAnnotation(tokenText(t, i))) return false;
  let k = i + 1;
  while (isWord(t, k) && isKnownAnnotation(tokenText(t, k))) k++;
  if (!isPunct(t, k, '(') || !isPunct(t, k + 1, '*') || !isWord(t, k + 2) || t.match[k] !== k + 3) return false;
  return (
    !TYPE_KEYWORDS.has(tokenText(t, i)) &&
    (isPunct(t, k + 4, '[') ? k > i + 1 || looksLikeType(tokenText(t, i)) : isPunct(t, k + 4, '(') && looksLikeType(tokenText(t, i)))
  );
}

function rewriteAsm(r: Rewrite, i: number, to: number, block: boolean): number {
  const { t } = r;
  let k = i + 1;
  while (isWord(t, k)) k++;
  const close = isPunct(t, k, '(') ? (t.match[k] ?? -1) : -1;
  if (close < 0 || close > to) return i;
  if (isOperand(t, i - 1) && !(block && atStatement(r, i))) blankTokens(r, i, close);
  else asIdentifier(r, i, close, 'literal');
  return close;
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
  // `#param` of a macro's body is a string.
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

/** `(*fn)(…)` and `f(a)(…)` are calls, `(type)(…)` is not; `)` is token `i`. */
function callee(t: Tokens, i: number): boolean {
  const open = t.match[i] ?? -1;
  if (open < 0) return false;
  return isWord(t, open - 1) && !STATEMENT_KEYWORDS.has(tokenText(t, open - 1)) ? true : isPunct(t, open + 1, '*');
}
