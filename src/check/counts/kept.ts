/**
 * Drops of one page more or less than the number that is kept: the sum of what several calls took, or a member of the object that holds the
 * pages.
 */
import type { FunctionReference } from '../../program/file.js';
import type { Graph } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { structName } from '../../program/types.js';
import { stepsTo } from '../../survey/trace.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';
import { taken } from '../finding.js';
import { type Counted, countedFrom, isEntered, meantIn } from './bounds.js';
import type { CountFault } from './fault.js';
import { setTo, sumsIn, wantedIn } from './rounds.js';
import { ALL, addedIn, type Known, type Names, SHORT } from './symbols.js';
import { type Taking, takingsOf } from './taking.js';

/** Members of structs that say how many pages a site took, as `tag.name`. */
export type Numbers = ReadonlySet<string>;

/**
 * The members that hold the number of pages where a function returns.
 * @param names what is known of integers there
 */
export function numbersIn({ subject: { program }, reference: { file }, graph }: Taking, names: Names): string[] {
  const counts = [...names].filter(([, { base, plus }]) => (base === 'result' || base === 'asked') && plus === 0);
  return counts.flatMap(([path]) => memberName(program, file, graph, path) ?? []);
}

/**
 * The members of objects behind parameters that hold exactly the result where a function returns, as paths.
 * @param before what was found at another return: a member has to hold it at both; `null` at the first
 */
export function leftIn({ graph: { params } }: Taking, names: Names, before: readonly string[] | null): readonly string[] {
  const isGiven = (path: string): boolean => rootOf(path) !== path && params.some(({ name }) => name === rootOf(path));
  const isResult = ({ base, plus }: Known): boolean => base === 'result' && plus === 0;
  return [...names].flatMap(([path, known]) => (isResult(known) && isGiven(path) && before?.includes(path) !== false ? [path] : []));
}

/** A path's last member, as `tag.name`; `null` for a variable, or if the struct is not known. */
export function memberName(program: Program, file: string, graph: Graph, path: string): string | null {
  const [, above, member] = /^(.+)(\.\w+)$/.exec(path) ?? [];
  const object = above === undefined ? null : structName(program.typeOf(above, graph, file));
  return object && `${object}${member}`;
}

/**
 * Such drops of a site's pages.
 * @param numbers members that were found to hold the number
 */
export function numberFaults(subject: Subject, numbers: Numbers): CountFault[] {
  const { program, site } = subject;
  const takings = takingsOf(subject);
  const sums = new Set(takings.flatMap((taking) => [...sumsIn(taking)]));
  const kept = new Set([
    ...numbers,
    ...takings.flatMap((taking) => {
      const all = new Set([...sums, ...wantedIn(taking).totals]);
      return [...all, ...setTo(taking.graph, all)].flatMap((path) => memberName(program, site.reference.file, taking.graph, path) ?? []);
    }),
  ]);
  const isKept = (by: FunctionReference, path: string | null): boolean =>
    path !== null && program.graphs(by).some((graph) => kept.has(memberName(program, by.file, graph, path) ?? ''));
  const seen = releasesIn(subject).flatMap((release) => countedFrom(program, release).map((found) => ({ release, found })));
  /** A function that drops pages of the array in another way as well may drop the missing one there. */
  const isAlone = ({ visit: { flow } }: Counted): boolean =>
    seen.every(({ found }) => found.visit.flow.reference.key !== flow.reference.key || found.count?.fromFirst === true);
  return seen.flatMap(({ release: { event }, found }): CountFault[] => {
    const { visit, pos, fact, handsOne } = found;
    // A helper that tests the one page which it is given skips what is not there.
    if (found.count === null || (handsOne && event.guards.length > 0)) return [];
    const count = meantIn(program, visit.flow.reference, found.count);
    const plus = count.plus + (addedIn(count.value) ?? 0);
    const { reference } = visit.flow;
    const isNamed =
      (visit.way === 'field' && isKept(reference, count.value.path)) ||
      (isEntered(visit, site.reference) && sums.has(count.value.path ?? ''));
    if (plus === 0 || !count.fromFirst || !isNamed || !isAlone(found)) return [];
    return [
      {
        kind: 'drop',
        how: plus > 0 ? 'past' : 'few',
        reference,
        pos,
        outcomes: SHORT | ALL,
        way: [taken(subject), ...stepsTo(program, visit, fact, { pos })],
        steps: [],
      },
    ];
  });
}
