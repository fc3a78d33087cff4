import type { Subject } from '../../survey/unit.js';
import type { CountFault } from '../counts/fault.js';
import { complaintOfFault, faultsOf } from '../counts/faults.js';
import { countsFromUser } from '../counts/from-user.js';
import { mappedDrops } from '../counts/mapped.js';
import { roundedDrops } from '../counts/rounded.js';
import { steppedDrops } from '../counts/stepped.js';
import { ERROR, SHORT } from '../counts/symbols.js';
import { shortUnwindings } from '../counts/unwinding.js';
import { complaintAt, complaintOf, pathsIn } from '../evidence.js';
import { type Check, type Complaint, notTold, stepIn } from '../finding.js';

/** What a message says of each way to drop a wrong number. */
const what: Readonly<Record<CountFault['how'], (fault: CountFault, api: string) => string>> = {
  unfilled: (f, api) =>
    `all pages asked for are dropped where ${api}() ${f.outcomes & SHORT ? 'may have taken fewer' : f.outcomes & ERROR ? 'has failed' : 'has taken none'}`,
  early: (_, api) => `all pages that were asked for are dropped where the iterations of ${api}() have not taken all of them`,
  negative: (_, api) => `the error of ${api}() is passed on as a number of pages: it becomes a very large one`,
  past: (_, api) => `one page more than ${api}() took is dropped`,
  consumed: (_, api) => `as many pages are dropped as is computed from the bytes of ${api}() after something else was put in their place`,
  rest: (_, api) => `no page of a last batch that is full is dropped, of those that ${api}() took: its remainder is zero`,
  few: (_, api) => `one page less than ${api}() took is dropped`,
};

/** A drop of another number of pages than was taken: the comments of unpin_user_pages() and get_user_pages() in mm/gup.c. */
export const releaseCount: Check = (subject) => {
  const counted = faultsOf(subject)
    .filter((f) => f.kind === 'drop')
    .map((f) => complaintOfFault(subject, f, what[f.how](f, subject.row.api), null));
  const message = `all pages asked for are dropped where ${subject.row.api}() has taken fewer`;
  const walked = pathsIn(subject)
    .filter((w) => w.kind === 'more')
    .map((w) => complaintOf(subject, w, message));
  return [
    ...counted,
    ...notTold(
      [
        ...walked,
        ...askedFor(subject),
        ...shortUnwindings(subject),
        ...steppedDrops(subject),
        ...roundedDrops(subject),
        ...mappedDrops(subject),
      ],
      counted,
    ),
  ];
};

/** Drops of as many pages as user space says. */
function askedFor(subject: Subject): Complaint[] {
  const message = `the number of pages dropped comes from user space, and need not be that which ${subject.row.api}() took`;
  return countsFromUser(subject).map(({ release, reference, pos, api }) => {
    const complaint = complaintAt(subject, release, message);
    const asked = stepIn(subject.program, reference, pos, `evidence: the number comes from user space by ${api}()`);
    return { ...complaint, path: [...complaint.path, asked] };
  });
}
