import { isRead, leadsTo } from '../../program/graph.js';
import { outsideKernel } from '../../program/place.js';
import { errorNumberTest } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { noPointer } from '../../syntax/truth.js';
import type { CountFault } from '../counts/fault.js';
import { complaintOfFault, faultsOf } from '../counts/faults.js';
import { ERROR, isUnsigned, SHORT } from '../counts/symbols.js';
import { complaintHere } from '../evidence.js';
import { type Check, type Complaint, stepIn, taken } from '../finding.js';

/** What a message says of each kind of fault, and the last step of its path. */
const done: Readonly<Record<CountFault['kind'], { what: string; step: string | null }>> = {
  success: { what: 'is handed on as success', step: 'returns success' },
  result: { what: 'is returned as it is, where zero is success and an error is negative', step: 'returns the count' },
  error: { what: 'is discarded, and zero returned as for success', step: 'returns zero' },
  sum: { what: 'is counted here as all that were asked for', step: 'adds the number asked for' },
  round: { what: 'is ignored here', step: 'goes on with the next iteration, as if all pages of this one were there' },
  use: { what: 'is ignored here', step: 'uses pages that may not be there' },
  drop: { what: 'is ignored here', step: null },
};

/** A call may take fewer pages than asked, or none: the comment of get_user_pages() in mm/gup.c. */
export const uncheckedCount: Check = (subject) => {
  const { row, site } = subject;
  if (site.acquire.result === 'page') return [];
  if (isIgnored(subject))
    return [complaintHere(subject, `the result of ${row.api}() is ignored: fewer pages than asked, or none, may be there`)];
  const unsigned = unsignedTests(subject);
  if (unsigned.length > 0) return unsigned;
  return [...ignoredByCallers(subject), ...faults(subject)];
};

function faults(subject: Subject): Complaint[] {
  const { row } = subject;
  return faultsOf(subject)
    .filter((f) => f.kind !== 'drop')
    .map((f) => {
      const what = f.outcomes & ERROR ? 'an error' : f.outcomes & SHORT ? 'a short count' : 'a count of zero';
      const message =
        f.how === 'past'
          ? `pages of ${row.api}() are used up to the count itself: one page more than there is`
          : `${what} of ${row.api}() ${done[f.kind].what}: not all pages are there`;
      return complaintOfFault(subject, f, message, done[f.kind].step);
    });
}

/** Calls, whose result nobody reads, of a function that takes the pages and keeps them in a field. */
function ignoredByCallers(subject: Subject): Complaint[] {
  const { program, row, site, followed } = subject;
  const returned = program.variants(site.reference)[0]?.returns;
  const keeps = followed.visits[0]?.flow.heap.some((h) => !/@(pfn|address)$/.test(h));
  if (!keeps || !returned || (returned.base === 'void' && returned.pointers === 0)) return [];
  return program
    .callSites(site.reference)
    .filter(({ caller, graph, call }) => !caller.macro && !outsideKernel(caller.file) && !isRead(graph, call.result))
    .map(({ caller, call }) => {
      const { file, name } = caller;
      const message = `the result of ${row.function}(), which takes pages by ${row.api}(), is ignored: fewer than asked, or none, may be there`;
      const step = stepIn(program, caller, call.pos, `the result of ${row.function}() is ignored`);
      return { message, file, function: name, pos: call.pos, path: [taken(subject), step] };
    });
}

/**
 * True if nothing in the function reads the call's result. If the pointer of the single page was cleared before the call, that tells
 * instead.
 */
function isIgnored({ site }: Subject): boolean {
  const page = site.call.args[site.signature?.pages ?? -1];
  const cleared = site.graph.nodes.some(
    ({ operation: o, pos }) => o?.kind === 'clear' && o.target === page?.path && noPointer.test(o.text) && pos < site.call.pos,
  );
  if (page?.address && cleared) return false;
  return !isRead(site.graph, site.call.result);
}

/** Matches `(int)count < 0`, `IS_ERR_VALUE(count)`: these have the sign again. */
const signed = new RegExp(`\\(\\s*(int|long|s32|s64|ssize_t)\\s*\\)|${errorNumberTest}`);

/** Tests whether the result is below zero, in a variable that is unsigned and never is. */
function unsignedTests(subject: Subject): Complaint[] {
  const { program, row, site } = subject;
  const { graph, reference } = site;
  const names = new Set(
    graph.nodes.flatMap(({ operation: o }) => (o?.kind === 'copy' && o.replaces && o.source.path === site.call.result ? [o.target] : [])),
  );
  const found = new Map<number, Complaint>();
  for (const n of graph.nodes) {
    const o = n.operation;
    if (o?.kind !== 'assume' || o.left.path === null || !names.has(o.left.path) || o.right.text !== '0') continue;
    if (
      !['<', '>=', '<=', '>'].includes(o.op) ||
      !leadsTo(graph, site.node, (m) => m === n) ||
      !isUnsigned(program, reference, graph, o.left.path)
    )
      continue;
    if (signed.test(program.near(reference.file, n.pos, 16, 48))) continue;
    const written = o.op === '<' || o.op === '>=';
    const message = written
      ? `${o.left.path} is unsigned and never below zero: an error of ${row.api}() passes for a count of pages`
      : `${o.left.path} is unsigned: an error of ${row.api}() is a very large count of pages, not one below zero`;
    const complaint = complaintHere(subject, message);
    complaint.path.push(stepIn(program, reference, n.pos, `tested here: ${o.left.path} ${o.op} 0`));
    if (!found.has(n.pos)) found.set(n.pos, { ...complaint, pos: n.pos });
  }
  return [...found.values()];
}
