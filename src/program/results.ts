/** Types of what calls return, as far as the text of a function or macro shows them without parsing. */
import { castCalls } from '../protocol/index.js';
import type { CType } from '../syntax/ast.js';
import type { FunctionReference, Shell } from './file.js';
import type { Graph } from './graph.js';
import { rootOf } from './path.js';

/** Looks up the types of what calls return. */
export interface Results {
  /**
   * Returns the type of a call's result if that is a pointer to a struct; else `null`.
   * @param isEntered true if something below the result is named: only then are macros and the file's own headers searched for the call
   */
  resultType(called: string, from: string, isEntered: boolean): CType | null;
}

/** What the lookup needs. */
interface Sources {
  shell(file: string): Shell | null;
  /** Returns a file's text, `''` if it cannot be read. */
  outside(file: string): string;
  /** Returns the driver's own headers that a file includes. */
  quotedHeaders(file: string): readonly string[];
  macros(name: string, file: string): readonly FunctionReference[];
}

/** Opens the lookup. */
export function openResults({ shell, outside, quotedHeaders, macros }: Sources): Results {
  function resultType(called: string, from: string, isEntered: boolean): CType | null {
    const own = shell(from)?.byName.get(called)?.[0];
    if (own && !own.macro) return declared(own);
    if (!isEntered) return null;
    const [macro] = macros(called, from);
    if (macro) return castIn(outside(macro.file).slice(macro.item.pos, macro.item.end));
    for (const header of quotedHeaders(from)) {
      // Most headers do not contain the name, and need no outline to see that.
      const there = outside(header).includes(called) ? shell(header)?.byName.get(called)?.[0] : undefined;
      if (there) return declared(there);
    }
    return null;
  }

  /** The text in front of the name shows the type; parsing the body for this would cost more than everything else. */
  function declared({ file: name, item }: FunctionReference): CType | null {
    const result = /\bstruct\s+(\w+)\s*(\*+)\s*\w+\s*\(/.exec(outside(name).slice(item.pos, item.bodyPos));
    return result ? pointerTo(result[1] as string, result[2] as string) : null;
  }

  return { resultType };
}

/** Returns the type of a pointer to a struct, with as many levels as there are stars. */
export function pointerTo(tag: string, stars: string): CType {
  return { base: `struct ${tag}`, tag, pointers: stars.length, dims: [] };
}

const cast =
  /^#\s*define\s+\w+\([^)]*\)[\s\\(]*(?:\(\s*(?:const\s+)?struct\s+(\w+)\s*\*\s*\)|(\w+)\s*\([^,]*,\s*(?:const\s+)?struct\s+(\w+)\s*,)/;

/** The struct that a macro casts its argument to a pointer to: `((struct foo *)(x))`, `container_of(x, struct foo, member)`. */
function castIn(macro: string): CType | null {
  const [, direct, call, around] = cast.exec(macro) ?? [];
  const tag = call === undefined || castCalls.test(call) ? (direct ?? around) : undefined;
  return tag === undefined ? null : pointerTo(tag, '*');
}

/** Returns the results of calls below which some operation names a field: for these the type of what they point at is needed. */
export function enteredResults({ nodes }: Graph): Set<string> {
  const found = new Set<string>();
  const note = (...paths: (string | null | undefined)[]): void => {
    for (const path of paths) {
      const root = path?.startsWith('%') ? rootOf(path) : undefined;
      if (root !== undefined && path?.[root.length] === '.') found.add(root);
    }
  };
  for (const { operation: o } of nodes) {
    if (o?.kind === 'copy') note(o.target, o.source.path);
    else if (o?.kind === 'clear' || o?.kind === 'update') note(o.target);
    else if (o?.kind === 'call') note(...o.args.map((a) => a.path));
    else if (o?.kind === 'assume') note(o.left.path, o.right.path, ...(o.call?.args ?? []).map((a) => a.path));
    else if (o?.kind === 'return') note(o.value?.path);
  }
  return found;
}
