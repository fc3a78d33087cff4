/** How a site's pages are marked dirty before they are dropped. */
import { type DirtyEvent, sourcesOf } from '../flow/flow.js';
import { isOffAt } from '../flow/kernels.js';
import { lateMarks } from '../flow/late-marks.js';
import type { SeenRelease } from '../flow/releases.js';
import { arrivalsOf, type Followed, type Visit } from '../flow/visit.js';
import { callsAt, type Guard } from '../program/graph.js';
import { rootOf } from '../program/path.js';
import type { Program } from '../program/program.js';
import { dirtyCalls, freedOf, freeingCalls } from '../protocol/index.js';
import { type Calling, isOpposite } from './constant.js';
import type { Dirty } from './row.js';
import { assumptionsOf, type Site } from './sites.js';

/** Returns how: by the main release itself, else by another call on the way, preferably one near it. */
export function dirtyOf(
  program: Program,
  site: Site,
  followed: Followed | null,
  seen: readonly SeenRelease[],
  main: SeenRelease | null,
): Dirty {
  const byRelease = (s: SeenRelease): Dirty => (s.event.call.shape === 'container' ? 'container' : 'bulk');
  if (main?.event.dirty) return byRelease(main);
  // Generic code drops the pages of a container in several ways, and some of them mark.
  if (main?.event.call.shape === 'container' && seen.some((s) => s.event.dirty && s.event.call.shape === 'container')) return 'container';
  const visits = followed?.visits ?? [];
  const alternatives = assumptionsOf(program, site);
  const isOwn = (v: Visit, d: DirtyEvent): boolean =>
    !isOffAt(alternatives, v, d.assumptions) &&
    !isRuledOut(program, v, d.guards) &&
    !endsOthers(program, visits, v, d.fact) &&
    !isLate(program, v, d.pos);
  const events = visits.flatMap((v) => v.flow.dirties.filter((d) => isOwn(v, d)).map((d) => ({ v, d })));
  const home = visits[0]?.flow.reference.file;
  const file = main ? main.visit.flow.reference.file : home;
  const own = events.find((e) => e.v === main?.visit);
  if (own) return dirtyCalls.get(own.d.api) ?? 'other';
  // A release that also marks says more about the drops than a call that only marks.
  const marking = seen.find((s) => s.event.dirty);
  if (marking) return byRelease(marking);
  const near = events.find((e) => e.v.flow.reference.file === file) ?? events.find((e) => e.v.flow.reference.file === home) ?? events[0];
  return near ? (dirtyCalls.get(near.d.api) ?? 'other') : 'none';
}

/** True for a mark behind the drop, when the page may be somebody else's. */
function isLate(program: Program, { flow: { reference } }: Visit, pos: number): boolean {
  return program.graphs(reference).some((graph) => lateMarks(graph, { program, reference }).some((mark) => mark.pos === pos));
}

/** True for what is under a test of a parameter if every call on the way of the pages passes a constant that fails the test. */
export function isRuledOut(program: Program, visit: Visit, guards: readonly Guard[]): boolean {
  if (visit.way !== 'call') return false;
  const { reference } = visit.flow;
  const calls = arrivalsOf(visit).map(({ visit: { flow }, pos }) =>
    program
      .graphs(flow.reference)
      .flatMap((graph) => callsAt(graph, pos).map((call): Calling => ({ caller: flow.reference, graph, call }))),
  );
  return calls.every((some) => some.length > 0) && guards.some((guard) => isOpposite(program, reference, guard, calls.flat()));
}

/**
 * True if a function frees the array in which it found the pages, and neither it nor what it calls drops them: then what it does to the
 * pages there is not done to the site's.
 */
function endsOthers(program: Program, visits: readonly Visit[], visit: Visit, fact: string): boolean {
  const { flow } = visit;
  const arrays = new Set(sourcesOf(flow, fact).map(rootOf));
  const frees = program.graphs(flow.reference).some((graph) =>
    graph.nodes.some(({ operation: o }) => {
      const freed = o?.kind === 'call' && o.name !== null && freeingCalls.has(o.name) ? freedOf(o.name, o.args)[0]?.path : null;
      return freed != null && freed === rootOf(freed) && arrays.has(freed);
    }),
  );
  return frees && !visits.some((v) => v.flow.releases.length > 0 && (v === visit || comesFrom(v, visit)));
}

/** True if a visit was entered from another one through calls. */
function comesFrom(visit: Visit, other: Visit): boolean {
  const found = new Set([visit]);
  for (const v of found) if (v.way === 'call') for (const arrival of arrivalsOf(v)) found.add(arrival.visit);
  return found.has(other);
}
