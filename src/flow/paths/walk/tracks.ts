/** How the states of a walk follow each other: from which on nothing but one sort of end can be reached. */

import type { Late } from '../context.js';
import { type Exit, outcome, type Turned } from '../memory/state.js';
import type { Trail, TrailStep } from '../memory/trail.js';
import { decidingOnly, type Edges, type Reached, upTo } from './deciding.js';

export interface Tracks {
  /** A state leads to another, with a trail; both are numbers in the order in which they were met. */
  edge(from: number, to: number, trail: Trail | null): void;
  /** The function is left from a state. */
  exit(from: number, exit: Exit): void;
  /** A state leads to where the walk does not follow. */
  other(from: number): void;
  /**
   * The exits of a sort, each with the place of a state on a way to it from which, and not from the one before, only such exits
   * can be reached: a branch that decides. One for each such place and exit's place, with the trail that leads by there.
   */
  turns(isOfSort: (exit: Exit) => boolean): Turned[];
  /**
   * True if failures of which one sort drops and another does not turn, each at a branch of its own, from what may still succeed: not
   * where a flag only tells whether there is anything to drop.
   */
  isApart(leaves: (exit: Exit) => boolean, drops: (exit: Exit) => boolean, succeeds: (exit: Exit) => boolean): boolean;
  /** A state leads to where others were walked, and no more are, or to a call at which its path ends: it may lead to whatever they do. */
  crowded(from: number): void;
  /**
   * The trails on which some states are left towards an exit of a sort, or one that may lead to any. Where ways meet, the exit itself
   * tells of one of them only.
   */
  leading(isFrom: (state: number) => boolean, isOfSort: (exit: Exit) => boolean): Trail[];
  /** A state leads to what comes too late. */
  late(from: number, late: Late): void;
  /** An exit's trail without the conditions that do not decide about it: where they come out otherwise, such an exit is reached, too, or nothing. */
  decidedFor(exit: Exit): Trail | null;
  /** The same of what comes too late. */
  decidedForLate(late: Late): Trail;
}

/** What a walk tells of its states. */
export interface States {
  /** Where a state stands, `null` before the reference is there. */
  posOf(state: number): number | null;
  trailOf(state: number): Trail | null;
  /** The condition that is looked at from a state, as a step; `null` where none is. */
  testedAt(state: number): TrailStep | null;
  /** True if that is the condition by which a loop goes on or ends. */
  isControl(state: number): boolean;
}

export function openTracks({ posOf, trailOf, testedAt, isControl }: States): Tracks {
  const edges: Edges = { last: [], before: [], froms: [] };
  const { last, before, froms } = edges;
  const trails: (Trail | null)[] = [];
  const exits: { from: number; exit: Exit }[] = [];
  const others: number[] = [];
  const full: number[] = [];
  const lates: { from: number; late: Late }[] = [];
  /** Of a walk that is over, the states from which a path ends. */
  let endings = null as ReadonlySet<number> | null;

  /** The edges to a state, in the order in which they were met. */
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

  /** The states from which something else than an exit of a sort can be reached. */
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

  /** The states behind which nothing but exits of a sort can be reached, from where something else still can. */
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

  /** The condition behind which the walk has turned from what leads elsewhere; `null` where the reference has come in without one. */
  const turnAt = (state: number, elsewhere: Reached): TrailStep | null =>
    into(state).some(({ from }) => elsewhere.has(from) && posOf(from) !== null) ? testedAt(state) : null;

  /** The branches that decide for an exit, each with the trail by there. */
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
  /** Those from which the same comes too late. */
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

/** A trail of which the part that led to a state is replaced by another way to it. */
function rerouted(trail: Trail | null, part: Trail | null, other: Trail | null): Trail | null {
  if (part === other) return trail;
  return trail === part || trail === null ? other : { step: trail.step, before: rerouted(trail.before, part, other) };
}

/** Of two ways to one end, the one with more of the pages: rather with all that the last call was asked for than with what earlier ones took. */
function isMore(a: Exit, b: Exit): boolean {
  const worth = ({ outcomes }: Exit): number => (outcomes & outcome.all ? 2 : outcomes & outcome.earlier ? 1 : 0);
  return worth(a) > worth(b) || (worth(a) === worth(b) && a.outcomes > b.outcomes);
}
