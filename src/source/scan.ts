import { ANYTHING, BLANK, CALL, CLASS, DEFINITION, DIGIT, FIELD, hashWord, STRUCT, WORD } from './hash.js';

const LF = 0x0a;
const CR = 0x0d;
const OPEN = 0x28;
const CLOSE = 0x29;
const TAB = 0x09;
const SPACE = 0x20;
const STAR = 0x2a;
const MINUS = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const GREATER = 0x3e;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;

/** How many words between `struct` and `{` are looked at. */
const MOST_ATTRIBUTES = 8;

/**
 * A scanner reads the bytes of one file and lists, as hashes, the identifiers before `(`, after `->` or `.`, and between `struct` or
 * `union` and `{`; and once more those around a `(` on lines that begin in column one. Comments and strings are not told from code, and a
 * hash may be listed more than once: the list may contain too much, but never too little.
 */
export interface Scanner {
  /** Where the text goes: from `base` on, at most `room` bytes. `grow` replaces it. */
  text: Uint8Array;
  base: number;
  room: number;
  /** Doubles the room for the text, and keeps what is there. */
  grow(): void;
  /** Appends the hashes of the first `size` bytes of text to `sink`. */
  scan(size: number, sink: Sink): void;
}

/** How many zeros a text needs behind it (and has before it), so that looking around in it needs no bounds checks. */
export const PAD = 64;

/** A growing list of hashes. */
export interface Sink {
  hashes: Uint32Array;
  length: number;
}

/** Returns an empty list. */
export function newSink(): Sink {
  return { hashes: new Uint32Array(1 << 16), length: 0 };
}

/** Appends one hash. */
function push(sink: Sink, hash: number): void {
  if (sink.length === sink.hashes.length) reserve(sink, 1);
  sink.hashes[sink.length++] = hash;
}

/** Makes room for `count` more hashes. */
export function reserve(sink: Sink, count: number): void {
  if (sink.length + count <= sink.hashes.length) return;
  const wider = new Uint32Array(2 * (sink.length + count));
  wider.set(sink.hashes.subarray(0, sink.length));
  sink.hashes = wider;
}

/** One file on its way through a scanner. */
export interface Sight {
  text: Uint8Array;
  base: number;
  /** Offset behind the last byte. */
  end: number;
  sink: Sink;
  /** Hashes that are listed for this file already. */
  seen: Set<number>;
  /**
   * How many bytes may still be read in looking around comments and line breaks. Below 0, the file is listed as one that may contain
   * anything.
   */
  effort: number;
  /** The joined line that was last searched for `//`: its end, and the comments that were found. */
  line: { end: number; comments: readonly number[] };
  /** The line that was last asked about: its start, and how far it is known to reach. */
  lastLine: { start: number; known: number };
}

/** Begins a file. */
export function sight(text: Uint8Array, base: number, size: number, sink: Sink): Sight {
  return {
    text,
    base,
    end: base + size,
    sink,
    seen: new Set(),
    effort: 4 * size + (1 << 16),
    line: { end: -1, comments: [] },
    lastLine: { start: base, known: base },
  };
}

/** Ends a file. */
export function leave(on: Sight): void {
  if (on.effort < 0) push(on.sink, ANYTHING);
}

/** Looks at the byte at `at`: a `(`, a `{`, a `.` or the `>` of a `->`. */
export function look(on: Sight, at: number): void {
  const byte = on.text[at];
  if (byte === OPEN) {
    for (const place of placesBefore(on, at)) word(on, place);
    if (isOutside(on, at)) behind(on, at + 1);
  } else if (byte === BRACE) tags(on, at, []);
  else if (byte === DOT || (byte === GREATER && on.text[at - 1] === MINUS)) field(on, at + 1);
}

function add(on: Sight, hash: number): void {
  if (on.seen.has(hash)) return;
  on.seen.add(hash);
  push(on.sink, hash);
}

