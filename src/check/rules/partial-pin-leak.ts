import { complaintOf, pathsIn } from '../evidence.js';
import type { Rule } from '../finding.js';

export const partialPinLeak: Rule = {
  id: 'partial-pin-leak',
  severity: 'error',
  about: 'the pages of a short count are not dropped',
  check(subject) {
    return pathsIn(subject)
      .filter((w) => w.kind === 'leak' && w.short)
      .map((w) => complaintOf(subject, w, `${subject.row.api}() may take fewer pages than asked; those that it took are not dropped here`));
  },
};
