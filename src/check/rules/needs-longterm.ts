import { complaintAt, releasesIn } from '../evidence.js';
import type { Rule } from '../finding.js';
import { outlivesCall } from '../lifetime.js';

/** Case 2 of pin_user_pages.rst; FOLL_LONGTERM in include/linux/mm_types.h. */
export const needsLongterm: Rule = {
  id: 'needs-longterm',
  severity: 'warning',
  about: 'a pin outlives the call that took it, in a field, without FOLL_LONGTERM',
  check(subject) {
    const { row, site } = subject;
    if (row.reference !== 'pin' || row.longterm || row.carrier.length === 0) return [];
    // memfd_pin_folios() takes no flags: it moves folios out of the way of a long pin by itself.
    if (site.signature?.flags == null || site.acquire.iterator !== null || row.case?.number === 3) return [];
    const late = releasesIn(subject).find((s) => s.visit.heap !== null && !s.event.partial && outlivesCall(subject, s));
    if (!late) return [];
    const where = row.carrier.join(', ');
    return [
      {
        ...complaintAt(subject, late, `pins of ${row.api}() are kept in ${where} beyond the call that took them, without FOLL_LONGTERM`),
        file: row.file,
        function: row.function,
        pos: site.call.pos,
      },
    ];
  },
};
