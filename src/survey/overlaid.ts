/** Pages that stand in a member of a union, and are read by the name of another of its members. */
import type { Followed } from '../flow/visit.js';
import type { FunctionReference } from '../program/file.js';
import type { Graph } from '../program/graph.js';
import { membersOf, rootOf, splitSteps } from '../program/path.js';
import { filesIn, folderOf } from '../program/place.js';
import type { Program } from '../program/program.js';
import { isNarrow } from '../program/types.js';
import { pageHandles, releases } from '../protocol/index.js';
import type { Field, StructDefinition } from '../syntax/ast.js';

/** Where a member that lies over one with the pages is read as pages, and why that is not followed. */
export interface Overlaid {
  reference: FunctionReference;
  pos: number;
  why: string;
}

/** The reads of a site's pages, from the fields that keep them, by the names of other members of a union. */
export function overlaid(program: Program, { heap, visits }: Followed): Overlaid[] {
  const file = visits[0]?.flow.reference.file;
  if (file === undefined) return [];
  // What is known to keep the pages as well is followed by its own name.
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

/** A member of a struct that keeps pages, and another one of the same union. */
interface Over {
  tag: string;
  /** The members in which both stand. */
  fields: readonly string[];
  name: string;
  over: string;
}

/** The other members that lie over the one to which a fact leads, of those that may be a pointer to pages. */
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

/** The list in which a member of some name stands, of a struct or of those without a name in it. */
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

/** Where a member of some name is read as pages: by a variable for pages, or by who drops some. */
function readAsPages({ nodes, types }: Graph, member: string): number[] {
  const isIt = (path: string | null): boolean => path !== null && new RegExp(`\\.${member}(\\[\\])*$`).test(path);
  return nodes.flatMap(({ pos, operation: o }) => {
    if (o?.kind === 'copy') return isIt(o.source.path) && pageHandles.has(types.get(o.target)?.tag ?? '') ? [pos] : [];
    return o?.kind === 'call' && releases.has(o.name ?? '') && o.args.some(({ path }) => isIt(path)) ? [pos] : [];
  });
}
