/** Which conditions on a path decide about its end, of a walk that is over. */
import type { Trail, TrailStep } from '../memory/trail.js';

/** How states follow each other: to each state the last edge that leads there, to each edge the one before it to that state, and where it comes from. */
export interface Edges {
  last: number[];
  before: number[];
  froms: number[];
}

/** The states from which some are reached, these among them. */
export function upTo({ last, before, froms }: Edges, ends: readonly number[]): Set<number> {
  const found = new Set(ends);
  for (const at of found) for (let edge = last[at] ?? -1; edge >= 0; edge = before[edge] as number) found.add(froms[edge] as number);
  return found;
}

/**
 * Marks as idle, in a trail, the conditions that do not decide: where they come out otherwise, such an end is reached, too, or they cannot.
 * @param testedAt the condition that is looked at from a state, as a step; `null` where none is
 * @param isEnd true for a state from which some path ends
 * @returns asked with what the trail's end is called, with the states from which such an end is reached, and with the condition at
 *   which the trail turned towards it, which is told the last time that it is met
 */
export function decidingOnly(
  edges: Edges,
  testedAt: (state: number) => TrailStep | null,
  isEnd: (state: number) => boolean,
): (trail: Trail | null, end: string, endsOf: () => readonly number[], turn: TrailStep | null) => Trail | null {
  let children = null as ReadonlyMap<number, readonly number[]> | null;
  const known = new Map<string, ReadonlySet<TrailStep>>();

  /** Of the conditions on ways to some states, those that do not decide whether one comes there. */
  function idleTests(leading: ReadonlySet<number>): ReadonlySet<TrailStep> {
    children ??= childrenIn(edges);
    const next = children;
    /** Another outcome of the same condition, in which something can be and from which no such end is reached. */
    const isAway = (other: number): boolean => testedAt(other) !== null && !leading.has(other) && (isEnd(other) || next.has(other));
    const idle = new Set<TrailStep>();
    const deciding = new Set<TrailStep>();
    for (const state of leading) {
      const step = testedAt(state);
      if (step !== null) (parentsOf(edges, state).some((parent) => next.get(parent)?.some(isAway)) ? deciding : idle).add(step);
    }
    for (const step of deciding) idle.delete(step);
    return idle;
  }

  /** The same by what such an end is called: several ways lead to one. */
  function idleFor(end: string, endsOf: () => readonly number[]): ReadonlySet<TrailStep> {
    const found = known.get(end) ?? idleTests(upTo(edges, endsOf()));
    known.set(end, found);
    return found;
  }

  return (trail, end, endsOf, turn) => {
    const kept = (t: Trail | null, told: TrailStep | null): Trail | null => {
      if (t === null) return null;
      const rest = kept(t.before, t.step === told ? null : told);
      let { step } = t;
      if (step !== told && step.event?.kind === 'tested' && idleFor(end, endsOf).has(step)) step = { ...step, event: { kind: 'idle' } };
      return rest === t.before && step === t.step ? t : { step, before: rest };
    };
    return kept(trail, turn);
  };
}

function parentsOf({ last, before, froms }: Edges, state: number): number[] {
  const found: number[] = [];
  for (let edge = last[state] ?? -1; edge >= 0; edge = before[edge] as number) found.push(froms[edge] as number);
  return found;
}

/** The states that follow each. */
function childrenIn(edges: Edges): Map<number, number[]> {
  const found = new Map<number, number[]>();
  edges.last.forEach((_, state) => {
    for (const parent of parentsOf(edges, state)) {
      const known = found.get(parent);
      if (known) known.push(state);
      else found.set(parent, [state]);
    }
  });
  return found;
}
