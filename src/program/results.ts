/** What calls give, as far as the text of a function or a macro says it without being parsed. */
import { castCalls } from '../protocol/index.js';
import type { CType } from '../syntax/ast.js';
import type { FunctionReference, Shell } from './file.js';
import type { Graph } from './graph.js';
import { rootOf } from './path.js';

export interface Results {
  /**
   * The pointer to a struct that a call of a name in a file gives; `null` for any other. A function or macro of the file's own
   * headers is looked at only if `isEntered`.
   */
  resultType(called: string, from: string, isEntered: boolean): CType | null;
}

/** What functions and macros are looked up in. */
interface Sources {
  shell(name: string): Shell | null;
  /** A file's text, empty if it cannot be read. */
  outside(file: string): string;
  /** A driver's own headers that a file includes. */
  quotedHeaders(file: string): readonly string[];
  macros(name: string, file: string): readonly FunctionReference[];
}

export function openResults({ shell, outside, quotedHeaders, macros }: Sources): Results {
  function resultType(called: string, from: string, isEntered: boolean): CType | null {
    const own = shell(from)?.byName.get(called)?.[0];
    if (own && !own.macro) return declared(own);
    if (!isEntered) return null;
    const [macro] = macros(called, from);
    if (macro) return castIn(outside(macro.file).slice(macro.item.pos, macro.item.end));
    for (const header of quotedHeaders(from)) {
      // Most headers do not have the name, and need no outline for that.
      const there = outside(header).includes(called) ? shell(header)?.byName.get(called)?.[0] : undefined;
      if (there) return declared(there);
    }
    return null;
  }

  /** The text before the name says it; parsing the body for this alone would cost more than all the rest. */
  function declared({ file: name, item }: FunctionReference): CType | null {
    const result = /\bstruct\s+(\w+)\s*(\*+)\s*\w+\s*\(/.exec(outside(name).slice(item.pos, item.bodyPos));
    return result ? pointerTo(result[1] as string, result[2] as string) : null;
  }

  return { resultType };
}

/** A pointer to a struct, with as many stars. */
export function pointerTo(tag: string, stars: string): CType {
  return { base: `struct ${tag}`, tag, pointers: stars.length, dims: [] };
}

const cast =
  /^#\s*define\s+\w+\([^)]*\)[\s\\(]*(?:\(\s*(?:const\s+)?struct\s+(\w+)\s*\*\s*\)|(\w+)\s*\([^,]*,\s*(?:const\s+)?struct\s+(\w+)\s*,)/;

/** The struct to which a macro makes what it is given a pointer: `((struct foo *)(x))`, `container_of(x, struct foo, member)`. */
function castIn(macro: string): CType | null {
  const [, direct, call, around] = cast.exec(macro) ?? [];
  const tag = call === undefined || castCalls.test(call) ? (direct ?? around) : undefined;
  return tag === undefined ? null : pointerTo(tag, '*');
}

/** Results of calls of which some operation names a field: what they point at has to be known. */
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
