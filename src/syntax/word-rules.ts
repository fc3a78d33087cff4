/**
 * What the dialect pass does with a word: because of the word itself, or else because of what is around it.
 *
 * A rule returns the last token that it handled, or -1 if it does not apply.
 */
import { DOLLAR, UNDERSCORE } from './characters.js';
import { fixStatementMacro } from './macros.js';
import { asIdentifier, atStatement, blank, blankTokens, isOperand, type Rewrite, write } from './rewrite.js';
import { blankWords } from './runs.js';
import { isPunct, isWord, STRING, type Tokens, tokenText } from './tokens.js';
import { ASM, ATTRIBUTE, isKnownAnnotation, looksLikeType, OPAQUE, STATEMENT_KEYWORDS, TYPE_KEYWORDS, TYPEOF } from './words.js';

/** A word of a body. */
interface Word {
  text: string;
  /** Its token. */
  i: number;
  /** The last token of the body that is rewritten. */
  to: number;
  /** The tokens of the parentheses behind it, or -1. */
  open: number;
  close: number;
  /** True if there are statements around it, not values. */
  block: boolean;
}

type Rule = (r: Rewrite, w: Word) => number;

/** Words behind whose parentheses a statement begins. */
const HEADS = new Set(['if', 'while', 'for', 'switch']);

/** Rules for a word wherever it is. */
const byWord = new Map<string, Rule>([
  ...each(['return', 'else', 'do', 'default', 'break', 'continue'], asItIs),
  ['case', rewriteRange],
  ['goto', rewriteGoto],
  ['__label__', blankLabels],
  ['_Generic', rewriteGeneric],
  ['auto', rewriteAuto],
  ['__auto_type', rewriteAuto],
  ...each(ASM, rewriteAsm),
  ...each(ATTRIBUTE, blankAttribute),
  ...each(TYPEOF, rewriteTypeof),
  // These override the rules above for a word in both sets: `typeof_member(...)`.
  ...each(OPAQUE, rewriteOpaque),
]);

/** Rules for any other word, by what is around it. The first that applies is used. */
const byPlace: readonly Rule[] = [
  rewritePointer,
  blankAnnotation,
  blankStatic,
  rewriteStatementMacro,
  joinPasted,
  blankRun,
  blankBeforeString,
];

function each(words: Iterable<string>, rule: Rule): [string, Rule][] {
  return Array.from(words, (word) => [word, rule]);
}

/** Rewrites the word at token `i`; returns the last token that was handled. */
export function rewriteWord(r: Rewrite, i: number, to: number, block: boolean): number {
  const { t } = r;
  const text = tokenText(t, i);
  const open = isPunct(t, i + 1, '(') && (t.match[i + 1] ?? -1) > i && t.match[i + 1]! <= to ? i + 1 : -1;
  const close = open > 0 ? t.match[open]! : -1;
  if (HEADS.has(text)) {
    if (close > 0) r.headClose[close] = 1;
    return i;
  }
  if (isPunct(t, i - 1, '.') || isPunct(t, i - 1, '->')) return i;
  const w: Word = { text, i, to, open, close, block };
  const last = byWord.get(text)?.(r, w) ?? -1;
  if (last >= 0) return last;
  for (const rule of byPlace) {
    const dealt = rule(r, w);
    if (dealt >= 0) return dealt;
  }
  return i;
}

function asItIs(_r: Rewrite, { i }: Word): number {
  return i;
}

/** Renames `sizeof(x)`, so that it is an ordinary call with one opaque argument, whatever was in the parentheses. */
function rewriteOpaque(r: Rewrite, { text, i, open, close }: Word): number {
  const { t } = r;
  if (open < 0) {
    // `__alignof__ *p`
    if (text !== 'sizeof') write(r, t.start[i]!, t.end[i]!, 'sizeof');
    return i;
  }
  r.out[t.end[i]! - 1] = DOLLAR;
  if (close > open + 1) {
    write(r, t.end[open]!, t.start[close]!, '0');
    r.skip.fill(1, open + 1, close);
  }
  return close;
}

/** `case 1 ... 3:` gets an operator that the grammar accepts there. */
function rewriteRange(r: Rewrite, { i, to }: Word): number {
  const { t } = r;
  for (let k = i + 1; k < to && k < i + 60 && !isPunct(t, k, ':') && !isPunct(t, k, ';'); k++) {
    if (isPunct(t, k, '...')) write(r, t.start[k]!, t.end[k]!, '||');
  }
  return i;
}

/** `goto *p;` jumps to a computed label. */
function rewriteGoto(r: Rewrite, { i, to }: Word): number {
  const { t } = r;
  if (!isPunct(t, i + 1, '*')) return isWord(t, i + 1) ? i + 1 : i;
  const last = lastOfStatement(t, i, to);
  asIdentifier(r, i, last, 'unknown');
  return last;
}

/** `__label__ a, b;` */
function blankLabels(r: Rewrite, { i, to }: Word): number {
  const last = lastOfStatement(r.t, i, to);
  blankTokens(r, i, last);
  return last;
}

/** The last token before the `;` behind token `i`. */
function lastOfStatement(t: Tokens, i: number, to: number): number {
  let k = i;
  while (k + 1 < to && !isPunct(t, k + 1, ';')) k++;
  return k;
}

