import { accessesOf, accessStep, mayBeDirtied, mayWrite } from '../access.js';
import { complaintAt, releasesIn } from '../evidence.js';
import type { Rule } from '../finding.js';

/** What was written into a page through a reference is lost if the page is written back before and reclaimed after: pin_user_pages.rst. */
export const dirtyLost: Rule = {
  id: 'dirty-lost',
  severity: 'warning',
  about: 'pages that are taken to be written to are dropped without being marked dirty, on every path',
  check(subject) {
    const { row, site, followed } = subject;
    if (row.kind !== 'user' || site.acquire.iterator !== null || row.gaps.length > 0 || followed.cut || !mayWrite(subject)) return [];
    const seen = releasesIn(subject);
    if (seen.length === 0 || mayBeDirtied(subject) || seen.some((s) => s.event.call.shape === 'container')) return [];
    const accesses = accessesOf(subject);
    const directions = accesses.flatMap((a) => (a.device ? [a.direction] : []));
    if (directions.length > 0 && directions.every((d) => /TO_DEVICE$/.test(d))) return [];
    // Kept as a frame number, the page may be marked by whoever looks it up.
    const kept = followed.heap.some((h) => !/@(pfn|address)/.test(h));
    const full = seen.filter((s) => !s.event.partial && !s.event.call.frees && (kept ? s.visit.heap !== null : accesses.length > 0));
    const last = full.at(-1);
    if (!last) return [];
    const complaint = complaintAt(subject, last, `pages taken by ${row.api}() to be written to are dropped clean by ${last.event.api}()`);
    const writer = accesses[0];
    if (writer) complaint.path.splice(1, 0, accessStep(subject, writer));
    return [complaint];
  },
};
