import type { CountFault } from '../counts/fault.js';
import { complaintOfFault, faultsOf } from '../counts/faults.js';
import { ERROR, SHORT } from '../counts/symbols.js';
import { complaintOf, pathsIn } from '../evidence.js';
import { notTold, type Rule } from '../finding.js';

const what: Readonly<Record<CountFault['how'], (fault: CountFault, api: string) => string>> = {
  unfilled: (f, api) =>
    `all pages asked for are dropped where ${api}() ${f.outcomes & SHORT ? 'may have taken fewer' : f.outcomes & ERROR ? 'has failed' : 'has taken none'}`,
  negative: (_, api) => `the error of ${api}() is handed on as a number of pages: it becomes a very large one`,
  past: (_, api) => `one page more is dropped than ${api}() took`,
  few: (_, api) => `one page less is dropped than ${api}() took`,
};

/** The comments of unpin_user_pages() and get_user_pages() in mm/gup.c. */
export const releaseCount: Rule = {
  id: 'release-count',
  severity: 'error',
  about: 'another number of pages is dropped than was taken',
  check(subject) {
    const counted = faultsOf(subject)
      .filter((f) => f.kind === 'drop')
      .map((f) => complaintOfFault(subject, f, what[f.how](f, subject.row.api), null));
    const message = `all pages asked for are dropped where ${subject.row.api}() has taken fewer`;
    const walked = pathsIn(subject)
      .filter((w) => w.kind === 'more')
      .map((w) => complaintOf(subject, w, message));
    return [...counted, ...notTold(walked, counted)];
  },
};
