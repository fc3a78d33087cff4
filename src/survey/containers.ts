/** The containers that a site's pages flow through, in that order. */
import { folderOf, type Program } from '../program/program.js';
import { rootOf } from '../program/path.js';
import type { Followed, SeenRelease, Visit } from '../flow/follow.js';
import type { Container } from './row.js';
import type { Site } from './sites.js';

const contents: Readonly<Record<string, Container>> = { '@sgl': 'sgl', '@skb': 'skb', '@bvec': 'bvec', '@pipe': 'pipe', '@slot': 'other' };

/** Container of a path or field fact, `null` where it is only another name on the way. */
function containerOf(fact: string): Container | null {
  for (const [content, container] of Object.entries(contents)) if (fact.includes(content)) return container;
  return null;
}

/** Containers in the order in which the reference reaches them. */
export function containersOf(program: Program, site: Site, followed: Followed | null, releases: readonly SeenRelease[]): Container[] {
  const found: Container[] = [first(program, site)];
  const add = (c: Container | null) => {
    if (c !== null && !found.includes(c)) found.push(c);
  };
  const folder = folderOf(site.reference.file);
  for (const v of followed?.visits ?? []) {
    if (folderOf(v.flow.reference.file) !== folder) continue;
    for (const fact of v.flow.origins.keys()) {
      if (!/^[#%\w:]/.test(fact) || throughFrame(v, fact)) continue;
      add(containerOf(fact));
      if (fact.startsWith('#') && fact.endsWith('[]') && !fact.includes('@')) add('page-array');
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

/** A fact and those that it came from, within its function. */
function chain(visit: Visit, fact: string): string[] {
  const walked: string[] = [];
  for (let f: string | null = fact; f !== null && !walked.includes(f); f = visit.flow.origins.get(f)?.from ?? null) walked.push(f);
  return walked;
}

/** What is looked up by frame number or address again does not hold the reference. */
function throughFrame(visit: Visit, fact: string): boolean {
  return chain(visit, fact).some((f) => f.endsWith('@pfn') || f.endsWith('@address'));
}

/** What the call itself fills: one page, or an array. */
function first(program: Program, site: Site): Container {
  if (site.pages === null) return 'single';
  const value = site.call.args[site.pages];
  if (!value?.path || site.acquire.behind === '[][]') return 'page-array';
  const type = program.typeOf(value.path, site.graph, site.reference.file);
  if (value.address) return 'single';
  if (type && type.dims.length > 0) return type.dims[0] === '1' ? 'single' : 'page-array';
  const counted = site.signature?.count ?? null;
  const one = counted !== null && site.expressions[counted]?.kind === 'literal' && (site.expressions[counted] as { text: string }).text === '1';
  // A parameter that one page is written through, not an array that grows.
  const param = site.graph.params.find((p) => p.name === rootOf(value.path as string));
  return one && param && value.path === param.name ? 'single' : 'page-array';
}
