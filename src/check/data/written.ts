/** Evidence that the pages of a finding are reached or written to: it is shown behind the finding's path, and is no part of it. */

import type { Visit } from '../../flow/visit.js';
import { rootOf } from '../../program/path.js';
import { toDevice } from '../../protocol/index.js';
import { passingOf } from '../../survey/flags.js';
import type { Subject } from '../../survey/unit.js';
import { type FindingStep, stepIn } from '../finding.js';
import { mixedAt } from '../mixed.js';
import { heapOf, lineOf, mayMeet, waysTo } from '../ways.js';
import { type Access, accessesOf, accessSteps, writing } from './access.js';
import { destinationAlong, destinationOf, destinationStep } from './destination.js';

/** A path followed by its evidence, without what the path has told already. */
export function resting(path: readonly FindingStep[], steps: readonly FindingStep[]): FindingStep[] {
  const isTold = ({ file, line, function: name, text }: FindingStep): boolean =>
    path.some((p) => p.file === file && p.line === line && p.function === name && `${p.text},`.startsWith(`${text},`));
  return [...path, ...steps.filter((step) => !isTold(step)).map((step) => ({ ...step, text: `evidence: ${step.text}` }))];
}

/**
 * An access of pages that may be those of a visit, along a way on which they may be; of the same carrier if there is one.
 * @param visit a visit with one way only, see `waysTo`
 */
export function accessMet(subject: Subject, visit: Visit, isMeant: (access: Access) => boolean = () => true): Access | null {
  const heap = heapOf(visit);
  const met = accessesOf(subject).filter((a) => isMeant(a) && mayMeet(subject, visit, a.visit) && !isOfTheKernel(subject, a.visit));
  const isBeside = ({ visit: { heap: other } }: Access): boolean => heap === null || other === null || rootOf(other) === rootOf(heap);
  const found = met.find(isBeside) ?? met[0];
  return found ? { ...found, visit: waysTo(found.visit).find((way) => mayMeet(subject, visit, way)) ?? found.visit } : null;
}

/** True where pages come from a field that may also hold the kernel's own: which of them are meant is not known. */
export function isOfTheKernel(subject: Subject, visit: Visit): boolean {
  return visit.heap !== null && mixedAt(subject, visit).some(({ kind }) => kind === 'kernel' || kind === 'allocated');
}

/**
 * A path with the evidence that its pages are written to.
 * @param visit where the path ends, a visit with one way only
 */
export function withWrites(subject: Subject, visit: Visit, path: readonly FindingStep[]): FindingStep[] {
  return resting(path, writesTo(subject, visit));
}

function writesTo(subject: Subject, visit: Visit): FindingStep[] {
  const { program, site } = subject;
  const access = accessMet(subject, visit, (a) => !isReading(a));
  const steps = access ? accessSteps(subject, access) : [];
  if (site.acquire.iterator !== null) {
    const destination = destinationAlong(site, program, lineOf(visit)) ?? destinationOf(site, program);
    return [...(destination ? [destinationStep(program, destination)] : []), ...steps];
  }
  return access ? steps : takenToWrite(subject, visit);
}

/** True for a device that only reads the pages (DMA_TO_DEVICE). */
export function isReading({ device, direction }: Access): boolean {
  return device && toDevice.test(direction);
}

/** The step that says that the pages are taken to be written to, if something says so. */
function takenToWrite({ program, site }: Subject, visit: Visit): FindingStep[] {
  const line = lineOf(visit);
  const passed = (flag: string) => passingOf(program, site, flag, (caller) => line.has(caller.key));
  const place = passed('FOLL_WRITE');
  const found = place ?? passed(writing);
  if (!found) return [];
  return [stepIn(program, found.reference, found.pos, place ? 'taken with FOLL_WRITE' : 'taken for writing')];
}
