/**
 * Functions that make an object for themselves which cannot be one that the site is reached with: `if (req->pin)` stands around the
 * site, and the function makes its `req` with `.pin` unset.
 */
import type { FunctionReference } from '../program/file.js';
import type { Graph, Guard } from '../program/graph.js';
import { rootOf } from '../program/path.js';
import type { Program } from '../program/program.js';
import { yes, zero } from '../syntax/truth.js';

/** A field of a struct whose value is known wherever the site is reached. */
export interface KnownField {
  /** The struct's tag. */
  tag: string;
  /** The steps to the field: `.a.b`. */
  field: string;
  /** True if it is not zero. */
  set: boolean;
}

/** What the tests around a node say of fields below the function's parameters, as far as the function does not set them itself. */
export function knownAt({ params, assigned }: Graph, guards: readonly Guard[]): KnownField[] {
  return guards.flatMap(({ path, call, values, negated }) => {
    if (path === null || call !== '' || values.length > 0 || assigned.some((a) => a.target === path)) return [];
    const type = params.find((p) => p.name === rootOf(path))?.type;
    const field = path.slice(rootOf(path).length);
    return type?.tag && type.pointers === 1 && /^(\.\w+)+$/.test(field) ? [{ tag: type.tag, field, set: !negated }] : [];
  });
}

/** True for a function that makes an object which the tests around the site rule out. */
export function isElsewhere(
  program: Program,
  reference: FunctionReference,
  site: { reference: FunctionReference; known: readonly KnownField[] },
): boolean {
  return site.known.some((known) => makesOther(program, reference, site.reference, known));
}

/** True if a function has local objects of the struct, all made by an initializer, and each has the field otherwise. */
function makesOther(program: Program, reference: FunctionReference, site: FunctionReference, { tag, field, set }: KnownField): boolean {
  const text = program.textOf(reference);
  if (!text.includes(tag)) return false;
  const own = program
    .graphs(reference)
    .flatMap((graph) => ownOf(graph, tag).map((name) => isMade(graph, name) && valuesOf(graph, name + field)));
  if (own.length === 0) return false;
  // Whoever is given a pointer to the object may set the field.
  const setting = new RegExp(`->\\s*${field.slice(1).replaceAll('.', '\\.')}\\s*[|&]?=[^=]`);
  if ([reference.file, site.file].some((file) => program.says(file, setting))) return false;
  return own.every((values) => values !== false && values.every((value) => (set ? zero : yes).test(value)));
}

/** Local variables of a struct type, not arrays. */
function ownOf({ types, params }: Graph, tag: string): string[] {
  return [...types].flatMap(([name, type]) =>
    type.tag === tag && type.pointers === 0 && type.dims.length === 0 && !name.startsWith('%') && !params.some((p) => p.name === name)
      ? [name]
      : [],
  );
}

/** True for a variable that is declared with an initializer, `= { .a = 1 }`: members that it does not name are zero. */
function isMade({ nodes }: Graph, name: string): boolean {
  return !nodes.some(
    ({ operation: o }) => (o?.kind === 'clear' && o.target === name && o.text === '') || (o?.kind === 'copy' && o.target === name),
  );
}

/** The values that are stored to a place; zero if none is. */
function valuesOf({ assigned }: Graph, place: string): string[] {
  const values = assigned.filter((a) => a.target === place).map((a) => a.text);
  return values.length > 0 ? values : ['0'];
}
