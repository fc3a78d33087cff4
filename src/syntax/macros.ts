/** Rewrites macros where a statement begins: `for_each_sg(...) {`, `MACRO(x)` without a `;`, `forever {`. */
import { BLANK, ONE, OPEN_PAREN, TAB } from './characters.js';
import { atStatement, blank, blankTokens, closeStatement, type Rewrite, write } from './rewrite.js';
import { isPunct, isWord, NUMBER, STRING, type Tokens, tokenText } from './tokens.js';
import { isAnnotation, QUALIFIERS, STATEMENT_KEYWORDS, STORAGE, TAG_KEYWORDS, TYPE_KEYWORDS } from './words.js';

/** Column of the first character on the line of offset `at`, with tabs every 8 columns. */
function indentOf(text: string, at: number): number {
  let i = text.lastIndexOf('\n', at - 1) + 1;
  let column = 0;
  for (; i < at; i++) {
    const c = text.charCodeAt(i);
    if (c === TAB) column += 8 - (column % 8);
    else if (c === BLANK) column++;
    else break;
  }
  return column;
}

function newlineBetween(t: Tokens, a: number, b: number): boolean {
  const nl = t.text.indexOf('\n', t.end[a]!);
  return nl >= 0 && nl < t.start[b]!;
}

/** Words in front of which a statement has ended. */
const FOLLOWING = new Set(['else', 'case', 'default']);

/** What follows the first word of an expression statement that does something. */
const CALLING = new Set(['(', '->', '++', '--']);

/** A word with parentheses where a statement begins: `for_each_sg(...)`, `guard(mutex)(&m)`. */
interface MacroCall {
  word: string;
  /** The word's token. */
  i: number;
  /** The tokens of the last parentheses behind it. */
  open: number;
  close: number;
  /** The token behind them. */
  after: number;
}

/** Handles the word at token `i`, where a statement begins; returns the last token that it handled, or -1 if there was nothing to do. */
export function fixStatementMacro(r: Rewrite, i: number, to: number): number {
  const { t } = r;
  if (isTypeStart(t, i)) return -1;
  if (isPunct(t, i + 1, '{')) return fixBeforeBlock(r, i);
  if (!isPunct(t, i + 1, '(')) return fixLoneWord(r, i, to);
  const call = callAt(t, i, to);
  if (call === null) return -1;
  const { word, open, close, after } = call;
  if (isPunct(t, i - 1, '}') && tokenText(t, (t.match[i - 1] ?? 0) - 1) === 'do' && word.length >= 5 && open === i + 1) {
    // `do { … } while_each_thread(g, t);`
    write(r, t.start[i]!, t.end[i]!, 'while');
    r.marks.set(t.start[open]!, { kind: 'macro', end: t.end[i]!, name: word, bare: close === open + 1, start: t.start[i]! });
    return open;
  }
  if (isPunct(t, after, '{')) macroStatement(r, call);
  else if (isPunct(t, after, '}') || FOLLOWING.has(tokenText(t, after))) closeStatement(r, close);
  else if (isPunct(t, after, ';')) {
    // The empty body of a loop has a line of its own.
    if (isEachMacro(word) && !isPunct(t, after + 1, '}') && newlineBetween(t, close, after)) macroStatement(r, call);
  } else if (isWord(t, after) || t.kind[after] === NUMBER || t.kind[after] === STRING || isUpdate(t, after))
    return newlineBetween(t, close, after) ? fixBeforeLine(r, call) : fixWithinLine(r, call);
  return -1;
}

function callAt(t: Tokens, i: number, to: number): MacroCall | null {
  let open = i + 1;
  let close = t.match[open] ?? -1;
  if (close < 0 || close > to) return null;
  while (isPunct(t, close + 1, '(') && (t.match[close + 1] ?? -1) > 0 && t.match[close + 1]! <= to) {
    open = close + 1;
    close = t.match[open]!;
  }
  return close + 1 > to ? null : { word: tokenText(t, i), i, open, close, after: close + 1 };
}

/** Rewrites a word in front of a block: `forever {`. */
function fixBeforeBlock(r: Rewrite, i: number): number {
  const { t } = r;
  const start = t.start[i]!;
  const end = t.end[i]!;
  if (end - start >= 5) {
    write(r, start, end, 'if(1)');
    r.marks.set(start, { kind: 'macro', end, name: tokenText(t, i), bare: true });
  } else blank(r, start, end);
  return i;
}

