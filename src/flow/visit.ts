/** What following a site's reference gives: the visits of functions, and how each came about. */
import type { FunctionReference } from '../program/file.js';
import type { Graph } from '../program/graph.js';
import type { FunctionFlow, Layouts } from './flow.js';
import type { KnownField } from './objects.js';
import type { Acquired } from './outcome.js';

/** How a visit came about: docs/following-references.md has the list. */
export type Way = 'site' | 'call' | 'return' | 'field' | 'callback';

/** A call, or a field access, that leads to a visit: in which visit, at what offset, with what fact there. */
export interface Arrival {
  /** The visit that leads on. */
  visit: Visit;
  /** Offset there. */
  pos: number;
  /** The fact there. */
  fact: string;
}

/** One function entered in one way on behalf of a site. */
export interface Visit {
  /** Its index in {@link Followed.visits}. */
  id: number;
  /** How it came about. */
  way: Way;
  /** What the function does with the reference. */
  flow: FunctionFlow;
  /** What led here first; null for the site's own visit. */
  parent: Arrival | null;
  /** Other calls that lead here with the same fact, found later. */
  also: Arrival[];
  /** The field or global fact that led here, for `field` visits and the visits that follow from them. */
  heap: string | null;
  /** Length of the chain of visits that leads here, with this one. */
  depth: number;
}

/** A visit that hands the reference to its function's callers. */
export interface Handing {
  /** The visit. */
  visit: Visit;
  /** True if it hands on pages for others to drop, and nobody in the tree calls it. */
  isUncalled: boolean;
}

/** A site: where its reference starts. */
export interface Start {
  /** The function with the acquiring call. */
  reference: FunctionReference;
  /** Offset of the call. */
  pos: number;
  /** The facts for what the call fills: below its return value, `%result`, or below an argument, `%arg3[]`. */
  facts: readonly string[];
  /** Those facts by call, where arms of an `#if` write it for different kernels. */
  layouts: Layouts;
  /** How the call's result is to be read. */
  acquired: Acquired;
  /** What the conditions around the site say of the objects that the function is given. */
  known: readonly KnownField[];
  /** The `#if` conditions under which the call is compiled in: one list for each variant. */
  alternatives: readonly (readonly string[])[];
}

/** A key of a site. The call's name is in it: a macro may be one acquiring call in one arm of an `#if`, and another in the other. */
export function keyOf({ reference, pos, layouts }: Pick<Start, 'reference' | 'pos' | 'layouts'>): string {
  const [call] = layouts.keys();
  return `${reference.key}!${pos}!${call?.name}`;
}

/** All that was seen of one site's reference. */
export interface Followed {
  /** In the order in which they were made; the first is of the site's function. */
  visits: Visit[];
  /** Functions that hand the reference to their callers, innermost first. */
  wrappers: FunctionReference[];
  /** Suffixes below its return value and parameters at which the site's own function hands the reference to its callers. */
  handed: readonly string[];
  /** The visits of functions that hand it to their callers. */
  handing: readonly Handing[];
  /** Field and global facts: where the reference outlives the function. */
  heap: string[];
  /** True if a bound was reached: the number of visits, or the number of callers above one another. */
  cut: boolean;
  /** The ids of the nodes, in one variant of the site's function, before which the reference is held. */
  holding: (graph: Graph) => ReadonlySet<number>;
}

/** All that led to a visit, the first one first. */
export function arrivalsOf(visit: Visit): readonly Arrival[] {
  return visit.parent ? [visit.parent, ...visit.also] : [];
}
