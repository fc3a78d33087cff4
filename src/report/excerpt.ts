/** The lines of a tree's file around a place, with a caret under it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cells, visible } from './visible.js';

/** Lines shown before and after the meant line. */
const CONTEXT = 2;
/** Kernel code is written with tabs of eight. */
const TAB = 8;
/** A line is cut to this many characters around its caret, so that a file of one long line stays readable. */
const LONGEST = 160;
const CUT = '…';

/** A file's lines as bytes. Each is cut out only when it is asked for, since few are. */
export interface Lines {
  readonly length: number;
  /** The line at an index, from 0, without its end. */
  at: (index: number) => Uint8Array | undefined;
}

/** Reads a file's lines, or says why it cannot. */
export type Reader = (file: string) => Promise<Lines | { why: string }>;

/** A reader of the files below `tree` that reads each at most once. */
export function readerOf(tree: string): Reader {
  const read = new Map<string, ReturnType<Reader>>();
  const load = async (file: string): ReturnType<Reader> => {
    try {
      return linesOf(await readFile(join(tree, file)));
    } catch (error) {
      return { why: error instanceof Error ? error.message : String(error) };
    }
  };
  return (file) => {
    const known = read.get(file) ?? load(file);
    read.set(file, known);
    return known;
  };
}

function linesOf(bytes: Uint8Array): Lines {
  const starts: number[] = [];
  for (let start = 0; start < bytes.length; ) {
    starts.push(start);
    const newline = bytes.indexOf(10, start);
    start = newline < 0 ? bytes.length : newline + 1;
  }
  return {
    length: starts.length,
    at: (index) => {
      const start = starts[index];
      if (start === undefined) return undefined;
      const next = starts[index + 1] ?? bytes.length;
      const end = bytes[next - 1] === 10 ? next - 1 : next;
      return bytes.subarray(start, bytes[end - 1] === 13 && end > start ? end - 1 : end);
    },
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes UTF-8, or else Latin-1: kernel files hold both, sometimes in one file. */
function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }
}

/** The text as a terminal shows it: tabs expanded, control characters escaped. */
function shown(text: string): string {
  let line = '';
  let width = 0;
  for (const piece of text.split(/(\t)/)) {
    const set = piece === '\t' ? ' '.repeat(TAB - (width % TAB)) : visible(piece);
    line += set;
    width += cells(set);
  }
  return line;
}

/**
 * A place to show. The caret goes to the byte column if there is one, else to `name` in the line, else to its first character that is not
 * blank.
 */
export interface Spot {
  file: string;
  line: number;
  column?: number;
  name?: string;
}

/** The cell that the caret goes under. */
function caretAt(bytes: Uint8Array, spot: Spot): number {
  if (spot.column !== undefined) return cells(shown(decode(bytes.subarray(0, Math.max(0, spot.column - 1)))));
  const text = decode(bytes);
  const named = spot.name ? text.search(new RegExp(`\\b${spot.name.replace(/\W/g, '\\$&')}\\b`)) : -1;
  return cells(shown(text.slice(0, named >= 0 ? named : Math.max(0, text.search(/\S/)))));
}

/** The code around a place: its lines, the number of the first, and the character of the meant line that the caret goes under. */
export interface Excerpt {
  first: number;
  lines: string[];
  caret: number;
}

/** The code around a place as data, `context` lines before and after; or why it cannot be shown. */
export async function excerptAt(read: Reader, spot: Spot, context = CONTEXT): Promise<Excerpt | { why: string }> {
  const lines = await read(spot.file);
  if ('why' in lines) return lines;
  const meant = lines.at(spot.line - 1);
  if (meant === undefined) return { why: `the file has ${lines.length} lines; it changed since it was read` };
  const first = Math.max(1, spot.line - context);
  const last = Math.min(lines.length, spot.line + context);
  const caret = caretAt(meant, spot);
  // All lines are cut at the same character, so that columns stay aligned.
  const from = caret < LONGEST - 20 ? 0 : caret - LONGEST / 2;
  const cut = (text: string): string => {
    const characters = [...text];
    const part = characters.slice(from, from + LONGEST).join('');
    return (from > 0 && characters.length > 0 ? CUT : '') + part + (characters.length > from + LONGEST ? CUT : '');
  };
  // A line may have megabytes, so only what can be seen of it is decoded: a character has at most four bytes, and so has the source of an
  // escape.
  const seen = 4 * (from + LONGEST + 1);
  const out: string[] = [];
  for (let number = first; number <= last; number++) {
    const bytes = lines.at(number - 1) ?? new Uint8Array();
    out.push(cut(shown(decode(bytes.subarray(0, seen)))).trimEnd());
  }
  return { first, lines: out, caret: caret - from + (from > 0 ? CUT.length : 0) };
}

/** The code around a place as text, each line with its number, and a caret under the place. */
export async function excerpt(read: Reader, spot: Spot): Promise<string[]> {
  const code = await excerptAt(read, spot);
  if ('why' in code) return [`  (${code.why.startsWith('the file has') ? '' : 'cannot show the code: '}${visible(code.why)})`];
  const gutter = String(code.first + code.lines.length - 1).length + 2;
  return code.lines.flatMap((line, n) => {
    const number = code.first + n;
    const shownLine = `${String(number).padStart(gutter)} | ${line}`.trimEnd();
    return number === spot.line ? [shownLine, `${' '.repeat(gutter)} | ${' '.repeat(code.caret)}^`] : [shownLine];
  });
}
