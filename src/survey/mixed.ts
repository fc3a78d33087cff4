/** Finds out whether what holds a site's pages can also hold pages from elsewhere. */
import type { Analysis, FunctionFlow } from '../flow/flow.js';
import type { Followed, Visit } from '../flow/visit.js';
import type { FunctionReference } from '../program/file.js';
import type { Program } from '../program/program.js';
import type { Origin } from '../protocol/index.js';
import { kernelBacked, userBacked } from './flags.js';
import { type Arrivals, openArrivals } from './mixed/arrivals.js';
import { isAmong, isOwn, meets, type Places, placesAt, placesOf } from './mixed/meeting.js';
import type { Site } from './sites.js';

/** Other origins, sorted by their phrases. */
export interface Others {
  /** Those that can be in the same array, list or iterator at run time. */
  mixed: readonly Origin[];
  /** Those that can be in the same field, if only of other objects. */
  beside: readonly Origin[];
}

/** Answers questions about other origins. */
export interface Origins {
  /** Returns the other origins that can be beside a site's pages. */
  beside: (site: Site, followed: Followed | null) => Others;
  /** Returns those of the mixed ones that can be where one of the site's fields keeps its pages. */
  inField: (site: Site, followed: Followed, heap: string) => readonly Origin[];
  /**
   * True if pages of another origin reach a statement that handles what a fact holds: pages that come up in the function, are returned to
   * it by helpers of the file, or are stored by helpers in the field that the fact names.
   */
  reach: (visit: Visit, pos: number, fact: string) => boolean;
}

/**
 * Opens the search. It follows pages of other origins through the functions in which the site's reference was seen, and those of the same
 * files, and reports those that reach the same array, field or releasing statement.
 */
export function openOrigins(program: Program, analysis: Analysis): Origins {
  const arrivals = openArrivals(program, analysis);
  return {
    beside: (site, followed) => othersBeside(program, arrivals, site, placesOf(followed)),
    inField: (site, followed, heap) => othersBeside(program, arrivals, site, placesAt(followed, heap)).mixed,
    reach: ({ flow }, pos, fact) => comesTo(arrivals, flow, pos) || isStoredBeside(program, arrivals, flow.reference, fact),
  };
}

/** The other origins that can be beside a site's pages. */
function othersBeside(program: Program, arrivals: Arrivals, site: Site, places: Places): Others {
  const stored = storedBeside(arrivals, site.reference.file, places);
  const mixed = [...ofIterator(program, site), ...metIn(arrivals, places), ...stored.mixed];
  return { mixed: sorted(mixed), beside: sorted([...stored.beside, ...mixed]) };
}

/** The origins sorted, each once. */
function sorted(some: readonly Origin[]): Origin[] {
  return [...new Set(some)].sort((a, b) => (a.what < b.what ? -1 : 1));
}

const iteratorOrigin: Origin = { kind: 'iterator', what: 'pages of an iterator that need not be user backed' };

/** What a site's iterator may have other than user pages. */
function ofIterator(program: Program, site: Site): Origin[] {
  const isOpen = site.acquire.iterator !== null && !userBacked(program, site) && !kernelBacked(program, site);
  return isOpen ? [iteratorOrigin] : [];
}

/** The other origins that meet the site's reference in functions where it was seen. */
function metIn(arrivals: Arrivals, places: Places): Origin[] {
  return places.visits.flatMap((visit) =>
    arrivals
      .all(visit.flow.reference)
      .filter((arrival) => meets(places, visit, arrival))
      .map(({ origin }) => origin),
  );
}

/**
 * The other origins that are stored in the fields that hold the site's pages, by functions of the site's file and of the files that use
 * these fields.
 */
function storedBeside(arrivals: Arrivals, siteFile: string, places: Places): Others {
  const found: { mixed: Origin[]; beside: Origin[] } = { mixed: [], beside: [] };
  if (places.heap.size === 0) return found;
  const files = new Set([siteFile, ...places.visits.filter((v) => v.way === 'field').map((v) => v.flow.reference.file)]);
  for (const reference of [...files].flatMap(arrivals.calling)) {
    for (const arrival of arrivals.own(reference)) {
      const { origin, fresh, passing, flow } = arrival;
      // An object that keeps only a page's number is an object of its own.
      if (origin.kind === 'frame' || passing || isAmong(places, arrival, reference) || !flow.heap.some((h) => places.heap.has(h))) continue;
      found.beside.push(origin);
      if (!fresh && flow.heap.some((h) => places.own.has(h) && mayBeDropped(places, h)) && !isOwn(places, arrival, reference))
        found.mixed.push(origin);
    }
  }
  return found;
}

/** False for a field with only a number by which nobody drops a page: a device's command has the addresses of all sorts of memory. */
function mayBeDropped({ visits }: Places, heap: string): boolean {
  if (!/@(pfn|address)$/.test(heap)) return true;
  const comesBy = (visit: Visit | undefined): boolean => visit !== undefined && (visit.heap === heap || comesBy(visit.parent?.visit));
  return visits.some((visit) => visit.flow.releases.length > 0 && comesBy(visit));
}

/** True if pages of another origin reach a statement of a function. */
function comesTo(arrivals: Arrivals, { reference, origins }: FunctionFlow, pos: number): boolean {
  return arrivals
    .all(reference)
    .some(({ result, flow }) => !origins.has(result) && [...flow.releases, ...flow.calls].some((event) => event.pos === pos));
}

/** True if helpers of a function store pages of another origin in the field that a fact names. */
function isStoredBeside(program: Program, arrivals: Arrivals, reference: FunctionReference, fact: string): boolean {
  const field = fact.lastIndexOf('.');
  if (field < 0) return false;
  const isSame = (heap: string): boolean => heap.endsWith(fact.slice(field));
  return helpersOf(program, reference)
    .flatMap((helper) => arrivals.all(helper))
    .some((arrival) => arrival.flow.heap.some(isSame));
}

/** The functions of the same file that a function calls. */
function helpersOf(program: Program, reference: FunctionReference): FunctionReference[] {
  const own = program.shell(reference.file)?.byName;
  const calls = program.graphs(reference).flatMap((graph) => graph.nodes.map((n) => n.operation));
  const names = new Set(calls.flatMap((o) => (o?.kind === 'call' && o.name !== null ? [o.name] : [])));
  return [...names].flatMap((name) => own?.get(name) ?? []).filter((callee) => callee.key !== reference.key);
}
