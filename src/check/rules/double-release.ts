import { complaintOf, pathsIn } from '../evidence.js';
import type { Rule } from '../finding.js';

export const doubleRelease: Rule = {
  id: 'double-release',
  severity: 'error',
  about: 'the same pages are dropped twice on one path',
  check(subject) {
    return pathsIn(subject)
      .filter((w) => w.kind === 'double')
      .map((w) => complaintOf(subject, w, `pages of ${subject.row.api}() are dropped a second time`));
  },
};
