/** Marks that leave out the pages of large folios, which the code takes for those of hugetlbfs, where nothing is written back. */
import { type Guard, type Node, says } from '../../program/graph.js';
import { dirtyCalls, largePageTests } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { dirtiesOf, type Mark, marksOfShared } from './access.js';

/**
 * The marks of a site's pages under a test that the page is not part of a large one (`!PageCompound(page)`), in functions without another
 * mark.
 */
export function marksOfSmall(subject: Subject): Mark[] {
  const isSmall = (guard: Guard): boolean => largePageTests.has(guard.call) && says(guard, true);
  const isOther = ({ operation: o, guards }: Node): boolean => o?.kind === 'call' && dirtyCalls.has(o.name ?? '') && !guards.some(isSmall);
  return [...dirtiesOf(subject), ...marksOfShared(subject)].filter(
    ({ visit, event }) =>
      event.guards.some(isSmall) && !subject.program.graphs(visit.flow.reference).some(({ nodes }) => nodes.some(isOther)),
  );
}