/** Ends the statement behind a word that is alone: in front of a keyword, as in `UNROLL for (...)`, or in capitals on a line of its own. */
function fixLoneWord(r: Rewrite, i: number, to: number): number {
  const { t } = r;
  const alone =
    isWord(t, i + 1) &&
    (STATEMENT_KEYWORDS.has(tokenText(t, i + 1)) ||
      (/^[A-Z][A-Z0-9_]*$/.test(tokenText(t, i)) && newlineBetween(t, i, i + 1) && !isDeeper(t, i + 1, i)));
  if ((alone || isPunct(t, i + 1, '}')) && i + 1 <= to) closeStatement(r, i);
  return alone ? i : -1;
}

/** A statement on the next line belongs to the macro if it is indented more. */
function fixBeforeLine(r: Rewrite, call: MacroCall): number {
  const { t } = r;
  const { word, i, close, after } = call;
  const each = isEachMacro(word);
  if (isAnnotation(word) && !each && isTypeStart(t, after)) {
    blankTokens(r, i, close);
    return close;
  }
  if (isDeeper(t, after, i) || (each && STATEMENT_KEYWORDS.has(tokenText(t, after)))) macroStatement(r, call);
  else closeStatement(r, close);
  return -1;
}

/** What follows on the same line belongs to the macro only if it looks like a statement. */
function fixWithinLine(r: Rewrite, call: MacroCall): number {
  const { t } = r;
  const { word, i, close, after } = call;
  if (isUpdate(t, after)) return -1;
  const each = isEachMacro(word);
  if (isAnnotation(word) && !each) {
    blankTokens(r, i, close);
    return close;
  }
  if (each || STATEMENT_KEYWORDS.has(tokenText(t, after)) || CALLING.has(tokenText(t, after + 1))) macroStatement(r, call);
  return -1;
}

function isUpdate(t: Tokens, i: number): boolean {
  return isPunct(t, i, '++') || isPunct(t, i, '--');
}

/** True if token `a` is on a line that is indented more than that of token `b`. */
function isDeeper(t: Tokens, a: number, b: number): boolean {
  return indentOf(t.text, t.start[a]!) > indentOf(t.text, t.start[b]!);
}

const looping = /each|walk/i;
const scoping = /^scoped_|_scoped|^with_/i;

function isEachMacro(word: string): boolean {
  return looping.test(word) || scoping.test(word);
}

/** True for a macro whose statement runs once, with something held: `scoped_guard(mutex, &m) { ... }`. */
export function isScopeMacro(word: string): boolean {
  return scoping.test(word) && !looping.test(word);
}

function isTypeStart(t: Tokens, i: number): boolean {
  const word = tokenText(t, i);
  return TYPE_KEYWORDS.has(word) || TAG_KEYWORDS.has(word) || STORAGE.has(word) || QUALIFIERS.has(word);
}

/** Gives `name(...)` the form of a `while` or `if`. */
function macroStatement(r: Rewrite, { word, i, open, close }: MacroCall): void {
  const { t } = r;
  const start = t.start[i]!;
  const from = t.start[open]!;
  const room = from - start;
  if (room < 2) return;
  const keyword = room >= 5 ? 'while' : 'if';
  write(r, start, from, keyword);
  if (close === open + 1) {
    if (t.end[open]! < t.start[close]!) r.out[t.end[open]!] = ONE;
    else if (room >= 3) {
      // `name()`: the parenthesis moves one to the left to make room for a condition.
      write(r, start, from, room >= 6 ? 'while' : 'if');
      r.out[from - 1] = OPEN_PAREN;
      r.out[from] = ONE;
    } else return;
  }
  r.skip.fill(1, i, open);
  r.headClose[close] = 1;
  r.marks.set(start, { kind: 'macro', end: t.end[i]!, name: word, bare: close === open + 1 });
}

/** A label needs a statement behind it: `out: }` gets an empty one. The `:` is token `i`. */
export function fixLabel(r: Rewrite, i: number, block: boolean): void {
  const { t } = r;
  if (block && isPunct(t, i + 1, '}') && isWord(t, i - 1) && atStatement(r, i - 1)) closeStatement(r, i);
}
