/**
 * What an object says of the pages in it: if a site's function sets a field of the object that holds the pages to a constant
 * (`bo->kind = PINNED`), or has tested the field, a drop under a test for another value is of other pages.
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

/** What is known of one site, and the answers found for it so far. */
interface Case {
  program: Program;
  /** The site's function. */
  start: FunctionReference;
  /** What the site's function says of fields. */
  kinds: readonly Kind[];
  /** Values of named constants. */
  numbers: Numbers;
  /** The files of all visited functions. */
  files: ReadonlySet<string>;
  /** Keys of the visited functions that drop something. */
  dropping: ReadonlySet<string>;
  /** Tags of the structs that hold the pages. */
  tags: ReadonlySet<string>;
  /** Answers of {@link isSettled}. */
  settled: Map<Kind, boolean>;
  /** Answers of {@link isSetByOthers}, by field and test. */
  setByOthers: Map<string, boolean>;
}

/** Makes a test for drops that, by a field of the object, are of other pages than the site's. */
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

/** A way up from a drop by calls: the position that it has reached, and the tests there and below, as tests of that function's values. */
interface WayUp {
  visit: Visit;
  pos: number;
  guards: readonly Guard[];
}

/**
 * True if on every way up from a position some test says that the pages are not the site's. A way that reaches a call with the tests of
 * an earlier one, or with more, is not followed again.
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

/** Notes a way; false if one is known that reached the same position with the same tests or fewer. */
function isNews(met: Map<string, ReadonlySet<string>[]>, { visit, pos, guards }: WayUp): boolean {
  const key = `${visit.id} ${pos}`;
  const tests = new Set(guards.map((g) => [g.path, g.call, g.negated, ...g.values].join('\n')));
  const known = met.get(key) ?? [];
  if (known.some((less) => [...less].every((test) => tests.has(test)))) return false;
  met.set(key, [...known, tests]);
  return true;
}

/** True if the tests around a position say that the pages are not the site's. */
function isForOthers(about: Case, { visit, pos, guards }: WayUp): boolean {
  const { reference } = visit.flow;
  return (
    denies(about, reference, pos, guards) || isOfOthers(about, reference, guards) || (visit.way === 'field' && isTheirs(about, reference))
  );
}

/** True if a test around a position contradicts what the site's function has said of a field, and that is still so there. */
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

/** True if the field keeps what the site's function said while the pages are there: whoever changes it takes or drops pages, too. */
function isSettled(about: Case, kind: Kind): boolean {
  const { field, guard } = kind;
  if (!field.startsWith('#')) return true;
  const isLeftIn = (file: string): boolean =>
    touchingField(about, field, file).every((reference) => leaves(about, reference, field, guard));
  const known = about.settled.get(kind) ?? [...about.files].every(isLeftIn);
  about.settled.set(kind, known);
  return known;
}

/** False for a function that makes the field say another thing while the site's pages may be in the object. */
function leaves({ program, start, dropping, numbers }: Case, reference: FunctionReference, field: string, guard: Guard): boolean {
  if (reference.key === start.key || dropping.has(reference.key)) return true;
  const agrees = (s: Store): boolean => s.field !== field || says(numbers, guard, s.value);
  return program.graphs(reference).every((graph) => callsAny(graph, fills) || storesIn(program, reference, graph).every(agrees));
}

/** The functions of a file that touch a field. */
function touchingField({ program }: Case, field: string, file: string): readonly FunctionReference[] {
  return program.touching(file, [field.slice(field.lastIndexOf('.') + 1)], tagOf(field));
}

/** True if a test is of a field that passes it only where functions have set it that take other pages. */
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

/**
 * True if some functions set the field so that it passes the test, and all of them take pages of their own: none is, or calls, the
 * site's.
 */
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

/** True for a static helper whose every call stands under a test that says that the pages are not the site's. */
function isTheirs(about: Case, reference: FunctionReference): boolean {
  if (!reference.static || isHandedOut(about.program, reference)) return false;
  const calls = about.program.callSites(reference);
  return calls.length > 0 && calls.every(({ caller, node }) => denies(about, caller, node.pos, node.guards));
}

/** The tests of a callee's parameters as tests of the arguments of a call. */
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
