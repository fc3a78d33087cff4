/** How the states of a walk follow each other: finds the branches from which only one sort of end can be reached. */

import type { Late } from '../context.js';
import { type Exit, outcome, type Turned } from '../memory/state.js';
import type { Trail, TrailStep } from '../memory/trail.js';
import { decidingOnly, type Edges, type Reached, upTo } from './deciding.js';

/** A graph of a walk's states, which are numbered in the order in which they were met. */
export interface Tracks {
  /** Adds an edge, with the trail that leads along it. */
  edge(from: number, to: number, trail: Trail | null): void;
  /** Notes that the function is left from a state. */
  exit(from: number, exit: Exit): void;
  /** Notes that a path from a state is not followed. */
  other(from: number): void;
  /**
   * The exits of a sort, each with the branch that decides for it: the place of a state from which only such exits can be reached, where
   * from the state before others still can. One for each such place and exit's place, with the trail that leads by there.
   */
  turns(isOfSort: (exit: Exit) => boolean): Turned[];
  /**
   * True if failures that leave the pages and failures that drop them turn off from what may still succeed at branches of their own.
   * False if a flag only tells whether there is anything to drop.
   */
  isApart(leaves: (exit: Exit) => boolean, drops: (exit: Exit) => boolean, succeeds: (exit: Exit) => boolean): boolean;
  /** Notes that a path ends where there are too many states, or at a call that may end the object: it may lead to any exit. */
  crowded(from: number): void;
  /**
   * The trails by which some states are left on paths to an exit of a sort, or to one that may lead to any. Where paths meet, an exit's own
   * trail tells only one of them.
   */
  leading(isFrom: (state: number) => boolean, isOfSort: (exit: Exit) => boolean): Trail[];
  /** Notes that a path from a state leads to what comes too late. */
  late(from: number, late: Late): void;
  /** An exit's trail with the conditions marked as idle that do not decide for it. */
  decidedFor(exit: Exit): Trail | null;
  /** The same for what comes too late. */
  decidedForLate(late: Late): Trail;
}

/** What is asked about the states of a walk, by their numbers. */
export interface States {
  /** Offset of the node that a state is before; `null` before the reference is there. */
  posOf(state: number): number | null;
  /** The trail of a state. */
  trailOf(state: number): Trail | null;
  /** The condition at a state's node, as a step; `null` if there is none. */
  testedAt(state: number): TrailStep | null;
  /** True if that is the condition of a loop. */
  isControl(state: number): boolean;
}

