import { complaintOf, pathsIn } from '../evidence.js';
import type { Check } from '../finding.js';

/** Pages that are left held at the end of a path which only a short count reaches. */
export const partialPinLeak: Check = (subject) => {
  return pathsIn(subject)
    .filter((w) => w.kind === 'leak' && w.short)
    .map((w) => complaintOf(subject, w, `${subject.row.api}() may take fewer pages than asked; those that it took are not dropped here`));
};
