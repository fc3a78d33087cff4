/**
 * Finds marks of pages as dirty, and looks into pages, that certainly come after the drop of the page: of one page written the same, or
 * of an element of an array that was dropped as a whole.
 */
import type { Graph, Loop, Node } from '../program/graph.js';
import type { Program } from '../program/program.js';
import { remembered } from '../program/remembered.js';
import { dirtyCalls, extraReferenceCalls, pagesArgument, pageUse, releases } from '../protocol/index.js';
import type { Expression } from '../syntax/ast.js';
import { printExpression } from '../syntax/print.js';
import type { InGraph, Within } from './paths/function/text.js';
import { headOf, plain } from './paths/loops/last.js';
import { boundsOf, sweepAt } from './paths/loops/sweep.js';
import { elementGiven, isIterated, lookedUp, namesOf, takenOutBy } from './paths/loops/unwind.js';
import { behindDrops, dropsIn, type Repeated, type WrittenDrop } from './repeated.js';

/** An array of which every element was dropped: its text, and the names that may say how many elements it has. */
interface Whole {
  array: string;
  counts: readonly string[];
  /** Offset of the call that drops them. */
  by: number;
}

/** Every mark as dirty that follows a drop of the same page on all paths; none where extra references are taken (`get_page()`). */
export function lateMarks(graph: Graph, within: Within): readonly Repeated[] {
  return marksIn(within.program)(graph, within);
}

const marksIn = behindIn((name) => dirtyCalls.has(name));

/** The same for calls that look into a page. */
export function lateLooks(graph: Graph, within: Within): readonly Repeated[] {
  return looksIn(within.program)(graph, within);
}

const looksIn = behindIn((name) => pageUse.test(name) && !dirtyCalls.has(name));

function behindIn(isAsking: (name: string) => boolean): (program: Program) => (graph: Graph, within: Within) => readonly Repeated[] {
  return remembered((program) => program.ledger.remembered((graph: Graph, within: Within) => behindDrop(graph, within, isAsking)));
}

function behindDrop(graph: Graph, within: Within, isAsking: (name: string) => boolean): readonly Repeated[] {
  const calls = graph.nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && o.name !== null ? [o.name] : []));
  if (!calls.some(isAsking) || !calls.some((name) => releases.has(name))) return [];
  if (calls.some((name) => extraReferenceCalls.has(name))) return [];
  const here = { ...within, graph };
  const askedAt = ({ operation: o }: Node): Expression[] => (o?.kind === 'call' && isAsking(o.name ?? '') ? o.expressions.slice(0, 1) : []);
  const wholes = graph.nodes.map((n) => wholeAt(here, n));
  const drops = dropsIn(graph, within);
  return [
    ...behindDrops(graph, within, drops, (n) => askedAt(n).map(printExpression)),
    ...behindDrops(
      graph,
      within,
      wholes.map((whole) => whole && asDropped(whole)),
      (n) => askedAt(n).flatMap((page) => wholes.flatMap((whole) => (whole && isOf(here, n, page, whole) ? [textOf(whole)] : []))),
    ),
  ];
}

/** The array that a node drops by one bulk call, or that a loop has dropped element by element if the node is the first behind the loop. */
function wholeAt(here: InGraph, n: Node): Whole | null {
  const { operation: o } = n;
  const release = o?.kind === 'call' && o.name !== null ? releases.get(o.name) : undefined;
  if (o?.kind === 'call' && release?.shape === 'bulk') {
    const [array, count] = o.expressions.slice(pagesArgument(release)).map((e) => plain(printExpression(e)));
    return array && count ? { array, counts: namesOf(here.graph, count), by: n.pos } : null;
  }
  const swept = here.graph.nodes.find(({ loops, operation }) => {
    const [loop] = loops;
    return loop && operation?.kind === 'call' && releases.has(operation.name ?? '') && isLeftAt(here.graph, loop, n);
  });
  return swept && sweepAt(here, swept) ? sweptBy(here, swept) : null;
}

/** True for a node outside of a loop that is a successor of a node inside. */
function isLeftAt({ nodes }: Graph, { id }: Loop, n: Node): boolean {
  const isIn = ({ loops }: Node): boolean => loops.some((l) => l.id === id);
  return !isIn(n) && nodes.some((m) => isIn(m) && m.successors.includes(n.id));
}

/** The array that is dropped by a loop around a node, where the loop drops each element. */
function sweptBy(here: InGraph, n: Node): Whole | null {
  const page = n.operation?.kind === 'call' ? elementGiven(n.operation, 0) : undefined;
  const element = page ? elementOf(here, n, page) : null;
  // The variable that the loop counts with has another value behind the loop.
  const counts = countsAt(here, n).filter((name) => name !== element?.index);
  return element && { array: element.array, counts, by: n.pos };
}

/** The array and index of an element, or what an iterating macro goes through, as written. */
function elementOf(here: InGraph, { loops }: Node, page: Expression): { array: string; index: string } | null {
  const given = lookedUp(page);
  const loop = loops.at(-1);
  const e = given.kind === 'member' ? given.object : given;
  if (loop && isIterated(here.graph, loop, given)) return { array: headOf(loop, here).replace(`,${printExpression(e)},`, ','), index: '' };
  if (e.kind === 'index') return { array: plain(printExpression(e.object)), index: plain(printExpression(e.index)) };
  const taken = loop ? takenOutBy(here, loop, e) : null;
  return taken && { array: plain(taken.array), index: taken.index };
}

/** Names in the bounds of the loops around a node: what may say how far they go. */
function countsAt(here: InGraph, n: Node): string[] {
  return boundsOf(here.graph, n.pos, here).flatMap((bound) => namesOf(here.graph, bound));
}

/** True if a page is certainly an element of an array: the first, or that of a loop with a bound which the drop had, too. */
function isOf(here: InGraph, n: Node, page: Expression, { array, counts }: Whole): boolean {
  const element = elementOf(here, n, page);
  if (element?.array !== array) return false;
  return (
    /^0?$/.test(element.index) ||
    (n.loops.at(-1)?.variables.includes(element.index) === true && countsAt(here, n).some((c) => counts.includes(c)))
  );
}

/** The array as something that was dropped: a change of any name in its text makes it another array. */
function asDropped(whole: Whole): WrittenDrop {
  const text = textOf(whole);
  return { text, names: new Set(text.match(/\.?[A-Za-z_]\w*/g)), by: whole.by };
}

function textOf({ array, counts }: Whole): string {
  return [array, ...counts].join(', ');
}
