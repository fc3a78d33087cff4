/** How many pages a statement takes up: the count of a bulk call, or the bound of the loop around a drop. */
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

/** The condition that keeps a loop going, with the index on its left. */
export interface Control {
  node: Node;
  condition: Assume;
}

/** The tests by which a loop is entered or left, each as it holds inside. */
export function controlsOf(graph: Graph, loop: Loop): Control[] {
  return graph.nodes.flatMap((node) => {
    const o = node.operation;
    if (o?.kind !== 'assume' || !o.truth || !node.loops.some((l) => l.id === loop.id)) return [];
    return node.pos >= loop.pos && (node.pos < loop.bodyPos || loop.name === 'do') ? [{ node, condition: o }] : [];
  });
}

/** How many pages a release drops: a number that a value names, and what is added to it on the way to the release. */
export interface Count {
  value: Value;
  plus: number;
  /** They are dropped by one call that is given the array from its first page on, or one by one from a page on whose number is taken off. */
  fromFirst: boolean;
}

/** A number that nothing plain names. */
export const unnamed: Count = { value: { path: null, address: false, text: '' }, plus: 0, fromFirst: false };

/** What says how many pages a release drops, in the words of its function; `null` if nothing plain does. */
function countOf(program: Program, release: SeenRelease): Count | null {
  const { event } = release;
  const { graph, call } = callOf(program, release) ?? {};
  if (!graph || !call) return null;
  if (event.call.shape === 'bulk' && !(event.loops.length > 0 && isOneElement(call)))
    return countIn(call.args[1], isWhole(call, 0) && !offsetsOf(graph).has(call.args[0]?.path ?? ''));
  return roundsOf(graph, event, call.expressions[0]);
}

/** The call that a release is. */
function callOf(program: Program, { visit, event }: SeenRelease): { graph: Graph; call: CallOperation } | null {
  for (const graph of program.graphs(visit.flow.reference)) {
    const node = graph.nodes.find((n) => n.pos === event.pos && n.operation?.kind === 'call' && n.operation.name === event.api);
    if (node) return { graph, call: node.operation as CallOperation };
  }
  return null;
}

/** How many rounds a loop has that drops in each what an argument says: its bound, less where it begins if that is the element of its own number. */
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

/** The parameter of which a helper drops one page, by its number; `null` for any other release. */
function pageOf(program: Program, release: SeenRelease): number | null {
  const { event } = release;
  const { graph, call } = callOf(program, release) ?? {};
  const isOne = event.call.shape === 'single' || (event.call.shape === 'bulk' && call?.args[1]?.text === '1');
  const path = call?.args[0]?.path;
  if (!graph || !path || !isOne || event.loops.length > 0) return null;
  return indexIn(graph, path);
}

/** The parameter that a path is, by its number; `null` for none. */
function indexIn({ params }: Graph, path: string): number | null {
  const index = params.findIndex((p) => p.name === path);
  return index < 0 ? null : index;
}

/** True for a drop of one page at the place of an element: `unpin_user_pages(&pages[i], 1)`. */
function isOneElement({ args, expressions }: CallOperation): boolean {
  return args[1]?.text === '1' && indexOf(expressions[0]) !== null;
}

/** The number at which a loop begins that drops the element of its own index in each round; `null` where it does something else. */
function firstIn({ assigned, nodes }: Graph, loop: Loop, index: string | null, dropped: Expression | undefined): number | null {
  if (index === null || indexOf(dropped) !== index) return null;
  const [first, ...others] = assigned.filter(({ target, pos }) => target === index && pos >= loop.pos && pos < loop.end);
  const steps = nodes.filter(({ operation: o, loops }) => o?.kind === 'update' && o.target === index && loops.includes(loop));
  return first && others.length === 0 && steps.length === 1 && /^\d+$/.test(first.text) ? Number(first.text) : null;
}

function countIn(value: Value | undefined, fromFirst = false): Count | null {
  return value === undefined ? null : { value, plus: 0, fromFirst };
}

/** A count by what the variable of a function that names it is set to once, `n = obj->n`; itself where that is not known. */
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
  const isName = sets.length === 1 && set?.kind === 'copy' && set.replaces && set.source.path !== null && !set.source.path.startsWith('%');
  return isName ? { ...count, value: set.source, plus: count.plus + added } : count;
}

