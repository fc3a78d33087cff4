import type { SeenRelease } from '../../flow/releases.js';
import type { Visit } from '../../flow/visit.js';
import { suffixAfter } from '../../program/path.js';
import { standIn } from '../../survey/flags.js';
import { carrierName } from '../../survey/row-of.js';
import { stepsTo } from '../../survey/trace.js';
import type { Subject } from '../../survey/unit.js';
import { kindOf } from '../company.js';
import { accessSteps, stepAt } from '../data/access.js';
import { toldIn } from '../data/frames.js';
import { type Reach, reachOf } from '../data/reach.js';
import { accessMet, resting } from '../data/written.js';
import { complaintAt, isBeforeName, isPinnedInArm, releasesIn } from '../evidence.js';
import { type Check, type FindingStep, stepIn, taken } from '../finding.js';
import { reachedApart } from '../lifetime.js';
import { byField, heapOf, isLate, startOfCalls, waysTo } from '../ways.js';

/** A pin that is kept needs FOLL_LONGTERM: case 2 of pin_user_pages.rst; include/linux/mm_types.h. */
export const needsLongterm: Check = (subject, others) => {
  const { program, row, site } = subject;
  if (row.longterm || row.case?.number === 3 || (row.reference !== 'pin' && row.reference !== 'get')) return [];
  // memfd_pin_folios() takes no flags: it migrates folios itself where a long pin needs that.
  if (site.signature?.flags == null || site.acquire.iterator !== null) return [];
  // A plain reference is reported only if the page's data is reached: then it should be a pin.
  const reach = row.reference === 'get' ? reachOf(subject) : null;
  if (row.reference === 'get' && (!reach || isBeforeName(subject, 'FOLL_LONGTERM', [5, 2]) || isPinnedInArm(subject, others))) return [];
  const late = releasesIn(subject).filter(
    (s) => !s.event.partial && isKept(subject, s) && reachedApart(subject, s.visit.flow.reference, s.event.pos),
  );
  if (late.length === 0) return [];
  const what = row.reference === 'pin' ? 'pins' : 'pages';
  const where = row.carrier.length > 0 ? row.carrier.join(', ') : 'a table of frame numbers';
  const wanted = row.reference === 'pin' ? '' : ': use pin_user_pages*(FOLL_LONGTERM)';
  const none = standIn(program, row.file, 'FOLL_LONGTERM');
  const which = none ? ', which the driver defines as 0' : '';
  const message = `${what} of ${row.api}() are kept in ${where} beyond the call that took them, without FOLL_LONGTERM${which}${wanted}`;
  const release = lastOf(subject, late);
  const path = resting(wayTo(subject, release), reach ? reached(subject, release.visit, reach) : []);
  const zero = none
    ? [stepIn(program, none, none.item.pos, 'evidence: it is 0 here where the kernel has no macro of that name, as from 6.3 on')]
    : [];
  return [{ message, file: row.file, function: row.function, pos: site.call.pos, path: [...path, ...zero] }];
};

/** True for a drop of what a field keeps, and for one by a frame number that was passed to the dropping function. */
function isKept({ row }: Subject, { visit }: SeenRelease): boolean {
  return (row.carrier.length > 0 && byField(visit)) || isByFrame(visit);
}

/** True for a function that was passed the frame number. */
function isByFrame({ way, parent }: Visit): boolean {
  return way === 'call' && parent?.fact.endsWith('@pfn') === true;
}

/**
 * The drop, along one way, that shows best that the pages are kept. In this order it should: be of the kind that these pages need, and free
 * nothing; get them from a field that the message names; be reached without the function that takes them; name the pages as that function
 * does.
 */
function lastOf(subject: Subject, late: readonly SeenRelease[]): SeenRelease {
  const { row, site } = subject;
  const at = site.signature?.pages ?? null;
  const array = at === null ? null : (site.call.args[at]?.path ?? null);
  const asks: ((release: SeenRelease) => boolean)[] = [
    ({ event: { call } }) => !call.frees && (call.drops === 'any' || call.drops === kindOf(subject)),
    ({ visit }) => row.carrier.includes(carrierName(heapOf(visit) ?? '')),
    ({ visit }) => isLate(subject, visit) && reachedApart(subject, startOfCalls(visit).flow.reference) !== null,
    ({ visit: { parent } }) => array !== null && parent !== null && suffixAfter(parent.fact, array) !== null,
  ];
  const ways = late.flatMap((release) => waysTo(release.visit).map((visit) => ({ ...release, visit })));
  // Each question weighs more than all that are asked after it.
  const weight = (release: SeenRelease): number => asks.reduce((sum, ask) => 2 * sum + (ask(release) ? 1 : 0), 0);
  const weighed = ways.map((release) => ({ release, weight: weight(release) }));
  return weighed.reduce((best, way) => (way.weight > best.weight ? way : best)).release;
}

/**
 * The path to a drop. If frame numbers lead there, nobody sees them fetched: the path ends where a number is passed on, and begins again
 * where the drop is called from outside.
 */
function wayTo(subject: Subject, release: SeenRelease): FindingStep[] {
  const { program } = subject;
  const { visit, event } = release;
  const told = isByFrame(visit)
    ? toldIn(subject).find((t) => t.visit.flow === visit.parent?.visit.flow && t.fact === visit.parent.fact)
    : undefined;
  const use = told ? reachedApart(subject, visit.flow.reference)?.use : null;
  if (!told || !use?.node) return complaintAt(subject, release, '').path;
  return [
    taken(subject),
    ...stepsTo(program, told.visit, told.fact),
    stepAt(subject, told.visit, told.pos, `its frame number is given to ${told.callee.name}()`),
    stepIn(program, use.by, use.node.pos, `a frame number is passed to ${visit.flow.reference.name}()`),
    ...stepsTo(program, { ...visit, parent: null }, `-${event.pos}`),
  ];
}

/** The evidence that the data of the pages is reached. */
function reached(subject: Subject, visit: Visit, reach: Reach): FindingStep[] {
  if (!reach.access) return reach.steps;
  const access = accessMet(subject, visit, (a) => a.device) ?? accessMet(subject, visit);
  return access ? accessSteps(subject, access) : [];
}
