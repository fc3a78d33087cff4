import { complaintAt, releasesIn } from '../evidence.js';
import type { Rule } from '../finding.js';

/** unpin_user_page() of a page that was never pinned takes 1024 from its count; ZERO_PAGE is let through (mm/gup.c, 6.5 on). */
export const mixedRelease: Rule = {
  id: 'mixed-release',
  severity: 'note',
  about: 'one unpinning call for a place that holds pages of several origins',
  check(subject) {
    const { row } = subject;
    const others = row.mixedWith.filter((what) => !/zero page|iterator/.test(what));
    if (row.reference !== 'pin' || others.length === 0) return [];
    const seen = releasesIn(subject);
    if (seen.some((s) => s.event.call.drops !== 'pin')) return [];
    return seen
      .filter((s) => s.event.guards.length === 0)
      .map((s) => complaintAt(subject, s, `${s.event.api}() drops ${others.join(' and ')} too, which were not pinned`));
  },
};
