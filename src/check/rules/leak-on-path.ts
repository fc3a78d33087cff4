import { saturating } from '../../protocol/index.js';
import { stepAt } from '../data/access.js';
import { complaintAt, complaintOf, pathsIn } from '../evidence.js';
import { closedGates } from '../faults/gated.js';
import { reservedIn } from '../faults/reserved.js';
import { saturatedIn } from '../faults/saturated.js';
import { toldNumbers } from '../faults/told-numbers.js';
import { unsetPointers } from '../faults/unset-pointers.js';
import { type Check, type FindingStep, notTold } from '../finding.js';

/** A path leaves the function with the pages held, and nothing else has them. */
export const leakOnPath: Check = (subject) => {
  const left = (name: string): string => `${name}() returns with the pages of ${subject.row.api}() still held`;
  const walked = pathsIn(subject)
    .filter((w) => w.kind === 'leak' && !w.short)
    .map((w) => complaintOf(subject, w, left(w.function)));
  const saturated = saturatedIn(subject).map(({ release, lowered, pos }) => {
    const { name } = release.visit.flow.reference;
    const complaint = complaintAt(subject, release, left(name));
    const { lowers, asks } = saturating;
    const steps = [
      stepAt(subject, release.visit, lowered, `${lowers}() of the last reference saturates the count, so ${asks}() > 0 is always true`),
      stepAt(subject, release.visit, pos, 'returns here with the pages still held'),
    ];
    // The steps behind that position are never reached.
    const isBefore = (step: FindingStep): boolean =>
      step.file !== complaint.file || step.function !== name || step.line < (steps[0]?.line ?? 0);
    return { ...complaint, pos, path: [...complaint.path.filter(isBefore), ...steps] };
  });
  return [
    ...walked,
    ...saturated,
    ...notTold([...reservedIn(subject), ...unsetPointers(subject), ...closedGates(subject), ...toldNumbers(subject)], walked),
  ];
};