/** Tracks without any state. */
export function openTracks({ posOf, trailOf, testedAt, isControl }: States): Tracks {
  const edges: Edges = { last: [], before: [], froms: [] };
  const { last, before, froms } = edges;
  const trails: (Trail | null)[] = [];
  const exits: { from: number; exit: Exit }[] = [];
  const others: number[] = [];
  const full: number[] = [];
  const lates: { from: number; late: Late }[] = [];
  /** Once the walk is over, the states at which a path ends. */
  let endings = null as ReadonlySet<number> | null;

  /** The edges to a state, in the order in which they were added. */
  function into(state: number): { from: number; trail: Trail | null }[] {
    const found: { from: number; trail: Trail | null }[] = [];
    for (let edge = last[state] ?? -1; edge >= 0; edge = before[edge] as number)
      found.unshift({ from: froms[edge] as number, trail: trails[edge] as Trail | null });
    return found;
  }

  function leading(isFrom: (state: number) => boolean, isOfSort: (exit: Exit) => boolean): Trail[] {
    const ends = upTo(edges, [...full, ...exits.filter((e) => isOfSort(e.exit)).map((e) => e.from)]);
    return ends.states.flatMap((to) => into(to).flatMap(({ from, trail }) => (trail && isFrom(from) ? [trail] : [])));
  }

  /** The states from which something other than an exit of a sort can be reached. */
  const leadingElsewhere = (isOfSort: (exit: Exit) => boolean): Reached =>
    upTo(edges, [...others, ...exits.filter((e) => !isOfSort(e.exit)).map((e) => e.from)]);

  function turns(isOfSort: (exit: Exit) => boolean): Turned[] {
    const mine = exits.filter((e) => isOfSort(e.exit));
    if (mine.length === 0) return [];
    const elsewhere = leadingElsewhere(isOfSort);
    const found = new Map<string, Turned>();
    for (const { from, exit } of mine) {
      for (const [at, trail] of waysTo(from, exit, elsewhere)) {
        const pos = posOf(at) ?? exit.pos;
        const key = `${pos}|${exit.pos}`;
        const known = found.get(key);
        if (!known || isMore(exit, known.exit))
          found.set(key, { exit: { ...exit, trail: decidedAs(exit, trail, turnAt(at, elsewhere)) }, pos });
      }
    }
    return [...found.values()];
  }

  const leadingTo = (isOfSort: (exit: Exit) => boolean): Reached =>
    upTo(
      edges,
      exits.filter((e) => isOfSort(e.exit)).map((e) => e.from),
    );

  /** The states from which something else can still be reached, before an edge behind which only exits of a sort can. */
  function partings(isOfSort: (exit: Exit) => boolean): number[] {
    const elsewhere = leadingElsewhere(isOfSort);
    return leadingTo(isOfSort).states.flatMap((at) =>
      elsewhere.has(at) ? [] : into(at).flatMap(({ from }) => (elsewhere.has(from) ? [from] : [])),
    );
  }

  function isApart(leaves: (exit: Exit) => boolean, drops: (exit: Exit) => boolean, succeeds: (exit: Exit) => boolean): boolean {
    if (![leaves, drops, succeeds].every((isOfSort) => exits.some((e) => isOfSort(e.exit)))) return false;
    const [succeeding, leaving, dropping] = [leadingTo(succeeds), leadingTo(leaves), leadingTo(drops)];
    const left = partings(leaves).filter((at) => succeeding.has(at));
    return left.length > 0 && (left.some((at) => dropping.has(at)) || partings(drops).some((at) => succeeding.has(at) && leaving.has(at)));
  }

  /** The condition at which a path turned from what leads elsewhere; `null` if the reference came in without one. */
  const turnAt = (state: number, elsewhere: Reached): TrailStep | null =>
    into(state).some(({ from }) => elsewhere.has(from) && posOf(from) !== null) ? testedAt(state) : null;

  /** The branches that decide for an exit, each with the trail that leads by there. */
  function waysTo(from: number, exit: Exit, elsewhere: Reached): [at: number, trail: Trail | null][] {
    const found: [number, Trail | null][] = [];
    const met = new Map([[from, exit.trail]]);
    for (const [at, trail] of met) {
      const edges = into(at);
      const own = edges.filter((e) => !elsewhere.has(e.from) && posOf(e.from) !== null);
      if (own.length < edges.length || edges.length === 0) found.push([at, trail]);
      for (const edge of own) if (!met.has(edge.from)) met.set(edge.from, rerouted(trail, trailOf(at), edge.trail));
    }
    return found;
  }

  /** The states from which the function is left in the same way. */
  const leftAs = ({ kind, pos, result }: Exit): number[] =>
    exits.flatMap((e) => (e.exit.kind === kind && e.exit.pos === pos && e.exit.result === result ? [e.from] : []));
  /** The states from which the same comes too late. */
  const lateAs = ({ kind, pos }: Late): number[] => lates.flatMap((l) => (l.late.kind === kind && l.late.pos === pos ? [l.from] : []));
  const decidedAs = (exit: Exit, trail: Trail | null, turn: TrailStep | null): Trail | null =>
    decided(trail, `${exit.kind}|${exit.pos}|${exit.result}`, () => leftAs(exit), turn);

  const isEnd = (state: number): boolean => {
    endings ??= new Set([...others, ...full, ...exits.map((e) => e.from), ...lates.map((l) => l.from)]);
    return endings.has(state);
  };
  const decided = decidingOnly(edges, testedAt, isEnd, isControl);

  return {
    edge(from, to, trail) {
      before.push(last[to] ?? -1);
      last[to] = froms.length;
      froms.push(from);
      trails.push(trail);
    },
    exit: (from, exit) => exits.push({ from, exit }),
    other: (from) => others.push(from),
    crowded: (from) => full.push(from),
    turns,
    leading,
    isApart,
    late: (from, late) => lates.push({ from, late }),
    decidedFor: (exit) => decidedAs(exit, exit.trail, null),
    decidedForLate: (found) => decided(found.trail, `${found.kind}|${found.pos}`, () => lateAs(found), null) as Trail,
  };
}

/** A trail with the part that led to a state replaced by another way to it. */
function rerouted(trail: Trail | null, part: Trail | null, other: Trail | null): Trail | null {
  if (part === other) return trail;
  return trail === part || trail === null ? other : { step: trail.step, before: rerouted(trail.before, part, other) };
}

/** True if the first of two exits has more of the pages: all that the last call was asked for, rather than what earlier ones took. */
function isMore(a: Exit, b: Exit): boolean {
  const worth = ({ outcomes }: Exit): number => (outcomes & outcome.all ? 2 : outcomes & outcome.earlier ? 1 : 0);
  return worth(a) > worth(b) || (worth(a) === worth(b) && a.outcomes > b.outcomes);
}
