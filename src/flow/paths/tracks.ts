/** How the states of a walk follow each other: from which on nothing but one sort of end can be reached. */
import type { Exit, Trail, Turned } from './state.js';

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
  /** The trails on which some states are left towards an exit of a sort. Where ways meet, the exit itself tells of one of them only. */
  leading(isFrom: (state: number) => boolean, isOfSort: (exit: Exit) => boolean): Trail[];
}

/** What a walk tells of its states. */
export interface States {
  /** Where a state stands, `null` before the reference is there. */
  posOf(state: number): number | null;
  trailOf(state: number): Trail | null;
}

export function openTracks({ posOf, trailOf }: States): Tracks {
  const into: { from: number; trail: Trail | null }[][] = [];
  const exits: { from: number; exit: Exit }[] = [];
  const others: number[] = [];

  /** The states from which some are reached, these among them. */
  function upTo(ends: readonly number[]): Set<number> {
    const found = new Set(ends);
    for (const at of found) for (const { from } of into[at] ?? []) found.add(from);
    return found;
  }

  function leading(isFrom: (state: number) => boolean, isOfSort: (exit: Exit) => boolean): Trail[] {
    const ends = upTo(exits.filter((e) => isOfSort(e.exit)).map((e) => e.from));
    return [...ends].flatMap((to) => (into[to] ?? []).flatMap(({ from, trail }) => (trail && isFrom(from) ? [trail] : [])));
  }

  function turns(isOfSort: (exit: Exit) => boolean): Turned[] {
    const mine = exits.filter((e) => isOfSort(e.exit));
    if (mine.length === 0) return [];
    const elsewhere = upTo([...others, ...exits.filter((e) => !isOfSort(e.exit)).map((e) => e.from)]);
    const found = new Map<string, Turned>();
    for (const { from, exit } of mine) {
      for (const [at, trail] of waysTo(from, exit, elsewhere)) {
        const pos = posOf(at) ?? exit.pos;
        const key = `${pos}|${exit.pos}`;
        const known = found.get(key);
        if (!known || isMore(exit, known.exit)) found.set(key, { exit: trail === exit.trail ? exit : { ...exit, trail }, pos });
      }
    }
    return [...found.values()];
  }

  /** The branches that decide for an exit, each with the trail by there. */
  function waysTo(from: number, exit: Exit, elsewhere: ReadonlySet<number>): [at: number, trail: Trail | null][] {
    const found: [number, Trail | null][] = [];
    const trails = new Map([[from, exit.trail]]);
    for (const [at, trail] of trails) {
      const before = into[at] ?? [];
      const own = before.filter((e) => !elsewhere.has(e.from) && posOf(e.from) !== null);
      if (own.length < before.length || before.length === 0) found.push([at, trail]);
      for (const edge of own) if (!trails.has(edge.from)) trails.set(edge.from, rerouted(trail, trailOf(at), edge.trail));
    }
    return found;
  }

  return {
    edge(from, to, trail) {
      const list = into[to];
      if (list) list.push({ from, trail });
      else into[to] = [{ from, trail }];
    },
    exit: (from, exit) => exits.push({ from, exit }),
    other: (from) => others.push(from),
    turns,
    leading,
  };
}

/** A trail of which the part that led to a state is replaced by another way to it. */
function rerouted(trail: Trail | null, part: Trail | null, other: Trail | null): Trail | null {
  if (part === other) return trail;
  return trail === part || trail === null ? other : { step: trail.step, before: rerouted(trail.before, part, other) };
}

/** Of two ways to one end, the one with more of the pages. */
function isMore(a: Exit, b: Exit): boolean {
  return a.outcomes > b.outcomes;
}
