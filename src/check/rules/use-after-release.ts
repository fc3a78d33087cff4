import type { Witness } from '../../flow/paths.js';
import type { Subject } from '../../survey/unit.js';
import { stepAt } from '../access.js';
import { complaintAt, complaintOf, pathsIn } from '../evidence.js';
import type { Rule } from '../finding.js';
import { lateUnmappings } from '../unmapped.js';

export const useAfterRelease: Rule = {
  id: 'use-after-release',
  severity: 'error',
  about: 'a page is looked into after its last drop, or a device left to reach it',
  check(subject) {
    const walked = pathsIn(subject)
      .filter((w) => w.kind === 'use')
      .map((w) => complaintOf(subject, w, `a page of ${subject.row.api}() is looked into after it was dropped`));
    const standing = pathsIn(subject)
      .filter((w) => w.kind === 'standing')
      .map((w) => complaintOf(subject, w, stillStanding(subject, w)));
    const unmapped = lateUnmappings(subject).map(({ release, pos, api }) => {
      const complaint = complaintAt(subject, release, `pages of ${subject.row.api}() are unmapped from the device after they were dropped`);
      return { ...complaint, pos, path: [...complaint.path, stepAt(subject, release.visit, pos, `unmapped by ${api}()`)] };
    });
    return [...walked, ...standing, ...unmapped];
  },
};

function stillStanding({ row }: Subject, { fields: [setUp, undoing, caller], function: own }: Witness): string {
  const first = caller === own ? `${undoing}() is called first on another way` : `${caller}() calls ${undoing}() first`;
  return `pages of ${row.api}() are dropped while what ${setUp}() has set up still leads to them; ${first}`;
}
