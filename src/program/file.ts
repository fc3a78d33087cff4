/** One file: its functions, macros and variables, and cheap looks at its text before anything is parsed. */
import { excludes, without } from '../syntax/assumptions.js';
import { type Item, isFunctionLike, type Outline, outline } from '../syntax/index.js';
import { type CleanupDefinition, cleanupDefinitions } from './cleanup.js';

/** A function definition, or a function-like macro that stands for one, in one file. */
export interface FunctionReference {
  key: string;
  file: string;
  name: string;
  static: boolean;
  macro: boolean;
  /** A macro without parameters. */
  objectLike: boolean;
  /** For what a macro of include/linux/cleanup.h defines. */
  cleanup: CleanupDefinition | null;
  item: Item;
}

/** What stands in one file. */
export interface FileFacts extends Pick<Outline, 'items' | 'innerMacros'> {
  file: string;
  functions: FunctionReference[];
  byName: ReadonlyMap<string, FunctionReference[]>;
  /** Macros without parameters; a header may have thousands of which nobody asks for one. */
  objectMacros: () => ReadonlyMap<string, FunctionReference[]>;
  /** File-scope variables by name, parsed on demand. */
  globals: ReadonlyMap<string, Item>;
}

/** All of a file. */
export interface WholeFile extends FileFacts {
  text: string;
}

/** A file without the bodies of its functions. */
export interface Shell extends FileFacts {
  /** The text, blank where those stand but for what the preprocessor does there. */
  outside: string;
}

/** @param out the text's outline */
export function describe(file: string, text: string, out = outline(text)): WholeFile {
  const functions: FunctionReference[] = [];
  const byName = new Map<string, FunctionReference[]>();
  const globals = new Map<string, Item>();
  const objects: Item[] = [];
  for (const item of inOrder(out)) {
    for (const name of item.variables) globals.set(name, item);
    const macro = item.kind === 'macro';
    if (item.kind !== 'function' && !macro) continue;
    if (macro && !isFunctionLike(text, item)) {
      objects.push(item);
      continue;
    }
    const reference = referenceTo(file, item, macro, false, null);
    functions.push(reference);
    addTo(byName, reference);
  }
  for (const same of byName.values()) limit(same);
  for (const { definition, item } of cleanupDefinitions(text)) {
    const reference = referenceTo(file, item, false, false, definition);
    functions.push(reference);
    addTo(byName, reference);
  }
  let objectMacros: Map<string, FunctionReference[]> | undefined;
  return {
    file,
    text,
    items: out.items,
    innerMacros: out.innerMacros,
    functions,
    byName,
    objectMacros() {
      if (!objectMacros) {
        objectMacros = new Map();
        for (const item of objects) addTo(objectMacros, referenceTo(file, item, true, true, null));
        for (const same of objectMacros.values()) limit(same);
      }
      return objectMacros;
    },
    globals,
  };
}

/** All items, the macros that are defined within others among them. */
function inOrder({ items, innerMacros }: Outline): readonly Item[] {
  return innerMacros.length > 0 ? [...items, ...innerMacros].sort((a, b) => a.pos - b.pos) : items;
}

function referenceTo(file: string, item: Item, macro: boolean, objectLike: boolean, cleanup: CleanupDefinition | null): FunctionReference {
  return { key: `${file}:${item.name}@${item.pos}`, file, name: item.name, static: item.static, macro, objectLike, cleanup, item };
}

function addTo(byName: Map<string, FunctionReference[]>, reference: FunctionReference): void {
  const same = byName.get(reference.name);
  if (same) same.push(reference);
  else byName.set(reference.name, [reference]);
}

/** A macro that another of its name replaces under a condition, `#ifdef NEW`, `#undef PUT`, `#define PUT …`, is itself where that does not hold. */
function limit(same: readonly FunctionReference[]): void {
  if (same.length < 2 || !same.every((reference) => reference.macro)) return;
  for (const [i, reference] of same.entries()) {
    for (const { item: later } of same.slice(i + 1)) {
      const more = later.conditions.filter((condition) => !reference.item.conditions.includes(condition));
      const [otherwise, ...others] = without([more]);
      if (more.length !== 1 || !otherwise || others.length > 0 || excludes(reference.item.conditions, more)) continue;
      reference.item = { ...reference.item, conditions: [...reference.item.conditions, ...otherwise] };
    }
  }
}

