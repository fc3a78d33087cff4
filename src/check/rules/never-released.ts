import type { FunctionFlow } from '../../flow/flow.js';
import { callsAt } from '../../program/graph.js';
import type { Program } from '../../program/program.js';
import { userTests } from '../../protocol/index.js';
import { overlaid } from '../../survey/overlaid.js';
import { carrierName } from '../../survey/row-of.js';
import type { Subject } from '../../survey/unit.js';
import { flaggedIn, wrongReleases } from '../company.js';
import { complaintHere, complaintOf, isOnlyUndone, keptOnSuccess, pathsIn, releasesIn } from '../evidence.js';
import type { Check, Complaint } from '../finding.js';
import { heapOf } from '../ways.js';

/** Pages that nothing in the tree drops, once they are kept. */
export const neverReleased: Check = (subject, others) => {
  const found = neverDropped(subject, others);
  return found.length > 0 ? found : outOfReach(subject);
};

/** Pages in places from which no release takes them. */
function neverDropped(subject: Subject, others: readonly Subject[]): Complaint[] {
  const { row, followed } = subject;
  const seen = releasesIn(subject);
  if (followed.cut || row.gaps.length > 0) return [];
  if (row.reference === 'none' && subject.site.acquire.alwaysTakes)
    return [complaintHere(subject, `${row.api}() takes references even where it is given no array: nothing can drop them`)];
  const kept = pathsIn(subject).filter((w) => w.kind === 'kept');
  if (kept.length > 0) {
    const wrongly = wronglyDropped(subject, others);
    return kept.flatMap((w) => {
      const fields = w.fields.filter((field) => !wrongly.has(field));
      const message = `pages taken by ${row.api}() are kept in ${fields.join(', ')}, from where nothing drops them`;
      return fields.length > 0 ? [complaintOf(subject, w, message)] : [];
    });
  }
  if (!isOnlyUndone(subject)) return [];
  if (
    (row.reference === 'conditional' && !asksForUser(subject)) ||
    followed.visits.some((v) => v.flow.unknowns.length > 0 || v.flow.unread.length > 0)
  )
    return [];
  if (followed.visits.some(({ flow }) => isGuessed(subject.program, flow))) return [];
  if (row.containers.some((c) => c === 'skb' || c === 'pipe' || c === 'other')) return [];
  if (seen.length > 0 && !keptOnSuccess(subject)) return [];
  const wrongly = wronglyDropped(subject, others);
  const carrier = carrierOf(subject).filter((field) => !wrongly.has(field));
  // Without a field that keeps the pages, this is a leak on a path, which tells more.
  if (carrier.length === 0) return [];
  const but = seen.length > 0 ? 'by nothing but the function that takes them' : 'by nothing in the tree';
  return [complaintHere(subject, `pages taken by ${row.api}() and kept in ${carrier.join(', ')} are dropped ${but}`)];
}

/**
 * The fields from which something drops the pages, if by a call of the wrong kind: that is what is wrong with it. What a flag decides on
 * may be meant for others.
 */
function wronglyDropped(subject: Subject, others: readonly Subject[]): ReadonlySet<string> {
  const wrong = wrongReleases(subject, others).filter((release) => !flaggedIn(subject, release));
  return new Set(wrong.map(({ visit }) => carrierName(heapOf(visit) ?? '')));
}

/** Pages of an object that nobody can find again, however the pages of other objects are dropped. */
function outOfReach(subject: Subject): Complaint[] {
  const { row, program, followed } = subject;
  // If the pages need not be a user's, there may be nothing to drop.
  if (row.reference === 'conditional' || row.reference === 'none') return [];
  const found = pathsIn(subject).filter((w) => w.kind === 'unnamed');
  if (found.length === 0 || overlaid(program, followed).length > 0) return [];
  return found.map((w) =>
    complaintOf(
      subject,
      w,
      `pages taken by ${row.api}() can be reached only by ${w.fields.join(' or ')}, which nothing uses but the code that fills it`,
    ),
  );
}

/** True if a function with the pages tests whether they are a user's: then they sometimes are. */
function asksForUser({ program, followed }: Subject): boolean {
  return followed.visits.some(({ flow }) => callsUserTest.test(program.textOf(flow.reference)));
}

const callsUserTest = new RegExp(`\\b(?:${[...userTests].join('|')})\\s*\\(`);

/** True if the pages went through a pointer to several functions: what one of them keeps may be gone when it returns. */
function isGuessed(program: Program, { reference, calls }: FunctionFlow): boolean {
  return calls.some(({ pos }) =>
    program
      .graphs(reference)
      .flatMap((graph) => callsAt(graph, pos))
      .some(({ name, through }) => name === null && through !== null && program.pointed(reference, through).length > 1),
  );
}

/** The fields that keep the pages themselves. An address or a frame number alone need not keep them. */
function carrierOf({ followed, row }: Subject): string[] {
  const pages = followed.heap.some((h) => !/@(address|pfn)$/.test(h));
  return pages ? row.carrier : [];
}