/** Returns the scanner that needs nothing but JavaScript. */
export function plainScanner(room = 1 << 20): Scanner {
  const marks = new Uint8Array(256);
  for (const mark of '({.>') marks[mark.charCodeAt(0)] = 1;
  const self: Scanner = {
    text: new Uint8Array(PAD + room + PAD),
    base: PAD,
    room,
    grow() {
      const wider = new Uint8Array(PAD + 2 * self.room + PAD);
      wider.set(self.text);
      self.text = wider;
      self.room *= 2;
    },
    scan(size, sink) {
      const { text } = self;
      const on = sight(text, PAD, size, sink);
      for (let at = PAD; at < on.end; at++) if (marks[text[at] as number] === 1) look(on, at);
      leave(on);
    },
  };
  return self;
}

function word(on: Sight, end: number): void {
  const { text } = on;
  const start = wordStart(text, end);
  if (start === end || ((CLASS[text[start] as number] as number) & DIGIT) !== 0) return;
  add(on, hashWord(text, start, end, CALL));
  if (isOutside(on, start)) add(on, hashWord(text, start, end, DEFINITION));
}

/** Notes the word behind a parenthesis as a definition: some macros define what they are given. */
function behind(on: Sight, at: number): void {
  const { text } = on;
  let start = at;
  while (text[start] === SPACE || text[start] === TAB) start++;
  if (((CLASS[text[start] as number] as number) & (WORD | DIGIT)) === WORD)
    add(on, hashWord(text, start, wordEnd(text, start), DEFINITION));
}

/** True on a line that begins in column one, and not with a comment. */
function isOutside({ text, base, lastLine }: Sight, at: number): boolean {
  if (at < lastLine.start || at > lastLine.known) {
    let start = at;
    while (start > base && start !== lastLine.known && text[start - 1] !== LF) start--;
    lastLine.start = start === lastLine.known ? lastLine.start : start;
    lastLine.known = at;
  }
  const first = text[lastLine.start] as number;
  return first > SPACE && first !== STAR && first !== SLASH;
}

function wordEnd(text: Uint8Array, start: number): number {
  let end = start;
  while ((CLASS[text[end] as number] as number) & WORD) end++;
  return end;
}

function wordStart(text: Uint8Array, end: number): number {
  let i = end;
  while ((CLASS[text[i - 1] as number] as number) & WORD) i--;
  return i;
}

/** Notes `.name` or `->name`; `at` is behind the punctuation. */
function field(on: Sight, at: number): void {
  const { text } = on;
  const start = placeAfter(on, at);
  if (((CLASS[text[start] as number] as number) & (WORD | DIGIT)) !== WORD) return;
  add(on, hashWord(text, start, wordEnd(text, start), FIELD));
}

/**
 * Notes `struct name {` and `union name {`, with or without attributes between. Goes backwards over words, and over `(...)` once a word has
 * been seen, and notes the words when it meets `struct` or `union`.
 */
function tags(on: Sight, at: number, seen: readonly number[]): void {
  if (seen.length > MOST_ATTRIBUTES) return;
  const { text } = on;
  for (const place of placesBefore(on, at)) {
    const start = wordStart(text, place);
    if (start < place) {
      const begins = isWord(text, start, place, 'struct') || isWord(text, start, place, 'union');
      if (begins) for (const tag of seen) add(on, tag);
      else if (isWord(text, start, place, 'enum')) continue;
      else if (seen.length === 0 && (isWord(text, start, place, 'do') || isWord(text, start, place, 'else'))) continue;
      else tags(on, start, [...seen, hashWord(text, start, place, STRUCT)]);
    } else if (seen.length > 0 && text[place - 1] === CLOSE) {
      const open = groupStart(on, place);
      if (open !== null) tags(on, open, seen);
    }
  }
}

function isWord(text: Uint8Array, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false;
  for (let k = 0; k < name.length; k++) if (text[start + k] !== name.charCodeAt(k)) return false;
  return true;
}

