/** `DEFINE_FREE(name, type, statement)` of include/linux/cleanup.h: what `__free(name)` runs at the end of a scope. */
import type { FunctionVariant } from '../syntax/ast.js';
import { type Item, outline, parseFunction } from '../syntax/index.js';

/** The type of `_T` and where the statement stands. */
export interface FreeDefinition {
  type: string;
  bodyPos: number;
  bodyEnd: number;
}

/** The definitions in a file's text. */
export function freeDefinitions(text: string): { name: string; definition: FreeDefinition; item: Item }[] {
  if (!text.includes('DEFINE_FREE(')) return [];
  return [...text.matchAll(/^DEFINE_FREE\(\s*(\w+)\s*,\s*([\w\s*]+),\s*/gm)].flatMap((match) => {
    const bodyPos = match.index + match[0].length;
    const bodyEnd = closing(text, bodyPos);
    if (bodyEnd < 0) return [];
    const item: Item = {
      kind: 'function',
      name: match[1] as string,
      pos: match.index,
      end: bodyEnd + 1,
      bodyPos,
      static: true,
      inline: true,
      variables: [],
      conditions: [],
    };
    return [{ name: match[1] as string, definition: { type: (match[2] as string).trim(), bodyPos, bodyEnd }, item }];
  });
}

/** Position of the parenthesis that closes the macro, -1 if none does soon. */
function closing(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length && i < from + 4096; i++) {
    const c = text[i];
    if (c === '(') depth++;
    else if (c === ')' && depth-- === 0) return i;
  }
  return -1;
}

/** The statement as a function of `_T`, at the positions where it stands in the file. */
export function definedFree(text: string, item: Item, definition: FreeDefinition): FunctionVariant[] {
  const head = `void f(${definition.type} _T){`;
  const padded = `${' '.repeat(definition.bodyPos - head.length)}${head}${text.slice(definition.bodyPos, definition.bodyEnd)};}`;
  const found = outline(padded).items.find((i) => i.kind === 'function');
  return found ? parseFunction(padded, found).map((v) => ({ ...v, name: item.name })) : [];
}
