/** Marks that leave out some pages: those of large folios, which were thought to be hugetlbfs's, and are not written back there. */
import { type Guard, type Node, says } from '../../program/graph.js';
import { dirtyCalls, largePageTests } from '../../protocol/index.js';
import type { Subject } from '../../survey/unit.js';
import { dirtiesOf, type Mark, marksOfShared } from './access.js';

/** The marks of a site's pages that stand where a page is not part of a large one, in functions without another mark. */
export function marksOfSmall(subject: Subject): Mark[] {
  const isSmall = (guard: Guard): boolean => largePageTests.has(guard.call) && says(guard, true);
  const isOther = ({ operation: o, guards }: Node): boolean => o?.kind === 'call' && dirtyCalls.has(o.name ?? '') && !guards.some(isSmall);
  return [...dirtiesOf(subject), ...marksOfShared(subject)].filter(
    ({ visit, event }) =>
      event.guards.some(isSmall) && !subject.program.graphs(visit.flow.reference).some(({ nodes }) => nodes.some(isOther)),
  );
}
