/**
 * The fast pass: splits a file into its top-level items, whatever state the file is in.
 *
 * It is one loop without recursion, in linear time. What a character means depends on where it is: inside braces and parentheses only their
 * depth counts, outside of them every token goes into the head of the open item.
 */
import {
  APOSTROPHE,
  CLOSE_BRACE,
  CLOSE_PAREN,
  EQUALS,
  HASH,
  NEWLINE,
  OPEN_BRACE,
  OPEN_PAREN,
  QUOTE,
  SEMICOLON,
  SLASH,
} from './characters.js';
import { directive } from './directives.js';
import { endsBefore, isExternC, oldStyleGoesOn, opensType } from './heads.js';
import type { Item } from './items.js';
import { abandon, begin, complete, finish, note, type Scan, startScan } from './scan.js';
import { atLineStart, CLASS, lineStartsOf, positionOf, skipComment, skipQuoted, WORD } from './tokens.js';

/** The items of a file. */
export interface Outline {
  /** In order, without overlaps. */
  items: Item[];
  /** Macros defined inside another item, in order. */
  innerMacros: Item[];
  /** Returns the offsets at which lines start. Made on first use. */
  lineStarts(): Uint32Array;
  /** Returns line and byte column of an offset, both from 1. */
  position(pos: number): { line: number; column: number };
}

/** Splits a file into its top-level items. Never throws; takes linear time. */
export function outline(text: string): Outline {
  const found: Outline = {
    items: [],
    innerMacros: [],
    lineStarts,
    position: (pos) => positionOf(lineStarts(), pos),
  };
  let starts: Uint32Array | null = null;
  function lineStarts(): Uint32Array {
    starts ??= lineStartsOf(text);
    return starts;
  }
  const left = readItems(startScan(text, 0, false, found));
  if (left >= 0) {
    // Something that opened at `left` never closed. Read again from there, taking a `}` in the first column to close everything, as in
    // kernel style.
    while (found.items.length > 0 && found.items.at(-1)!.end > left) found.items.pop();
    while (found.innerMacros.length > 0 && found.innerMacros.at(-1)!.pos >= left) found.innerMacros.pop();
    readItems(startScan(text, left, true, found));
  }
  return found;
}

function marked(characters: string): Uint8Array {
  const table = new Uint8Array(65536);
  for (const c of characters) table[c.charCodeAt(0)] = 1;
  return table;
}

/** The characters that matter inside braces, and inside parentheses outside all braces. */
const IN_BRACES = marked('{}"\'/#');
const IN_PARENS = marked('{}()"\'/#');

/** Offset of the next character that a table marks, or `size`. Most of the time is spent in this loop. */
function nextIn(text: string, i: number, size: number, table: Uint8Array): number {
  while (i < size && table[text.charCodeAt(i)] === 0) i++;
  return i;
}

function skipBlanks(text: string, i: number, size: number): number {
  while (i < size && CLASS[text.charCodeAt(i)] === 1) i++;
  return i;
}

function wordEnd(text: string, i: number, size: number): number {
  i++;
  while (i < size && CLASS[text.charCodeAt(i)]! >= 2) i++;
  return i;
}

/** Reads all items. Returns the offset of an item that is left open at the end, unless the scan is strict; otherwise -1. */
function readItems(scan: Scan): number {
  const { text, from, strict } = scan;
  const size = text.length;
  let i = from;
  while (i < size) {
    const { done, depth, parens } = scan.item;
    if (done || depth > 0) i = nextIn(text, i, size, IN_BRACES);
    else if (parens > 0) i = nextIn(text, i, size, IN_PARENS);
    else i = skipBlanks(text, i, size);
    if (i >= size) break;
    const c = text.charCodeAt(i);
    if (c === SLASH) i = skipComment(text, i, size);
    else if (c === QUOTE || c === APOSTROPHE) i = quoted(scan, i);
    else if (c === HASH) i = atLineStart(text, i, from) ? directive(scan, i) : i + 1;
    else if (done) i++;
    else if (depth > 0) i = inBraces(scan, i, c);
    else if (parens > 0) i = inParens(scan, i, c);
    else if (CLASS[c]! >= 2) i = word(scan, i);
    else i = punctuation(scan, i, c);
  }
  const { start, depth, parens } = scan.item;
  if (start >= 0) {
    if ((depth > 0 || parens > 0) && !strict) return start;
    finish(scan, size);
  }
  return -1;
}

function quoted(scan: Scan, i: number): number {
  const { text, item } = scan;
  const end = skipQuoted(text, i, text.length);
  if (item.depth === 0 && item.parens === 0 && !item.done) {
    begin(scan, i);
    note(scan, QUOTE, i, end);
  }
  return end;
}

/** True for a `}` in the first column, if that closes everything. */
function closesAll(scan: Scan, i: number, c: number): boolean {
  return scan.strict && c === CLOSE_BRACE && scan.text.charCodeAt(i - 1) === NEWLINE;
}

function inBraces(scan: Scan, i: number, c: number): number {
  const { item } = scan;
  if (c === OPEN_BRACE) item.depth++;
  else if (c === CLOSE_BRACE && (--item.depth === 0 || closesAll(scan, i, c))) {
    item.depth = 0;
    if (!item.assigned && item.isFunction) complete(scan, i + 1);
  }
  return i + 1;
}

function inParens(scan: Scan, i: number, c: number): number {
  const { item, head } = scan;
  if (c === OPEN_PAREN) item.parens++;
  else if (c === CLOSE_PAREN && --item.parens === 0) head.end[head.end.length - 1] = i + 1;
  else if (closesAll(scan, i, c)) {
    item.parens = 0;
    complete(scan, i + 1);
  }
  return i + 1;
}

function word(scan: Scan, i: number): number {
  const { text, head } = scan;
  const end = wordEnd(text, i, text.length);
  if (scan.item.start >= 0 && endsBefore(text, head, i, end)) finish(scan, head.end.at(-1)!);
  begin(scan, i);
  note(scan, WORD, i, end);
  return end;
}

/** Handles a character outside of all braces and parentheses that belongs to no word. */
function punctuation(scan: Scan, i: number, c: number): number {
  switch (c) {
    case OPEN_BRACE:
      openBrace(scan, i);
      break;
    case CLOSE_BRACE:
      // The end of an `extern "C"` block, or a brace too many.
      if (scan.item.start >= 0) finish(scan, i);
      break;
    case SEMICOLON:
      semicolon(scan, i);
      break;
    default:
      begin(scan, i);
      note(scan, c, i, i + 1);
      if (c === OPEN_PAREN) scan.item.parens = 1;
      else if (c === EQUALS) scan.item.assigned = true;
  }
  return i + 1;
}

function openBrace(scan: Scan, i: number): void {
  const { text, head } = scan;
  if (scan.item.start >= 0 && isExternC(text, head)) {
    abandon(scan);
    return;
  }
  begin(scan, i);
  const { item } = scan;
  if (!item.assigned) {
    if (opensType(text, head)) item.typeBody = head.kind.length;
    else item.isFunction = true;
    item.body = i;
  }
  note(scan, OPEN_BRACE, i, i + 1);
  item.depth = 1;
}

function semicolon(scan: Scan, i: number): void {
  const { text, head, item } = scan;
  if (item.start < 0) return;
  if (!item.assigned && item.body < 0 && oldStyleGoesOn(text, head, i + 1)) note(scan, SEMICOLON, i, i + 1);
  else complete(scan, i + 1);
}
