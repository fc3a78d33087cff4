/**
 * The files of a tree, each outlined once, and the parts of a file: its functions, and its shell, which is everything else. A change in one
 * function leaves the other parts as they are, except for their positions.
 */
import { digestOfText, type Tree } from '../source/index.js';
import { type Item, type Outline, outline } from '../syntax/index.js';
import { firstWhere } from '../syntax/sorted.js';
import { describe, directiveEnd, type Shell, type WholeFile } from './file.js';
import { remembered } from './remembered.js';

/** A file and its parts. */
export interface Described {
  /** The file with its whole text. */
  whole: WholeFile;
  /** Returns the file without the bodies of its functions. Made on demand. */
  shell(): Shell;
  /** Returns a digest of what the shell says, without positions: shells with the same digest are the same. */
  shellDigest(): string;
  /** Returns the number of the item at a position; `undefined` outside all items. */
  numberAt(pos: number): number | undefined;
  /** Returns the text of an item by its number, and where it begins; `undefined` if there is no such item. */
  textOf(number: number): string | undefined;
  startOf(number: number): Position | undefined;
  /** Returns line and column of an offset. */
  position(pos: number): Position;
}

/** Line and byte column, both from 1. */
type Position = ReturnType<Outline['position']>;

/** Describes the files of a tree. */
export interface Descriptions {
  /** Returns a file and its parts; `null` if it cannot be read. */
  of(file: string): Described | null;
  /** Returns a file's text, for which it need not be outlined; `null` if it cannot be read. */
  textOf(file: string): string | null;
  /**
   * Returns a file's text with the bodies of functions that begin and end in column one blanked, for which it need not be outlined either.
   */
  outsideOf(file: string): string | null;
  /** Returns a digest of what {@link outsideOf} returns, without positions. */
  outsideDigest(file: string): string | null;
}

/** Returns the descriptions of a tree's files. Each file is read and outlined when it is first asked for. */
export const descriptionsIn = remembered((tree: Tree): Descriptions => {
  const known = new Map<string, Described | null>();
  const read = (file: string): string | null => {
    const text = tree.read(file);
    return text === null ? null : respelled(text);
  };
  const textOf = (file: string): string | null => known.get(file)?.whole.text ?? read(file);
  return {
    of(file) {
      let found = known.get(file);
      if (found === undefined) {
        const text = read(file);
        found = text === null ? null : described(file, text);
        known.set(file, found);
      }
      return found;
    },
    textOf,
    outsideOf: (file) => outsideIn(textOf(file), (length) => ' '.repeat(length)),
    outsideDigest(file) {
      const outside = outsideIn(textOf(file), () => '\0');
      return outside === null ? null : digestOfText(outside);
    },
  };
});

function described(file: string, text: string): Described {
  const out = outline(text);
  const whole = describe(file, text, out);
  let shell: Shell | undefined;
  let digest: string | undefined;
  return {
    whole,
    shell() {
      shell ??= shellOf(whole);
      return shell;
    },
    shellDigest() {
      digest ??= digestOfShell(whole);
      return digest;
    },
    numberAt: (pos) => numberAt(out.items, pos),
    textOf(number) {
      const item = out.items[number];
      return item && text.slice(item.pos, item.end);
    },
    startOf(number) {
      const item = out.items[number];
      return item && out.position(item.pos);
    },
    position: out.position,
  };
}

/** The text of a shell is made when it is first read: most callers want only names. */
function shellOf({ text, ...facts }: WholeFile): Shell {
  let outside: string | undefined;
  return {
    ...facts,
    get outside() {
      outside ??= withoutBodies({ text, ...facts }, (length) => ' '.repeat(length));
      return outside;
    },
  };
}

/**
 * The text of a file without the bodies of its functions.
 * @param instead makes what replaces that many characters of a body
 */
function withoutBodies({ text, items, innerMacros }: WholeFile, instead: (length: number) => string): string {
  const bodies = items.flatMap(({ kind, bodyPos, end }) => (kind === 'function' && bodyPos >= 0 ? [{ pos: bodyPos, end }] : []));
  return without(text, bodies, inOrder([...directiveLines(text), ...innerMacros]), instead);
}

/** The same for a text that was not outlined. */
function outsideIn(text: string | null, instead: (length: number) => string): string | null {
  return text === null ? null : without(text, blocksIn(text), directiveLines(text), instead);
}

