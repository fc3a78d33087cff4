import { complaintOf, pathsIn } from '../evidence.js';
import { leftByLastUser } from '../faults/counted-off.js';
import { emptiedFields } from '../faults/emptied.js';
import { notTold, type Rule } from '../finding.js';

export const overwritten: Rule = {
  id: 'overwritten',
  severity: 'warning',
  about: 'a field that may still hold pages is stored over, with no drop and no test before',
  check(subject) {
    const stored = pathsIn(subject)
      .filter((w) => w.kind === 'over')
      .map((w) => complaintOf(subject, w, `pages of an earlier ${subject.row.api}() are stored over, and nothing has dropped them`));
    return [...stored, ...notTold(leftByLastUser(subject), stored), ...emptiedFields(subject)];
  },
};
