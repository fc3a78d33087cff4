/** Values of named constants: macros for a number, and enumerators. */
import type { Ledger } from './ledger.js';

/** Where constants are looked up. */
export interface Surroundings {
  /** Returns a file's text without the bodies of its functions. */
  outside(file: string): string;
  ledger: Ledger;
  /** Returns the headers that a file includes. */
  ownHeaders(from: string): readonly string[];
}

/**
 * Makes a lookup of a name in one file's text that remembers its answers: most callers ask for the same few names, and include the same
 * headers.
 */
function inEach<V>(
  { outside, ledger }: Surroundings,
  look: (text: string, name: string) => V,
  nothing: V,
): (name: string, file: string) => V {
  const known = ledger.memo<V>();
  return (name, file) => {
    const key = `${name}\0${file}`;
    const find = (): V => {
      const text = outside(file);
      return text.includes(name) ? look(text, name) : nothing;
    };
    const before = known.get(key);
    return before === undefined ? known.work(key, find) : before;
  };
}

/** Makes the lookup of the bodies of all object-like macros of a name, `[A-Z]…`, that a file can see, from every arm of an `#if`. */
export function openTexts(surroundings: Surroundings): (name: string, from: string) => readonly string[] {
  const { ledger, ownHeaders } = surroundings;
  const seen = ledger.memo<readonly string[]>();
  const inFile = inEach<readonly string[]>(surroundings, textsIn, []);
  return (name, from) => {
    if (!/^[A-Z]\w*$/.test(name)) return [];
    const key = `${name}\0${from}`;
    const find = (): readonly string[] => [from, ...ownHeaders(from)].flatMap((file) => inFile(name, file));
    return seen.get(key) ?? seen.work(key, find);
  };
}

/** The body of each `#define` of a name without parameters; continued lines belong to it. */
function textsIn(text: string, name: string): string[] {
  const define = new RegExp(String.raw`^[ \t]*#[ \t]*define[ \t]+${name}[ \t]+((?:[^\\\n]|\\\n)*)`, 'gm');
  return Array.from(text.matchAll(define), (match) => match[1] as string);
}

/** Matches a name of several words that begin with capitals: `StatusOk`. */
export const camelCase = /^(?=\w*[a-z])[A-Za-z][a-z\d]*[A-Z][A-Za-z\d]*$/;

/** Makes the lookup of a constant by name, as a file sees it; `null` if its value is not a plain number. */
export function openConstants(surroundings: Surroundings): (name: string, from: string) => number | null {
  const { ledger, ownHeaders } = surroundings;
  const seen = ledger.memo<number | null>();
  const inFile = inEach<number | null>(surroundings, valueIn, null);
  return (name, from) => {
    if (!/^[A-Z]\w*$/.test(name) && !camelCase.test(name)) return null;
    const key = `${name}\0${from}`;
    const find = (): number | null => {
      for (const file of [from, ...ownHeaders(from)]) {
        const value = inFile(name, file);
        if (value !== null) return value;
      }
      return null;
    };
    const before = seen.get(key);
    return before === undefined ? seen.work(key, find) : before;
  };
}

function numberOf(text: string): number {
  const plain = text.replace(/\s/g, '');
  return plain.startsWith('-') ? -Number(plain.slice(1)) : Number(plain);
}

const written = String.raw`\(?\s*(-?\s*(?:0x[0-9a-f]+|\d+))[ul]*\s*\)?\s*`;
const defined = new RegExp(String.raw`[ \t]+${written}(?:$|\/[*/])`, 'imy');
const enumerated = new RegExp(String.raw`\s*=\s*${written}(?:[,}]|$|\/[*/])`, 'imy');

/**
 * The value of a name in a text: of a macro, else of an enumerator with an explicit value, else of an enumerator by its position in the
 * `enum`.
 */
function valueIn(text: string, name: string): number | null {
  let enumerator: string | null = null;
  let counted: number | null = null;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const end = at + name.length;
    if (/\w/.test(text.charAt(at - 1)) || /\w/.test(text.charAt(end))) continue;
    const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
    if (/^[ \t]*#[ \t]*define[ \t]+$/.test(before)) {
      const macro = matchAt(defined, text, end);
      if (macro !== null) return numberOf(macro);
    }
    if (text[at - 1] !== '.') enumerator ??= matchAt(enumerated, text, end);
    if (/^\s*(?:[,}]|\/[*/])/.test(text.slice(end, end + 80))) counted ??= countedAt(text, at);
  }
  return enumerator === null ? counted : numberOf(enumerator);
}

/** The longest part of an `enum` in front of a name that is counted through, in characters. */
const maxEnumeration = 4000;
const enumerator = new RegExp(String.raw`^\s*\w+\s*(?:=\s*${written})?$`, 'i');

/**
 * The value of the enumerator at a position, counted from those before it; `null` if one of them has no plain value, or if it is not in an
 * `enum`.
 */
function countedAt(text: string, at: number): number | null {
  const open = text.lastIndexOf('{', at);
  if (open < 0 || at - open > maxEnumeration || !/\benum\b[\s\w]*$/.test(text.slice(Math.max(0, open - 200), open))) return null;
  const before = text
    .slice(open + 1, at)
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    .split(',');
  if (before.pop()?.trim() !== '') return null;
  let next: number | null = 0;
  for (const item of before) {
    const match = enumerator.exec(item);
    if (match?.[1] !== undefined) next = numberOf(match[1]) + 1;
    else next = match === null || next === null ? null : next + 1;
  }
  return next;
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[1] ?? null;
}
