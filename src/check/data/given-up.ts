/**
 * Drops made where the filling of a field has failed, or by the maker of the object before anybody knows of it: nothing was written to
 * these pages.
 */
import type { SeenRelease } from '../../flow/releases.js';
import type { FunctionReference } from '../../program/file.js';
import { callsOf, type Graph, type Guard, isStore, leadsTo, type Node, says } from '../../program/graph.js';
import { remembered } from '../../program/remembered.js';
import type { Subject } from '../../survey/unit.js';
import { isMadeIn } from '../made.js';
import { type Access, accessesOf } from './access.js';

/** True for a release that is made only where the acquiring function, which the releasing function calls, has failed. */
export function isGivenUp(subject: Subject, { visit, event }: SeenRelease): boolean {
  const { program, site } = subject;
  if (event.guards.length === 0 || visit.flow.reference.key === site.reference.key || !succeedsWithZero(subject)) return false;
  const graphs = program.graphs(visit.flow.reference).filter((g) => g.nodes.some((n) => n.pos === event.pos));
  return graphs.length > 0 && graphs.every((graph) => event.guards.some((guard) => isFailure(graph, guard, site.reference, event.pos)));
}

/** How many callers up from an access the function that leads to it is looked for. */
const maxLevels = 3;

/**
 * True for a drop by a function that has made the object and has had it filled: if nothing that it calls or names reaches the pages' data,
 * it gives the pages up before anybody else knows of them.
 */
export function isUnmade(subject: Subject, { visit, event }: SeenRelease): boolean {
  const { program, site } = subject;
  const { flow, way } = visit;
  const { reference } = flow;
  if (way !== 'field' || !program.callers(site.reference).some(({ key }) => key === reference.key)) return false;
  return isMadeIn(program, flow, event.fact) && !accessesOf(subject).some((access) => isReachedBy(subject, access, reference));
}

/** True if a function is the one that reaches the pages' data, or names it or one of its callers. */
function isReachedBy({ program }: Subject, { visit: { flow } }: Access, by: FunctionReference): boolean {
  const text = program.textOf(by);
  let level = [flow.reference];
  for (let up = 0; up <= maxLevels; up++) {
    if (level.some(({ key, name }) => key === by.key || new RegExp(`\\b${name}\\b`).test(text))) return true;
    level = level.flatMap((reference) => program.callers(reference));
  }
  return false;
}

/** True for an acquiring function that returns the constant 0 with the pages held: anything else that it returns is an error. */
const succeedsWithZero = remembered(({ program, site, followed }: Subject): boolean =>
  program.graphs(site.reference).some((graph) => {
    const zeros = graph.nodes.filter((n) => n.operation?.kind === 'return' && n.operation.value?.text === '0');
    if (zeros.length === 0) return false;
    const holding = followed.holding(graph);
    return zeros.some((n) => holding.has(n.id));
  }),
);

const belowZero = /^(\w+) < 0$/;

/** True for a guard that holds only where a function has failed: it tests the call, or the variable that still has the call's result. */
function isFailure(graph: Graph, guard: Guard, { name }: FunctionReference, drop: number): boolean {
  if (!says(guard, false)) return false;
  if (guard.call !== '') return guard.call === name;
  const path = guard.path ?? belowZero.exec(guard.text)?.[1];
  if (path === undefined || !graph.types.has(path)) return false;
  const calls = callsOf(graph, name);
  const isDrop = (n: Node): boolean => n.pos === drop;
  const isCall = (n: Node): boolean => calls.some(({ node }) => node === n);
  const isResult = ({ operation: o }: Node): boolean => o?.kind === 'copy' && calls.some(({ call }) => o.source.path === call.result);
  const stores = graph.nodes.filter((n) => isSetAt(n, path));
  const others = stores.filter((n) => !isResult(n));
  // Another store in between would make it the test of something else.
  const isRenewed = (n: Node): boolean =>
    others.some((s) => leadsTo(graph, n, (m) => m === s, isCall) && leadsTo(graph, s, isDrop, isCall));
  return stores.some(isResult) && calls.every(({ node }) => !isRenewed(node));
}

function isSetAt({ operation: o }: Node, path: string): boolean {
  if (o?.kind === 'call') return o.args.some((a) => a.address && a.path === path);
  return isStore(o) && o.target === path;
}
