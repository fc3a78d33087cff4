import type { SeenRelease } from '../../flow/releases.js';
import type { Subject } from '../../survey/unit.js';
import { complaintAt, isBeforeName, releasesIn } from '../evidence.js';
import type { Rule } from '../finding.js';
import { outlivesCall } from '../lifetime.js';
import { reachOf } from '../reach.js';
import { byField } from '../ways.js';

/** Case 2 of pin_user_pages.rst; FOLL_LONGTERM in include/linux/mm_types.h. */
export const needsLongterm: Rule = {
  id: 'needs-longterm',
  severity: 'warning',
  about: 'a pin outlives the call that took it, in a field, without FOLL_LONGTERM',
  check(subject) {
    const { row, site } = subject;
    if (row.longterm || row.case?.number === 3 || (row.reference !== 'pin' && row.reference !== 'get')) return [];
    // memfd_pin_folios() takes no flags: it moves folios out of the way of a long pin by itself.
    if (site.signature?.flags == null || site.acquire.iterator !== null) return [];
    // Of a plain reference only where the page's data is reached: then it wants to be a pin.
    const reach = row.reference === 'get' ? reachOf(subject) : null;
    if (row.reference === 'get' && (!reach || isBeforeName(subject, 'FOLL_LONGTERM', [5, 2]))) return [];
    const late = releasesIn(subject).find((s) => !s.event.partial && isKept(subject, s) && outlivesCall(subject, s));
    if (!late) return [];
    const what = row.reference === 'pin' ? 'pins' : 'pages';
    const where = row.carrier.length > 0 ? row.carrier.join(', ') : 'a table of frame numbers';
    const complaint = complaintAt(
      subject,
      late,
      `${what} of ${row.api}() are kept in ${where} beyond the call that took them, without FOLL_LONGTERM`,
    );
    if (reach) complaint.path.splice(1, 0, reach.step);
    return [{ ...complaint, file: row.file, function: row.function, pos: site.call.pos }];
  },
};

/** A drop of what a field keeps, or by a frame number that was handed to whoever drops it. */
function isKept({ row }: Subject, { visit }: SeenRelease): boolean {
  return (row.carrier.length > 0 && byField(visit)) || (visit.way === 'call' && visit.parent?.fact.endsWith('@pfn') === true);
}
