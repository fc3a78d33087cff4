/**
 * Calls that return bytes: drops of as many pages as these bytes would fill if they began with a page. That is one too few where they begin
 * inside the first page and end inside the last.
 */
import type { SeenRelease } from '../../flow/releases.js';
import { onlyFunction } from '../../program/definitions.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, callNodeAt, type Graph, isStore, leadsTo, type Node } from '../../program/graph.js';
import { rootOf, suffixAfter, type Value } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import { alignmentTest, droppingName, endingName, freeingCalls, iteratorMakers, roundingDown } from '../../protocol/index.js';
import type { Site } from '../../survey/sites.js';
import type { Subject } from '../../survey/unit.js';
import { kindOf } from '../company.js';
import { releasesIn } from '../evidence.js';
import { taken } from '../finding.js';
import { countedFrom, countsAt, meantIn } from './bounds.js';
import type { CountFault } from './fault.js';
import { memberName } from './kept.js';
import { bytesIn } from './whole-pages.js';

/** The releases of the site's kind, and those of them that its function makes, each with its count. */
export const ownDrops = remembered((subject: Subject) => {
  const { program, site } = subject;
  // A release of the other kind is for pages that are no user's, which the call did not take.
  const own = releasesIn(subject).filter((s) => s.event.call.drops === kindOf(subject));
  return { own, drops: own.flatMap((release) => countsAt(program, release, site.reference)) };
});

/** Such drops of a site's pages. */
export function byteFaults(subject: Subject): CountFault[] {
  const { program, site } = subject;
  if (site.acquire.result !== 'bytes') return [];
  const { own, drops } = ownDrops(subject);
  if (own.length === 0 || isAligned(program, site)) return [];
  return program.graphs(site.reference).flatMap((graph) => {
    const start = callNodeAt(graph, site.call.pos);
    if (start?.operation?.kind !== 'call' || isTested(graph, start.operation)) return [];
    const here: InBytes = { reference: site.reference, graph, start, call: start.operation };
    const found = drops.flatMap(({ pos, count }) => {
      const at = callNodeAt(graph, pos);
      const made = at && count.plus === 0 ? madeAt(program, here, at, count.value) : null;
      return at && made !== null ? [{ at, made }] : [];
    });
    // The page that one drop leaves may be dropped by another.
    const others = drops.flatMap(({ pos }) => (found.some(({ at }) => at.pos === pos) ? [] : (callNodeAt(graph, pos) ?? [])));
    const isAlone = (drop: Node): boolean =>
      !others.some((other) => leadsTo(graph, other, (n) => n === drop) || leadsTo(graph, drop, (n) => n === other));
    const few = { kind: 'drop', how: 'few', outcomes: 0, way: [taken(subject)] } as const;
    const atOnce = found.filter(({ at }) => isAlone(at));
    return [
      ...atOnce.map(({ at, made }) => ({ ...few, reference: site.reference, pos: at.pos, steps: [{ pos: made, text: counted }] })),
      // One number is wrong, however many drops go by it.
      ...ofKept(program, here, own, new Set(drops.map((d) => d.pos)))
        .slice(0, 1)
        .map((drop) => ({ ...few, ...drop, steps: [{ pos: drop.pos, text: counted }] })),
    ];
  });
}

const counted = 'bytes counted as whole pages, without the offset in the first';

/**
 * Drops of pages that an object keeps by a member in which the function leaves its bytes, or these in whole pages.
 * @param dropped positions in the function of drops of the pages
 */
function ofKept(
  program: Program,
  here: InBytes,
  own: readonly SeenRelease[],
  dropped: ReadonlySet<number>,
): Pick<CountFault, 'reference' | 'pos'>[] {
  const {
    graph,
    reference: { file },
  } = here;
  const exit = graph.nodes[graph.exit] as Node;
  const left = (isLeft: (path: string) => boolean): Set<string | null> =>
    new Set(graph.paths.flatMap((path) => (rootOf(path) !== path && isLeft(path) ? [memberName(program, file, graph, path)] : [])));
  const ends =
    (path: string) =>
    ({ pos, operation: o }: Node): boolean =>
      dropped.has(pos) || (o?.kind === 'call' && isEnding(o) && o.args.some((a) => a.path === rootOf(path)));
  const pages = left((path) => madeAt(program, here, exit, { path, address: false, text: path }, ends(path)) !== null);
  const bytes = left((path) => hasResult(here, path, exit, ends(path)));
  return own.flatMap((release) =>
    countedFrom(program, release).flatMap(({ visit, pos, count }) => {
      if (visit.way !== 'field' || count?.plus !== 0) return [];
      const { reference } = visit.flow;
      const { value } = meantIn(program, reference, count);
      const inBytes = bytesIn(value.text);
      const isOf = (g: Graph): boolean =>
        (inBytes === null ? pages : bytes).has(memberName(program, reference.file, g, inBytes ?? value.path ?? '') ?? '');
      return program.graphs(reference).some(isOf) ? [{ reference, pos }] : [];
    }),
  );
}

