import { complaintOf, pathsIn } from '../evidence.js';
import type { Check } from '../finding.js';

export const partialPinLeak: Check = (subject) => {
  return pathsIn(subject)
    .filter((w) => w.kind === 'leak' && w.short)
    .map((w) => complaintOf(subject, w, `${subject.row.api}() may take fewer pages than asked; those that it took are not dropped here`));
};
