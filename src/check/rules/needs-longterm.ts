import { complaintHere } from '../evidence.js';
import type { Rule } from '../finding.js';

/** Case 2 of pin_user_pages.rst; FOLL_LONGTERM in include/linux/mm_types.h. */
export const needsLongterm: Rule = {
  id: 'needs-longterm',
  severity: 'note',
  about: 'a pin is kept in a field without FOLL_LONGTERM',
  check(subject) {
    const { row, site } = subject;
    if (row.kind !== 'user' || row.reference !== 'pin' || row.longterm || row.carrier.length === 0) return [];
    if (site.acquire.iterator !== null || row.releaseScope === 'function' || row.case?.number === 3) return [];
    return [complaintHere(subject, `pinned pages are kept in ${row.carrier.join(', ')} without FOLL_LONGTERM`)];
  },
};