const makers = [...iteratorMakers.keys()];

/** True for a call that frees or ends what it is given. */
function isEnding({ name }: CallOperation): boolean {
  return name !== null && (freeingCalls.has(name) || endingName.test(name) || droppingName.test(name));
}

/** True if the function or one of its callers tests where something begins, or makes the iterator and rounds an address down. */
function isAligned(program: Program, { reference }: Site): boolean {
  const callers = program.callSites(reference).map(({ caller }) => caller);
  return [reference, ...callers].some((r) => {
    const text = program.textOf(r);
    return alignmentTest.test(text) || (roundingDown.test(text) && makers.some((name) => text.includes(name)));
  });
}

/** True if the function tests the offset that the call reports, as its last argument. */
function isTested({ nodes }: Graph, { args }: CallOperation): boolean {
  const offset = args.at(-1)?.path ?? null;
  const isOffset = (path: string | null): boolean => path !== null && offset !== null && suffixAfter(path, offset) !== null;
  return nodes.some(({ operation: o }) => o?.kind === 'assume' && (isOffset(o.left.path) || isOffset(o.right.path)));
}

/** The acquiring call in one variant of its function. */
interface InBytes {
  reference: FunctionReference;
  graph: Graph;
  start: Node;
  call: CallOperation;
}

const isNone = (_: Node): boolean => false;

/** Where the call's bytes are made a number of pages that a drop has as its count; `null` if they are not. */
function madeAt(program: Program, here: InBytes, at: Node, value: Value, bars = isNone): number | null {
  const { graph, start } = here;
  if (isInPages(program, here, value.text, at)) return at.pos;
  const stores = graph.nodes.filter((n) => isStore(n.operation) && n.operation.target === value.path);
  const isBar = (n: Node): boolean => n === start || stores.includes(n) || bars(n);
  const isMade = (n: Node): boolean =>
    leadsTo(graph, n, (m) => m === at, isBar) &&
    graph.assigned.some(({ target, text, pos }) => target === value.path && pos === n.pos && isInPages(program, here, text, n));
  return stores.find(isMade)?.pos ?? null;
}

/** True for a text that counts exactly the bytes which the call returned in whole pages, itself or by a function that does only this. */
function isInPages(program: Program, here: InBytes, text: string, at: Node): boolean {
  const bytes = bytesIn(text) ?? givenBytes(program, here.reference, text);
  return bytes !== null && hasResult(here, bytes, at);
}

/** The bytes that a text passes to a function which returns them in whole pages; `null` for any other text. */
function givenBytes(program: Program, { file }: FunctionReference, text: string): string | null {
  const [, name, args] = /^(\w+)\(([^()]*)\)$/.exec(text) ?? [];
  const callee = name === undefined ? null : onlyFunction(program.resolve(name, file));
  if (!callee || args === undefined) return null;
  const given = program.graphs(callee).map(({ nodes, params }) => {
    const returned = nodes.flatMap(({ operation: o }) => (o?.kind === 'return' ? [bytesIn(o.value?.text ?? '')] : []));
    const index = params.findIndex((p) => p.name === returned[0]);
    return returned.length === 1 && index >= 0 ? (args.split(', ')[index] ?? null) : null;
  });
  return given[0] ?? null;
}

/** True if on the way from the call to a node, a variable or member is set to the call's result and to nothing else. */
function hasResult(here: InBytes, path: string, at: Node, bars = isNone): boolean {
  const { graph, start, call } = here;
  const isOn = (n: Node): boolean =>
    leadsTo(graph, start, (m) => m === n) &&
    leadsTo(
      graph,
      n,
      (m) => m === at,
      (m) => m === start || bars(m),
    );
  const isResult = ({ path: of, text }: Value, n: Node): boolean =>
    of === call.result ? text.endsWith(')') : of !== null && of === text && of !== path && hasResult(here, of, n);
  const set = graph.nodes.filter((n) => isStore(n.operation) && suffixAfter(path, n.operation.target) !== null && isOn(n));
  return set.length > 0 && set.every((n) => n.operation?.kind === 'copy' && n.operation.replaces && isResult(n.operation.source, n));
}
