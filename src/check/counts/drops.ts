/** The releases that one function makes of a site's pages, itself or through helpers, and their counts. */
import { sourcesOf } from '../../flow/flow.js';
import type { SeenRelease } from '../../flow/releases.js';
import type { Followed, Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import { callsAt, type Graph, says } from '../../program/graph.js';
import type { Subject } from '../../survey/unit.js';
import { type Count, countsAt, isEntered, unnamed } from './bounds.js';
import { bytesIn } from './whole-pages.js';

/** A release, from the point of view of the function that has the pages. */
export interface Drop {
  count: Count;
  /** It drops single pages, itself or through a helper that it passes each page. */
  loop: boolean;
  /** The call's count is an `unsigned long`: an error code becomes a huge number. */
  wide: boolean;
}

/**
 * The releases that a function which has the pages makes, itself or through helpers, by the position of the call in that function.
 * @param isArray true for a path in that function below which the pages are: it may be that of an object's member
 */
export function dropsIn(
  { program, followed }: Subject,
  reference: FunctionReference,
  graph: Graph,
  isArray: (path: string | null) => boolean,
): Map<number, Drop[]> {
  const found = new Map<number, Drop[]>();
  const has = (visit: Visit, pos: number): boolean => {
    if (isEntered(visit, reference)) return true;
    const isFetched = visit.way === 'field' && visit.flow.reference.key === reference.key;
    return isFetched && callsAt(graph, pos).some(({ args }) => args.some((a) => isArray(a.path)));
  };
  for (const release of allReleases(followed)) {
    const { visit, event } = release;
    const own = has(visit, event.pos);
    // A test in the helper may skip what was not filled.
    if (!own && event.guards.length > 0) continue;
    const counted = countsAt(program, release, reference, has).filter(({ count }) => own || bytesIn(count.value.text) === null);
    const places = own && counted.length === 0 ? [{ pos: event.pos, count: unnamed, handsOne: false }] : counted;
    for (const { pos, count, handsOne } of places) {
      const drop: Drop = {
        count,
        loop: handsOne || (own && event.call.shape !== 'bulk'),
        wide: event.call.shape === 'bulk' && /^unpin_|^put_user/.test(event.api),
      };
      found.set(pos, [...(found.get(pos) ?? []), drop]);
    }
  }
  return found;
}

/** Positions in a function of calls to helpers that drop the pages with a test of each: they skip what is not there. */
export function testedIn({ program, followed }: Subject, reference: FunctionReference): Set<number> {
  const tested = allReleases(followed).filter(({ visit: { flow }, event: { fact, guards } }) => {
    const names = sourcesOf(flow, fact);
    return guards.some((guard) => guard.path !== null && names.includes(guard.path) && says(guard, false));
  });
  return new Set(tested.flatMap((release) => countsAt(program, release, reference).map(({ pos }) => pos)));
}

function allReleases({ visits }: Followed): SeenRelease[] {
  return visits.flatMap((visit) => visit.flow.releases.map((event): SeenRelease => ({ visit, event })));
}
