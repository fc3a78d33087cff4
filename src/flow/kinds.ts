/**
 * What an object says of the pages in it: where a site's function sets a field of the object that holds the pages to a constant
 * (`bo->kind = PINNED`), or has tested it, a drop under a test for another value is of other pages.
 */
import type { FunctionReference } from '../program/file.js';
import { callsAt, type Graph, type Guard, type Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { plainPath } from '../program/text.js';
import { acquires, allocatingCalls, originCalls } from '../protocol/index.js';
import type { ReleaseEvent } from './flow.js';
import { holdingTags, type Kind, kindsSaid, tagOf } from './kinds/known.js';
import { contradict, is, type Numbers, says } from './kinds/says.js';
import { fieldsAt, type Store, storesIn } from './kinds/stores.js';
import { isHandedOut } from './mentions.js';
import { type Arrival, arrivalsOf, type Followed, type Visit } from './visit.js';

const takes = new Set(acquires.keys());
const fills = new Set([...acquires.keys(), ...allocatingCalls, ...originCalls.keys()]);

/** What is known of one site's pages, and of the fields that were asked about them. */
interface Case {
  program: Program;
  /** The site's function. */
  start: FunctionReference;
  kinds: readonly Kind[];
  numbers: Numbers;
  /** The files of all visited functions. */
  files: ReadonlySet<string>;
  /** The visited functions that drop something, by their keys. */
  dropping: ReadonlySet<string>;
  /** The structs that hold the pages. */
  tags: ReadonlySet<string>;
  /** The answers of {@link isSettled}. */
  settled: Map<Kind, boolean>;
  /** The answers of {@link isSetByOthers}, by field and test. */
  setByOthers: Map<string, boolean>;
}

/** True for drops that the object's fields tell to be of other pages than the site's. */
export function openKinds(program: Program, followed: Followed, site: Node): (visit: Visit, event: ReleaseEvent) => boolean {
  const start = followed.visits[0]?.flow.reference;
  if (!start) return () => false;
  const about: Case = {
    program,
    start,
    kinds: kindsSaid(program, followed, start, site),
    numbers: (name) => program.constant(name, start.file),
    files: new Set(followed.visits.map((v) => v.flow.reference.file)),
    dropping: new Set(followed.visits.filter((v) => v.flow.releases.length > 0).map((v) => v.flow.reference.key)),
    tags: holdingTags(followed),
    settled: new Map(),
    setByOthers: new Map(),
  };
  if (about.kinds.length === 0 && about.tags.size === 0) return () => false;
  return (visit, event) => isOther(about, visit, event.pos, event.guards);
}

/** One way up from a drop: the position that it has come to, and the tests there and below, as tests of what stands there. */
interface WayUp {
  visit: Visit;
  pos: number;
  guards: readonly Guard[];
}

/**
 * True if on every way to a position of a visited function some test is for other pages. A way that has come to a call with the tests
 * of another, or with more, ends like that one.
 */
function isOther(about: Case, visit: Visit, pos: number, guards: readonly Guard[]): boolean {
  const ways: WayUp[] = [{ visit, pos, guards }];
  const met = new Map<string, ReadonlySet<string>[]>();
  for (const way of ways) {
    const { visit: at } = way;
    if (isForOthers(about, way)) continue;
    if (at.way !== 'call') return false;
    for (const arrival of arrivalsOf(at)) {
      const call = arrival.visit.flow.calls.find((c) => c.pos === arrival.pos);
      if (call === undefined) return false;
      const next = { visit: arrival.visit, pos: call.pos, guards: [...call.guards, ...given(about.program, at, arrival, way.guards)] };
      if (isNews(met, next)) ways.push(next);
    }
  }
  return true;
}

/** Notes a way; false if one is known that has come to the same position with no other tests. */
function isNews(met: Map<string, ReadonlySet<string>[]>, { visit, pos, guards }: WayUp): boolean {
  const key = `${visit.id} ${pos}`;
  const tests = new Set(guards.map((g) => [g.path, g.call, g.negated, ...g.values].join('\n')));
  const known = met.get(key) ?? [];
  if (known.some((less) => [...less].every((test) => tests.has(test)))) return false;
  met.set(key, [...known, tests]);
  return true;
}

/** True if the tests around a position of a visited function are for other pages. */
function isForOthers(about: Case, { visit, pos, guards }: WayUp): boolean {
  const { reference } = visit.flow;
  return (
    denies(about, reference, pos, guards) || isOfOthers(about, reference, guards) || (visit.way === 'field' && isTheirs(about, reference))
  );
}

/** True if a test around a position says other than what the site's function has said of a field, and nobody has changed that since. */
function denies(about: Case, reference: FunctionReference, pos: number, guards: readonly Guard[]): boolean {
  const { program, kinds, numbers, start } = about;
  return program.graphs(reference).some((graph) => {
    const stands = ({ field, from }: Kind): boolean =>
      reference.key === start.key ? from < pos : !storesIn(program, reference, graph).some((s) => s.field === field && s.pos < pos);
    return guards.some((guard) => {
      const fields = fieldsAt(program, reference, graph, guard.path);
      return kinds.some(
        (kind) => fields.includes(kind.field) && contradict(numbers, kind.guard, guard) && stands(kind) && isSettled(about, kind),
      );
    });
  });
}

/** True if only those who fill an object, and those who have emptied it, say what it holds. */
function isSettled(about: Case, kind: Kind): boolean {
  const { field, guard } = kind;
  if (!field.startsWith('#')) return true;
  const isLeftIn = (file: string): boolean =>
    touchingField(about, field, file).every((reference) => leaves(about, reference, field, guard));
  const known = about.settled.get(kind) ?? [...about.files].every(isLeftIn);
  about.settled.set(kind, known);
  return known;
}

/** True for a function that does not make a field say another thing of pages that are there. */
function leaves({ program, start, dropping, numbers }: Case, reference: FunctionReference, field: string, guard: Guard): boolean {
  if (reference.key === start.key || dropping.has(reference.key)) return true;
  const agrees = (s: Store): boolean => s.field !== field || says(numbers, guard, s.value);
  return program.graphs(reference).every((graph) => callsAny(graph, fills) || storesIn(program, reference, graph).every(agrees));
}

/** Functions of a file that touch a field. */
function touchingField({ program }: Case, field: string, file: string): readonly FunctionReference[] {
  return program.touching(file, [field.slice(field.lastIndexOf('.') + 1)], tagOf(field));
}

/** True for a field that says what it is tested for only where others have taken pages, who do not call the site's function. */
function isOfOthers(about: Case, reference: FunctionReference, guards: readonly Guard[]): boolean {
  const { program, kinds, tags, setByOthers } = about;
  return program.graphs(reference).some((graph) =>
    guards.some((guard) =>
      fieldsAt(program, reference, graph, guard.path).some((field) => {
        if (!tags.has(tagOf(field)) || kinds.some((kind) => kind.field === field)) return false;
        const key = `${field} ${guard.text} ${guard.negated}`;
        const known = setByOthers.get(key) ?? isSetByOthers(about, field, guard);
        setByOthers.set(key, known);
        return known;
      }),
    ),
  );
}

/** True if somebody sets a field so that it passes a test, and only those do who take pages themselves. */
function isSetByOthers(about: Case, field: string, guard: Guard): boolean {
  const { program, start, numbers } = about;
  const callers = new Set(program.callers(start).map((r) => r.key));
  const touching = [...about.files].flatMap((file) => touchingField(about, field, file));
  const setters = touching.flatMap((reference) =>
    program.graphs(reference).flatMap((graph) =>
      storesIn(program, reference, graph)
        .filter((s) => s.field === field && !contradict(numbers, is(s.value ?? ''), guard))
        .map(({ value }) => ({ reference, graph, value })),
    ),
  );
  return (
    setters.length > 0 &&
    setters.every(
      ({ reference, graph, value }) =>
        says(numbers, guard, value) && reference.key !== start.key && !callers.has(reference.key) && callsAny(graph, takes),
    )
  );
}

/** True for a helper that is called for the pages of others alone. */
function isTheirs(about: Case, reference: FunctionReference): boolean {
  if (!reference.static || isHandedOut(about.program, reference)) return false;
  const calls = about.program.callSites(reference);
  return calls.length > 0 && calls.every(({ caller, node }) => denies(about, caller, node.pos, node.guards));
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

function callsAny(graph: Graph, names: ReadonlySet<string>): boolean {
  return graph.nodes.some(({ operation: o }) => o?.kind === 'call' && o.name !== null && names.has(o.name));
}
