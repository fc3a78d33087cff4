/** The drops of a site's pages as the callers see them: a drop, and the calls that lead to it, some levels up. */
import { sourcesOf as sourcesInFlow } from '../../flow/flow.js';
import { namesCalled } from '../../flow/paths/function/text.js';
import type { SeenRelease } from '../../flow/releases.js';
import { arrivalsOf, type Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, callsAt, type Graph, type Guard, says } from '../../program/graph.js';
import { rootOf, type Value } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';
import { parametersBehind, rootsOf } from './leading.js';

/** A drop, or a call that leads to it. */
export interface Dropping {
  reference: FunctionReference;
  pos: number;
  /** The pages are found in an object here: they were not followed to this function by calls. */
  isFound: boolean;
  /** Indexes of the call's arguments that lead to that object; `null` if any may. */
  given: readonly number[] | null;
  /**
   * The called function drops in some cases only: under a condition on more than whether there is anything to drop, or because it takes
   * pages itself and has failed to.
   */
  sometimes: boolean;
  release: SeenRelease;
}

/**
 * A drop, and the calls that lead to it, some levels up: calls that the pages were followed along, and calls that give the dropping
 * function the object in which it finds them.
 */
export function leadingTo(program: Program, release: SeenRelease, levels: number): Dropping[] {
  const found: Dropping[] = [];
  let ways: { visit: Visit; pos: number }[] = [{ visit: release.visit, pos: release.event.pos }];
  for (let level = 0; level <= levels; level++) {
    for (const { visit, pos } of ways) {
      const dropping = { reference: visit.flow.reference, pos, isFound: visit.heap !== null, given: null, sometimes: false, release };
      found.push(dropping, ...(visit.way === 'field' ? foundAbove(program, dropping, levels - level) : []));
    }
    ways = ways.flatMap(({ visit }) => (visit.way === 'call' ? arrivalsOf(visit) : []));
  }
  return found;
}

/** A drop, as what leads to itself. */
export function dropItself(release: SeenRelease): Dropping {
  const { visit, event } = release;
  return { reference: visit.flow.reference, pos: event.pos, isFound: true, given: null, sometimes: false, release };
}

/** The most calls between a drop and the function that wants it at an object's end. */
const maxLevels = 6;

/**
 * The drops of what stands in an object that holds the pages, and the calls that lead to them, whoever makes these: one for each position.
 */
export const endsOfHolders = remembered((subject: Subject): readonly Dropping[] => {
  const { program, followed } = subject;
  const holders = new Set(followed.heap.map((heap) => rootOf(heap).slice(1)));
  const takers = new Set(followed.visits.filter((v) => v.way === 'site' || v.way === 'return').map(({ flow }) => flow.reference.name));
  const isTaking = (reference: FunctionReference): boolean =>
    takers.has(reference.name) || namesCalled(program, reference).some((name) => takers.has(name));
  const found = new Map<string, Dropping>();
  let next = releasesIn(subject).map(dropItself);
  for (let level = 0; level <= maxLevels && next.length > 0; level++) {
    const added = next.filter((dropping) => {
      const key = `${dropping.reference.key}:${dropping.pos}`;
      return !found.has(key) && found.set(key, dropping);
    });
    const isHolder = (tag: string): boolean => level > 0 || holders.has(tag);
    next = level < maxLevels ? added.flatMap((dropping) => callsAbove(program, dropping, isHolder, isTaking)) : [];
  }
  return [...found.values()];
});

/** The calls of a function that finds the pages in an object which it is given, and of the functions above that give that object. */
function foundAbove(program: Program, dropping: Dropping, levels: number): Dropping[] {
  const above = levels <= 0 ? [] : callsAbove(program, dropping, () => true);
  return above.flatMap((call) => [call, ...foundAbove(program, call, levels - 1)]);
}

/**
 * The calls of a function that finds the pages in an object which it is given.
 * @param isHolder true for the tag of a struct that may be that object
 * @param isTaking true for a function that takes pages
 */
export function callsAbove(
  program: Program,
  dropping: Dropping,
  isHolder: (tag: string) => boolean,
  isTaking: (reference: FunctionReference) => boolean = () => false,
): Dropping[] {
  const { reference, pos, release } = dropping;
  const { visit, event } = release;
  // If the pages came out of a container, only the flow knows which container that was.
  const followed = event.pos === pos && visit.flow.reference.key === reference.key ? sourcesInFlow(visit.flow, event.fact).map(rootOf) : [];
  const given = program.graphs(reference).flatMap((graph) =>
    callsAt(graph, pos)
      .flatMap((call) => parametersBehind(graph, [...followed, ...rootsOf(argumentsOf(dropping, call))]))
      .filter((i) => isHolder(graph.params[i]?.type.tag ?? '')),
  );
  if (given.length === 0) return [];
  const calls = new Map(program.callSites(reference).map(({ caller, call }) => [`${caller.key}:${call.pos}`, { caller, call }]));
  const sometimes = dropping.sometimes || program.graphs(reference).some((graph) => isGuarded(graph, pos)) || isTaking(reference);
  return [...calls.values()].map(({ caller, call }) => ({
    ...dropping,
    reference: caller,
    pos: call.pos,
    isFound: true,
    given,
    sometimes,
  }));
}

/** The arguments of a call by which it is given the object with the pages. */
export function argumentsOf({ given }: Dropping, { args }: CallOperation): Value[] {
  return args.filter((_, i) => given === null || given.includes(i));
}

/** The name of the function that is called at a position. */
export function nameAt(graph: Graph, pos: number): string {
  return callsAt(graph, pos)[0]?.name ?? '';
}

/** True for a call under any condition but that a pointer is not NULL. */
function isGuarded({ nodes }: Graph, pos: number): boolean {
  const isThere = (guard: Guard): boolean => guard.call === '' && guard.path !== null && guard.values.length === 0 && says(guard, false);
  return nodes.some((n) => n.pos === pos && n.operation?.kind === 'call' && !n.guards.every(isThere));
}
