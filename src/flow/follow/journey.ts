/** How far the following of one site's reference has come: the visits made, and the fields that were found to hold it. */
import type { FunctionReference } from '../../program/file.js';
import type { FunctionFlow } from '../flow.js';
import type { Arrival, Handing, Start, Visit, Way } from '../visit.js';

const maxVisits = 400;
/** Callers above one another, more than any tree has. */
const maxCallDepth = 24;

/** A function that is to be visited. */
export interface Lead {
  /** One function that is entered with the same facts is visited once. */
  key: string;
  way: Way;
  /** What the function does with the reference: asked for only where it was not visited yet. */
  flow(): FunctionFlow;
  parent: Arrival | null;
  /** The field or global that led there. */
  heap: string | null;
}

/** The state of following one site's reference. It grows until no lead is left. */
export interface Journey {
  readonly start: Start;
  /** In the order in which they were made; the first is that of the site's function. */
  readonly visits: Visit[];
  /** How many of the visits, from the first, have been asked where they lead. */
  expanded: number;
  /** The visits by their leads' keys. */
  readonly seen: Map<string, Visit>;
  /** Fields and globals that hold the reference, each with the visit that first told of it. */
  readonly holders: Map<string, Visit>;
  /** The files in which the holders have been looked for, by holder. */
  readonly searched: Map<string, Set<string>>;
  /** Functions that hand the reference on to their callers. */
  readonly wrappers: FunctionReference[];
  /** What the site's own function hands to its callers, as seeds are written. */
  handed: readonly string[];
  /** The visits that hand the reference to their callers. */
  readonly handing: Handing[];
  /** There were more leads than are followed. */
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

/** Visits where a lead points, unless that was done before: then a call is noted as one more that leads there. */
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

/** Notes that a holder is looked for in a file; false if it was before. */
export function noteSearch({ searched }: Journey, heap: string, file: string): boolean {
  const files = searched.get(heap);
  if (files?.has(file)) return false;
  if (files) files.add(file);
  else searched.set(heap, new Set([file]));
  return true;
}
