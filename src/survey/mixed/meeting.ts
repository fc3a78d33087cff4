/** Whether pages of another origin reach a place where a site's pages are. */
import type { FunctionFlow } from '../../flow/flow.js';
import type { Followed, Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import type { Arrival } from './arrivals.js';

/** Where a site's reference was seen. */
export interface Places {
  visits: readonly Visit[];
  /** Fields and globals that hold it. */
  heap: ReadonlySet<string>;
  /** Those into which the site's function puts the pages. A pointer to the array that is kept elsewhere may point at other arrays too. */
  own: ReadonlySet<string>;
  /** Visits of functions that are given the page's number or address, by which they look the page up. */
  byNumber: readonly Visit[];
}

/** Returns the places of a site's reference; none if it was not followed. */
export function placesOf(followed: Followed | null): Places {
  const visits = followed?.visits ?? [];
  return {
    visits,
    heap: new Set(followed?.heap ?? []),
    own: new Set(visits.filter((v) => v.heap === null).flatMap((v) => v.flow.heap)),
    byNumber: visits.filter((v) => /@(pfn|address)$/.test(v.parent?.fact ?? '')),
  };
}

/** Returns the places of a site's reference that have to do with one of the fields that hold it. */
export function placesAt(followed: Followed, heap: string): Places {
  const all = placesOf(followed);
  return {
    ...all,
    visits: all.visits.filter((v) => v.heap === heap || v.flow.heap.includes(heap)),
    heap: new Set([heap]),
    own: new Set([heap].filter((h) => all.own.has(h))),
  };
}

/** True if an arrival in a visited function is not the site's own page, and reaches a place where that is. */
export function meets(places: Places, visit: Visit, arrival: Arrival): boolean {
  const { reference, origins } = visit.flow;
  return (
    !origins.has(arrival.result) &&
    !isOwn(places, arrival, reference) &&
    !isAmong(places, arrival, reference) &&
    (shares(visit, arrival, places.own) || sharesFrame(visit, arrival.flow))
  );
}

/** True for a page that was looked up by the kind of number that the site's pages are kept by: it is one of them. */
export function isOwn({ heap, byNumber }: Places, { lookup }: Arrival, { key }: FunctionReference): boolean {
  if (lookup === false) return false;
  const by = lookup === 'mapping' ? /@address$/ : /@(pfn|address)$/;
  return [...heap].some((h) => by.test(h)) || byNumber.some((v) => v.flow.reference.key === key && by.test(v.parent?.fact ?? ''));
}

/** True for a page that was looked up by something that the site's facts hold. */
export function isAmong({ visits }: Places, arrival: Arrival, { key }: FunctionReference): boolean {
  const by = arrival.key;
  return by !== null && visits.some((v) => v.flow.reference.key === key && v.flow.origins.has(by));
}

/**
 * True if both references are in the same array or in one of the site's own fields, or reach the same releasing statement. A function that
 * makes an object does not put pages into the object through whose field the site's pages came. And a call that frees the pages of a field
 * which only borrows the site's is meant for pages of the allocator.
 */
function shares({ way, heap, flow: a }: Visit, { fresh, flow: b }: Arrival, own: ReadonlySet<string>): boolean {
  if (way === 'field' && fresh) return false;
  const borrows = heap !== null && !own.has(heap);
  if (a.releases.some((r) => !(borrows && r.call.frees) && b.releases.some((s) => s.pos === r.pos))) return true;
  const isArray = (fact: string): boolean => fact.endsWith('[]') && !fact.startsWith('%') && (!fact.startsWith('#') || own.has(fact));
  return [...a.origins.keys()].some((fact) => isArray(fact) && b.origins.has(fact));
}

/** True if both reach the same variable as a frame number, in a function that takes or returns the site's reference. */
function sharesFrame({ way, flow }: Visit, b: FunctionFlow): boolean {
  if (way !== 'site' && way !== 'return') return false;
  for (const fact of flow.origins.keys()) if (fact.endsWith('@pfn') && /^\w/.test(fact) && b.origins.has(fact)) return true;
  return false;
}
