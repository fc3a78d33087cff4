/** What the macros of include/linux/cleanup.h define: ends of scopes, and classes of variables that have one. */
import type { CType, FunctionVariant } from '../syntax/ast.js';
import { type Item, outline, parseFunction, parseTypedef } from '../syntax/index.js';

/** A function that such a macro defines. */
export interface CleanupDefinition {
  /** The macro that uses it, and the word by which it does: `__free(word)`, `CLASS(word, name)(…)`. */
  macro: '__free' | 'CLASS';
  word: string;
  /** The function up to where its body stands in the file. */
  head: string;
  bodyPos: number;
  bodyEnd: number;
}

/** The names of what is defined, made from a word as the macros do. */
export const madeFor = /^(?:__free_(\w+)|class_(\w+)_(?:constructor|destructor|t))$/;

/** The word that such a name is made from, by which the index knows where it is defined; any other name itself. */
export function wordOf(name: string): string {
  const [, freed, made] = madeFor.exec(name) ?? [];
  return freed ?? made ?? name;
}

/** The definitions in a file's text. */
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

/** A function that such a macro defines, at the positions where it stands in the file. */
export function definedCleanup(text: string, item: Item, { head, bodyPos, bodyEnd }: CleanupDefinition): FunctionVariant[] {
  const padded = `${' '.repeat(bodyPos - head.length)}${head}${text.slice(bodyPos, bodyEnd)};}`;
  const found = outline(padded).items.find((i) => i.kind === 'function');
  return found ? parseFunction(padded, found).map((v) => ({ ...v, name: item.name })) : [];
}

/** The type of a class that a text defines, by the type's name, `class_foo_t`. */
export function classType(text: string, name: string): CType | null {
  if (!name.startsWith('class_')) return null;
  const found = definitionsIn(text).find((d) => d.macro === 'CLASS' && `class_${d.word}_t` === name);
  const declaration = `typedef ${found?.type} ${name};`;
  const [item] = found ? outline(declaration).items : [];
  return (item && parseTypedef(declaration, item)[0]?.type) ?? null;
}

/** What stands between two commas of a macro's call. */
interface Part {
  pos: number;
  end: number;
}

interface Definition extends Pick<CleanupDefinition, 'macro' | 'word'> {
  pos: number;
  type: string;
  /** What follows the type. */
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

/** What stands from there to the bracket that closes the macro, split at the commas or not; nothing if none does soon. */
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