/**
 * Replaces the bodies of functions in a text. Preprocessor lines in them are kept: they hold for the whole file.
 * @param kept stretches inside the bodies that stay
 */
function without(text: string, bodies: readonly Stretch[], kept: readonly Stretch[], instead: (length: number) => string): string {
  const parts: string[] = [];
  let at = 0;
  const to = (pos: number, isKept: boolean): void => {
    if (pos <= at) return;
    parts.push(isKept ? text.slice(at, pos) : instead(pos - at));
    at = pos;
  };
  let next = 0;
  for (const { pos, end } of bodies) {
    if (pos < at) continue;
    to(pos, true);
    while (next < kept.length && (kept[next] as Stretch).pos < pos) next++;
    for (; next < kept.length && (kept[next] as Stretch).pos < end; next++) {
      to((kept[next] as Stretch).pos, false);
      to((kept[next] as Stretch).end, true);
    }
    to(end, false);
  }
  to(text.length, true);
  return parts.join('');
}

/**
 * The blocks between a `{` and a `}` in column one behind a parenthesis: in the kernel's style these are the bodies of functions, and
 * nothing else is.
 */
function blocksIn(text: string): Stretch[] {
  const found: Stretch[] = [];
  for (let at = text.indexOf('\n{\n'); at >= 0; at = text.indexOf('\n{\n', at + 1)) {
    if (!/\)\s*$/.test(text.slice(Math.max(0, at - 80), at))) continue;
    const end = text.indexOf('\n}', at);
    if (end < 0) break;
    found.push({ pos: at + 1, end: end + 2 });
    at = end;
  }
  return found;
}

/** The preprocessor lines of a text, also those in comments. */
function directiveLines(text: string): Stretch[] {
  const found: Stretch[] = [];
  for (let at = text.indexOf('#'); at >= 0; at = text.indexOf('#', at + 1)) {
    let pos = at;
    while (text[pos - 1] === ' ' || text[pos - 1] === '\t') pos--;
    if (pos > 0 && text[pos - 1] !== '\n') continue;
    const end = directiveEnd(text, at);
    found.push({ pos, end });
    at = end;
  }
  return found;
}

interface Stretch {
  pos: number;
  end: number;
}

function inOrder(stretches: readonly Stretch[]): Stretch[] {
  return [...stretches].sort((a, b) => a.pos - b.pos);
}

function digestOfShell(whole: WholeFile): string {
  const items = [...whole.items, ...whole.innerMacros].map(({ kind, name, conditions, variables }) => [kind, name, conditions, variables]);
  // A function that a macro of cleanup.h defines counts with its text, wherever it is.
  const defined = whole.functions.flatMap(({ cleanup, item }) => (cleanup ? [[cleanup.word, whole.text.slice(item.pos, item.end)]] : []));
  return digestOfText(`${withoutBodies(whole, () => '\0')}\0${JSON.stringify([items, defined])}`);
}

function numberAt(items: readonly Item[], pos: number): number | undefined {
  const number = firstWhere(items.length, (i) => (items[i] as Item).end > pos);
  const item = items[number];
  return item && item.pos <= pos ? number : undefined;
}

/**
 * Returns a text with what has two spellings in the one that is looked for, at the same length: `(*a).b` becomes `a->b`; and `TRUE` and
 * `FALSE`, which drivers that come from other systems define as one and zero, become `true` and `false`.
 */
function respelled(text: string): string {
  const direct = pointed.test(text) ? text.replace(/\(\*(\w+)\)\./g, (all, name, at) => (isCalled(text, at) ? all : `  ${name}->`)) : text;
  return text.includes('TRUE') || text.includes('FALSE') ? direct.replace(answer, (word) => word.toLowerCase()) : direct;
}

const pointed = /\(\*\w+\)\./;

/** True if a `(` at this position opens the arguments of a call: in `f(*a).b` the member is one of what f() returns. */
function isCalled(text: string, at: number): boolean {
  return /[\w)\]]\s*$/.test(text.slice(Math.max(0, at - 20), at));
}

/** `TRUE` or `FALSE` used as a value: not where it is defined, nor compared. */
const answer = /(?<=(?:[=(,!&|?:]|\breturn)\s*)\b(?:TRUE|FALSE)\b(?=\s*[;,)?:&|])/g;
