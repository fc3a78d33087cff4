import { areApart } from '../../program/graph.js';
import type { Subject } from '../../survey/unit.js';
import { reachOf, usersBeside } from '../data/reach.js';
import { isOfNewSpace } from '../data/unshared.js';
import { complaintHere, isBeforeName, isPinnedInArm } from '../evidence.js';
import { type Check, type Complaint, taken } from '../finding.js';

/** Cases 1, 2 and 5 of pin_user_pages.rst: code that reaches the data of a page, and not only its struct page, must pin it. */
export const needsPin: Check = (subject, others) => {
  const { row } = subject;
  if (row.reference !== 'get' || isBeforeName(subject, 'pin_user_pages', [5, 6]) || isPinnedInArm(subject, others)) return [];
  if (row.case?.number === 3) return isByRequest(subject, others) ? [] : besideNotifier(subject);
  if (isOtherwisePinned(subject, others)) return [];
  const reach = reachOf(subject);
  if (!reach || isOfNewSpace(subject)) return [];
  const complaint = complaintHere(subject, `pages taken by ${row.api}() are ${reach.how}: use ${pinning(subject)}`);
  complaint.path.push(...reach.steps);
  return [complaint];
};

/**
 * The calls that pin what a site's call takes a plain reference on. The one for the pages of an iterator is in lib/iov_iter.c since 6.3: of a
 * tree that does not declare it, that is said.
 */
function pinning({ program, site }: Subject): string {
  if (site.acquire.iterator === null) return 'pin_user_pages*()';
  const isThere = program.tree.mentions('include/linux/uio.h', 'iov_iter_extract_pages');
  return `iov_iter_extract_pages()${isThere ? '' : ', which is there from 6.3 on'}`;
}

/**
 * Users that have a page by its reference beside the MMU notifier. Code that maps the page asks the notifier and needs no pin, so the fault
 * is theirs.
 */
function besideNotifier(subject: Subject): Complaint[] {
  return usersBeside(subject).map(({ visit, pos, how, steps }) => {
    const message = `a page of ${subject.row.api}() is ${how} under a plain reference: use ${pinning(subject)}`;
    const { file, name } = visit.flow.reference;
    return { message, file, function: name, pos, path: [taken(subject), ...steps] };
  });
}

/** True for a site with a pin in the other arm of its condition: code that has a device reach the pages may test the same condition. */
function isOtherwisePinned({ site }: Subject, others: readonly Subject[]): boolean {
  return others.some(
    (o) => o.row.reference === 'pin' && o.site.reference.key === site.reference.key && areApart(site.node.guards, o.site.node.guards),
  );
}

/** True if the function also pins pages, where it is asked to: who asks for that is not known. */
function isByRequest({ site }: Subject, others: readonly Subject[]): boolean {
  return others.some((o) => o.row.reference === 'pin' && o.site.reference.key === site.reference.key);
}
