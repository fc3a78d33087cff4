/** Finds pages that are kept in one member of a union and read through another. */
import type { Followed } from '../flow/visit.js';
import type { FunctionReference } from '../program/file.js';
import type { Graph } from '../program/graph.js';
import { membersOf, rootOf, splitSteps } from '../program/path.js';
import { filesIn, folderOf } from '../program/place.js';
import type { Program } from '../program/program.js';
import { isNarrow } from '../program/types.js';
import { pageHandles, releases } from '../protocol/index.js';
import type { Field, StructDefinition } from '../syntax/ast.js';

/** A place where a member that overlays the one with the pages is read as pages, and why it is a gap. */
export interface Overlaid {
  reference: FunctionReference;
  pos: number;
  why: string;
}

/** Returns the places that read a site's pages, from the fields that keep them, through other members of a union. */
export function overlaid(program: Program, { heap, visits }: Followed): Overlaid[] {
  const file = visits[0]?.flow.reference.file;
  if (file === undefined) return [];
  // A member that is known to keep the pages itself is followed by its own name.
  const known = new Set(heap.map((fact) => membersOf(fact.slice(1))));
  const overs = heap
    .flatMap((fact) => namesOver(program, file, fact))
    .filter(({ tag, fields, over }) => !known.has([tag, ...fields, over].join('.')));
  return overs.flatMap(({ tag, fields, name, over }) =>
    filesIn(program.tree.filesAccessing(over), folderOf(file))
      .flatMap((near) => program.touching(near, [...fields, over], tag))
      .flatMap((reference) => {
        const why = `kept in ${[tag, ...fields, name].join('.')}, which is read as ${over} here, another member of the union`;
        const pos = program.graphs(reference).flatMap((graph) => readAsPages(graph, over))[0];
        return pos === undefined ? [] : [{ reference, pos, why }];
      }),
  );
}

/** A member of a struct that keeps pages, and another member of the same union. */
interface Over {
  tag: string;
  /** The members on the way to both. */
  fields: readonly string[];
  name: string;
  over: string;
}

/** The members that overlay the one a fact is about, as far as they may be a pointer to pages. */
function namesOver(program: Program, file: string, fact: string): Over[] {
  if (fact.startsWith('#::')) return [];
  const tag = rootOf(fact).slice(1);
  const fields = splitSteps(fact.slice(rootOf(fact).length)).flatMap((step) => (step.startsWith('.') ? [step.slice(1)] : []));
  const last = fields.pop();
  const definition = program.structure(tag, file);
  if (last === undefined || definition === null) return [];
  let at: Members | null = { union: definition.union, fields: definition.fields };
  for (const name of fields) at = at && below(program, file, at, name);
  const list = at && listOf(at, last);
  if (!list?.union) return [];
  return list.fields.flatMap(({ name: over, type, members }) => {
    const isOther = over !== '' && over !== last && members === null && type.dims.length === 0;
    return isOther && (type.pointers > 0 || (type.tag === null && !isNarrow(type))) ? [{ tag, fields, name: last, over }] : [];
  });
}

type Members = Pick<StructDefinition, 'union' | 'fields'>;

/** The members of a member. */
function below(program: Program, file: string, at: Members, name: string): Members | null {
  const field = listOf(at, name)?.fields.find((f) => f.name === name);
  if (field === undefined) return null;
  if (field.members) return { union: isUnion(field), fields: field.members };
  return field.type.tag === null ? null : program.structure(field.type.tag, file);
}

/** The list that has a member of this name: of the struct itself, or of an anonymous one inside it. */
function listOf(at: Members, name: string): Members | null {
  if (at.fields.some((field) => field.name === name)) return at;
  for (const field of at.fields) {
    const found = field.name === '' && field.members ? listOf({ union: isUnion(field), fields: field.members }, name) : null;
    if (found) return found;
  }
  return null;
}

function isUnion({ type }: Field): boolean {
  return /^union\b/.test(type.base);
}

/** Positions where a member of this name is read as pages: copied to a variable for pages, or dropped. */
function readAsPages({ nodes, types }: Graph, member: string): number[] {
  const isIt = (path: string | null): boolean => path !== null && new RegExp(`\\.${member}(\\[\\])*$`).test(path);
  return nodes.flatMap(({ pos, operation: o }) => {
    if (o?.kind === 'copy') return isIt(o.source.path) && pageHandles.has(types.get(o.target)?.tag ?? '') ? [pos] : [];
    return o?.kind === 'call' && releases.has(o.name ?? '') && o.args.some(({ path }) => isIt(path)) ? [pos] : [];
  });
}
