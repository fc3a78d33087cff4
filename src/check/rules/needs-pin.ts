import { complaintHere, isBeforeName } from '../evidence.js';
import type { Rule } from '../finding.js';
import { reachOf } from '../reach.js';

/** Cases 1, 2 and 5 of pin_user_pages.rst: who reaches the data of a page, and not only its struct page, must pin it. */
export const needsPin: Rule = {
  id: 'needs-pin',
  severity: 'warning',
  about: 'the data of a page is written to, or reached by a device, under a plain reference',
  check(subject) {
    const { row } = subject;
    const reach = row.reference === 'get' ? reachOf(subject) : null;
    if (!reach || isBeforeName(subject, 'pin_user_pages', [5, 6])) return [];
    const complaint = complaintHere(subject, `pages taken by ${row.api}() are ${reach.how}: they want pin_user_pages*()`);
    complaint.path.push(...reach.steps);
    return [complaint];
  },
};