/** A release with what says how many pages it drops, in the words of a function that has come by them in another way than by a call. */
export interface Counted {
  visit: Visit;
  pos: number;
  /** What the function has there, as its flow names it. */
  fact: string;
  /** `null` where no plain count says how many. */
  count: Count | null;
  /** One page, which that function hands on, or one in each round of a loop of it. */
  handsOne: boolean;
}

/** What is known of a release on the way up to such a function. */
interface Rising extends Counted {
  /** The one page that is dropped, as a parameter by its number. */
  page: number | null;
}

/** How many functions may stand between a release and who has the pages. */
const maxHelpers = 6;

/** That, through the parameters of the helpers between, for each of the calls that lead to it. */
export function countedFrom(program: Program, release: SeenRelease): Counted[] {
  const { visit, event } = release;
  const count = countOf(program, release);
  const page = pageOf(program, release);
  return risen(program, { visit, pos: event.pos, fact: `-${event.pos}`, count, handsOne: false, page }, 0);
}

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

/** What says how many pages a function drops by a helper that drops the one which it is given. */
function handing({ graph, node, call }: CallAt, page: number): Partial<Rising> & Pick<Rising, 'count' | 'page'> {
  const path = call.args[page]?.path;
  if (node.loops.length > 0) return { count: roundsOf(graph, node, call.expressions[page]), page: null, handsOne: true };
  const above = path && node.guards.length === 0 ? indexIn(graph, path) : null;
  return { count: null, page: above, handsOne: above === null };
}

/**
 * The calls of a function that has the pages which lead to a release, with what says how many pages it drops, in that function's
 * words. None if the release is reached in another way, or by no plain count, unless it is of one page that is handed on.
 */
export function countsAt(
  program: Program,
  release: SeenRelease,
  at: FunctionReference,
): { pos: number; count: Count; handsOne: boolean }[] {
  return countedFrom(program, release).flatMap(({ visit, pos, count, handsOne }) => {
    if (isEntered(visit, at) && (count !== null || handsOne)) return [{ pos, count: count ?? unnamed, handsOne }];
    if (visit.way !== 'field' || count === null) return [];
    // A helper that fetches the pages from the object which it is handed.
    const { reference } = visit.flow;
    return callsIn(program, at, (o) => o.name === reference.name).flatMap(({ call }) => {
      const here = inCaller(program, reference, count, call);
      return here ? [{ pos: call.pos, count: here, handsOne: false }] : [];
    });
  });
}

/** True for a visit of a function that takes the pages, or is handed them by what it calls. */
export function isEntered({ way, flow }: Visit, reference: FunctionReference): boolean {
  return (way === 'site' || way === 'return') && flow.reference.key === reference.key;
}

/** A callee's count in the words of a call of it. */
function inCaller(program: Program, callee: FunctionReference, own: Count, call: CallOperation | undefined): Count | null {
  const { value, plus, fromFirst } = meantIn(program, callee, own);
  const added = addedIn(value);
  if (value.path === null || added === null || !call) return null;
  const root = rootOf(value.path);
  const index = (program.variants(callee)[0]?.params ?? []).findIndex((p) => p.name === root);
  const given = index < 0 ? undefined : call.args[index];
  const path = given ? pathBelow(given, suffixAfter(value.path, root) ?? '') : null;
  if (path === null || !given) return null;
  const isFromFirst = fromFirst && call.args.every((_, i) => i === index || isWhole(call, i));
  return { value: { path, address: false, text: given.text }, plus: plus + added, fromFirst: isFromFirst };
}

/** A call in a variant of a function. */
interface CallAt {
  graph: Graph;
  node: Node;
  call: CallOperation;
}

/** The calls of a function that are wanted, one at a place. */
function callsIn(program: Program, reference: FunctionReference, wanted: (o: CallOperation) => boolean): CallAt[] {
  const found = new Map<number, CallAt>();
  for (const graph of program.graphs(reference))
    for (const node of graph.nodes) {
      const o = node.operation;
      if (o?.kind === 'call' && wanted(o)) found.set(o.pos, { graph, node, call: o });
    }
  return [...found.values()];
}
