/** The state of following one site's reference: the visits so far, and the fields that were found to hold it. */
import type { FunctionReference } from '../../program/file.js';
import type { FunctionFlow } from '../flow.js';
import type { Arrival, Handing, Start, Visit, Way } from '../visit.js';

/** The most visits for one site. */
const maxVisits = 400;
/** The most callers above one another: more than any tree has. */
const maxCallDepth = 24;

/** A visit to be made. */
export interface Lead {
  /** The same for leads into one function with the same entry facts: those make one visit. */
  key: string;
  /** How it comes about. */
  way: Way;
  /** Computes what the function does with the reference: called only if there is no such visit yet. */
  flow(): FunctionFlow;
  /** The call or field access that leads there. */
  parent: Arrival | null;
  /** The field or global fact that led there. */
  heap: string | null;
}

/** The state of following one site's reference. It grows until no lead is left. */
export interface Journey {
  /** The site. */
  readonly start: Start;
  /** In the order in which they were made; the first is of the site's function. */
  readonly visits: Visit[];
  /** How many of the visits, from the first on, have been expanded. */
  expanded: number;
  /** The visits by their leads' keys. */
  readonly seen: Map<string, Visit>;
  /** The field and global facts of holders, each with the visit that first had it. */
  readonly holders: Map<string, Visit>;
  /** The files that were searched, by holder. */
  readonly searched: Map<string, Set<string>>;
  /** Functions that hand the reference to their callers. */
  readonly wrappers: FunctionReference[];
  /** What the site's own function hands to its callers: `%result` or `%argN`, and a suffix. */
  handed: readonly string[];
  /** The visits that hand the reference to their callers. */
  readonly handing: Handing[];
  /** True if a bound kept a lead from being followed. */
  cut: boolean;
}

/** A journey that has not begun. */
export function newJourney(start: Start): Journey {
  return {
    start,
    visits: [],
    expanded: 0,
    seen: new Map(),
    holders: new Map(),
    searched: new Map(),
    wrappers: [],
    handed: [],
    handing: [],
    cut: false,
  };
}

/** Makes the visit for a lead. If that exists already, notes a call as one more that leads there. */
export function visit(journey: Journey, { key, way, flow, parent, heap }: Lead): void {
  const known = journey.seen.get(key);
  if (known) {
    if (way === 'call' && known.way === 'call' && parent) known.also.push(parent);
    return;
  }
  if (journey.visits.length >= maxVisits || (way === 'return' && parent !== null && parent.visit.depth > maxCallDepth)) {
    journey.cut = true;
    return;
  }
  const made: Visit = { id: journey.visits.length, way, flow: flow(), parent, also: [], heap, depth: (parent?.visit.depth ?? 0) + 1 };
  journey.seen.set(key, made);
  journey.visits.push(made);
}

/** Notes the fields and globals in which a visit leaves the reference. */
export function noteHolders({ holders }: Journey, from: Visit): void {
  for (const heap of from.flow.heap) if (!holders.has(heap)) holders.set(heap, from);
}

/** Notes that a file is searched for a holder; false if it was searched before. */
export function noteSearch({ searched }: Journey, heap: string, file: string): boolean {
  const files = searched.get(heap);
  if (files?.has(file)) return false;
  if (files) files.add(file);
  else searched.set(heap, new Set([file]));
  return true;
}
