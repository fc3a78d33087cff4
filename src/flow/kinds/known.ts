/** What a site's function says of its pages by a field of the object that holds them. */
import type { FunctionReference } from '../../program/file.js';
import { callNodeAt, callsOf, type Graph, type Guard, type Node } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { plainPath } from '../../program/text.js';
import type { Followed } from '../visit.js';
import { is } from './says.js';
import { behind, fieldsAt, type Store, storesIn } from './stores.js';

/** What a field is known to say of the pages. */
export interface Kind {
  /** `#tag.field`. */
  field: string;
  /** The test that the field's value passes. */
  guard: Guard;
  /** Offset in the site's function from which on that is so; -1 if it is from the beginning. */
  from: number;
}

/** All that the site's function says by fields, also by a pointer parameter that its callers point at a field. */
export function kindsSaid(program: Program, followed: Followed, reference: FunctionReference, site: Node): Kind[] {
  const own = kindsOf(program, followed, reference, site);
  return [...own, ...own.flatMap((kind) => handedOut(program, reference, kind))];
}

/** The tags of the structs that hold the pages. */
export function holdingTags({ heap }: Followed): ReadonlySet<string> {
  return new Set(heap.map((h) => rootOf(h).slice(1)));
}

/** The tag of a field's struct. */
export function tagOf(field: string): string {
  return rootOf(field).slice(1);
}

/**
 * What the site's function says of the structs that hold the pages: the constants that it has stored wherever it returns with the
 * pages held, or, for fields that it does not store to, what it has tested before the call.
 */
function kindsOf(program: Program, followed: Followed, reference: FunctionReference, site: Node): Kind[] {
  const tags = holdingTags(followed);
  const found = new Map<string, Kind | null>();
  for (const graph of program.graphs(reference)) {
    const at = callNodeAt(graph, site.pos);
    if (!at) continue;
    const stores = storesIn(program, reference, graph).filter((s) => !s.field.startsWith('#') || tags.has(tagOf(s.field)));
    const holding = stores.length > 0 ? followed.holding(graph) : new Set<number>();
    for (const field of new Set(stores.map((s) => s.field))) {
      const own = stores.filter((s) => s.field === field);
      const value = valueLeft(graph, own, at.id, holding);
      if (value === null) found.set(field, null);
      else addKind(found, { field, guard: is(value), from: Math.min(...own.map((s) => s.pos)) });
    }
    // A test of the field that holds the pages, `if (!obj->pages)`, says nothing of what the call takes.
    for (const guard of at.guards)
      for (const field of fieldsAt(program, reference, graph, guard.path))
        if (tags.has(tagOf(field)) && !followed.heap.includes(field) && !stores.some((s) => s.field === field))
          addKind(found, { field, guard, from: -1 });
  }
  return [...found.values()].filter((k): k is Kind => k !== null);
}

/** Adds what a field says; `null` in the map is for a field that says different things. */
function addKind(found: Map<string, Kind | null>, kind: Kind): void {
  const known = found.get(kind.field);
  found.set(kind.field, known === undefined || known?.guard.text === kind.guard.text ? kind : null);
}

/** The constant that a field has on every path on which the function returns with the pages held; `null` if it is not one constant. */
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

/** The value of a field before anything is stored to it. */
const unset = '';

/** The values that a field may have at `target`, on paths from some nodes, by nodes in `within` only; `null` is for no constant. */
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

/** For what is said by a pointer parameter, the fields whose address every caller passes for it: `f(&obj->kind)`. */
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
