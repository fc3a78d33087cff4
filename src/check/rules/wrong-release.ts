import { isOurs, kindOf } from '../company.js';
import { complaintAt, releasesIn } from '../evidence.js';
import type { Check } from '../finding.js';

const names = { pin: 'unpin_user_page*()', get: 'put_page() or its kin' } as const;

/** A pin that is dropped as a plain reference, or the other way round: Documentation/core-api/pin_user_pages.rst. */
export const wrongRelease: Check = (subject, others) => {
  const { row } = subject;
  const kind = kindOf(subject);
  const seen = releasesIn(subject);
  return seen
    .filter((s) => s.event.call.drops !== 'any' && (s.event.call.drops !== kind || (s.event.call.frees && row.reference === 'get')))
    .filter((s) => isOurs(subject, s, others))
    .map((s) => {
      const what = kind === 'pin' ? 'a pin' : 'a plain reference';
      return complaintAt(subject, s, `${what} taken by ${row.api}() is dropped by ${s.event.api}(); use ${names[kind]}`);
    });
};
