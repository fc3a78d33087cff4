/** Whether pages of another origin come to where a site's are. */
import type { FunctionFlow } from '../../flow/flow.js';
import type { Followed, Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import type { Arrival } from './arrivals.js';

/** Where a site's reference was seen. */
export interface Places {
  visits: readonly Visit[];
  /** Fields and globals that hold it. */
  heap: ReadonlySet<string>;
  /** Where the site itself puts the pages; a pointer to the array that is kept elsewhere may point at other arrays too. */
  own: ReadonlySet<string>;
  /** Functions that are handed the page's number or address: they look that page up by it. */
  byNumber: readonly Visit[];
}

/** The places of a site's reference; none if it was not followed. */
export function placesOf(followed: Followed | null): Places {
  const visits = followed?.visits ?? [];
  return {
    visits,
    heap: new Set(followed?.heap ?? []),
    own: new Set(visits.filter((v) => v.heap === null).flatMap((v) => v.flow.heap)),
    byNumber: visits.filter((v) => /@(pfn|address)$/.test(v.parent?.fact ?? '')),
  };
}

/** The places of a site's reference as far as one of the fields that hold it goes. */
export function placesAt(followed: Followed, heap: string): Places {
  const all = placesOf(followed);
  return {
    ...all,
    visits: all.visits.filter((v) => v.heap === heap || v.flow.heap.includes(heap)),
    heap: new Set([heap]),
    own: new Set([heap].filter((h) => all.own.has(h))),
  };
}

/** True if what arrives in a visited function is not the site's own page, and comes to where that is. */
export function meets(places: Places, visit: Visit, arrival: Arrival): boolean {
  const { reference, origins } = visit.flow;
  return (
    !origins.has(arrival.result) &&
    !isOwn(places, arrival, reference) &&
    !isAmong(places, arrival, reference) &&
    (shares(visit, arrival, places.own) || sharesFrame(visit, arrival.flow))
  );
}

/** True for a page that was looked up by what the site's pages are kept by: it is one of them. */
export function isOwn({ heap, byNumber }: Places, { lookup }: Arrival, { key }: FunctionReference): boolean {
  if (lookup === false) return false;
  const by = lookup === 'mapping' ? /@address$/ : /@(pfn|address)$/;
  return [...heap].some((h) => by.test(h)) || byNumber.some((v) => v.flow.reference.key === key && by.test(v.parent?.fact ?? ''));
}

/** True for a page that was looked up by what stands among the site's. */
export function isAmong({ visits }: Places, arrival: Arrival, { key }: FunctionReference): boolean {
  const by = arrival.key;
  return by !== null && visits.some((v) => v.flow.reference.key === key && v.flow.origins.has(by));
}

/**
 * True if both references stand in the same array, or in one of the site's own fields, or come to the same releasing statement.
 * What a function keeps in an object that it makes is not in the one by whose field the site's came to it; and what frees the
 * pages of a field that only borrows the site's is meant for the allocator's.
 */
function shares({ way, heap, flow: a }: Visit, { fresh, flow: b }: Arrival, own: ReadonlySet<string>): boolean {
  if (way === 'field' && fresh) return false;
  const borrows = heap !== null && !own.has(heap);
  if (a.releases.some((r) => !(borrows && r.call.frees) && b.releases.some((s) => s.pos === r.pos))) return true;
  const isArray = (fact: string): boolean => fact.endsWith('[]') && !fact.startsWith('%') && (!fact.startsWith('#') || own.has(fact));
  return [...a.origins.keys()].some((fact) => isArray(fact) && b.origins.has(fact));
}

/** True if both come to the same variable as a frame number, where the site's is taken or handed back. */
function sharesFrame({ way, flow }: Visit, b: FunctionFlow): boolean {
  if (way !== 'site' && way !== 'return') return false;
  for (const fact of flow.origins.keys()) if (fact.endsWith('@pfn') && /^\w/.test(fact) && b.origins.has(fact)) return true;
  return false;
}
