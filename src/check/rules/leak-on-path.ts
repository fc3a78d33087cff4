import { stepAt } from '../access.js';
import { complaintAt, complaintOf, pathsIn } from '../evidence.js';
import type { Rule } from '../finding.js';
import { saturatedIn } from '../saturated.js';

export const leakOnPath: Rule = {
  id: 'leak-on-path',
  severity: 'error',
  about: 'a path leaves the function with the pages held, and nobody else has them',
  check(subject) {
    const left = (name: string): string => `${name}() is left with the pages of ${subject.row.api}() still held`;
    const walked = pathsIn(subject)
      .filter((w) => w.kind === 'leak' && !w.short)
      .map((w) => complaintOf(subject, w, left(w.function)));
    const saturated = saturatedIn(subject).map(({ release, pos }) => {
      const complaint = complaintAt(subject, release, left(release.visit.flow.reference.name));
      const asked = stepAt(
        subject,
        release.visit,
        pos,
        'asked for here: a count that refcount_dec() would bring to zero is saturated, and says for ever that there are users',
      );
      return { ...complaint, pos, path: [...complaint.path.slice(0, -1), asked] };
    });
    return [...walked, ...saturated];
  },
};
