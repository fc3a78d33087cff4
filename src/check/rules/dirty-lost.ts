import { readable } from '../../flow/facts.js';
import type { SeenRelease } from '../../flow/releases.js';
import { releases, vectorTest } from '../../protocol/index.js';
import { stepsTo } from '../../survey/trace.js';
import type { Subject } from '../../survey/unit.js';
import { accessesOf, accessStep, type Mark, mayWrite, stepAt } from '../access.js';
import { type CleanDrop, cleanDrops, isSharedOn } from '../clean.js';
import { destinationOf, destinationStep } from '../destination.js';
import { complaintAt, releasesIn } from '../evidence.js';
import { type Complaint, type FindingStep, type Rule, taken } from '../finding.js';
import { marksOfSmall } from '../large.js';
import { marksOfVectors, type Tested } from '../vectors.js';
import { byLateWay } from '../ways.js';

/** What was written into a page through a reference is lost if the page is written back before and reclaimed after: pin_user_pages.rst. */
export const dirtyLost: Rule = {
  id: 'dirty-lost',
  severity: 'warning',
  about: 'pages that are taken to be written to are dropped without being marked dirty',
  check(subject, others) {
    const { row, site, followed } = subject;
    // Who marks some of the pages says that they are written to, whatever else could not be followed.
    const tested = marksOfVectors(subject);
    if (tested.length > 0) return tested.map((found) => ofVectors(subject, found));
    // The page table holds what an MMU notifier's driver reaches, and says that it was written to.
    if (row.gaps.length > 0 || followed.cut || row.case?.number === 3) return [];
    const accesses = accessesOf(subject);
    const directions = accesses.flatMap((a) => (a.device ? [a.direction] : []));
    if (directions.length > 0 && directions.every((d) => /^\w*TO_?DEVICE$/.test(d))) return [];
    // Shared memory is pinned without saying for what.
    const isWritten = site.acquire.result === 'folios' ? accesses.length > 0 : site.acquire.iterator !== null || mayWrite(subject);
    if (!isWritten) return [];
    // Generic code may drop what a container holds elsewhere too, and marks it there.
    if (releasesIn(subject).some((s) => s.event.call.shape === 'container')) return [];
    const marks = marksOfSmall(subject);
    const drops = marks.length > 0 ? [] : lastOfEach(cleanDrops(subject, others).filter(({ release, from }) => from || !isShim(release)));
    if (marks.length === 0 && (drops.length === 0 || isSharedOn(subject))) return [];
    const how = writer(subject);
    return how ? [...marks.map((mark) => leftOut(subject, mark, how)), ...drops.map((drop) => complaintOf(subject, drop, how))] : [];
  },
};

/** True for a drop in what a driver has instead of a call of the tables: whoever calls that decides what is marked. */
function isShim({ visit }: SeenRelease): boolean {
  return releases.has(visit.flow.reference.name);
}

/** One drop a function: the last that it makes. */
function lastOfEach(drops: readonly CleanDrop[]): CleanDrop[] {
  const found = new Map<string, CleanDrop>();
  for (const drop of drops) found.set((drop.from?.visit ?? drop.release.visit).flow.reference.key, drop);
  return [...found.values()];
}

/** What says that the pages are written to, as steps; `null` if nothing does. */
function writer(subject: Subject): FindingStep[] | null {
  const { program, site } = subject;
  const access = accessesOf(subject)[0];
  const steps = access ? [accessStep(subject, access)] : [];
  if (site.acquire.iterator === null) return steps;
  const destination = destinationOf(site, program);
  return destination && [destinationStep(program, destination), ...steps];
}

/** A mark that leaves out pages to which the same is written. */
function leftOut(subject: Subject, { visit, event }: Mark, how: readonly FindingStep[]): Complaint {
  const { file, name } = visit.flow.reference;
  const message = `pages taken by ${subject.row.api}() to be written to are marked dirty only where they are not part of a large one`;
  const step = stepAt(subject, visit, event.pos, `marked dirty by ${event.api}(), but for those of large pages`);
  return { message, file, function: name, pos: event.pos, path: [taken(subject), ...how, step] };
}

/** A mark that is left out for a user's pages as well, where they come with another sort of iterator. */
function ofVectors(subject: Subject, { mark, test }: Tested): Complaint {
  const { file, name } = test.visit.flow.reference;
  const message = `pages taken by ${subject.row.api}() to be written to are marked dirty only where ${vectorTest}() holds, which it does not in a plain read()`;
  const asked = stepAt(subject, test.visit, test.pos, "an iterator of one buffer is a user's, too");
  return {
    message,
    file,
    function: name,
    pos: test.pos,
    path: [taken(subject), asked, stepAt(subject, mark.visit, mark.event.pos, `marked dirty by ${mark.event.api}(), but for its pages`)],
  };
}

function complaintOf(subject: Subject, { release, from }: CleanDrop, how: readonly FindingStep[]): Complaint {
  const { program, row } = subject;
  const message = `pages taken by ${row.api}() to be written to are dropped clean by ${release.event.api}()`;
  if (!from) {
    const complaint = complaintAt(subject, { ...release, visit: byLateWay(release.visit) }, message);
    complaint.path.splice(1, 0, ...how);
    return complaint;
  }
  const { visit, call } = from;
  const { file, name } = visit.flow.reference;
  const path = [taken(subject), ...how, ...stepsTo(program, visit, call.fact)];
  path.push(
    stepAt(subject, visit, call.pos, `${readable(call.fact)} passed to ${call.callee.name}(), which drops it by ${release.event.api}()`),
  );
  return { message: `${message} in ${call.callee.name}()`, file, function: name, pos: call.pos, path };
}
