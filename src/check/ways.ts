/** The ways on which a site's pages came to a visited function: from which functions, and through which fields. */
import { arrivalsOf, type Visit } from '../flow/visit.js';
import type { Subject } from '../survey/unit.js';

/** A visit and all visits that led to it. */
export function above(visit: Visit): Set<Visit> {
  const found = new Set([visit]);
  for (const v of found) for (const a of arrivalsOf(v)) found.add(a.visit);
  return found;
}

/** True for the function that takes the pages, and for one that gets them from a function that it calls. */
function isHolder({ way }: Visit): boolean {
  return way === 'site' || way === 'return';
}

/**
 * The holders before a visit: the nearest functions, on each way to it, that got the pages from the acquiring call or from a function that
 * hands them up.
 * @param before the visits that led to one
 */
export function holdersOf(visit: Visit, before: (v: Visit) => readonly Visit[] = (v) => arrivalsOf(v).map((a) => a.visit)): Visit[] {
  const seen = new Set([visit]);
  const found: Visit[] = [];
  for (const v of seen) {
    if (isHolder(v)) found.push(v);
    else for (const b of before(v)) seen.add(b);
  }
  return found;
}

/** True if a field that keeps the pages, or a callback, led to a visit. */
export function byField(visit: Visit): boolean {
  return [...above(visit)].some((v) => v.way === 'field' || v.way === 'callback');
}

/**
 * True if a field or a callback led to a visit on a way without any of the functions that fill the field: what those drop, as they fail,
 * are the pages that they have just taken.
 */
export function isLate({ followed }: Subject, visit: Visit): boolean {
  const filling = new Set(followed.visits.flatMap((v) => (isHolder(v) ? [v.flow.reference.key] : [])));
  const seen = new Set([visit]);
  for (const v of seen) {
    if (v !== visit && filling.has(v.flow.reference.key)) continue;
    if (v.way === 'field' || v.way === 'callback') return true;
    for (const a of arrivalsOf(v)) seen.add(a.visit);
  }
  return false;
}

/** A visit as it would be with only one of the ways that led to it. */
function byWay(visit: Visit, way: ReturnType<typeof arrivalsOf>[number]): Visit {
  return { ...visit, parent: way, also: [] };
}

/**
 * A visit as it would be with only a way through a field, if there is one: a path to the end of what is kept, and not to the unwinding of a
 * failure in the function that took it.
 */
export function byLateWay(visit: Visit): Visit {
  const way = arrivalsOf(visit).find((a) => byField(a.visit));
  return visit.way !== 'call' || !way ? visit : byWay(visit, { ...way, visit: byLateWay(way.visit) });
}

/**
 * The ways of calls that led to a visit, each as the visit with that way only: for each call of it, one from each place where such calls
 * begin.
 */
export function waysTo(visit: Visit): Visit[] {
  if (visit.way !== 'call') return [visit];
  return arrivalsOf(visit).flatMap((a) => shortestTo(a.visit).map((from) => byWay(visit, { ...a, visit: from })));
}

/** The shortest way to a visit from each place where the calls to it begin. */
function shortestTo(visit: Visit): Visit[] {
  const ways = new Map([[visit, (from: Visit): Visit => from]]);
  const found: Visit[] = [];
  for (const [at, on] of ways) {
    if (at.way !== 'call') found.push(on(at));
    else for (const a of arrivalsOf(at)) if (!ways.has(a.visit)) ways.set(a.visit, (from) => on(byWay(at, { ...a, visit: from })));
  }
  return found;
}

/** The visit in which the calls of a visit's own way begin: it got the pages otherwise than by a call. */
export function startOfCalls(visit: Visit): Visit {
  return visit.way === 'call' && visit.parent ? startOfCalls(visit.parent.visit) : visit;
}

/** Keys of the functions on a visit's own way that take the pages or are handed them up. */
export function lineOf(visit: Visit): Set<string> {
  const found = new Set<string>();
  for (let v: Visit | undefined = visit; v; v = v.parent?.visit) if (isHolder(v)) found.add(v.flow.reference.key);
  return found;
}

/** The last field through which the pages came to a visit on its own way; `null` if they came through none. */
export function heapOf(visit: Visit): string | null {
  for (let v: Visit | undefined = visit; v; v = v.parent?.visit) if (v.heap !== null) return v.heap;
  return null;
}

/**
 * True if the pages that one function sees may be those of a visit with one way only. Two callers of the function that takes pages each
 * have their own. A field may have been filled by any function that stores pages there.
 */
export function mayMeet({ followed }: Subject, visit: Visit, other: Visit): boolean {
  const line = lineOf(visit);
  const [last] = line;
  const before = (v: Visit): Visit[] => [
    ...arrivalsOf(v).map((a) => a.visit),
    ...(v.way === 'field' && v.heap !== null ? followed.visits.filter((f) => f.flow.heap.includes(v.heap as string)) : []),
  ];
  return holdersOf(other, before).some((h) => line.has(h.flow.reference.key) || (last !== undefined && lineOf(h).has(last)));
}
