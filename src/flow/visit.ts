/** What following a reference gives: the visits of functions, and how each came about. */
import type { FunctionReference } from '../program/file.js';
import type { Graph } from '../program/graph.js';
import type { FunctionFlow, Layouts } from './flow.js';
import type { Known } from './objects.js';
import type { Acquired } from './outcome.js';

/** How a visit came about. */
export type Way = 'site' | 'call' | 'return' | 'field' | 'callback';

/** A call, or a field's holder, that leads to a visit: where, and the fact there. */
export interface Arrival {
  visit: Visit;
  pos: number;
  fact: string;
}

/** One function entered in one way on behalf of a site. */
export interface Visit {
  id: number;
  way: Way;
  flow: FunctionFlow;
  /** The visit that led here, and the position and fact there. */
  parent: Arrival | null;
  /** Other calls that led here with the same fact, later. */
  also: Arrival[];
  /** The field or global that brought us here, for `field` visits and what they lead to. */
  heap: string | null;
  depth: number;
}

/** A visit that hands the reference to its function's callers. */
export interface Handing {
  visit: Visit;
  /** Nobody in the tree calls the function. */
  isUncalled: boolean;
}

/** Where a site's reference starts. */
export interface Start {
  reference: FunctionReference;
  pos: number;
  /** What the call fills: its result, `%result`, or what is below an argument, `%arg3[]`. */
  facts: readonly string[];
  layouts: Layouts;
  acquired: Acquired;
  /** What is known of the objects that the function is given. */
  known: readonly Known[];
  /** The conditions of `#if` arms, as alternatives, under which the call is there. */
  alternatives: readonly (readonly string[])[];
}

/** Tells the site of one call from that of another, also where a macro is the one in one arm of an `#if` and the other in another. */
export function keyOf({ reference, pos, layouts }: Pick<Start, 'reference' | 'pos' | 'layouts'>): string {
  const [call] = layouts.keys();
  return `${reference.key}!${pos}!${call?.name}`;
}

/** All that was seen of one site's reference. */
export interface Followed {
  visits: Visit[];
  /** Functions that hand the reference to their callers, innermost first. */
  wrappers: FunctionReference[];
  /** How the site's own function hands it on: as suffixes of its result and parameters. */
  handed: readonly string[];
  /** The visits that hand it to their callers. */
  handing: readonly Handing[];
  /** Fields and globals that hold it. */
  heap: string[];
  /** A bound was reached: of visits, or of callers above one another. */
  cut: boolean;
  /** The nodes of a variant of the site's function at which the reference is held. */
  holding: (graph: Graph) => ReadonlySet<number>;
}

/** All calls that led to a visit, the first one first. */
export function arrivalsOf(visit: Visit): readonly Arrival[] {
  return visit.parent ? [visit.parent, ...visit.also] : [];
}
