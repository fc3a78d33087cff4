import { stepAt } from '../access.js';
import { complaintAt, complaintOf, pathsIn } from '../evidence.js';
import type { Rule } from '../finding.js';
import { lateUnmappings } from '../unmapped.js';

export const useAfterRelease: Rule = {
  id: 'use-after-release',
  severity: 'error',
  about: 'a page is looked into after its last drop',
  check(subject) {
    const walked = pathsIn(subject)
      .filter((w) => w.kind === 'use')
      .map((w) => complaintOf(subject, w, `a page of ${subject.row.api}() is looked into after it was dropped`));
    const unmapped = lateUnmappings(subject).map(({ release, pos, api }) => {
      const complaint = complaintAt(subject, release, `pages of ${subject.row.api}() are unmapped from the device after they were dropped`);
      return { ...complaint, pos, path: [...complaint.path, stepAt(subject, release.visit, pos, `unmapped by ${api}()`)] };
    });
    return [...walked, ...unmapped];
  },
};
