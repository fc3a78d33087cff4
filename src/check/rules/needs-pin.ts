import { accessesOf, accessStep, dirtiesOf, stepAt } from '../access.js';
import { complaintHere } from '../evidence.js';
import type { Rule } from '../finding.js';

/** Cases 1, 2 and 5 of pin_user_pages.rst: who reaches the data of a page, and not only its struct page, must pin it. */
export const needsPin: Rule = {
  id: 'needs-pin',
  severity: 'warning',
  about: 'the data of a page is written to, or reached by a device, under a plain reference',
  check(subject) {
    const { row } = subject;
    if (row.reference !== 'get' || row.case?.number === 3) return [];
    const accesses = accessesOf(subject);
    const device = accesses.find((a) => a.device);
    const mapped = subject.followed.visits.some((v) => [...v.flow.origins.keys()].some((f) => f.endsWith('@address')));
    const dirtied = mapped ? dirtiesOf(subject)[0] : undefined;
    const filled = accesses.find((a) => !a.device);
    const access = device ?? filled;
    if (!access && !dirtied) return [];
    const what = device ? 'reached by a device' : 'written to by the processor';
    const complaint = complaintHere(subject, `pages taken by ${row.api}() are ${what}: they want pin_user_pages*()`);
    if (access) complaint.path.push(accessStep(subject, access));
    else if (dirtied) complaint.path.push(stepAt(subject, dirtied.visit, dirtied.event.pos, `marked dirty by ${dirtied.event.api}()`));
    return [complaint];
  },
};
