/** The containers that a site's pages flow through, in that order. */

import { ownersIn, scopeOf } from '../flow/facts.js';
import { sourcesOf } from '../flow/flow.js';
import type { SeenRelease } from '../flow/releases.js';
import { arrivalsOf, type Followed, type Visit } from '../flow/visit.js';
import type { Graph } from '../program/graph.js';
import { rootOf } from '../program/path.js';
import { folderOf, isIn } from '../program/place.js';
import type { Program } from '../program/program.js';
import type { Container } from './row.js';
import type { Site } from './sites.js';

/** The name in the sheet for each content step. */
const contents: Readonly<Record<string, Container>> = {
  '@sgl': 'sgl',
  '@skb': 'skb',
  '@bvec': 'bvec',
  '@pipe': 'pipe',
  '@slot': 'other',
  '@key': 'other',
};

/** The container that a path or field fact is in; `null` if it is none, only another name on the way. */
function containerOf(fact: string): Container | null {
  for (const [content, container] of Object.entries(contents)) if (fact.includes(content)) return container;
  return null;
}

/** Returns the containers in the order in which the reference reaches them. */
export function containersOf(program: Program, site: Site, followed: Followed | null, releases: readonly SeenRelease[]): Container[] {
  const found: Container[] = [first(program, site)];
  const add = (c: Container | null) => {
    if (c !== null && !found.includes(c)) found.push(c);
  };
  const folder = folderOf(site.reference.file);
  for (const v of followed?.visits ?? []) {
    const { file } = v.flow.reference;
    if (!isIn(file, folder)) continue;
    for (const fact of v.flow.origins.keys()) {
      const field = fact.startsWith('#');
      if (!/^[#%\w:]/.test(fact) || (!field && (file !== site.reference.file || isOnStack(program, v, fact))) || throughFrame(v, fact))
        continue;
      add(containerOf(fact));
      if (field && fact.endsWith('[]') && !fact.includes('@') && !pointsAtOne(program, followed, fact)) add('page-array');
    }
  }
  for (const { visit, event } of releases) {
    for (const fact of chain(visit, `-${event.pos}`)) {
      if (fact.endsWith('@pfn')) add('pfn');
      if (fact.startsWith('#') && fact.endsWith('@address')) add('other');
      if (fact.startsWith('#')) add(containerOf(fact));
    }
  }
  return found;
}

/** True for a field that some function sets to the address of a page pointer: it points at that pointer, not at an array. */
function pointsAtOne(program: Program, followed: Followed | null, fact: string): boolean {
  return (followed?.visits ?? []).some(({ flow: { reference } }) =>
    program.graphs(reference).some((graph) => {
      const scope = scopeOf(program, graph, reference);
      return graph.aliases.some(
        ({ target, source }) =>
          source.address &&
          source.path !== null &&
          ownersIn(scope, target).some((o) => `#${o.tag}${o.rest}[]` === fact) &&
          isPageAt(program, graph, reference.file, source.path),
      );
    }),
  );
}

/** A fact and those that it came from, back to the site. */
function chain(visit: Visit, fact: string): string[] {
  const here = sourcesOf(visit.flow, fact);
  return visit.parent ? [...here, ...chain(visit.parent.visit, visit.parent.fact)] : here;
}

/** Returns the facts that a drop came from, along every call that leads to it. */
export function waysTo(visit: Visit, fact: string, found = new Set<string>()): string[] {
  const key = `${visit.id} ${fact}`;
  if (found.has(key)) return [];
  found.add(key);
  return [...sourcesOf(visit.flow, fact), ...arrivalsOf(visit).flatMap((a) => waysTo(a.visit, a.fact, found))];
}

/** True for what was found again by a frame number or address: it does not hold the reference. */
function throughFrame(visit: Visit, fact: string): boolean {
  return chain(visit, fact).some((f) => f.endsWith('@pfn') || f.endsWith('@address'));
}

/** True for a struct on the stack: it only carries a page to a call. */
function isOnStack(program: Program, visit: Visit, fact: string): boolean {
  return program.graphs(visit.flow.reference).some((g) => {
    const type = g.types.get(rootOf(fact));
    return type !== undefined && type.pointers === 0 && type.dims.length === 0;
  });
}

/** What the acquiring call itself fills: one page, or an array. */
function first(program: Program, site: Site): Container {
  const container = containerOf(site.acquire.behind);
  if (container !== null) return container;
  const pages = site.signature?.pages ?? null;
  if (pages === null) return site.acquire.result === 'page' ? 'single' : 'page-array';
  const value = site.call.args[pages];
  if (!value?.path) return 'page-array';
  const type = program.typeOf(value.path, site.graph, site.reference.file);
  if (
    (value.address && site.acquire.behind !== '[][]') ||
    site.graph.aliases.some(
      (a) => a.target === value.path && a.source.address && a.source.path !== null && isPage(program, site, a.source.path),
    )
  )
    return 'single';
  if (site.acquire.behind === '[][]') return 'page-array';
  const counted = site.signature?.count ?? null;
  const one =
    counted !== null &&
    site.call.expressions[counted]?.kind === 'literal' &&
    (site.call.expressions[counted] as { text: string }).text === '1';
  // `struct page *pages[1]` at the end of a struct has as many elements as were allocated.
  if (type && type.dims.length > 0) return type.dims[0] === '1' && (one || !value.path.includes('.')) ? 'single' : 'page-array';
  // A parameter that one page is written through, not an array that grows.
  const param = site.graph.params.find((p) => p.name === rootOf(value.path as string));
  return one && param && value.path === param.name && callersPassOne(program, site, param.name) ? 'single' : 'page-array';
}

/** True if no caller passes a place in an array of its own, unless that has one element. */
function callersPassOne(program: Program, site: Site, name: string): boolean {
  const index = site.graph.params.findIndex((p) => p.name === name);
  return program.callSites(site.reference).every(({ caller, graph, call }) => {
    const value = call.args[index];
    if (value?.address !== false) return true;
    const type = value.path === null ? null : program.typeOf(value.path, graph, caller.file);
    return type?.dims[0] === '1';
  });
}

function isPage(program: Program, site: Site, path: string): boolean {
  return isPageAt(program, site.graph, site.reference.file, path);
}

function isPageAt(program: Program, graph: Graph, file: string, path: string): boolean {
  const type = program.typeOf(path, graph, file);
  return (type?.tag === 'page' || type?.tag === 'folio') && type.pointers === 1 && type.dims.length === 0;
}
