/** By which ways a site's pages came to a function that sees them: of whoever was handed them, and through what keeps them. */
import { arrivalsOf, type Visit } from '../flow/visit.js';
import type { Subject } from '../survey/unit.js';

/** The visits by which a visit came about, itself among them. */
export function above(visit: Visit): Set<Visit> {
  const found = new Set([visit]);
  for (const v of found) for (const a of arrivalsOf(v)) found.add(a.visit);
  return found;
}

/** True for the function that takes the pages, and for one that is handed them by a function that it calls. */
function isHolder({ way }: Visit): boolean {
  return way === 'site' || way === 'return';
}

/** The functions that were given the pages last, by the acquiring call or by a function that hands them on, before a visit. */
export function holdersOf(visit: Visit, before: (v: Visit) => readonly Visit[] = (v) => arrivalsOf(v).map((a) => a.visit)): Visit[] {
  const seen = new Set([visit]);
  const found: Visit[] = [];
  for (const v of seen) {
    if (isHolder(v)) found.push(v);
    else for (const b of before(v)) seen.add(b);
  }
  return found;
}

/** True if a visit came about by a field that keeps the pages, or by a callback. */
export function byField(visit: Visit): boolean {
  return [...above(visit)].some((v) => v.way === 'field' || v.way === 'callback');
}

/**
 * True if a visit came about so with none of the functions on the way that fill the field: what those drop are the pages that they
 * have just taken, as they fail.
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

/** A visit as if it had come about by one of its ways only. */
function byWay(visit: Visit, way: ReturnType<typeof arrivalsOf>[number]): Visit {
  return { ...visit, parent: way, also: [] };
}

/**
 * A visit as if it had come about by a field, where it did that too: a path to the end of what is kept, not to the unwinding of a
 * failure in the function that took it.
 */
export function byLateWay(visit: Visit): Visit {
  const way = arrivalsOf(visit).find((a) => byField(a.visit));
  return visit.way !== 'call' || !way ? visit : byWay(visit, { ...way, visit: byLateWay(way.visit) });
}

/** The ways by which a visit came about by calls, of each call one from each place where they begin, as visits that came about by that way alone. */
export function waysTo(visit: Visit): Visit[] {
  if (visit.way !== 'call') return [visit];
  return arrivalsOf(visit).flatMap((a) => shortestTo(a.visit).map((from) => byWay(visit, { ...a, visit: from })));
}

/** The shortest way from each place where calls to a visit begin. */
function shortestTo(visit: Visit): Visit[] {
  const ways = new Map([[visit, (from: Visit): Visit => from]]);
  const found: Visit[] = [];
  for (const [at, on] of ways) {
    if (at.way !== 'call') found.push(on(at));
    else for (const a of arrivalsOf(at)) if (!ways.has(a.visit)) ways.set(a.visit, (from) => on(byWay(at, { ...a, visit: from })));
  }
  return found;
}

/** Where the calls of a visit's own way begin: the function that was entered otherwise. */
export function startOfCalls(visit: Visit): Visit {
  return visit.way === 'call' && visit.parent ? startOfCalls(visit.parent.visit) : visit;
}

/** The functions on a visit's own way that take the pages or are handed them up, by their keys. */
export function lineOf(visit: Visit): Set<string> {
  const found = new Set<string>();
  for (let v: Visit | undefined = visit; v; v = v.parent?.visit) if (isHolder(v)) found.add(v.flow.reference.key);
  return found;
}

/** The field through which the pages came to a visit last, on its own way; `null` if they came through none. */
export function heapOf(visit: Visit): string | null {
  for (let v: Visit | undefined = visit; v; v = v.parent?.visit) if (v.heap !== null) return v.heap;
  return null;
}

/**
 * True if what a function sees may be the pages of a visit that came about by its own way: those of a function which calls what takes
 * them are not those of another that calls it. A field may have been filled by each of the functions that do.
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
