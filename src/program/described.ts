/**
 * The files of a tree, each looked through once, and the parts that a file is made of: its functions, and its shell, which is all else. A
 * change of one function leaves the other parts as they are, but for where they stand.
 */
import { digestOfText, type Tree } from '../source/index.js';
import { type Item, type Outline, outline } from '../syntax/index.js';
import { describe, directiveEnd, type Shell, type WholeFile } from './file.js';
import { remembered } from './remembered.js';

/** A file and its parts. */
export interface Described {
  whole: WholeFile;
  shell(): Shell;
  /** Names what the shell says, wherever it stands: the same digest, the same shell. */
  shellDigest(): string;
  /** The number of the item at a position; `undefined` where none is. */
  numberAt(pos: number): number | undefined;
  /** The text of the item of a number, and where that stands; `undefined` where there is none. */
  textOf(number: number): string | undefined;
  startOf(number: number): Position | undefined;
  position(pos: number): Position;
}

/** Line and byte column, both from 1. */
type Position = ReturnType<Outline['position']>;

/** The files of a tree, by what is known of them. */
export interface Descriptions {
  /** What a file has in it; `null` for one that cannot be read. */
  of(file: string): Described | null;
  /** A file's text alone, for which one that was not looked through yet is not. */
  textOf(file: string): string | null;
  /** The same without the bodies of functions that begin and end in column one, for which it is not looked through either. */
  outsideOf(file: string): string | null;
  /** Names what {@link outsideOf} gives, wherever it stands. */
  outsideDigest(file: string): string | null;
}

/** Looks through the files of a tree. */
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

/** Most who ask for a shell want names alone. */
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

/** @param instead for so many characters of a body */
function withoutBodies({ text, items, innerMacros }: WholeFile, instead: (length: number) => string): string {
  const bodies = items.flatMap(({ kind, bodyPos, end }) => (kind === 'function' && bodyPos >= 0 ? [{ pos: bodyPos, end }] : []));
  return without(text, bodies, inOrder([...directivesIn(text), ...innerMacros]), instead);
}

function outsideIn(text: string | null, instead: (length: number) => string): string | null {
  return text === null ? null : without(text, blocksIn(text), directivesIn(text), instead);
}

/** A text with something else for the bodies of its functions. What the preprocessor does in them is kept: that is the file's. */
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

/** What stands between braces in column one behind a parenthesis: in the kernel's style the bodies of functions, and nothing else. */
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

/** The lines of a text that are the preprocessor's, those in comments among them. */
function directivesIn(text: string): Stretch[] {
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
  // What cleanup.h's macros define is looked for wherever it stands.
  const defined = whole.functions.flatMap(({ cleanup, item }) => (cleanup ? [[cleanup.word, whole.text.slice(item.pos, item.end)]] : []));
  return digestOfText(`${withoutBodies(whole, () => '\0')}\0${JSON.stringify([items, defined])}`);
}

function numberAt(items: readonly Item[], pos: number): number | undefined {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle] as Item).end <= pos) low = middle + 1;
    else high = middle;
  }
  const item = items[low];
  return item && item.pos <= pos ? low : undefined;
}

/**
 * What a text has in two spellings, in the one that is looked for, each at its place: `(*a).b` is `a->b`; and `TRUE` and `FALSE`, which
 * drivers that come from other systems define as one and zero, are `true` and `false`.
 */
function respelled(text: string): string {
  const direct = pointed.test(text) ? text.replace(/\(\*(\w+)\)\./g, (all, name, at) => (isCalled(text, at) ? all : `  ${name}->`)) : text;
  return text.includes('TRUE') || text.includes('FALSE') ? direct.replace(answer, (word) => word.toLowerCase()) : direct;
}

const pointed = /\(\*\w+\)\./;

/** True for a parenthesis of a call: `f(*a).b` is a member of what the call gives. */
function isCalled(text: string, at: number): boolean {
  return /[\w)\]]\s*$/.test(text.slice(Math.max(0, at - 20), at));
}

/** As a value: not where it is defined, or compared. */
const answer = /(?<=(?:[=(,!&|?:]|\breturn)\s*)\b(?:TRUE|FALSE)\b(?=\s*[;,)?:&|])/g;
