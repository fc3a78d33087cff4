/** Drops, in functions that touch a holding field, of pages which another origin put there, as the dropping function itself shows. */
import type { FunctionReference } from '../program/file.js';
import type { Graph, Node } from '../program/graph.js';
import { suffixAfter } from '../program/path.js';
import type { Program } from '../program/program.js';
import { acquires, allocatingCalls, cacheCalls, cacheUnlocks, originCalls } from '../protocol/index.js';
import { otherNames, ownersIn, type Scope, scopeOf } from './facts.js';
import type { ReleaseEvent } from './flow.js';
import type { Followed, Visit } from './visit.js';

const allocated = new Set([...allocatingCalls, ...originCalls.keys()]);

/** Makes a test for drops in visited functions that take from a field which holds the site's pages, but drop others. */
export function openForeign(program: Program, followed: Followed): (visit: Visit, event: ReleaseEvent) => boolean {
  const site = followed.visits[0]?.flow.reference.key;
  let reached: ReadonlySet<string> | undefined;
  const isReached = (file: string): boolean => {
    reached ??= reachedFiles(program, followed);
    return reached.has(file);
  };
  return (visit, { pos, fact }) => {
    const { heap, way } = visit;
    const { reference } = visit.flow;
    if (heap === null || reference.key === site) return false;
    const isOwn = program.graphs(reference).some((graph) => {
      const scope = scopeOf(program, graph, reference);
      const isOfOthers =
        way === 'field' && (fillsBefore(graph, scope, heap, pos) || isApart(program, reference, scope, heap, fact, isReached));
      return isOfOthers || isCached(program, visit, graph, scope);
    });
    return isOwn || isHelping(program, visit, site, 0);
  };
}

/** True for a helper that drops what it is given, if each function that calls it has put pages into the field itself before. */
function isHelping(program: Program, visit: Visit, site: string | undefined, depth: number): boolean {
  if (visit.way !== 'call' || !visit.parent || depth >= maxHelpers) return false;
  return [visit.parent, ...visit.also].every(({ visit: from, pos }) => {
    const { heap, flow } = from;
    if (from === visit || heap === null || flow.reference.key === site) return false;
    const fills = (graph: Graph): boolean => fillsBefore(graph, scopeOf(program, graph, flow.reference), heap, pos);
    return (from.way === 'field' && program.graphs(flow.reference).some(fills)) || isHelping(program, from, site, depth + 1);
  });
}

const maxHelpers = 4;

/**
 * True if a function has put pages into the same field itself before, taken by a call or fresh from the allocator: on its
 * way out it drops its own, not those that another site put there.
 */
function fillsBefore(graph: Graph, scope: Scope, heap: string, pos: number): boolean {
  const isThere = (path: string | null): boolean =>
    path !== null && ownersIn(scope, path).some((o) => suffixAfter(heap, `#${o.tag}${o.rest}`) !== null);
  // After `pages = req->pages`, the array `pages` is the field's.
  const isArrayThere = (path: string | null): boolean =>
    isThere(path) || (path !== null && otherNames(`${path}[]`, graph).some((name) => isThere(name)));
  const fills = ({ operation: o }: Node): boolean => {
    if (o?.kind === 'call') return o.name !== null && acquires.has(o.name) && o.args.some((a) => isArrayThere(a.path));
    return o?.kind === 'copy' && isThere(o.target) && isAllocated(graph, o.source.path);
  };
  return graph.nodes.some((n) => n.pos < pos && fills(n));
}

/**
 * True if the field is reached through a struct around it that only the dropping function's file defines, and nothing leads from the
 * site to that file: it is not handed the pages, and does not call the functions that take them. Such objects that file fills itself.
 */
function isApart(
  program: Program,
  { file }: FunctionReference,
  scope: Scope,
  heap: string,
  fact: string,
  isReached: (file: string) => boolean,
): boolean {
  const owners = ownersIn(scope, fact);
  const at = owners.findIndex((o) => suffixAfter(heap, `#${o.tag}${o.rest}`) !== null);
  const around = new Set(owners.slice(0, Math.max(at, 0)).map((o) => o.tag));
  if (around.size === 0 || file.endsWith('.h')) return false;
  const isOwn = program.shell(file)?.items.some((item) => item.kind === 'struct' && around.has(item.name));
  return isOwn === true && !isReached(file);
}

const maxCallers = 4;

/** The files of the functions that are visited other than by a field, and of their callers, some levels up. */
function reachedFiles(program: Program, { visits }: Followed): ReadonlySet<string> {
  const found = new Map(visits.filter((v) => v.heap === null).map(({ flow: { reference } }) => [reference.key, reference]));
  let level = [...found.values()];
  for (let depth = 0; depth < maxCallers; depth++) {
    level = level.flatMap((reference) => program.callers(reference)).filter(({ key }) => !found.has(key));
    for (const reference of level) found.set(reference.key, reference);
  }
  return new Set([...found.values()].map((reference) => reference.file));
}

/** True for the result of a call that brings pages of another origin, and for a variable that is only ever set to such results. */
function isAllocated({ nodes, aliases }: Graph, path: string | null): boolean {
  if (path === null) return false;
  const from = path.startsWith('%') ? [path] : aliases.flatMap((a) => (a.target === path ? [a.source.path] : []));
  const isOrigin = (result: string | null): boolean =>
    nodes.some(({ operation: o }) => o?.kind === 'call' && o.result === result && o.name !== null && allocated.has(o.name));
  return from.length > 0 && from.every(isOrigin);
}

/** True if a function does what only the page cache's owner may: end writeback, mark up to date, or unlock what it did not lock. */
function isCached(program: Program, { flow, heap }: Visit, graph: Graph, scope: Scope): boolean {
  const isHeld = (path: string | null | undefined): boolean =>
    path != null && (flow.origins.has(path) || ownersIn(scope, path).some((o) => heap === `#${o.tag}${o.rest}`));
  const locks = /\b(try)?lock_page\s*\(|\bfolio_(try)?lock\s*\(/.test(program.textOf(flow.reference));
  return graph.nodes.some(({ operation: o }) => {
    if (o?.kind !== 'call' || o.name === null) return false;
    return (cacheCalls.has(o.name) || (!locks && cacheUnlocks.has(o.name))) && isHeld(o.args[0]?.path);
  });
}
