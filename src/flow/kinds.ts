/**
 * What an object says of the pages in it: where a site's function sets a field of the object that holds the pages to a constant
 * (`bo->kind = PINNED`), or has tested it, a drop under a test for another value is of other pages.
 */
import type { FunctionReference } from '../program/file.js';
import { callsAt, callsOf, type Graph, type Guard, type Node } from '../program/graph.js';
import { rootOf } from '../program/path.js';
import type { Program } from '../program/program.js';
import { plainPath } from '../program/text.js';
import { acquires, allocatingCalls, originCalls } from '../protocol/index.js';
import { ownersIn, scopeOf } from './facts.js';
import type { ReleaseEvent } from './flow.js';
import type { Arrival, Followed, Visit } from './visit.js';

/** A field of a struct and what it is known to say: `#tag.field`, from a position of the site's function on. */
interface Kind {
  field: string;
  guard: Guard;
  from: number;
}

/** A store of a constant, or (`value` null) of something else, to a field of some struct. */
interface Store {
  field: string;
  value: string | null;
  node: number;
  pos: number;
}

const takes = new Set(acquires.keys());
const fills = new Set([...acquires.keys(), ...allocatingCalls, ...originCalls.keys()]);
const maxDepth = 24;

/** True for drops that the object's fields tell to be of other pages than the site's. */
export function openKinds(program: Program, followed: Followed, site: Node): (visit: Visit, event: ReleaseEvent) => boolean {
  const start = followed.visits[0]?.flow.reference;
  if (!start) return () => false;
  const own = kindsOf(program, followed, start, site);
  const kinds = [...own, ...own.flatMap((kind) => handedOut(program, start, kind))];
  const numbers: Numbers = (name) => program.constant(name, start.file);
  const files = new Set(followed.visits.map((v) => v.flow.reference.file));
  const dropping = new Set(followed.visits.filter((v) => v.flow.releases.length > 0).map((v) => v.flow.reference.key));
  const settled = new Map<string, boolean>();
  const setByOthers = new Map<string, boolean>();
  const tags = new Set(followed.heap.map((h) => rootOf(h).slice(1)));

  /** True if only those who fill an object, and those who have emptied it, say what it holds. */
  const isSettled = ({ field, guard }: Kind): boolean => {
    if (!field.startsWith('#')) return true;
    const known = settled.get(field) ?? settledIn(field, guard);
    settled.set(field, known);
    return known;
  };
  const settledIn = (field: string, guard: Guard): boolean =>
    [...files].every((file) =>
      program
        .touching(file, [field.slice(field.lastIndexOf('.') + 1)], rootOf(field).slice(1))
        .every(
          (reference) =>
            reference.key === start.key ||
            dropping.has(reference.key) ||
            program
              .graphs(reference)
              .every(
                (graph) =>
                  callsAny(graph, fills) ||
                  storesIn(program, reference, graph).every((s) => s.field !== field || says(numbers, guard, s.value)),
              ),
        ),
    );

  const denies = (reference: FunctionReference, pos: number, guards: readonly Guard[]): boolean =>
    program.graphs(reference).some((graph) =>
      guards.some((guard) => {
        const isSite = reference.key === start.key;
        const fields = fieldsAt(program, reference, graph, guard.path);
        return kinds.some(
          (kind) =>
            fields.includes(kind.field) &&
            contradict(numbers, kind.guard, guard) &&
            (isSite ? kind.from < pos : !storesIn(program, reference, graph).some((s) => s.field === kind.field && s.pos < pos)) &&
            isSettled(kind),
        );
      }),
    );

  /** True for a field that says what it is tested for only where others have taken pages, who do not call the site's function. */
  const isOfOthers = ({ flow: { reference } }: Visit, guards: readonly Guard[]): boolean =>
    program.graphs(reference).some((graph) =>
      guards.some((guard) =>
        fieldsAt(program, reference, graph, guard.path).some((field) => {
          if (!tags.has(rootOf(field).slice(1)) || kinds.some((kind) => kind.field === field)) return false;
          const key = `${field} ${guard.text} ${guard.negated}`;
          const known = setByOthers.get(key) ?? isSetByOthers(field, guard);
          setByOthers.set(key, known);
          return known;
        }),
      ),
    );
  const isSetByOthers = (field: string, guard: Guard): boolean => {
    const callers = new Set(program.callers(start).map((r) => r.key));
    const setters = [...files].flatMap((file) =>
      program.touching(file, [field.slice(field.lastIndexOf('.') + 1)], rootOf(field).slice(1)).flatMap((reference) => {
        const stored = program
          .graphs(reference)
          .flatMap((graph) => storesIn(program, reference, graph).flatMap((s) => (s.field === field ? [{ graph, value: s.value }] : [])));
        return stored.filter((s) => !contradict(numbers, is(s.value ?? ''), guard)).map((s) => ({ ...s, reference }));
      }),
    );
    return (
      setters.length > 0 &&
      setters.every(
        ({ reference, graph, value }) =>
          says(numbers, guard, value) && reference.key !== start.key && !callers.has(reference.key) && callsAny(graph, takes),
      )
    );
  };

  /** True for a helper that is called for the pages of others alone. */
  const isTheirs = (reference: FunctionReference): boolean => {
    if (!reference.static || isNamed(program, reference)) return false;
    const calls = program
      .callers(reference)
      .flatMap((caller) => program.graphs(caller).flatMap((graph) => callsOf(graph, reference.name).map(({ node }) => ({ caller, node }))));
    return calls.length > 0 && calls.every(({ caller, node }) => denies(caller, node.pos, node.guards));
  };

  const isOther = (visit: Visit, pos: number, guards: readonly Guard[], depth: number): boolean => {
    const { reference } = visit.flow;
    if (denies(reference, pos, guards) || isOfOthers(visit, guards)) return true;
    if (visit.way === 'field' && isTheirs(reference)) return true;
    if (visit.way !== 'call' || !visit.parent || depth > maxDepth) return false;
    return [visit.parent, ...visit.also].every((arrival) => {
      const call = arrival.visit.flow.calls.find((c) => c.pos === arrival.pos);
      if (call === undefined || arrival.visit === visit) return false;
      return isOther(arrival.visit, call.pos, [...call.guards, ...given(program, visit, arrival, guards)], depth + 1);
    });
  };
  return (visit, event) => isOther(visit, event.pos, event.guards, 0);
}

