import type { Subject } from '../../survey/unit.js';
import { type Access, accessesOf, accessStep, dirtiesOf, mayWrite, stepAt } from '../access.js';
import { complaintHere } from '../evidence.js';
import type { FindingStep, Rule } from '../finding.js';

/** Cases 1, 2 and 5 of pin_user_pages.rst: who reaches the data of a page, and not only its struct page, must pin it. */
export const needsPin: Rule = {
  id: 'needs-pin',
  severity: 'warning',
  about: 'the data of a page is written to, or reached by a device, under a plain reference',
  check(subject) {
    const { row } = subject;
    if (row.reference !== 'get' || row.case?.number === 3) return [];
    const accesses = accessesOf(subject);
    const access = accesses.find((a) => a.device) ?? accesses[0];
    const step = access ? accessStep(subject, access) : writtenIn(subject);
    if (!step) return [];
    const complaint = complaintHere(subject, `pages taken by ${row.api}() are ${word(access)}: they want pin_user_pages*()`);
    complaint.path.push(step);
    return [complaint];
  },
};

function word(access: Access | undefined): string {
  return access?.device ? 'reached by a device' : 'written to by the processor';
}

/** Where a mapped page is marked dirty, or its address is kept though it was taken to be written to: what else says that it is written. */
function writtenIn(subject: Subject): FindingStep | null {
  const { visits } = subject.followed;
  const isAddress = (fact: string): boolean => fact.endsWith('@address');
  const dirtied = dirtiesOf(subject)[0];
  if (dirtied && visits.some((v) => [...v.flow.origins.keys()].some(isAddress)))
    return stepAt(subject, dirtied.visit, dirtied.event.pos, `marked dirty by ${dirtied.event.api}()`);
  const keeping = visits.find((v) => v.flow.heap.some(isAddress));
  const fact = keeping?.flow.heap.find(isAddress);
  if (!keeping || !fact || !mayWrite(subject)) return null;
  return stepAt(
    subject,
    keeping,
    keeping.flow.origins.get(fact)?.pos ?? keeping.flow.reference.item.pos,
    'its address is kept, to be written to',
  );
}
