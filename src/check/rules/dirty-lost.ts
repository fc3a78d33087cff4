import type { SeenRelease } from '../../flow/releases.js';
import { releases, vectorTest } from '../../protocol/index.js';
import { stepsTo } from '../../survey/trace.js';
import type { Subject } from '../../survey/unit.js';
import { isOlder } from '../../syntax/assumptions.js';
import { accessesOf, type Mark, mayWrite, stepAt } from '../data/access.js';
import { type CleanDrop, cleanDrops, isSharedOn } from '../data/clean.js';
import { destinationOf } from '../data/destination.js';
import { areOnlyKeys } from '../data/frames.js';
import { marksOfSmall } from '../data/large.js';
import { marksOfTried, type Tried } from '../data/tried.js';
import { marksOfVectors, type Tested } from '../data/vectors.js';
import { isReading, withWrites } from '../data/written.js';
import { type WrittenHere, writtenHere } from '../data/written-here.js';
import { complaintAt, releasesIn } from '../evidence.js';
import { changedFlags } from '../faults/changed-flag.js';
import { invertedMarks } from '../faults/inverted-marks.js';
import { type Check, type Complaint, notTold, taken } from '../finding.js';
import { byLateWay } from '../ways.js';

/**
 * What is written to a page is lost if the page was written back before and is reclaimed after, as nothing says that it is dirty:
 * pin_user_pages.rst.
 */
export const dirtyLost: Check = (subject, others) => {
  const told = lostIn(subject, others);
  return [
    ...told,
    ...notTold(
      writtenHere(subject).map((found) => ofWritten(subject, found)),
      told,
    ),
  ];
};

/** What the marks and the drops of all the site's pages show. */
function lostIn(subject: Subject, others: readonly Subject[]): Complaint[] {
  const { row, site, followed } = subject;
  // Code that marks some of the pages knows that they are written to, whatever could not be followed.
  const tested = marksOfVectors(subject);
  if (tested.length > 0) return tested.map((found) => ofVectors(subject, found));
  const tried = marksOfTried(subject);
  if (tried.length > 0) return tried.map((found) => ofTried(subject, found));
  const changed = changedFlags(subject);
  if (changed.length > 0) return changed;
  // With an MMU notifier, the page table holds what the driver reaches, and knows that it was written to.
  if (row.gaps.length > 0 || followed.cut || row.case?.number === 3) return [];
  const accesses = accessesOf(subject);
  const devices = accesses.filter((a) => a.device);
  if (devices.length > 0 && devices.every(isReading)) return [];
  // memfd_pin_folios() does not say what the pages are for, so an access has to show it.
  const isWritten = site.acquire.result === 'folios' ? accesses.length > 0 : site.acquire.iterator !== null || mayWrite(subject);
  if (!isWritten || (accesses.length === 0 && areOnlyKeys(subject))) return [];
  // Generic code that drops a container may do so elsewhere as well, and mark the pages there.
  if (releasesIn(subject).some((s) => s.event.call.shape === 'container')) return [];
  const inverted = invertedMarks(subject);
  if (inverted.length > 0) return inverted;
  const marks = marksOfSmall(subject);
  const isTold = (drop: CleanDrop): boolean => (drop.from !== null || !isShim(drop.release)) && !isSharedOn(subject, drop);
  const drops = marks.length > 0 ? [] : lastOfEach(cleanDrops(subject, others).filter(isTold));
  if (marks.length === 0 && drops.length === 0) return [];
  if (site.acquire.iterator !== null && destinationOf(site, subject.program) === null) return [];
  return [...marks.map((mark) => leftOut(subject, mark)), ...drops.map((drop) => complaintOf(subject, drop))];
}

/** True for a drop in a function that a driver has instead of a call of the tables: its callers decide what is marked. */
function isShim({ visit }: SeenRelease): boolean {
  return releases.has(visit.flow.reference.name);
}

