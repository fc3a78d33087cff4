/** How many pages a statement uses or drops: the count of a bulk call, or the number of iterations of the loop around it. */
import { indexOf } from '../../flow/paths/loops/unwind.js';
import { isWhole } from '../../flow/paths/step/drop.js';
import type { SeenRelease } from '../../flow/releases.js';
import { arrivalsOf, type Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import { type Assume, type CallOperation, type Graph, type Loop, type Node, offsetsOf } from '../../program/graph.js';
import { pathBelow, rootOf, suffixAfter, type Value } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import type { Expression } from '../../syntax/ast.js';
import { addedIn } from './symbols.js';
import { bytesIn, inPages } from './whole-pages.js';

/** A condition that keeps a loop going, with the loop's index on its left. */
export interface Control {
  node: Node;
  condition: Assume;
}

/** The conditions in a loop's control part, as they hold inside the loop: before its body, or anywhere in a `do` loop. */
export function controlsOf(graph: Graph, loop: Loop): Control[] {
  return graph.nodes.flatMap((node) => {
    const o = node.operation;
    if (o?.kind !== 'assume' || !o.truth || !node.loops.some((l) => l.id === loop.id)) return [];
    return node.pos >= loop.pos && (node.pos < loop.bodyPos || loop.name === 'do') ? [{ node, condition: o }] : [];
  });
}

/** How many pages a release drops: the number that `value` names, and `plus` more. */
export interface Count {
  value: Value;
  plus: number;
  /**
   * The drop begins at the array's first page: one call is given the whole array, or a loop drops page by page from a constant index, which
   * `plus` takes off.
   */
  fromFirst: boolean;
}

/** The count of a release for which no variable or member says the number. */
export const unnamed: Count = { value: { path: null, address: false, text: '' }, plus: 0, fromFirst: false };

/** The count of a release in terms of its own function; `null` if no plain value says it. */
function countOf(program: Program, release: SeenRelease): Count | null {
  const { event } = release;
  const { graph, call } = callOf(program, release) ?? {};
  if (!graph || !call) return null;
  if (event.call.shape === 'bulk' && !(event.loops.length > 0 && isOneElement(call)))
    return countIn(call.args[1], isWhole(call, 0) && !offsetsOf(graph).has(call.args[0]?.path ?? ''));
  return roundsOf(graph, event, call.expressions[0]);
}

/** The call that a release event is, with the variant of the function that it was found in. */
function callOf(program: Program, { visit, event }: SeenRelease): { graph: Graph; call: CallOperation } | null {
  for (const graph of program.graphs(visit.flow.reference)) {
    const node = graph.nodes.find((n) => n.pos === event.pos && n.operation?.kind === 'call' && n.operation.name === event.api);
    if (node) return { graph, call: node.operation as CallOperation };
  }
  return null;
}

/**
 * The number of iterations of the innermost loop as a count: the loop's bound and, if the loop drops `pages[i]` by its own index, less the
 * number that the index begins with. `null` for a loop without a single plain bound.
 */
function roundsOf(graph: Graph, { loops, guards }: Pick<Node, 'loops' | 'guards'>, dropped: Expression | undefined): Count | null {
  const loop = loops.at(-1);
  const controls = loop ? controlsOf(graph, loop).filter((c) => /^(<|<=|!=)$/.test(c.condition.op)) : [];
  const [control] = controls;
  if (!loop || !control || controls.length > 1) return null;
  const count = countIn(control.condition.right);
  const first = guards.length > loop.guards ? null : firstIn(graph, loop, control.condition.left.path, dropped);
  const more = control.condition.op === '<=' ? 1 : 0;
  if (first === null) return more === 0 ? count : null;
  return count && { ...count, plus: more - first, fromFirst: true };
}

/** Index of the parameter that is the one page which a helper drops; `null` for any other release. */
function pageOf(program: Program, release: SeenRelease): number | null {
  const { event } = release;
  const { graph, call } = callOf(program, release) ?? {};
  const isOne = event.call.shape === 'single' || (event.call.shape === 'bulk' && call?.args[1]?.text === '1');
  const path = call?.args[0]?.path;
  if (!graph || !path || !isOne || event.loops.length > 0) return null;
  return indexIn(graph, path);
}

/** Index of the parameter that a path is; `null` if it is none. */
function indexIn({ params }: Graph, path: string): number | null {
  const index = params.findIndex((p) => p.name === path);
  return index < 0 ? null : index;
}

/** True for a bulk call that drops one element: `unpin_user_pages(&pages[i], 1)`. */
function isOneElement({ args, expressions }: CallOperation): boolean {
  return args[1]?.text === '1' && indexOf(expressions[0]) !== null;
}

/**
 * The constant that a loop's index begins with, if the loop drops `pages[index]` and steps the index once in each iteration; else `null`.
 */
function firstIn({ assigned, nodes }: Graph, loop: Loop, index: string | null, dropped: Expression | undefined): number | null {
  if (index === null || indexOf(dropped) !== index) return null;
  const [first, ...others] = assigned.filter(({ target, pos }) => target === index && pos >= loop.pos && pos < loop.end);
  const steps = nodes.filter(({ operation: o, loops }) => o?.kind === 'update' && o.target === index && loops.includes(loop));
  return first && others.length === 0 && steps.length === 1 && /^\d+$/.test(first.text) ? Number(first.text) : null;
}

function countIn(value: Value | undefined, fromFirst = false): Count | null {
  return value === undefined ? null : { value, plus: 0, fromFirst };
}

/** The count in terms of what its variable was set to, where the function sets that once: `n = obj->n`. Else the count as it is. */
export function meantIn(program: Program, reference: FunctionReference, count: Count): Count {
  const { path } = count.value;
  const added = addedIn(count.value);
  if (path === null || added === null || rootOf(path) !== path) return count;
  const graph = program.graphs(reference).find((g) => g.types.has(path));
  if (graph === undefined || graph.params.some((p) => p.name === path)) return count;
  const sets = graph.nodes.flatMap(({ operation: o }) =>
    (o?.kind === 'copy' || o?.kind === 'update' || (o?.kind === 'clear' && o.text !== '')) && o.target === path ? [o] : [],
  );
  const [set] = sets;
  const inBytes = sets.length === 1 ? graph.assigned.find((a) => a.target === path && bytesIn(a.text) !== null) : undefined;
  if (inBytes && added === 0) return { ...count, value: { path: null, address: false, text: inBytes.text } };
  const isName = sets.length === 1 && set?.kind === 'copy' && set.replaces && set.source.path !== null && !set.source.path.startsWith('%');
  return isName ? { ...count, value: set.source, plus: count.plus + added } : count;
}

/** A release and its count, from the point of view of the function on the way up that got the pages otherwise than as an argument. */
export interface Counted {
  visit: Visit;
  pos: number;
  /** The fact that holds the reference in that function. */
  fact: string;
  /** `null` where no plain value says how many. */
  count: Count | null;
  /** That function passes single pages to the helper that drops: one, or one in each iteration of a loop. */
  handsOne: boolean;
}

/** The same for a function on the way up to that one. */
interface Rising extends Counted {
  /** Index of the parameter that is the one page which is dropped; `null` if it is not one page. */
  page: number | null;
}

/** The most functions between a release and the function that has the pages. */
const maxHelpers = 6;

/**
 * A release from the point of view of each function that has the pages: its count is translated through the parameters of the helpers
 * between, along each chain of calls that leads to the release.
 */
export function countedFrom(program: Program, release: SeenRelease): Counted[] {
  const { visit, event } = release;
  const count = countOf(program, release);
  const page = pageOf(program, release);
  return risen(program, { visit, pos: event.pos, fact: `-${event.pos}`, count, handsOne: false, page }, 0);
}

/** Goes up call by call until a function is reached that did not get the pages as an argument. */
function risen(program: Program, here: Rising, level: number): Counted[] {
  const { visit } = here;
  if (visit.way !== 'call' || level > maxHelpers) return [here];
  const callee = visit.flow.reference;
  return arrivalsOf(visit).flatMap(({ visit: above, pos, fact }) => {
    const [at] = callsIn(program, above.flow.reference, (o) => o.pos === pos);
    const place = { visit: above, pos, fact, handsOne: here.handsOne };
    const count = here.page !== null || !at || !here.count ? null : inCaller(program, callee, here.count, at.call);
    const handed = here.page !== null && at ? handing(at, here.page) : { count, page: null };
    return risen(program, { ...place, ...handed }, level + 1);
  });
}

/**
 * The count at a call of a helper that drops the one page which it is given as argument `page`: the iterations of a loop around the call,
 * or one page, which may be a parameter of the caller in turn.
 */
function handing({ graph, node, call }: CallAt, page: number): Partial<Rising> & Pick<Rising, 'count' | 'page'> {
  const path = call.args[page]?.path;
  if (node.loops.length > 0) return { count: roundsOf(graph, node, call.expressions[page]), page: null, handsOne: true };
  const above = path && node.guards.length === 0 ? indexIn(graph, path) : null;
  return { count: null, page: above, handsOne: above === null };
}

/**
 * The calls in function `at`, which has the pages, that lead to a release, each with its count in terms of that function. Empty if the
 * release is reached in another way, or without a plain count, unless single pages are passed to it.
 * @param has true for a place in a visit of that function which has the pages
 */
export function countsAt(
  program: Program,
  release: SeenRelease,
  at: FunctionReference,
  has: (visit: Visit, pos: number) => boolean = (visit) => isEntered(visit, at),
): { pos: number; count: Count; handsOne: boolean }[] {
  return countedFrom(program, release).flatMap(({ visit, pos, count, handsOne }) => {
    if (has(visit, pos) && (count !== null || handsOne)) return [{ pos, count: count ?? unnamed, handsOne }];
    if (visit.way !== 'field' || count === null) return [];
    // A helper that fetches the pages from the object which it is given.
    const { reference } = visit.flow;
    return callsIn(program, at, (o) => o.name === reference.name).flatMap(({ call }) => {
      const here = inCaller(program, reference, count, call);
      return here ? [{ pos: call.pos, count: here, handsOne: false }] : [];
    });
  });
}

/** True for a visit of the function as one that takes the pages, or gets them from a function that it calls. */
export function isEntered({ way, flow }: Visit, reference: FunctionReference): boolean {
  return (way === 'site' || way === 'return') && flow.reference.key === reference.key;
}

/** A callee's count in terms of the arguments of a call of it; `null` if they do not say it plainly. */
function inCaller(program: Program, callee: FunctionReference, own: Count, call: CallOperation | undefined): Count | null {
  const { value, plus, fromFirst } = meantIn(program, callee, own);
  const bytes = bytesIn(value.text);
  const [named, added] = bytes === null ? [value.path, addedIn(value)] : [bytes, 0];
  if (named === null || added === null || !call) return null;
  const root = rootOf(named);
  const index = (program.variants(callee)[0]?.params ?? []).findIndex((p) => p.name === root);
  const given = index < 0 ? undefined : call.args[index];
  const path = given ? pathBelow(given, suffixAfter(named, root) ?? '') : null;
  if (path === null || !given) return null;
  const isFromFirst = fromFirst && call.args.every((_, i) => i === index || isWhole(call, i));
  const here = bytes === null ? { path, text: given.text } : { path: null, text: inPages(path) };
  return { value: { ...here, address: false }, plus: plus + added, fromFirst: isFromFirst };
}

/** A call in one variant of a function. */
interface CallAt {
  graph: Graph;
  node: Node;
  call: CallOperation;
}

/** The wanted calls of a function, one for each position. */
function callsIn(program: Program, reference: FunctionReference, wanted: (o: CallOperation) => boolean): CallAt[] {
  const found = new Map<number, CallAt>();
  for (const graph of program.graphs(reference))
    for (const node of graph.nodes) {
      const o = node.operation;
      if (o?.kind === 'call' && wanted(o)) found.set(o.pos, { graph, node, call: o });
    }
  return [...found.values()];
}
