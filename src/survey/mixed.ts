/** Whether what holds a site's pages can also hold pages from elsewhere. */
import { analyse } from '../flow/analyse.js';
import type { Analysis, FunctionFlow } from '../flow/flow.js';
import type { Followed, Visit } from '../flow/visit.js';
import type { FunctionReference } from '../program/file.js';
import type { Graph } from '../program/graph.js';
import { rootOf } from '../program/path.js';
import type { Program } from '../program/program.js';
import { frameOriginCalls, mappingLookups, objectCall, originCalls, type Place, pageLookups } from '../protocol/index.js';
import { kernelBacked, userBacked } from './flags.js';
import type { Site } from './sites.js';

/** Other origins, as phrases. */
export interface Others {
  /** Those that can stand in the same array, list or iterator at run time. */
  mixed: string[];
  /** Those that can stand in the same field, if only of other objects. */
  beside: string[];
}

export interface Origins {
  /** The other origins that can stand beside a site's pages. */
  beside: (site: Site, followed: Followed | null) => Others;
  /**
   * True if pages of another origin come to a statement that deals with what a fact holds: those that come up in the function,
   * are handed to it by the file's own helpers, or are stored by them in the field that the fact names.
   */
  reach: (visit: Visit, pos: number, fact: string) => boolean;
}

/** What one call of another origin reaches in its function. */
interface Arrival {
  what: string;
  /** Result of the call: the site's own page, where the site's facts hold it too. */
  result: string;
  /** The function makes the object that it stores the pages in: another object than the site's. */
  fresh: boolean;
  /** The page was looked up by number or address, or only by where it is mapped: where the site's are kept so, it is one of them. */
  lookup: boolean | 'mapping';
  /** What it was looked up by. */
  key: string | null;
  /** Only its number was found: what keeps that is an object of its own. */
  frame: boolean;
  flow: FunctionFlow;
}

/** Where pages of another origin come up in a function: at one call. */
interface Beginning extends Pick<Arrival, 'what' | 'lookup' | 'frame'> {
  /** As seeds are written. */
  facts: string[];
}

/** A place of a call, as a seed is written. */
function seedAt(place: Place): string {
  return place.startsWith('return') ? `%result${place.slice(6)}` : `%arg${place}`;
}

/**
 * Follows the pages of other origins through the functions that the site's reference was seen in, and those that share a
 * file with them, and reports those that reach the same array, field or releasing statement.
 */