/** The last drop of each function; one on today's kernels, if there is any. */
function lastOfEach(drops: readonly CleanDrop[]): CleanDrop[] {
  const found = new Map<string, CleanDrop>();
  for (const drop of drops) {
    const { key } = (drop.from?.visit ?? drop.release.visit).flow.reference;
    const known = found.get(key);
    if (!known || isOfOlder(known) || !isOfOlder(drop)) found.set(key, drop);
  }
  return [...found.values()];
}

/** True for a drop in arms of `#if` for older kernels only. */
function isOfOlder({ release: { event } }: CleanDrop): boolean {
  return event.assumptions.every((assumed) => assumed.some(isOlder));
}

/** A mark that skips some of the pages to which the same is written. */
function leftOut(subject: Subject, { visit, event }: Mark): Complaint {
  const { file, name } = visit.flow.reference;
  const message = `pages taken by ${subject.row.api}() for writing are marked dirty only where they are not in a large folio`;
  const step = stepAt(subject, visit, event.pos, `${event.api}() skips the pages of large folios`);
  return { message, file, function: name, pos: event.pos, path: withWrites(subject, visit, [taken(subject), step]) };
}

/** A mark that is not made for a user's pages either, if they come with another kind of iterator. */
function ofVectors(subject: Subject, { mark, test }: Tested): Complaint {
  const { file, name } = test.visit.flow.reference;
  const message = `pages taken by ${subject.row.api}() for writing are marked dirty only where ${vectorTest}() is true, which it is not for a plain read()`;
  const asked = stepAt(subject, test.visit, test.pos, `read() passes ITER_UBUF, for which ${vectorTest}() is false`);
  return {
    message,
    file,
    function: name,
    pos: test.pos,
    path: [taken(subject), asked, stepAt(subject, mark.visit, mark.event.pos, `${mark.event.api}() is not called for these pages`)],
  };
}

/** A mark that is not made where somebody else has the page's lock. */
function ofTried(subject: Subject, { mark: { visit, event }, api, pos }: Tried): Complaint {
  const { file, name } = visit.flow.reference;
  const message = `pages taken by ${subject.row.api}() for writing are marked dirty only where ${api}() gets their lock`;
  const path = [
    taken(subject),
    stepAt(subject, visit, pos, `${api}() does not wait for the lock`),
    stepAt(subject, visit, event.pos, `without it, ${event.api}() is skipped and the page is dropped clean`),
  ];
  return { message, file, function: name, pos, path: withWrites(subject, visit, path) };
}

function complaintOf(subject: Subject, { release, from }: CleanDrop): Complaint {
  const { program, row } = subject;
  const message = `pages taken by ${row.api}() for writing are dropped clean by ${release.event.api}()`;
  if (!from) {
    const visit = byLateWay(release.visit);
    const complaint = complaintAt(subject, { ...release, visit }, message);
    return { ...complaint, path: withWrites(subject, visit, complaint.path) };
  }
  const { visit, call } = from;
  const { file, name } = visit.flow.reference;
  const passed = `passed to ${call.callee.name}(), which drops them by ${release.event.api}()`;
  const path = [taken(subject), ...stepsTo(program, visit, call.fact), stepAt(subject, visit, call.pos, passed)];
  return { message: `${message} in ${call.callee.name}()`, file, function: name, pos: call.pos, path: withWrites(subject, visit, path) };
}

/** A page that the function drops which has written to it, on a path on which nobody else has it. */
function ofWritten(subject: Subject, { access, variable, release, pos }: WrittenHere): Complaint {
  const { visit } = access;
  const { file, name } = visit.flow.reference;
  const { api } = release.event;
  const by = access.name === null ? 'here' : `by ${access.name}()`;
  const dropped = visit === release.visit ? `dropped clean by ${api}()` : `passed on, and dropped clean by ${api}()`;
  const path = [
    taken(subject),
    ...stepsTo(subject.program, visit, variable, { pos: access.pos, path: access.path }),
    stepAt(subject, visit, access.pos, `written to ${by}`),
    stepAt(subject, visit, pos, dropped),
  ];
  const message = `a page of ${subject.row.api}() is written to, and dropped clean by ${api}() before anybody else has it`;
  return { message, file, function: name, pos, path: withWrites(subject, visit, path) };
}
