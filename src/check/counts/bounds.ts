/** How many pages a statement takes up: the count of a bulk call, or the bound of the loop around a drop. */
import type { SeenRelease } from '../../flow/releases.js';
import type { Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import type { Assume, CallOperation, Graph, Loop, Node } from '../../program/graph.js';
import { pathBelow, rootOf, suffixAfter, type Value } from '../../program/path.js';
import type { Program } from '../../program/program.js';

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

/** What says how many pages a release drops, in the words of its function; `null` if nothing plain does. */
function countOf(program: Program, { visit, event }: SeenRelease): Value | null {
  for (const graph of program.graphs(visit.flow.reference)) {
    const node = graph.nodes.find((n) => n.pos === event.pos && n.operation?.kind === 'call' && n.operation.name === event.api);
    if (!node) continue;
    if (event.call.shape === 'bulk') return meantBy(graph, (node.operation as CallOperation).args[1] ?? null);
    const loop = event.loops.at(-1);
    const controls = loop ? controlsOf(graph, loop).filter((c) => c.condition.op === '<' || c.condition.op === '!=') : [];
    return controls.length === 1 ? meantBy(graph, controls[0]?.condition.right ?? null) : null;
  }
  return null;
}

/** What a variable of the function is set to once, `n = obj->n`: a name for that. */
function meantBy(graph: Graph, value: Value | null): Value | null {
  const path = value?.path ?? null;
  if (path === null || rootOf(path) !== path || graph.params.some((p) => p.name === path)) return value;
  const sets = graph.nodes.flatMap(({ operation: o }) =>
    (o?.kind === 'copy' || o?.kind === 'update' || (o?.kind === 'clear' && o.text !== '')) && o.target === path ? [o] : [],
  );
  const [set] = sets;
  const isName = sets.length === 1 && set?.kind === 'copy' && set.replaces && set.source.path !== null && !set.source.path.startsWith('%');
  return isName ? set.source : value;
}

/**
 * The calls of a function that has the pages which lead to a release, with what says how many pages it drops, in that function's
 * words: through the parameters of the helpers between. None if the release is reached in another way, or by no plain count.
 */
export function countsAt(program: Program, release: SeenRelease, at: FunctionReference): { pos: number; count: Value }[] {
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
  if (!count) return [];
  if (isEntered(visit, at)) return [{ pos, count }];
  if (visit.way !== 'field') return [];
  // A helper that fetches the pages from the object which it is handed.
  const { reference } = visit.flow;
  const found = count;
  return argumentsAt(program, at, (o) => o.name === reference.name).flatMap((o) => {
    const here = inCaller(program, reference, found, o);
    return here ? [{ pos: o.pos, count: here }] : [];
  });
}

/** True for a visit of a function that takes the pages, or is handed them by what it calls. */
export function isEntered({ way, flow }: Visit, reference: FunctionReference): boolean {
  return (way === 'site' || way === 'return') && flow.reference.key === reference.key;
}

/** A callee's count in the words of a call of it. */
function inCaller(program: Program, callee: FunctionReference, count: Value, call: CallOperation | undefined): Value | null {
  if (count.path === null || !call) return null;
  const root = rootOf(count.path);
  const index = (program.variants(callee)[0]?.params ?? []).findIndex((p) => p.name === root);
  const given = index < 0 ? undefined : call.args[index];
  const path = given ? pathBelow(given, suffixAfter(count.path, root) ?? '') : null;
  return path === null || !given ? null : { path, address: false, text: given.text };
}

function argumentsAt(program: Program, reference: FunctionReference, wanted: (o: CallOperation) => boolean): CallOperation[] {
  const found = new Map<number, CallOperation>();
  for (const graph of program.graphs(reference))
    for (const { operation: o } of graph.nodes) if (o?.kind === 'call' && wanted(o)) found.set(o.pos, o);
  return [...found.values()];
}