export function openOrigins(program: Program, analysis: Analysis): Origins {
  const arrivals = program.ledger.memo<Arrival[]>();
  const handed = program.ledger.memo<Arrival[]>();
  const named = new RegExp(`\\b(?:${[...originCalls.keys(), ...frameOriginCalls.keys()].join('|')})\\s*\\(`);

  function arrivalsIn(reference: FunctionReference): Arrival[] {
    return arrivals.get(reference.key) ?? arrivals.work(reference.key, () => arrivalsOf(reference));
  }

  function arrivalsOf(reference: FunctionReference): Arrival[] {
    if (reference.macro || !named.test(program.textOf(reference))) return [];
    return arrivalsBy(reference, (name) => {
      const origin = originCalls.get(name);
      const lookup = mappingLookups.has(name) ? 'mapping' : pageLookups.includes(name);
      if (origin) return [{ what: origin.what, lookup, frame: false, facts: ['%result'] }];
      const frame = frameOriginCalls.get(name);
      return frame ? [{ what: frame.origin.what, lookup: false, frame: true, facts: [seedAt(frame.place)] }] : [];
    });
  }

  /** What helpers of the file hand to a function that they found elsewhere. */
  function handedTo(reference: FunctionReference): Arrival[] {
    return handed.get(reference.key) ?? handed.work(reference.key, () => handedOf(reference));
  }

  function handedOf(reference: FunctionReference): Arrival[] {
    if (reference.macro) return [];
    const own = program.file(reference.file)?.byName;
    return arrivalsBy(reference, (name) =>
      (own?.get(name) ?? [])
        .filter((callee) => callee.key !== reference.key)
        .flatMap(arrivalsIn)
        .filter((arrival) => !arrival.lookup)
        .map(({ what, lookup, frame, flow }) => ({
          what,
          lookup,
          frame,
          facts: [...flow.returns.map((s) => `%result${s}`), ...flow.outs.map(([index, s]) => `%arg${index}${s}`)],
        }))
        .filter(({ facts }) => facts.length > 0),
    );
  }

  function arrivalsBy(reference: FunctionReference, beginning: (name: string) => Beginning[]): Arrival[] {
    const found: Arrival[] = [];
    const seen = new Set<number>();
    for (const graph of program.graphs(reference)) {
      for (const n of graph.nodes) {
        const o = n.operation;
        if (o?.kind !== 'call' || o.name === null || seen.has(o.pos)) continue;
        for (const { what, lookup, frame, facts } of beginning(o.name)) {
          seen.add(o.pos);
          const flow = analyse(analysis, reference, [{ pos: o.pos, facts }]);
          const key = lookup ? (o.args[0]?.path ?? null) : null;
          found.push({ what, result: o.result, fresh: makesObjects(graph) || livesInPage(flow), lookup, key, frame, flow });
        }
      }
    }
    return found;
  }

  function beside(site: Site, followed: Followed | null): Others {
    const found = new Set<string>();
    const near = new Set<string>();
    if (site.acquire.iterator !== null && !userBacked(program, site) && !kernelBacked(program, site))
      found.add('pages of an iterator that need not be user backed');
    const heap = new Set(followed?.heap ?? []);
    // Where the site itself puts the pages; a pointer to the array that is kept elsewhere may point at other arrays too.
    const own = new Set((followed?.visits ?? []).filter((v) => v.heap === null).flatMap((v) => v.flow.heap));
    // Who is handed the page's number looks that page up by it.
    const handed = (followed?.visits ?? []).filter((v) => /@(pfn|address)$/.test(v.parent?.fact ?? ''));
    const isKept = (by: RegExp, { key }: FunctionReference): boolean =>
      [...heap].some((h) => by.test(h)) || handed.some((v) => v.flow.reference.key === key && by.test(v.parent?.fact ?? ''));
    const isOwn = ({ lookup }: Arrival, reference: FunctionReference): boolean =>
      lookup !== false && isKept(lookup === 'mapping' ? /@address$/ : /@(pfn|address)$/, reference);
    // As is one that is looked up by what stands among the site's.
    const isAmong = (arrival: Arrival, { key }: FunctionReference): boolean =>
      arrival.key !== null &&
      (followed?.visits ?? []).some((v) => v.flow.reference.key === key && v.flow.origins.has(arrival.key as string));
    const files = new Set<string>([site.reference.file]);
    for (const visit of followed?.visits ?? []) {
      if (visit.way === 'field') files.add(visit.flow.reference.file);
      for (const arrival of [...arrivalsIn(visit.flow.reference), ...handedTo(visit.flow.reference)])
        if (
          !visit.flow.origins.has(arrival.result) &&
          !isOwn(arrival, visit.flow.reference) &&
          !isAmong(arrival, visit.flow.reference) &&
          (shares(visit, arrival, own) || sharesFrame(visit, arrival.flow))
        )
          found.add(arrival.what);
    }
    if (heap.size > 0) {
      for (const file of files) {
        for (const reference of program.file(file)?.functions ?? []) {
          for (const arrival of arrivalsIn(reference)) {
            if (arrival.frame || isAmong(arrival, reference) || !arrival.flow.heap.some((h) => heap.has(h))) continue;
            near.add(arrival.what);
            if (!arrival.fresh && arrival.flow.heap.some((h) => own.has(h)) && !isOwn(arrival, reference)) found.add(arrival.what);
          }
        }
      }
    }
    return { mixed: [...found].sort(), beside: [...new Set([...near, ...found])].sort() };
  }

  function reach({ flow }: Visit, pos: number, fact: string): boolean {
    const comes = [...arrivalsIn(flow.reference), ...handedTo(flow.reference)].some(
      (arrival) =>
        !flow.origins.has(arrival.result) && [...arrival.flow.releases, ...arrival.flow.calls].some((event) => event.pos === pos),
    );
    const field = fact.lastIndexOf('.');
    if (comes || field < 0) return comes;
    return helpersOf(flow.reference)
      .flatMap((helper) => [...arrivalsIn(helper), ...handedTo(helper)])
      .some((arrival) => arrival.flow.heap.some((h) => h.endsWith(fact.slice(field))));
  }

  /** Functions of its file that a function calls. */
  function helpersOf(reference: FunctionReference): FunctionReference[] {
    const own = program.file(reference.file)?.byName;
    const calls = program.graphs(reference).flatMap((graph) => graph.nodes.map((n) => n.operation));
    const names = new Set(calls.flatMap((o) => (o?.kind === 'call' && o.name !== null ? [o.name] : [])));
    return [...names].flatMap((name) => own?.get(name) ?? []).filter((callee) => callee.key !== reference.key);
  }

  return { beside, reach };
}

/** True if the function allocates a struct: sizeof of what a struct pointer points at. */
function makesObjects(graph: Graph): boolean {
  return graph.nodes.some(
    (n) =>
      n.operation?.kind === 'call' &&
      n.operation.name !== null &&
      objectCall.test(n.operation.name) &&
      // `kzalloc_obj(*p)` from 7.0 on.
      (/_(obj|flex)$/.test(n.operation.name) || n.operation.expressions.some((e) => e.kind === 'sizeof' && isObject(graph, e.text))),
  );
}

/** True for the size of a struct; that of what a variable points at only if those are no pointers. */
function isObject({ types }: Graph, sizeOf: string): boolean {
  const pointed = types.get(/^sizeof\s*\(?\s*\*\s*(\w+)\s*\)?$/.exec(sizeOf)?.[1] ?? '');
  return /\*|struct/.test(sizeOf) && !/page\s*\*/.test(sizeOf) && (pointed === undefined || pointed.pointers < 2);
}

/** True if the object that keeps the page stands in the page's own memory. */
function livesInPage(flow: FunctionFlow): boolean {
  const facts = [...flow.origins.keys()];
  return facts.some((f) => f === `${rootOf(f)}@address` && facts.some((g) => g.startsWith(`${rootOf(f)}.`)));
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
