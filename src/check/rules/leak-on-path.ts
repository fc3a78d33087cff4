import { complaintOf, pathsIn } from '../evidence.js';
import type { Rule } from '../finding.js';

export const leakOnPath: Rule = {
  id: 'leak-on-path',
  severity: 'error',
  about: 'a path leaves the function with the pages held, and nobody else has them',
  check(subject) {
    return pathsIn(subject)
      .filter((w) => w.kind === 'leak' && !w.short)
      .map((w) => complaintOf(subject, w, `${w.function}() is left with the pages of ${subject.row.api}() still held`));
  },
};
