/** What one file contains (functions, macros, variables), and cheap searches of its text that need no parser. */
import { excludes, without } from '../syntax/assumptions.js';
import { type Item, isFunctionLike, type Outline, outline } from '../syntax/index.js';
import { firstWhere } from '../syntax/sorted.js';
import { type CleanupDefinition, cleanupDefinitions } from './cleanup.js';

/** A function definition in a file, or a function-like macro. It is the key to everything that can be asked about a function. */
export interface FunctionReference {
  /** Tells it from every other one of the tree: `file:name@pos`. */
  key: string;
  file: string;
  name: string;
  static: boolean;
  /** True for a macro, with or without parameters. */
  macro: boolean;
  /** True for a macro without parameters. */
  objectLike: boolean;
  /** Set for what a macro of include/linux/cleanup.h defines, else `null`. */
  cleanup: CleanupDefinition | null;
  /** Where it is in the file, and under which `#if`s. */
  item: Item;
}

/** The items of one file. */
export interface FileFacts extends Pick<Outline, 'items' | 'innerMacros'> {
  file: string;
  /** Functions, function-like macros, and what cleanup.h's macros define. */
  functions: FunctionReference[];
  /** The same by name: several if `#if` arms define it differently. */
  byName: ReadonlyMap<string, FunctionReference[]>;
  /** Returns the macros without parameters. Made on demand: a header may have thousands that nobody asks for. */
  objectMacros: () => ReadonlyMap<string, FunctionReference[]>;
  /** File-scope variables by name, parsed on demand. */
  globals: ReadonlyMap<string, Item>;
}

/** A file with its whole text. */
export interface WholeFile extends FileFacts {
  text: string;
}

/** A file without the bodies of its functions. */
export interface Shell extends FileFacts {
  /** The text, with function bodies blanked except for preprocessor lines in them. */
  outside: string;
}

/**
 * Describes a file from its outline.
 * @param out the outline of `text`
 */
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

/** All items in the order of the text, macros defined inside other items included. */
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

/**
 * Adds to a macro's conditions that the one which replaces it, `#ifdef NEW`, `#undef PUT`, `#define PUT …`, is not active: it is valid only
 * where `NEW` is not defined.
 */
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

/** What an `#include` names, and whether in quotes. */
export interface Include {
  path: string;
  quoted: boolean;
}

/** What a text's preprocessor lines include and define, also in comments and in arms that are never taken. */
export interface IncludesAndDefines {
  includes: readonly Include[];
  /** Names of the macros that are defined. */
  defines: ReadonlySet<string>;
}

const directive = /^[ \t]*#[ \t]*(?:include(?:_next)?[ \t]*(?:"([^"\n]*)"|<([^>\n]*)>)|define[ \t]+([\w$]+))/gm;

/** Returns what a text's preprocessor lines include and define. */
export function includesAndDefinesOf(text: string): IncludesAndDefines {
  const includes: Include[] = [];
  const defines = new Set<string>();
  for (const [, quoted, path, macro] of text.matchAll(directive)) {
    if (macro !== undefined) defines.add(macro);
    else includes.push({ path: quoted ?? path ?? '', quoted: quoted !== undefined });
  }
  return { includes, defines };
}

/** Returns a pattern that matches where a name is called or declared, `name(`. */
export function calling(name: string): RegExp {
  return new RegExp(`\\b${name}\\s*\\(`);
}

/** Returns the functions whose text matches. The whole file is searched once, and the matches are then assigned to functions. */
export function searching(facts: WholeFile | null, pattern: RegExp): FunctionReference[] {
  if (!facts) return [];
  const positions = Array.from(facts.text.matchAll(new RegExp(pattern, 'g')), (m) => m.index);
  // Functions in different arms of a widened `#if` can overlap: one match may be in several.
  return facts.functions.filter(({ item }) => {
    const first = positions[firstWhere(positions.length, (i) => (positions[i] as number) >= item.pos)];
    return first !== undefined && first < item.end;
  });
}

/**
 * True if a line that starts in column one contains the name, where definitions are, or if a line that starts with `#` does. False if every
 * such place is plainly a declaration.
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

/** True if `(…);` follows: a declaration. Gives up with false at a comment, string, preprocessor line or brace. */
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
      // White space between the name and its parenthesis.
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

/** True if a macro definition of a text, from its `#` on, matches; also an indented one inside an `#if`, `#  define`. */
export function definesNear(text: string, pattern: RegExp): boolean {
  for (let at = text.indexOf('define'); at >= 0; at = text.indexOf('define', at + 6)) {
    let start = at - 1;
    while (text[start] === ' ' || text[start] === '\t') start--;
    if (text[start] === '#' && pattern.test(text.slice(start, directiveEnd(text, at)))) return true;
  }
  return false;
}

/** Returns where the directive at this position ends: at the first line end without a `\` before it. */
export function directiveEnd(text: string, at: number): number {
  for (let end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', end + 1)) {
    const last = text[end - 1] === '\r' ? end - 2 : end - 1;
    if (text[last] !== '\\') return end;
  }
  return text.length;
}
