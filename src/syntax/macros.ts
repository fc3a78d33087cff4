/** Macros where a statement begins: `for_each_sg(…) {`, `MACRO(x)` without a `;`, `forever {`. */
import { BLANK, ONE, OPEN_PAREN, TAB } from './characters.js';
import { atStatement, blank, blankTokens, closeStatement, type Rewrite, write } from './rewrite.js';
import { isPunct, isWord, NUMBER, STRING, type Tokens, tokenText } from './tokens.js';
import { isAnnotation, QUALIFIERS, STATEMENT_KEYWORDS, STORAGE, TAG_KEYWORDS, TYPE_KEYWORDS } from './words.js';

/** Column of the first character of the line on which offset `at` stands, tabs as 8. */
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

/** Handles the word at token `i`, where a statement begins; returns the last token dealt with, or -1 if nothing was to be done. */
export function fixStatementMacro(r: Rewrite, i: number, to: number): number {
  const { t } = r;
  const word = tokenText(t, i);
  if (TYPE_KEYWORDS.has(word) || TAG_KEYWORDS.has(word) || STORAGE.has(word) || QUALIFIERS.has(word)) return -1;
  if (isPunct(t, i + 1, '{')) {
    // `forever {`
    const start = t.start[i]!;
    const end = t.end[i]!;
    if (end - start >= 5) {
      write(r, start, end, 'if(1)');
      r.marks.set(start, { kind: 'macro', end, name: word, bare: true });
    } else blank(r, start, end);
    return i;
  }
  if (!isPunct(t, i + 1, '(')) {
    // `UNROLL` before a `for`, or in capitals alone on its line.
    const alone =
      (isWord(t, i + 1) && STATEMENT_KEYWORDS.has(tokenText(t, i + 1))) ||
      (/^[A-Z][A-Z0-9_]*$/.test(word) &&
        isWord(t, i + 1) &&
        newlineBetween(t, i, i + 1) &&
        indentOf(t.text, t.start[i + 1]!) <= indentOf(t.text, t.start[i]!));
    if ((alone || isPunct(t, i + 1, '}')) && i + 1 <= to) closeStatement(r, i);
    return alone ? i : -1;
  }
  let open = i + 1;
  let close = t.match[open] ?? -1;
  if (close < 0 || close > to) return -1;
  while (isPunct(t, close + 1, '(') && (t.match[close + 1] ?? -1) > 0 && t.match[close + 1]! <= to) {
    open = close + 1;
    close = t.match[open]!;
  }
  const after = close + 1;
  if (after > to) return -1;
  if (isPunct(t, i - 1, '}') && tokenText(t, (t.match[i - 1] ?? 0) - 1) === 'do' && word.length >= 5 && open === i + 1) {
    // `do { … } while_each_thread(g, t);`
    write(r, t.start[i]!, t.end[i]!, 'while');
    r.marks.set(t.start[open]!, { kind: 'macro', end: t.end[i]!, name: word, bare: close === open + 1, start: t.start[i]! });
    return open;
  }
  const opens = isPunct(t, after, '{');
  if (
    !opens &&
    !isWord(t, after) &&
    !isPunct(t, after, '}') &&
    t.kind[after] !== NUMBER &&
    t.kind[after] !== STRING &&
    !isPunct(t, after, '++') &&
    !isPunct(t, after, '--')
  ) {
    if (isPunct(t, after, ';') && isEachMacro(word) && !isPunct(t, after + 1, '}') && newlineBetween(t, close, after))
      macroStatement(r, i, open, close);
    return -1;
  }
  if ((isPunct(t, after, '++') || isPunct(t, after, '--')) && !newlineBetween(t, close, after)) return -1;
  if (opens) {
    macroStatement(r, i, open, close);
    return -1;
  }
  const next = tokenText(t, after);
  if (isPunct(t, after, '}') || next === 'else' || next === 'case' || next === 'default') {
    closeStatement(r, close);
    return -1;
  }
  if (newlineBetween(t, close, after)) {
    if (isAnnotation(word) && !isEachMacro(word) && isTypeStart(t, after)) {
      blankTokens(r, i, close);
      return close;
    }
    const deeper = indentOf(t.text, t.start[after]!) > indentOf(t.text, t.start[i]!);
    if (deeper || (isEachMacro(word) && STATEMENT_KEYWORDS.has(next))) macroStatement(r, i, open, close);
    else closeStatement(r, close);
    return -1;
  }
  if (isAnnotation(word) && !isEachMacro(word)) {
    blankTokens(r, i, close);
    return close;
  }
  const follows = tokenText(t, after + 1);
  if (STATEMENT_KEYWORDS.has(next) || isEachMacro(word) || follows === '(' || follows === '->' || follows === '++' || follows === '--') {
    macroStatement(r, i, open, close);
  }
  return -1;
}

const looping = /each|walk/i;
const scoping = /^scoped_|_scoped|^with_/i;

function isEachMacro(word: string): boolean {
  return looping.test(word) || scoping.test(word);
}

/** True for a macro whose statement runs once, with something held: `scoped_guard(mutex, &m) { … }`. */
export function isScopeMacro(word: string): boolean {
  return scoping.test(word) && !looping.test(word);
}

function isTypeStart(t: Tokens, i: number): boolean {
  const word = tokenText(t, i);
  return TYPE_KEYWORDS.has(word) || TAG_KEYWORDS.has(word) || STORAGE.has(word) || QUALIFIERS.has(word);
}

/** Gives `name(…)` the shape of a `while` or `if`. */
function macroStatement(r: Rewrite, i: number, open: number, close: number): void {
  const { t } = r;
  const start = t.start[i]!;
  const name = tokenText(t, i);
  const from = t.start[open]!;
  const room = from - start;
  if (room < 2) return;
  const keyword = room >= 5 ? 'while' : 'if';
  write(r, start, from, keyword);
  if (close === open + 1) {
    if (t.end[open]! < t.start[close]!) r.out[t.end[open]!] = ONE;
    else if (room >= 3) {
      // `name()`: the bracket moves one to the left to make room for a condition.
      write(r, start, from, room >= 6 ? 'while' : 'if');
      r.out[from - 1] = OPEN_PAREN;
      r.out[from] = ONE;
    } else return;
  }
  r.skip.fill(1, i, open);
  r.headClose[close] = 1;
  r.marks.set(start, { kind: 'macro', end: t.end[i]!, name, bare: close === open + 1 });
}

/** A label needs a statement behind it: `out: }` gets an empty one. The `:` is token `i`. */
export function fixLabel(r: Rewrite, i: number, block: boolean): void {
  const { t } = r;
  if (block && isPunct(t, i + 1, '}') && isWord(t, i - 1) && atStatement(r, i - 1)) closeStatement(r, i);
}
