/** How many pages a statement takes up: the count of a bulk call, or the bound of the loop around a drop. */
import { indexOf } from '../../flow/paths/loops/unwind.js';
import { isWhole } from '../../flow/paths/step/drop.js';
import type { SeenRelease } from '../../flow/releases.js';
import type { Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import { type Assume, type CallOperation, type Graph, type Loop, type Node, offsetsOf } from '../../program/graph.js';
import { pathBelow, rootOf, suffixAfter, type Value } from '../../program/path.js';
import type { Program } from '../../program/program.js';
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

/** What says how many pages a release drops, in the words of its function; `null` if nothing plain does. */
function countOf(program: Program, { visit, event }: SeenRelease): Count | null {
  for (const graph of program.graphs(visit.flow.reference)) {
    const node = graph.nodes.find((n) => n.pos === event.pos && n.operation?.kind === 'call' && n.operation.name === event.api);
    if (!node) continue;
    const call = node.operation as CallOperation;
    if (event.call.shape === 'bulk' && !(event.loops.length > 0 && isOneElement(call))) {
      return countIn(call.args[1], isWhole(call, 0) && !offsetsOf(graph).has(call.args[0]?.path ?? ''));
    }
    const loop = event.loops.at(-1);
    const controls = loop ? controlsOf(graph, loop).filter((c) => /^(<|<=|!=)$/.test(c.condition.op)) : [];
    const [control] = controls;
    if (!loop || !control || controls.length > 1) return null;
    const count = countIn(control.condition.right);
    const first = event.guards.length > loop.guards ? null : firstIn(graph, loop, control.condition.left.path, call);
    const more = control.condition.op === '<=' ? 1 : 0;
    if (first === null) return more === 0 ? count : null;
    return count && { ...count, plus: more - first, fromFirst: true };
  }
  return null;
}

/** True for a drop of one page at the place of an element: `unpin_user_pages(&pages[i], 1)`. */
function isOneElement({ args, expressions }: CallOperation): boolean {
  return args[1]?.text === '1' && indexOf(expressions[0]) !== null;
}

/** The number at which a loop begins that drops the element of its own index in each round; `null` where it does something else. */
function firstIn({ assigned, nodes }: Graph, loop: Loop, index: string | null, drop: CallOperation): number | null {
  if (index === null || indexOf(drop.expressions[0]) !== index) return null;
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

/** A release with what says how many pages it drops, in the words of the function that has come by them in another way than by a call. */
export interface Counted {
  visit: Visit;
  pos: number;
  count: Count;
}

/** That, through the parameters of the helpers between; `null` where no plain count says how many. */
export function countedFrom(program: Program, release: SeenRelease): Counted | null {
  let count = countOf(program, release);
  let { visit } = release;
  let { pos } = release.event;
  while (count && visit.way === 'call' && visit.parent) {
    pos = visit.parent.pos;
    count = inCaller(
      program,
      visit.flow.reference,
      count,
      argumentsAt(program, visit.parent.visit.flow.reference, (o) => o.pos === pos)[0],
    );
    visit = visit.parent.visit;
  }
  return count && { visit, pos, count };
}

/**
 * The calls of a function that has the pages which lead to a release, with what says how many pages it drops, in that function's
 * words. None if the release is reached in another way, or by no plain count.
 */
export function countsAt(program: Program, release: SeenRelease, at: FunctionReference): { pos: number; count: Count }[] {
  const found = countedFrom(program, release);
  if (found === null) return [];
  const { visit, pos, count } = found;
  if (isEntered(visit, at)) return [{ pos, count }];
  if (visit.way !== 'field') return [];
  // A helper that fetches the pages from the object which it is handed.
  const { reference } = visit.flow;
  return argumentsAt(program, at, (o) => o.name === reference.name).flatMap((o) => {
    const here = inCaller(program, reference, count, o);
    return here ? [{ pos: o.pos, count: here }] : [];
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

function argumentsAt(program: Program, reference: FunctionReference, wanted: (o: CallOperation) => boolean): CallOperation[] {
  const found = new Map<number, CallOperation>();
  for (const graph of program.graphs(reference))
    for (const { operation: o } of graph.nodes) if (o?.kind === 'call' && wanted(o)) found.set(o.pos, o);
  return [...found.values()];
}
