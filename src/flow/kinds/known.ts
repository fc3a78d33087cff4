/** What a site's function says of the pages in an object, by a field of it. */
import type { FunctionReference } from '../../program/file.js';
import { callsOf, type Graph, type Guard, type Node } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { plainPath } from '../../program/text.js';
import type { Followed } from '../visit.js';
import { is } from './says.js';
import { behind, fieldsAt, type Store, storesIn } from './stores.js';

/** A field of a struct and what it is known to say: `#tag.field`, from a position of the site's function on. */
export interface Kind {
  field: string;
  guard: Guard;
  from: number;
}

/** All that the site's function says, of the objects that hold the pages and of what its callers give it for them. */
export function kindsSaid(program: Program, followed: Followed, reference: FunctionReference, site: Node): Kind[] {
  const own = kindsOf(program, followed, reference, site);
  return [...own, ...own.flatMap((kind) => handedOut(program, reference, kind))];
}

/** The tags of the structs that hold the pages. */
export function holdingTags({ heap }: Followed): ReadonlySet<string> {
  return new Set(heap.map((h) => rootOf(h).slice(1)));
}

/** The tag of the struct that a field is of. */
export function tagOf(field: string): string {
  return rootOf(field).slice(1);
}

/**
 * What the site's function says of the pages in the structs that hold them: what it has stored wherever it ends with them still
 * held, or, where it stores nothing, what it has tested.
 */
function kindsOf(program: Program, followed: Followed, reference: FunctionReference, site: Node): Kind[] {
  const tags = holdingTags(followed);
  const found = new Map<string, Kind | null>();
  for (const graph of program.graphs(reference)) {
    const at = graph.nodes.find((n) => n.pos === site.pos && n.operation?.kind === 'call');
    if (!at) continue;
    const stores = storesIn(program, reference, graph).filter((s) => !s.field.startsWith('#') || tags.has(tagOf(s.field)));
    const holding = stores.length > 0 ? followed.holding(graph) : new Set<number>();
    for (const field of new Set(stores.map((s) => s.field))) {
      const own = stores.filter((s) => s.field === field);
      const value = valueLeft(graph, own, at.id, holding);
      if (value === null) found.set(field, null);
      else addKind(found, { field, guard: is(value), from: Math.min(...own.map((s) => s.pos)) });
    }
    // Whether the pages were there before the call says nothing of what it takes.
    for (const guard of at.guards)
      for (const field of fieldsAt(program, reference, graph, guard.path))
        if (tags.has(tagOf(field)) && !followed.heap.includes(field) && !stores.some((s) => s.field === field))
          addKind(found, { field, guard, from: -1 });
  }
  return [...found.values()].filter((k): k is Kind => k !== null);
}

/** Adds what a field says; `null` stands for one that says another thing elsewhere. */
function addKind(found: Map<string, Kind | null>, kind: Kind): void {
  const known = found.get(kind.field);
  found.set(kind.field, known === undefined || known?.guard.text === kind.guard.text ? kind : null);
}

/** The constant that a field has wherever the function ends with the pages of a call held; `null` if it has not one everywhere. */
function valueLeft(graph: Graph, stores: readonly Store[], call: number, holding: ReadonlySet<number>): string | null {
  const before = valuesAt(graph, stores, [[graph.entry, unset]], call, null);
  const left = valuesAt(
    graph,
    stores,
    before.map((value) => [call, value] as const),
    graph.exit,
    holding,
  );
  const [value] = left;
  return left.length === 1 && value !== undefined && value !== unset ? value : null;
}

/** What a field is taken to have before anything was stored in it. */
const unset = '';

/** The values of a field with which a node is reached, from others, through `within` only; `null` is no constant. */
function valuesAt(
  graph: Graph,
  stores: readonly Store[],
  from: readonly (readonly [node: number, value: string | null])[],
  target: number,
  within: ReadonlySet<number> | null,
): (string | null)[] {
  const key = (node: number, value: string | null): string => `${node} ${value}`;
  const queue = [...from];
  const seen = new Set(queue.map(([node, value]) => key(node, value)));
  const found = new Set<string | null>();
  for (const [id, value] of queue) {
    const store = stores.find((s) => s.node === id);
    const after = store ? store.value : value;
    if (id === target) found.add(value);
    for (const next of graph.nodes[id]?.successors ?? []) {
      if ((within && !within.has(next)) || seen.has(key(next, after))) continue;
      seen.add(key(next, after));
      queue.push([next, after]);
    }
  }
  return [...found];
}

/** Of what the site's function says by a pointer that it was given, the field whose address all its callers give. */
function handedOut(program: Program, reference: FunctionReference, { field, guard }: Kind): Kind[] {
  if (field.startsWith('#')) return [];
  const index = program.variants(reference)[0]?.params.findIndex((p) => behind(reference, p.name) === field) ?? -1;
  const given = program.callers(reference).flatMap((caller) =>
    program.graphs(caller).flatMap((graph) =>
      callsOf(graph, reference.name).map(({ call }) => {
        const e = call.expressions[index];
        return e?.kind === 'unary' && e.op === '&' ? fieldsAt(program, caller, graph, plainPath(e)) : [];
      }),
    ),
  );
  const [first = []] = given;
  return first.filter((f) => given.every((fields) => fields.includes(f))).map((f) => ({ field: f, guard, from: -1 }));
}