/** Where the `(` is that belongs to the `)` before `end`; `null` if it is not nearby. */
function groupStart(on: Sight, end: number): number | null {
  const { text } = on;
  let depth = 0;
  for (let i = end - 1; i > end - 512; i--) {
    on.effort--;
    if (text[i] === CLOSE) depth++;
    else if (text[i] === OPEN && --depth === 0) return i;
    else if (text[i] === BRACE) return null;
  }
  return null;
}

/**
 * Every offset at which the token before `at` may end, past blanks, line breaks and comments. Going backwards, a comment cannot be told
 * from what only looks like one, so each reading gives an offset. Without comments there is one.
 */
function placesBefore(on: Sight, at: number): number[] {
  const { text } = on;
  const places: number[] = [];
  const pending = [at];
  const seen = new Set<number>();
  for (let next = pending.pop(); next !== undefined && on.effort >= 0; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    let i = next;
    for (;;) {
      const byte = text[i - 1] as number;
      if ((CLASS[byte] as number) & BLANK) {
        i--;
        if (byte === LF) lineComments(on, i, pending);
      } else if (byte === BACKSLASH && (text[i] === LF || text[i] === CR)) i--;
      else break;
    }
    on.effort -= next - i;
    places.push(i);
    if (text[i - 1] === SLASH && text[i - 2] === STAR) blockComments(on, i, pending);
  }
  return places;
}

/** Adds the offset of each `//` of the line that ends at `end`. Lines joined by a backslash are one. */
function lineComments(on: Sight, end: number, pending: number[]): void {
  const { text, line } = on;
  const comments: number[] = [];
  let i = end - 1;
  for (; i >= on.base; i--) {
    // A long macro is one line, and this is called at each of its line breaks: only the new part is read.
    if (i === line.end) {
      comments.push(...line.comments);
      on.effort -= line.comments.length;
      break;
    }
    const byte = text[i];
    if (isLineEnd(text, i)) break;
    if (byte === SLASH && text[i - 1] === SLASH) comments.push(i - 1);
  }
  on.effort -= end - i;
  on.line = { end, comments };
  for (const comment of comments) pending.push(comment);
}

/** True at a line break without a backslash before it. */
function isLineEnd(text: Uint8Array, at: number): boolean {
  return text[at] === LF && text[at - 1] !== BACKSLASH && !(text[at - 1] === CR && text[at - 2] === BACKSLASH);
}

/** Adds the offset of each `/*` that may begin the comment which ends at `end`: those after the previous comment's end. */
function blockComments(on: Sight, end: number, pending: number[]): void {
  const { text } = on;
  let i = end - 3;
  for (; i >= on.base; i--) {
    const byte = text[i];
    if (byte === SLASH && text[i + 1] === STAR && i + 1 < end - 2) pending.push(i);
    else if (byte === STAR && text[i + 1] === SLASH) {
      if (text[i - 1] === SLASH) pending.push(i - 1);
      break;
    }
  }
  on.effort -= end - i;
}

/** The offset of the next token from `at` on, past blanks, line breaks and comments. */
function placeAfter(on: Sight, at: number): number {
  const { text, end } = on;
  let i = at;
  while (i < end && on.effort >= 0) {
    const byte = text[i] as number;
    const next = text[i + 1];
    const before = i;
    if ((CLASS[byte] as number) & BLANK) i++;
    else if (byte === BACKSLASH && (next === LF || next === CR)) i++;
    else if (byte === SLASH && next === STAR) {
      i += 2;
      while (i < end && !(text[i] === STAR && text[i + 1] === SLASH)) i++;
      i += 2;
    } else if (byte === SLASH && next === SLASH) {
      while (i < end && !isLineEnd(text, i)) i++;
    } else break;
    on.effort -= i - before;
  }
  return Math.min(i, end);
}
