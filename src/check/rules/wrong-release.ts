import { kindOf, wrongReleases } from '../company.js';
import { complaintAt } from '../evidence.js';
import type { Check } from '../finding.js';

const names = { pin: 'unpin_user_page*()', get: 'put_page() or its kin' } as const;

/** A pin that is dropped as a plain reference, or the other way round: Documentation/core-api/pin_user_pages.rst. */
export const wrongRelease: Check = (subject, others) => {
  const { row } = subject;
  const kind = kindOf(subject);
  const what = kind === 'pin' ? 'a pin' : 'a plain reference';
  return wrongReleases(subject, others).map((s) =>
    complaintAt(subject, s, `${what} taken by ${row.api}() is dropped by ${s.event.api}(); use ${names[kind]}`),
  );
};
