/**
 * What the macros of include/linux/cleanup.h define: DEFINE_FREE() a function that runs at the end of a variable's scope, DEFINE_CLASS() a
 * type with a constructor and a destructor.
 */
import type { CType, FunctionVariant } from '../syntax/ast.js';
import { type Item, outline, parseFunction, parseTypedef } from '../syntax/index.js';

/** A function that such a macro defines. */
export interface CleanupDefinition {
  /** The macro that uses the function, and the word it is used by: `__free(word)`, `CLASS(word, name)(…)`. */
  macro: '__free' | 'CLASS';
  word: string;
  /** A function head, written as C up to the `{` or `return`; the body is the text of the file from `bodyPos` to `bodyEnd`. */
  head: string;
  /** Offset of the body in the file. */
  bodyPos: number;
  bodyEnd: number;
}

/** Matches the names that the macros make from a word: `__free_foo`, `class_foo_constructor`, `class_foo_destructor`, `class_foo_t`. */
export const madeFor = /^(?:__free_(\w+)|class_(\w+)_(?:constructor|destructor|t))$/;

/** Returns the word that such a name is made from, which is what the index knows its definition by. Any other name is returned as it is. */
export function wordOf(name: string): string {
  const [, freed, made] = madeFor.exec(name) ?? [];
  return freed ?? made ?? name;
}

/** Returns the functions that the macros in a text define. */
export function cleanupDefinitions(text: string): { definition: CleanupDefinition; item: Item }[] {
  return definitionsIn(text).flatMap(({ pos, macro, word, type, parts }) => {
    const define = (name: string, head: string, part: Part | undefined): { definition: CleanupDefinition; item: Item }[] => {
      if (!part || head.length > part.pos) return [];
      const { pos: bodyPos, end: bodyEnd } = part;
      const place = { pos, end: bodyEnd + 1, bodyPos, variables: [], conditions: [] };
      const item: Item = { kind: 'function', name, static: true, inline: true, ...place };
      return [{ definition: { macro, word, head, bodyPos, bodyEnd }, item }];
    };
    const end = `void f(${type} _T){`;
    if (macro === '__free') return define(`__free_${word}`, end, parts[0]);
    const [exit, init, ...args] = parts;
    const given = args.map((arg) => text.slice(arg.pos, arg.end)).join(', ');
    return [...define(`class_${word}_destructor`, end, exit), ...define(`class_${word}_constructor`, `${type} f(${given}){return `, init)];
  });
}

/** Parses a function that such a macro defines, with the positions that its body has in the file. */
export function definedCleanup(text: string, item: Item, { head, bodyPos, bodyEnd }: CleanupDefinition): FunctionVariant[] {
  const padded = `${' '.repeat(bodyPos - head.length)}${head}${text.slice(bodyPos, bodyEnd)};}`;
  const found = outline(padded).items.find((i) => i.kind === 'function');
  return found ? parseFunction(padded, found).map((v) => ({ ...v, name: item.name })) : [];
}

/** Returns the type of a class that a text defines, given the type's name, `class_foo_t`; `null` if the text defines none. */
export function classType(text: string, name: string): CType | null {
  if (!name.startsWith('class_')) return null;
  const found = definitionsIn(text).find((d) => d.macro === 'CLASS' && `class_${d.word}_t` === name);
  const declaration = `typedef ${found?.type} ${name};`;
  const [item] = found ? outline(declaration).items : [];
  return (item && parseTypedef(declaration, item)[0]?.type) ?? null;
}

/** One argument of a macro call. */
interface Part {
  pos: number;
  end: number;
}

interface Definition extends Pick<CleanupDefinition, 'macro' | 'word'> {
  pos: number;
  type: string;
  /** The arguments behind the type. */
  parts: Part[];
}

function definitionsIn(text: string): Definition[] {
  if (!text.includes('DEFINE_FREE(') && !text.includes('DEFINE_CLASS(')) return [];
  return [...text.matchAll(/^DEFINE_(FREE|CLASS)\(\s*(\w+)\s*,\s*([\w\s*]+),\s*/gm)].flatMap((match) => {
    const parts = partsFrom(text, match.index + match[0].length, match[1] === 'CLASS');
    const macro = match[1] === 'CLASS' ? 'CLASS' : '__free';
    return parts.length === 0 ? [] : [{ pos: match.index, macro, word: match[2] as string, type: (match[3] as string).trim(), parts }];
  });
}

/**
 * The arguments from a position to the parenthesis that closes the macro call, or all of them as one if not `split`; `[]` if it is not
 * closed within 4096 characters.
 */
function partsFrom(text: string, from: number, split: boolean): Part[] {
  const parts: Part[] = [];
  let depth = 0;
  let pos = from;
  for (let i = from; i < text.length && i < from + 4096; i++) {
    const c = text[i];
    const ends = depth === 0 && (c === ')' || (split && c === ','));
    if (ends) parts.push({ pos, end: i });
    if (ends && c === ')') return parts;
    if (ends) pos = i + 1;
    if (c === '(' || c === '{') depth++;
    else if (c === ')' || c === '}') depth--;
  }
  return [];
}
