/** Which functions make an object for themselves that is not such a one as a site is reached with: `if (req->pin)` stands around it. */
import type { FunctionReference } from '../program/file.js';
import type { Graph, Guard } from '../program/graph.js';
import { rootOf } from '../program/path.js';
import type { Program } from '../program/program.js';
import { yes, zero } from '../syntax/truth.js';

/** What a field of a struct is known to be, where the site is reached with an object of it. */
export interface Known {
  tag: string;
  /** The steps to the field. */
  field: string;
  /** Whether it is set. */
  set: boolean;
}

/** What the tests around a node say of the objects that a function is given, of fields that it does not set itself. */
export function knownAt({ params, assigned }: Graph, guards: readonly Guard[]): Known[] {
  return guards.flatMap(({ path, call, values, negated }) => {
    if (path === null || call !== '' || values.length > 0 || assigned.some((a) => a.target === path)) return [];
    const type = params.find((p) => p.name === rootOf(path))?.type;
    const field = path.slice(rootOf(path).length);
    return type?.tag && type.pointers === 1 && /^(\.\w+)+$/.test(field) ? [{ tag: type.tag, field, set: !negated }] : [];
  });
}

/** True for a function that reaches a site with no object of which all is so that is known there. */
export function isElsewhere(
  program: Program,
  reference: FunctionReference,
  site: { reference: FunctionReference; known: readonly Known[] },
): boolean {
  return site.known.some((known) => makesOther(program, reference, site.reference, known));
}

/** True if all objects of the struct that a function makes for itself, by a list of their members, have the field otherwise. */
function makesOther(program: Program, reference: FunctionReference, site: FunctionReference, { tag, field, set }: Known): boolean {
  const text = program.textOf(reference);
  if (!text.includes(tag)) return false;
  const own = program
    .graphs(reference)
    .flatMap((graph) => ownOf(graph, tag).map((name) => isMade(graph, name) && valuesOf(graph, name + field)));
  if (own.length === 0) return false;
  // Whoever is given the object may set the field.
  const setting = new RegExp(`->\\s*${field.slice(1).replaceAll('.', '\\.')}\\s*[|&]?=[^=]`);
  if ([reference.file, site.file].some((file) => program.says(file, setting))) return false;
  return own.every((values) => values !== false && values.every((value) => (set ? zero : yes).test(value)));
}

/** Local variables of a struct. */
function ownOf({ types, params }: Graph, tag: string): string[] {
  return [...types].flatMap(([name, type]) =>
    type.tag === tag && type.pointers === 0 && type.dims.length === 0 && !name.startsWith('%') && !params.some((p) => p.name === name)
      ? [name]
      : [],
  );
}

/** True for a variable that is declared with a list of members: those that it does not name are zero. */
function isMade({ nodes }: Graph, name: string): boolean {
  return !nodes.some(
    ({ operation: o }) => (o?.kind === 'clear' && o.target === name && o.text === '') || (o?.kind === 'copy' && o.target === name),
  );
}

/** What is stored to a place, that it begins as zero aside. */
function valuesOf({ assigned }: Graph, place: string): string[] {
  const values = assigned.filter((a) => a.target === place).map((a) => a.text);
  return values.length > 0 ? values : ['0'];
}
