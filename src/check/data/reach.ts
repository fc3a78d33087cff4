/** Who reaches the data of a site's pages, and not only their struct page: cases 1, 2 and 5 of pin_user_pages.rst. */
import { placeOf } from '../../flow/flow.js';
import type { Visit } from '../../flow/visit.js';
import { remembered } from '../../program/remembered.js';
import { isFollowedByNotifier } from '../../survey/case.js';
import { stepsTo } from '../../survey/trace.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';
import type { FindingStep } from '../finding.js';
import { type Access, accessesOf, accessSteps, dirtiesOf, markSteps, mayWrite, stepAt } from './access.js';
import { destinationOf, destinationStep } from './destination.js';
import { byReference, isKeptByReference } from './notified.js';

/** What says that the data is reached. */
export interface Reach {
  /** By whom, as a phrase. */
  how: string;
  steps: FindingStep[];
  /** It is an access, which the pages of another caller may have. */
  access?: true;
  /** Of an access: by a call that is given the pages, and not their address. */
  byCall?: boolean;
}

/** The first that says so; `null` if nothing does, or the driver follows the page table by an MMU notifier (case 3). */
export const reachOf = remembered((subject: Subject): Reach | null => {
  if (subject.row.case?.number === 3 || isOwnPage(subject)) return null;
  const access = byAccess(subject);
  // Who fills the end of an iterator's pages with zeros, or part of them, by a call has others fill the rest.
  const filled = access?.byCall ? byIterator(subject) : null;
  return filled ?? access ?? byMark(subject) ?? byIterator(subject) ?? byFrame(subject);
});

/** A function that reaches the data of a page, which it has by its reference alone. */
export interface User {
  visit: Visit;
  pos: number;
  /** What it does, as a phrase. */
  how: string;
  steps: FindingStep[];
}

/** Of pages that an MMU notifier tells of (case 3), the functions in which the processor writes to one that the page table need not hold: each once. */
export function usersBeside(subject: Subject): User[] {
  const written = accessesOf(subject).flatMap((access): User[] => {
    const visit = access.device ? null : byReference(subject, access.visit, access.pos);
    return visit ? [{ visit, pos: access.pos, how: 'written to by the processor', steps: accessSteps(subject, { ...access, visit }) }] : [];
  });
  const kept = mayWrite(subject) ? subject.followed.visits.flatMap((visit) => keptIn(subject, visit)) : [];
  return [...new Map([...kept, ...written].reverse().map((user) => [user.visit.flow.reference.key, user])).values()];
}

/** Of the functions that one address went through on its way to where it is kept, the one that had the page. */
function keptIn(subject: Subject, visit: Visit): User[] {
  if (visit.way === 'call') return [];
  const fact = visit.flow.heap.find((heap) => heap.endsWith('@address') && isKeptByReference(subject, visit, heap));
  if (fact === undefined) return [];
  const origin = visit.flow.origins.get(fact);
  const pos = origin ? placeOf(origin) : visit.flow.reference.item.pos;
  const steps = keptSteps(subject, visit, fact, 'its address is kept', ', to be written to');
  return [{ visit, pos, how: 'kept by its address, to be written to,', steps }];
}

/** True for a page that goes back to the allocator: the driver's own, which it has mapped to user space and finds there again. */
function isOwnPage(subject: Subject): boolean {
  const drops = releasesIn(subject);
  return drops.length > 0 && drops.every((s) => s.event.call.frees === true);
}

function byAccess(subject: Subject): Reach | null {
  const accesses = accessesOf(subject);
  const isMapped = ({ fact }: Access): boolean => fact.endsWith('@address');
  const access = accesses.find((a) => a.device) ?? accesses.find(isMapped) ?? accesses[0];
  if (!access) return null;
  const how = access.device ? 'reached by a device' : 'written to by the processor';
  return { how, steps: accessSteps(subject, access), access: true, byCall: !access.device && !isMapped(access) };
}

/** Where a function marks a page dirty that it has mapped, or its address is kept though it was taken to be written to: what else says that it is written. */
function byMark(subject: Subject): Reach | null {
  const { visits } = subject.followed;
  const isAddress = (fact: string): boolean => fact.endsWith('@address');
  const how = 'written to by the processor';
  const dirtied = dirtiesOf(subject).find(({ visit }) => [...visit.flow.origins.keys()].some(isAddress));
  if (dirtied) return { how, steps: markSteps(subject, dirtied) };
  const keeping = visits.find((v) => v.flow.heap.some(isAddress));
  const fact = keeping?.flow.heap.find(isAddress);
  if (!keeping || !fact || !mayWrite(subject)) return null;
  return { how, steps: keptSteps(subject, keeping, fact, 'its address is kept', ', to be written to') };
}

/** Pages of an iterator that is filled are written to by whoever has them. */
function byIterator({ program, site }: Subject): Reach | null {
  const destination = site.acquire.iterator === null ? null : destinationOf(site, program);
  return destination && { how: 'filled as direct I/O', steps: [destinationStep(program, destination)] };
}

/**
 * A frame number that is put in memory is for somebody who has no struct page: a device, firmware, a hypervisor. The memory manager
 * keeps them for itself.
 */
function byFrame(subject: Subject): Reach | null {
  const { visits } = subject.followed;
  if (visits.some((v) => isFollowedByNotifier(subject, v))) return null;
  const keeping = visits.find((v) => !v.flow.reference.file.startsWith('mm/') && v.flow.heap.some((h) => h.endsWith('@pfn')));
  const fact = keeping?.flow.heap.find((h) => h.endsWith('@pfn'));
  if (!keeping || !fact) return null;
  return { how: 'reached by their frame numbers', steps: keptSteps(subject, keeping, fact, 'its frame number is kept') };
}

/**
 * How the pages got to where a visited function has stored what a fact says, and that it did.
 * @param text what is said of that where the place has no name
 */
function keptSteps(subject: Subject, visit: Visit, fact: string, text: string, more = ''): FindingStep[] {
  const { origins, reference } = visit.flow;
  const origin = origins.get(fact);
  const pos = origin ? placeOf(origin) : reference.item.pos;
  const last = stepAt(subject, visit, pos, (origin?.text.startsWith('kept ') ? origin.text : text) + more);
  // Of several names of where it is stored, one is enough.
  const isSame = (step: FindingStep): boolean =>
    step.line === last.line && step.function === last.function && step.text.startsWith('kept ');
  return [...stepsTo(subject.program, visit, origin?.from ?? '', { pos }, true).filter((step) => !isSame(step)), last];
}