/**
 * What the site's function says of the pages in the structs that hold them: what it has stored wherever it ends with them still
 * held, or, where it stores nothing, what it has tested.
 */
function kindsOf(program: Program, followed: Followed, reference: FunctionReference, site: Node): Kind[] {
  const tags = new Set(followed.heap.map((h) => rootOf(h).slice(1)));
  const found = new Map<string, Kind | null>();
  const add = (field: string, guard: Guard, from: number): void => {
    const known = found.get(field);
    found.set(field, known === undefined || known?.guard.text === guard.text ? { field, guard, from } : null);
  };
  for (const graph of program.graphs(reference)) {
    const at = graph.nodes.find((n) => n.pos === site.pos && n.operation?.kind === 'call');
    if (!at) continue;
    const stores = storesIn(program, reference, graph).filter((s) => !s.field.startsWith('#') || tags.has(rootOf(s.field).slice(1)));
    const holding = stores.length > 0 ? followed.holding(graph) : new Set<number>();
    for (const field of new Set(stores.map((s) => s.field))) {
      const own = stores.filter((s) => s.field === field);
      const before = valuesAt(graph, own, [[graph.entry, unset]], at.id, null);
      const left = valuesAt(
        graph,
        own,
        before.map((value) => [at.id, value] as const),
        graph.exit,
        holding,
      );
      const [value] = left;
      if (left.length === 1 && value != null && value !== unset) add(field, is(value), Math.min(...own.map((s) => s.pos)));
      else found.set(field, null);
    }
    for (const guard of at.guards)
      for (const field of fieldsAt(program, reference, graph, guard.path))
        if (tags.has(rootOf(field).slice(1)) && !stores.some((s) => s.field === field)) add(field, guard, -1);
  }
  return [...found.values()].filter((k): k is Kind => k !== null);
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

/** Tests of a function's parameters, as tests of what a call gives for them. */
function given(program: Program, { flow: { reference } }: Visit, { visit: from, pos }: Arrival, guards: readonly Guard[]): Guard[] {
  const params = program.variants(reference)[0]?.params ?? [];
  return guards.flatMap((guard) => {
    const index = guard.call === '' ? params.findIndex((p) => p.name === guard.path) : -1;
    if (index < 0 || program.graphs(reference).some((graph) => graph.assigned.some((a) => a.target === guard.path))) return [];
    return program.graphs(from.flow.reference).flatMap((graph) =>
      callsAt(graph, pos).flatMap(({ expressions }) => {
        const e = expressions[index];
        const path = e === undefined ? null : plainPath(e);
        return path === null ? [] : [{ ...guard, path }];
      }),
    );
  });
}

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

/** The test that a constant passes. */
function is(value: string): Guard {
  return { path: null, call: '', args: [], values: [value], negated: false, text: value };
}

/** The number that a name stands for, `null` if that is not known. */
type Numbers = (name: string) => number | null;

/** True if a value passes a test. */
function says(numbers: Numbers, guard: Guard, value: string | null): boolean {
  if (value === null) return false;
  return guard.values.length > 0 ? guard.values.includes(value) !== guard.negated : truth(numbers, value) === !guard.negated;
}

/** Whether a constant is true; null for a name of which that is not known. */
function truth(numbers: Numbers, value: string): boolean | null {
  if (/^(0|false|NULL)$/.test(value)) return false;
  if (/^(true|[1-9]\w*)$/.test(value)) return true;
  const number = numbers(value);
  return number === null ? null : number !== 0;
}

/** True if no value passes both tests. */
function contradict(numbers: Numbers, known: Guard, test: Guard): boolean {
  const fails = (guard: Guard, v: string): boolean =>
    guard.values.length > 0 ? !says(numbers, guard, v) : truth(numbers, v) === guard.negated;
  if (known.values.length === 0 && test.values.length === 0) return known.negated !== test.negated;
  if (known.values.length > 0 && !known.negated) return known.values.every((v) => fails(test, v));
  return test.values.length > 0 && !test.negated && test.values.every((v) => fails(known, v));
}

/** What stands behind a pointer that a function was given, as if it were a field. */
function behind({ key }: FunctionReference, parameter: string): string {
  return `${key}*${parameter}`;
}

/** The fields that a path names by the declared types, or what a pointer leads to that was given to the function. */
function fieldsAt(program: Program, reference: FunctionReference, graph: Graph, path: string | null): string[] {
  if (path === null) return [];
  const name = path.replace(/\[\]$/, '');
  const type = graph.params.find((p) => p.name === name)?.type;
  if (type?.pointers === 1 && type.tag === null) return [behind(reference, name)];
  if (!path.includes('.')) return [];
  return ownersIn(scopeOf(program, graph, reference), path).map((o) => `#${o.tag}${o.rest}`);
}

/** The stores to fields in a function. */
function storesIn(program: Program, reference: FunctionReference, graph: Graph): Store[] {
  return graph.nodes.flatMap(({ id, pos, operation: o }): Store[] => {
    if (o?.kind !== 'clear' && o?.kind !== 'copy' && o?.kind !== 'update') return [];
    const value = o.kind === 'clear' ? o.text : o.kind === 'copy' ? nameIn(graph, o.source.path) : null;
    return fieldsAt(program, reference, graph, o.target).map((field) => ({ field, value: value === '' ? null : value, node: id, pos }));
  });
}

/** The name of an enumerator or macro: what is no variable. */
function nameIn(graph: Graph, path: string | null): string | null {
  return path !== null && /^[A-Za-z_]\w*$/.test(path) && !graph.types.has(path) ? path : null;
}

/** True if a function's name is used but to call it. */
function isNamed(program: Program, { file, name }: FunctionReference): boolean {
  return new RegExp(`\\b${name}\\b(?!\\s*\\()`).test(program.file(file)?.text ?? '');
}

function callsAny(graph: Graph, names: ReadonlySet<string>): boolean {
  return graph.nodes.some(({ operation: o }) => o?.kind === 'call' && o.name !== null && names.has(o.name));
}
