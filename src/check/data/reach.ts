/** What reaches the data of a site's pages, and not only their struct page: cases 1, 2 and 5 of pin_user_pages.rst. */
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

/** Evidence that the data is reached. */
export interface Reach {
  /** By whom, as a phrase. */
  how: string;
  steps: FindingStep[];
  /** The evidence is an access, which may be of another caller's pages. */
  access?: true;
  /** Of an access: it is a call that is given the pages and not their address. */
  byCall?: boolean;
}

/** The first evidence that is found; `null` if there is none, or if the driver follows the page table by an MMU notifier (case 3). */
export const reachOf = remembered((subject: Subject): Reach | null => {
  if (subject.row.case?.number === 3 || isOwnPage(subject)) return null;
  const access = byAccess(subject);
  // A call that is given the pages fills only part of an iterator's, as with zeros at its end: others fill the rest.
  const filled = access?.byCall ? byIterator(subject) : null;
  return filled ?? access ?? byMark(subject) ?? byIterator(subject) ?? byFrame(subject);
});

/** A function that reaches the data of a page which it holds by its reference alone. */
export interface User {
  visit: Visit;
  pos: number;
  /** What it does, as a phrase. */
  how: string;
  steps: FindingStep[];
}

/**
 * For pages that an MMU notifier watches (case 3): the functions in which the processor writes to a page that the page table need not hold,
 * each once.
 */
export function usersBeside(subject: Subject): User[] {
  const written = accessesOf(subject).flatMap((access): User[] => {
    const visit = access.device ? null : byReference(subject, access.visit, access.pos);
    return visit ? [{ visit, pos: access.pos, how: 'written to by the CPU', steps: accessSteps(subject, { ...access, visit }) }] : [];
  });
  const kept = mayWrite(subject) ? subject.followed.visits.flatMap((visit) => keeperOfAddress(subject, visit)) : [];
  return [...new Map([...kept, ...written].reverse().map((user) => [user.visit.flow.reference.key, user])).values()];
}

/**
 * The visited function as a user, if it keeps the address of a page that it holds by its reference. A function that was only passed the
 * address by a call is none: its caller had the page.
 */
function keeperOfAddress(subject: Subject, visit: Visit): User[] {
  if (visit.way === 'call') return [];
  const fact = visit.flow.heap.find((heap) => heap.endsWith('@address') && isKeptByReference(subject, visit, heap));
  if (fact === undefined) return [];
  const origin = visit.flow.origins.get(fact);
  const pos = origin ? placeOf(origin) : visit.flow.reference.item.pos;
  const steps = keptSteps(subject, visit, fact, 'its address is kept', ', for writing');
  return [{ visit, pos, how: 'kept by its address for writing', steps }];
}

/** True if every release gives the page back to the allocator: it is the driver's own, mapped to user space and found there again. */
function isOwnPage(subject: Subject): boolean {
  const drops = releasesIn(subject);
  return drops.length > 0 && drops.every((s) => s.event.call.frees === true);
}

function byAccess(subject: Subject): Reach | null {
  const accesses = accessesOf(subject);
  const isMapped = ({ fact }: Access): boolean => fact.endsWith('@address');
  const access = accesses.find((a) => a.device) ?? accesses.find(isMapped) ?? accesses[0];
  if (!access) return null;
  const how = access.device ? 'accessed by a device' : 'written to by the CPU';
  return { how, steps: accessSteps(subject, access), access: true, byCall: !access.device && !isMapped(access) };
}

/**
 * Other evidence of a write: a function marks a page dirty that it has mapped, or keeps its address though it was taken to be written to.
 */
function byMark(subject: Subject): Reach | null {
  const { visits } = subject.followed;
  const isAddress = (fact: string): boolean => fact.endsWith('@address');
  const how = 'written to by the CPU';
  const dirtied = dirtiesOf(subject).find(({ visit }) => [...visit.flow.origins.keys()].some(isAddress));
  if (dirtied) return { how, steps: markSteps(subject, dirtied) };
  const keeping = visits.find((v) => v.flow.heap.some(isAddress));
  const fact = keeping?.flow.heap.find(isAddress);
  if (!keeping || !fact || !mayWrite(subject)) return null;
  return { how, steps: keptSteps(subject, keeping, fact, 'its address is kept', ', for writing') };
}

/** Evidence from the iterator: the pages of one that is filled are written to by whoever has them. */
function byIterator({ program, site }: Subject): Reach | null {
  const destination = site.acquire.iterator === null ? null : destinationOf(site, program);
  return destination && { how: 'filled by direct I/O', steps: [destinationStep(program, destination)] };
}

/**
 * Evidence from a frame number in memory: it is there for something that has no struct page, a device, firmware or a hypervisor. The memory
 * manager (`mm/`) keeps frame numbers for itself.
 */
function byFrame(subject: Subject): Reach | null {
  const { visits } = subject.followed;
  if (visits.some((v) => isFollowedByNotifier(subject, v))) return null;
  const keeping = visits.find((v) => !v.flow.reference.file.startsWith('mm/') && v.flow.heap.some((h) => h.endsWith('@pfn')));
  const fact = keeping?.flow.heap.find((h) => h.endsWith('@pfn'));
  if (!keeping || !fact) return null;
  return { how: 'accessed by their frame numbers', steps: keptSteps(subject, keeping, fact, 'its frame number is kept') };
}

/**
 * How the pages got to where a visited function has stored what a fact says, and that store.
 * @param text what is said of the store where the place has no name
 * @param more what is added to that
 */
function keptSteps(subject: Subject, visit: Visit, fact: string, text: string, more = ''): FindingStep[] {
  const { origins, reference } = visit.flow;
  const origin = origins.get(fact);
  const pos = origin ? placeOf(origin) : reference.item.pos;
  const last = stepAt(subject, visit, pos, (origin?.text.startsWith('kept ') ? origin.text : text) + more);
  // If the place has several names, a step for one is enough.
  const isSame = (step: FindingStep): boolean =>
    step.line === last.line && step.function === last.function && step.text.startsWith('kept ');
  return [...stepsTo(subject.program, visit, origin?.from ?? '', { pos }, true).filter((step) => !isSame(step)), last];
}
