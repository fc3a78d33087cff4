import { complaintOf, pathsIn } from '../evidence.js';
import type { Rule } from '../finding.js';

export const useAfterRelease: Rule = {
  id: 'use-after-release',
  severity: 'error',
  about: 'a page is looked into after its last drop',
  check(subject) {
    return pathsIn(subject)
      .filter((w) => w.kind === 'use')
      .map((w) => complaintOf(subject, w, `a page of ${subject.row.api}() is looked into after it was dropped`));
  },
};
