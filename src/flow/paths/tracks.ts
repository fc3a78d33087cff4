/** How the states of a walk follow each other: from which on nothing but one sort of end can be reached. */
import type { Exit, Turned } from './state.js';

export interface Tracks {
  /** A state leads to another; both are numbers in the order in which they were met. */
  edge(from: number, to: number): void;
  /** The function is left from a state. */
  exit(from: number, exit: Exit): void;
  /** A state leads to where the walk does not follow. */
  other(from: number): void;
  /**
   * The exits of a sort, each with the place of the first state on its way from which only such exits can be reached: the
   * branch that decides. One for each such place and exit's place.
   */
  turns(isOfSort: (exit: Exit) => boolean): Turned[];
}

/** @param posOf where a state stands, `null` before the reference is there */
export function openTracks(posOf: (state: number) => number | null): Tracks {
  const into: number[][] = [];
  const parents: number[] = [];
  const exits: { from: number; exit: Exit }[] = [];
  const others: number[] = [];

  function turns(isOfSort: (exit: Exit) => boolean): Turned[] {
    const mine = exits.filter((e) => isOfSort(e.exit));
    if (mine.length === 0) return [];
    const elsewhere = new Set<number>();
    const queue = [...others, ...exits.filter((e) => !isOfSort(e.exit)).map((e) => e.from)];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (elsewhere.has(at)) continue;
      elsewhere.add(at);
      queue.push(...(into[at] ?? []));
    }
    const found = new Map<string, Turned>();
    for (const { from, exit } of mine) {
      let pos = posOf(from) ?? exit.pos;
      for (let at = parents[from]; at !== undefined && !elsewhere.has(at); at = parents[at]) pos = posOf(at) ?? pos;
      const key = `${pos}|${exit.pos}`;
      const known = found.get(key);
      if (!known || isMore(exit, known.exit)) found.set(key, { exit, pos });
    }
    return [...found.values()];
  }

  return {
    edge(from, to) {
      parents[to] ??= from;
      const list = into[to];
      if (list) list.push(from);
      else into[to] = [from];
    },
    exit: (from, exit) => exits.push({ from, exit }),
    other: (from) => others.push(from),
    turns,
  };
}

/** Of two ways to one end, the one with more of the pages. */
function isMore(a: Exit, b: Exit): boolean {
  return a.outcomes > b.outcomes;
}
