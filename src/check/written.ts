/** What says that the pages of one finding are reached or written to: facts about them that stand beside its path, and are no steps of it. */

import type { Visit } from '../flow/visit.js';
import { rootOf } from '../program/path.js';
import { passingOf } from '../survey/flags.js';
import type { Subject } from '../survey/unit.js';
import { type Access, accessesOf, accessStep, writing } from './access.js';
import { destinationAlong, destinationOf, destinationStep } from './destination.js';
import type { FindingStep } from './finding.js';
import { mixedAt } from './mixed.js';
import { heapOf, lineOf, mayMeet } from './ways.js';

/** A fact that a complaint rests on, as what stands behind the last step of its path. */
export function evidence(step: FindingStep): FindingStep {
  return { ...step, text: `evidence: ${step.text}` };
}

/** An access of pages that may be those of a visit which came about by its own way, of the same carrier if there is one. */
export function accessMet(subject: Subject, visit: Visit, isMeant: (access: Access) => boolean = () => true): Access | null {
  const heap = heapOf(visit);
  const met = accessesOf(subject).filter((a) => isMeant(a) && mayMeet(subject, visit, a.visit) && !isOfTheKernel(subject, a.visit));
  const isBeside = ({ visit: { heap: other } }: Access): boolean => heap === null || other === null || rootOf(other) === rootOf(heap);
  return met.find(isBeside) ?? met[0] ?? null;
}

/** True where pages come from a field in which the kernel's own stand as well: which are meant there is not known. */
function isOfTheKernel(subject: Subject, visit: Visit): boolean {
  return visit.heap !== null && mixedAt(subject, visit).some(({ kind }) => kind === 'kernel' || kind === 'allocated');
}

/** What says that the pages of a visit which came about by its own way are written to. */
export function writesTo(subject: Subject, visit: Visit): FindingStep[] {
  const { program, site } = subject;
  const access = accessMet(subject, visit, (a) => !isReading(a));
  const steps = access ? [accessStep(subject, access)] : [];
  if (site.acquire.iterator !== null) {
    const destination = destinationAlong(site, program, lineOf(visit)) ?? destinationOf(site, program);
    return [...(destination ? [destinationStep(program, destination)] : []), ...steps].map(evidence);
  }
  return (access ? steps : takenToWrite(subject, visit)).map(evidence);
}

/** True for a device that is let at the pages to read them only. */
export function isReading({ device, direction }: Access): boolean {
  return device && /^\w*TO_?DEVICE$/.test(direction);
}

/** Where it is said that the pages are taken to be written to. */
function takenToWrite({ program, site }: Subject, visit: Visit): FindingStep[] {
  const line = lineOf(visit);
  const passed = (flag: string) => passingOf(program, site, flag, (caller) => line.has(caller.key));
  const place = passed('FOLL_WRITE');
  const found = place ?? passed(writing);
  if (!found) return [];
  const { file, name } = found.reference;
  const text = place ? 'taken with FOLL_WRITE' : 'taken to be written to';
  return [{ file, ...program.position(file, found.pos), function: name, text }];
}
