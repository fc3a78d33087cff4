import { dirtyCalls } from '../../protocol/index.js';
import { isRuledOut } from '../../survey/dirty.js';
import { dirtiesOf, locking, markSteps, marksOfShared } from '../data/access.js';
import { byReference } from '../data/notified.js';
import type { Check } from '../finding.js';
import { taken } from '../finding.js';

/** set_page_dirty() needs the page lock, or another guarantee that the page stays in its mapping: see set_page_dirty_lock() in mm/. */
export const dirtyUnlocked: Check = (subject) => {
  const { program, row } = subject;
  return [...dirtiesOf(subject), ...marksOfShared(subject)].flatMap((mark) => {
    const { event } = mark;
    const { reference } = mark.visit.flow;
    // The memory manager marks under locks that its own callers took.
    if (reference.file.startsWith('mm/')) return [];
    if (isRuledOut(program, mark.visit, event.guards)) return [];
    if (dirtyCalls.get(event.api) === 'set_page_dirty_lock' || locking.test(program.textOf(reference))) return [];
    // What the driver of an MMU notifier has mapped is held by the page table while it is marked.
    const visit = row.case?.number === 3 ? byReference(subject, mark.visit, event.pos) : mark.visit;
    if (visit === null) return [];
    const { file, name } = reference;
    const message = `a page of ${row.api}() is marked dirty without the page lock; set_page_dirty_lock() takes it`;
    const path = [taken(subject), ...markSteps(subject, { visit, event })];
    return [{ message, file, function: name, pos: event.pos, path }];
  });
};
