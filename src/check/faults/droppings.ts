/** The drops of a site's pages as those see them who have them made: the calls that lead to one, some levels up. */
import { sourcesOf as sourcesInFlow } from '../../flow/flow.js';
import type { SeenRelease } from '../../flow/releases.js';
import { arrivalsOf, type Visit } from '../../flow/visit.js';
import type { FunctionReference } from '../../program/file.js';
import { type CallOperation, callsAt } from '../../program/graph.js';
import { rootOf, type Value } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import type { Subject } from '../../survey/unit.js';
import { releasesIn } from '../evidence.js';
import { parametersBehind, rootsOf } from './leading.js';

/** A drop, or a call that leads to it. */
export interface Dropping {
  reference: FunctionReference;
  pos: number;
  /** The pages are found in an object, and were not followed to here. */
  isFound: boolean;
  /** The arguments that lead to that object, by position; `null` if any may. */
  given: readonly number[] | null;
  release: SeenRelease;
}

/** A drop, and the calls that lead to it, some levels up: those that the pages were followed along, and those of who finds them in an object. */
export function leadingTo(program: Program, release: SeenRelease, levels: number): Dropping[] {
  const found: Dropping[] = [];
  let ways: { visit: Visit; pos: number }[] = [{ visit: release.visit, pos: release.event.pos }];
  for (let level = 0; level <= levels; level++) {
    for (const { visit, pos } of ways) {
      const dropping = { reference: visit.flow.reference, pos, isFound: visit.heap !== null, given: null, release };
      found.push(dropping, ...(visit.way === 'field' ? foundAbove(program, dropping, levels - level) : []));
    }
    ways = ways.flatMap(({ visit }) => (visit.way === 'call' ? arrivalsOf(visit) : []));
  }
  return found;
}

/**
 * The drops of what stands in an object that holds the pages, and the calls that lead to them, whoever makes them: each once, by the place.
 * @param isWanted asked for a function before its callers are: it may say that they are of no use
 */
export function endsOfHolders(subject: Subject, levels: number): Dropping[] {
  const { program, followed } = subject;
  const holders = new Set(followed.heap.map((heap) => rootOf(heap).slice(1)));
  const found = new Map<string, Dropping>();
  const add = (dropping: Dropping, level: number): void => {
    const key = `${dropping.reference.key}:${dropping.pos}`;
    if (found.has(key)) return;
    found.set(key, dropping);
    if (level >= levels) return;
    for (const above of callsAbove(program, dropping, (tag) => level > 0 || holders.has(tag))) add(above, level + 1);
  };
  for (const release of releasesIn(subject)) {
    const { visit, event } = release;
    add({ reference: visit.flow.reference, pos: event.pos, isFound: true, given: null, release }, 0);
  }
  return [...found.values()];
}

/** The calls of a function that finds the pages in what it is given, and of those above that give it. */
function foundAbove(program: Program, dropping: Dropping, levels: number): Dropping[] {
  const above = levels <= 0 ? [] : callsAbove(program, dropping, () => true);
  return above.flatMap((call) => [call, ...foundAbove(program, call, levels - 1)]);
}

/**
 * The calls of a function that finds the pages in what it is given.
 * @param isHolder asked for the struct of which it is given one
 */
function callsAbove(program: Program, dropping: Dropping, isHolder: (tag: string) => boolean): Dropping[] {
  const { reference, pos, release } = dropping;
  const { visit, event } = release;
  // Where the pages came out of a container, what follows them knows from which.
  const followed = event.pos === pos && visit.flow.reference.key === reference.key ? sourcesInFlow(visit.flow, event.fact).map(rootOf) : [];
  const given = program.graphs(reference).flatMap((graph) =>
    callsAt(graph, pos)
      .flatMap((call) => parametersBehind(graph, [...followed, ...rootsOf(argumentsOf(dropping, call))]))
      .filter((i) => isHolder(graph.params[i]?.type.tag ?? '')),
  );
  if (given.length === 0) return [];
  const calls = new Map(program.callSites(reference).map(({ caller, call }) => [`${caller.key}:${call.pos}`, { caller, call }]));
  return [...calls.values()].map(({ caller, call }) => ({ ...dropping, reference: caller, pos: call.pos, isFound: true, given }));
}

/** What a call by which the pages are found is given of their object. */
export function argumentsOf({ given }: Dropping, { args }: CallOperation): Value[] {
  return args.filter((_, i) => given === null || given.includes(i));
}
