/**
 * Rewrites arguments of calls and macros. Types, statements, operators and empty arguments become something that the grammar takes for an
 * expression.
 */
import { CLOSE_BRACE, OPEN_BRACE, ZERO } from './characters.js';
import { asIdentifier, blank, blankTokens, type Rewrite } from './rewrite.js';
import { isPunct, isWord, PUNCT, type Tokens, tokenText } from './tokens.js';
import { splitArguments } from './types.js';
import { ASM, isAnnotation, QUALIFIERS, STATEMENT_KEYWORDS, STORAGE, TAG_KEYWORDS, TYPE_KEYWORDS, TYPEOF } from './words.js';

/** Rewrites the arguments between the parentheses that are tokens `open` and `close`. */
export function rewriteArguments(r: Rewrite, open: number, close: number): void {
  const { t } = r;
  if (close === open + 1) return;
  for (const [from, to] of splitArguments(t, open)) {
    if (from >= to) emptyArgument(r, from, close);
    else if (!r.skip[from]) argument(r, from, to);
  }
}

function emptyArgument(r: Rewrite, at: number, close: number): void {
  const { t, out } = r;
  const gap = t.end[at - 1]!;
  if (gap < t.start[at]!) out[gap] = ZERO;
  else if (at === close) blank(r, t.start[at - 1]!, t.end[at - 1]!);
  else blank(r, t.start[at]!, t.end[at]!);
}

function argument(r: Rewrite, from: number, to: number): void {
  const { t } = r;
  const first = tokenText(t, from);
  const last = to - 1;
  if (isWord(t, from)) {
    if (ASM.has(first)) return;
    if (STATEMENT_KEYWORDS.has(first)) {
      if (first === 'sizeof' || first === '_Generic') return;
      if (!braced(r, from, to)) asIdentifier(r, from, last, to - from === 1 ? 'literal' : 'unknown');
      return;
    }
    const word = TAG_KEYWORDS.has(first) || TYPE_KEYWORDS.has(first) || QUALIFIERS.has(first) || TYPEOF.has(first);
    if (word || first === 'auto' || first === 'static' || first === 'extern' || isTypeShape(t, from, to)) {
      asIdentifier(r, from, last, 'type');
      return;
    }
  }
  if (hasSemicolon(t, from, to)) {
    if (!isPunct(t, from, '(') && !isPunct(t, from, '{') && !braced(r, from, to)) asIdentifier(r, from, last, 'unknown');
    return;
  }
  if (isPunct(t, from, '.') && isWord(t, from + 1)) {
    blank(r, t.start[from]!, t.end[from]!);
    return;
  }
  if (
    t.kind[from] === PUNCT &&
    to - from <= 2 &&
    !isPunct(t, from, '{') &&
    !isPunct(t, from, '(') &&
    !isPunct(t, from, '[') &&
    !isPunct(t, from, '#')
  ) {
    // `cmp(a, ==, b)`
    if (to - from === 1 || t.kind[from + 1] === PUNCT) asIdentifier(r, from, last, 'literal');
    return;
  }
  const end = tokenText(t, last);
  if (t.kind[last] === PUNCT && /^(?:[-+*/%&|^<>=!]=?|&&|\|\||<<|>>)$/.test(end)) blankTokens(r, last, last);
}

/**
 * Puts braces around statements in an argument, `wait(dev, 10, if (x) break; );`, so that they are a block. False if there is no room for
 * them.
 */
function braced(r: Rewrite, from: number, to: number): boolean {
  const { t, out } = r;
  const before = t.end[from - 1]!;
  const after = t.end[to - 1]!;
  const isWhole = isPunct(t, to - 1, ';') || isPunct(t, to - 1, '}');
  if (!isWhole || before >= t.start[from]! || to >= t.count || after >= t.start[to]!) return false;
  out[before] = OPEN_BRACE;
  out[after] = CLOSE_BRACE;
  return true;
}

/** True for words and stars that end in a star or have two words in a row: a type or a declaration, never an expression. */
function isTypeShape(t: Tokens, from: number, to: number): boolean {
  if (to - from < 2) return false;
  let pair = false;
  for (let k = from; k < to; k++) {
    if (isWord(t, k)) {
      const word = tokenText(t, k);
      if (STATEMENT_KEYWORDS.has(word)) return false;
      if (k > from && isWord(t, k - 1) && (!STORAGE.has(word) || isAnnotation(word))) pair = true;
    } else if (isPunct(t, k, '[') && k > from) {
      k = Math.max(k, t.match[k] ?? -1);
    } else if (!isPunct(t, k, '*')) return false;
  }
  return pair || isPunct(t, to - 1, '*');
}

function hasSemicolon(t: Tokens, from: number, to: number): boolean {
  for (let k = from; k < to; k++) {
    if (isPunct(t, k, ';')) return true;
    if ((t.match[k] ?? -1) > k) k = t.match[k]!;
  }
  return false;
}