function rewriteGeneric(r: Rewrite, { i, open, close }: Word): number {
  if (open < 0) return -1;
  asIdentifier(r, i, close, 'literal');
  return close;
}

/** `auto x = f();` */
function rewriteAuto(r: Rewrite, { text, i }: Word): number {
  const { t } = r;
  if (!isWord(t, i + 1) || !(text === '__auto_type' || isPunct(t, i + 2, '='))) return -1;
  write(r, t.start[i]!, t.end[i]!, 'int');
  return i;
}

function rewriteAsm(r: Rewrite, { i, to, block }: Word): number {
  const { t } = r;
  let k = i + 1;
  while (isWord(t, k)) k++;
  const close = isPunct(t, k, '(') ? (t.match[k] ?? -1) : -1;
  if (close < 0 || close > to) return i;
  if (isOperand(t, i - 1) && !(block && atStatement(r, i))) blankTokens(r, i, close);
  else asIdentifier(r, i, close, 'literal');
  return close;
}

function blankAttribute(r: Rewrite, { i, close }: Word): number {
  const last = close > 0 ? close : i;
  blankTokens(r, i, last);
  return last;
}

/** `typeof(x)` becomes `struct t___`, which is a type wherever it is. */
function rewriteTypeof(r: Rewrite, { i, to, open, close }: Word): number {
  const { t } = r;
  if (open < 0) return -1;
  const start = t.start[i]!;
  r.out.fill(UNDERSCORE, start, t.end[close]!);
  r.out.write('struct t', start, 'latin1');
  r.skip.fill(1, i, close + 1);
  return blankWords(r, i, to, close + 1);
}

/** `u8 (*tags)[8];`, which the grammar would take for a call. */
function rewritePointer(r: Rewrite, { text, i, block }: Word): number {
  const { t } = r;
  if (!block || text.length < 3 || !declaresPointer(t, i) || !atStatement(r, i)) return -1;
  write(r, t.start[i]!, t.end[i]!, 'int');
  return i;
}

/** True for `type (*name)[...]` and `type_t (*name)(...)`; annotations may follow the type, which is token `i`. */
function declaresPointer(t: Tokens, i: number): boolean {
  const type = tokenText(t, i);
  if (isKnownAnnotation(type)) return false;
  let k = i + 1;
  while (isWord(t, k) && isKnownAnnotation(tokenText(t, k))) k++;
  if (!isPunct(t, k, '(') || !isPunct(t, k + 1, '*') || !isWord(t, k + 2) || t.match[k] !== k + 3) return false;
  if (TYPE_KEYWORDS.has(type)) return false;
  if (isPunct(t, k + 4, '[')) return k > i + 1 || looksLikeType(type);
  return isPunct(t, k + 4, '(') && looksLikeType(type);
}

/** Blanks `__user`, and `__aligned(8)` where no statement begins. */
function blankAnnotation(r: Rewrite, { text, i, open, close, block }: Word): number {
  const { t } = r;
  const isAnnotation =
    text === '__extension__' || (isKnownAnnotation(text) && !isPunct(t, i + 1, '=') && !(block && isPunct(t, i + 1, ':')));
  if (!isAnnotation) return -1;
  if (open < 0 || isPunct(t, open + 1, '*')) {
    blankTokens(r, i, i);
    return i;
  }
  if (atStatement(r, i)) return -1;
  blankTokens(r, i, close);
  return close;
}

/** `static DEFINE_MUTEX(lock);` */
function blankStatic(r: Rewrite, { text, i, block }: Word): number {
  const { t } = r;
  if (!block || text !== 'static' || !atStatement(r, i)) return -1;
  const isMacro = isWord(t, i + 1) && isPunct(t, i + 2, '(') && isPunct(t, (t.match[i + 2] ?? -1) + 1, ';');
  if (!isMacro || TYPE_KEYWORDS.has(tokenText(t, i + 1))) return -1;
  blankTokens(r, i, i);
  return i;
}

function rewriteStatementMacro(r: Rewrite, { i, to, block }: Word): number {
  return block && atStatement(r, i) ? fixStatementMacro(r, i, to) : -1;
}

/** `a ## b` */
function joinPasted(r: Rewrite, { i, to }: Word): number {
  const { t } = r;
  if (!isPunct(t, i + 1, '##')) return -1;
  let k = i;
  while (isPunct(t, k + 1, '##') && k + 2 <= to) k += 2;
  asIdentifier(r, i, k, 'paste');
  return k;
}

/** Handles words in a row, and those behind a `]`. */
function blankRun(r: Rewrite, { i, to }: Word): number {
  return isWord(r.t, i + 1) || isPunct(r.t, i - 1, ']') ? blankWords(r, i, to, i + 1) : -1;
}

/** `KERN_ERR "…"` */
function blankBeforeString(r: Rewrite, { text, i, to }: Word): number {
  const { t } = r;
  if (t.kind[i + 1] !== STRING || i + 1 > to || STATEMENT_KEYWORDS.has(text)) return -1;
  blank(r, t.start[i]!, t.end[i]!);
  return i;
}
