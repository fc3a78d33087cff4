/** Drops by a caller of the function that fills a field, where that has failed: of what was taken until then, to which nothing was written. */
import type { SeenRelease } from '../../flow/releases.js';
import type { FunctionReference } from '../../program/file.js';
import { callsOf, type Graph, type Guard, isStore, leadsTo, type Node, says } from '../../program/graph.js';
import { remembered } from '../../program/remembered.js';
import type { Subject } from '../../survey/unit.js';
import { isMadeIn } from '../made.js';
import { type Access, accessesOf } from './access.js';

/** True for a drop that is made only where the acquiring function, which the dropping one calls, has failed. */
export function isGivenUp(subject: Subject, { visit, event }: SeenRelease): boolean {
  const { program, site } = subject;
  if (event.guards.length === 0 || visit.flow.reference.key === site.reference.key || !succeedsWithZero(subject)) return false;
  const graphs = program.graphs(visit.flow.reference).filter((g) => g.nodes.some((n) => n.pos === event.pos));
  return graphs.length > 0 && graphs.every((graph) => event.guards.some((guard) => isFailure(graph, guard, site.reference, event.pos)));
}

/** How far up the callers it is looked for who has the pages reached. */
const maxLevels = 3;

/**
 * True for a drop by a function that has made the object with the pages, and has had it filled: where nothing that it calls, or names for
 * somebody to call, lets anything at the pages, they are given up again before anybody knows of them.
 */
export function isUnmade(subject: Subject, { visit, event }: SeenRelease): boolean {
  const { program, site } = subject;
  const { flow, way } = visit;
  const { reference } = flow;
  if (way !== 'field' || !program.callers(site.reference).some(({ key }) => key === reference.key)) return false;
  return isMadeIn(program, flow, event.fact) && !accessesOf(subject).some((access) => isReachedBy(subject, access, reference));
}

/** True if a function, or one that it calls or names, reaches the pages' data at a place. */
function isReachedBy({ program }: Subject, { visit: { flow } }: Access, by: FunctionReference): boolean {
  const text = program.textOf(by);
  let level = [flow.reference];
  for (let up = 0; up <= maxLevels; up++) {
    if (level.some(({ key, name }) => key === by.key || new RegExp(`\\b${name}\\b`).test(text))) return true;
    level = level.flatMap((reference) => program.callers(reference));
  }
  return false;
}

/** True for an acquiring function that returns 0, as a constant, with the pages held: what else it returns is an error. */
const succeedsWithZero = remembered(({ program, site, followed }: Subject): boolean =>
  program.graphs(site.reference).some((graph) => {
    const zeros = graph.nodes.filter((n) => n.operation?.kind === 'return' && n.operation.value?.text === '0');
    if (zeros.length === 0) return false;
    const holding = followed.holding(graph);
    return zeros.some((n) => holding.has(n.id));
  }),
);

const belowZero = /^(\w+) < 0$/;

/** True for a test that passes only where a function has failed: of its call, or of the variable that has its result since. */
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
  // What stored to it in between would be what failed.
  const isRenewed = (n: Node): boolean =>
    others.some((s) => leadsTo(graph, n, (m) => m === s, isCall) && leadsTo(graph, s, isDrop, isCall));
  return stores.some(isResult) && calls.every(({ node }) => !isRenewed(node));
}

function isSetAt({ operation: o }: Node, path: string): boolean {
  if (o?.kind === 'call') return o.args.some((a) => a.address && a.path === path);
  return isStore(o) && o.target === path;
}
