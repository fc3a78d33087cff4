import { complaintOf, pathsIn } from '../evidence.js';
import { leftByLastUser } from '../faults/counted-off.js';
import { emptiedFields } from '../faults/emptied.js';
import { type Check, notTold } from '../finding.js';

/** Pages in a field that is stored over, or set to NULL, before anybody has dropped them. */
export const overwritten: Check = (subject) => {
  const stored = pathsIn(subject)
    .filter((w) => w.kind === 'over')
    .map((w) => complaintOf(subject, w, `pages of an earlier ${subject.row.api}() are overwritten, and nothing has dropped them`));
  return [...stored, ...notTold(leftByLastUser(subject), stored), ...emptiedFields(subject)];
};