/** What an `#include` names. */
export interface Include {
  path: string;
  quoted: boolean;
}

/** What a text's preprocessor lines name, also in comments and in arms that are never taken. */
export interface Directives {
  includes: readonly Include[];
  /** Names of macros. */
  defines: ReadonlySet<string>;
}

const directive = /^[ \t]*#[ \t]*(?:include(?:_next)?[ \t]*(?:"([^"\n]*)"|<([^>\n]*)>)|define[ \t]+([\w$]+))/gm;

export function directivesOf(text: string): Directives {
  const includes: Include[] = [];
  const defines = new Set<string>();
  for (const [, quoted, path, macro] of text.matchAll(directive)) {
    if (macro !== undefined) defines.add(macro);
    else includes.push({ path: quoted ?? path ?? '', quoted: quoted !== undefined });
  }
  return { includes, defines };
}

/** What matches where a name is called, or declared. */
export function calling(name: string): RegExp {
  return new RegExp(`\\b${name}\\s*\\(`);
}

/** Functions whose text matches: every match is found once in the whole file, then placed. */
export function searching(facts: WholeFile | null, pattern: RegExp): FunctionReference[] {
  if (!facts) return [];
  const positions = Array.from(facts.text.matchAll(new RegExp(pattern, 'g')), (m) => m.index);
  // Functions in different arms of a widened `#if` can overlap: a match may stand in several.
  return facts.functions.filter(({ item }) => {
    const first = positions[placeOf(positions, item.pos)];
    return first !== undefined && first < item.end;
  });
}

/** The place of the first of ascending numbers that is not below one. */
function placeOf(numbers: readonly number[], from: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * True if some line that starts in column one has the name, or a `#define` of it, where definitions stand; not if it is
 * plainly a declaration there.
 */
export function definesAtColumnZero(text: string | null, name: string): boolean {
  if (text === null) return false;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
    const start = text.lastIndexOf('\n', at) + 1;
    const first = text.charCodeAt(start);
    if (first === 0x23) return true;
    const outside = start === at || (first > 0x20 && first !== 0x2a && first !== 0x2f);
    if (outside && !isDeclared(text, at + name.length)) return true;
  }
  return false;
}

/** True if `(…);` follows: a declaration. What has a comment, a string or a brace in it is not looked through. */
function isDeclared(text: string, from: number): boolean {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x28:
        depth++;
        break;
      case 0x29:
        depth--;
        if (depth === 0) return /^\s*;/.test(text.slice(i + 1, i + 9));
        break;
      // Blanks between the name and its bracket.
      case 0x20:
      case 0x09:
      case 0x0a:
        break;
      case 0x22:
      case 0x23:
      case 0x27:
      case 0x2f:
      case 0x5c:
      case 0x7b:
      case 0x7d:
        return false;
      default:
        if (depth === 0) return false;
    }
  }
  return false;
}

/** True if some macro definition of a text matches, from its `#` on: `#  define` too, as it stands within an `#if`. */
export function definesNear(text: string, pattern: RegExp): boolean {
  for (let at = text.indexOf('define'); at >= 0; at = text.indexOf('define', at + 6)) {
    let start = at - 1;
    while (text[start] === ' ' || text[start] === '\t') start--;
    if (text[start] === '#' && pattern.test(text.slice(start, directiveEnd(text, at)))) return true;
  }
  return false;
}

/** Where the directive ends whose first line a place stands in: no `\` goes on behind it. */
export function directiveEnd(text: string, at: number): number {
  for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', end + 1)) {
    const last = text[end - 1] === '\r' ? end - 2 : end - 1;
    if (text[last] !== '\\') return end;
  }
  return text.length;
}
