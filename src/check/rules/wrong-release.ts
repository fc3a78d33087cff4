import type { SeenRelease } from '../../flow/releases.js';
import { alwaysKernelBacked } from '../../survey/flags.js';
import type { Subject } from '../../survey/unit.js';
import { kindOf, wrongReleases } from '../company.js';
import { complaintAt } from '../evidence.js';
import type { Check, Complaint } from '../finding.js';

const names = { pin: 'unpin_user_page*()', get: 'put_page() or its kin' } as const;

/** A pin that is dropped as a plain reference, or the other way round: Documentation/core-api/pin_user_pages.rst. */
export const wrongRelease: Check = (subject, others) => {
  const { row } = subject;
  const kind = kindOf(subject);
  if (row.reference === 'conditional' && alwaysKernelBacked(subject.program, subject.site))
    return wrongReleases(subject, others).map((s) => ofNothingTaken(subject, s));
  const what = kind === 'pin' ? 'a pin' : 'a plain reference';
  return wrongReleases(subject, others).map((s) =>
    complaintAt(subject, s, `${what} taken by ${row.api}() is dropped by ${s.event.api}(); use ${names[kind]}`),
  );
};

/** A drop of pages of an iterator over kernel memory, on which the call takes no reference: lib/iov_iter.c. */
function ofNothingTaken(subject: Subject, release: SeenRelease): Complaint {
  const { api } = subject.row;
  const message = `${release.event.api}() drops a reference on kernel memory, of whose pages ${api}() takes none`;
  const { path, ...complaint } = complaintAt(subject, release, message);
  return { ...complaint, path: path.map((step, at) => (at === 0 ? { ...step, text: `pages of kernel memory come from ${api}()` } : step)) };
}
