/** Which conditions on a path decide about its end, of a walk that is over. */
import type { Trail, TrailStep } from '../memory/trail.js';

/** How states follow each other: to each state the last edge that leads there, to each edge the one before it to that state, and where it comes from. */
export interface Edges {
  last: number[];
  before: number[];
  froms: number[];
}

/** The states from which some are reached, these among them. @param isPassed false for a state by which no way is followed */
export function upTo(
  { last, before, froms }: Edges,
  ends: readonly number[],
  isPassed: (state: number) => boolean = () => true,
): Set<number> {
  const found = new Set(ends);
  for (const at of found) {
    if (!isPassed(at)) continue;
    for (let edge = last[at] ?? -1; edge >= 0; edge = before[edge] as number) found.add(froms[edge] as number);
  }
  return found;
}

/**
 * Marks as idle, in a trail, the conditions that do not decide: where they come out otherwise, such an end is reached, too, or they cannot.
 * @param testedAt the condition that is looked at from a state, as a step; `null` where none is
 * @param isEnd true for a state from which some path ends
 * @param isControl true for one from which the condition is looked at by which a loop goes on or ends: it ends sooner or later
 * @returns asked with what the trail's end is called, with the states from which such an end is reached, and with the condition at
 *   which the trail turned towards it, which is told the last time that it is met
 */
export function decidingOnly(
  edges: Edges,
  testedAt: (state: number) => TrailStep | null,
  isEnd: (state: number) => boolean,
  isControl: (state: number) => boolean,
): (trail: Trail | null, end: string, endsOf: () => readonly number[], turn: TrailStep | null) => Trail | null {
  let children = null as ReadonlyMap<number, readonly number[]> | null;
  const known = new Map<string, (step: TrailStep) => boolean>();

  /** True for a condition on ways to some states that does not decide whether one comes there. */
  function idleTests(ends: readonly number[]): (step: TrailStep) => boolean {
    children ??= childrenIn(edges);
    const next = children;
    const leading = upTo(edges, ends);
    const states = new Map<TrailStep, number[]>();
    for (const state of leading) {
      const step = testedAt(state);
      if (step !== null) states.set(step, [...(states.get(step) ?? []), state]);
    }
    /** True if another outcome of a condition, in which something can be, is none of some states. */
    const isLeft = (tested: readonly number[], coming: ReadonlySet<number>): boolean => {
      const isAway = (other: number): boolean => testedAt(other) !== null && !coming.has(other) && (isEnd(other) || next.has(other));
      return tested.some((state) => parentsOf(edges, state).some((parent) => next.get(parent)?.some(isAway)));
    };
    /** True if another outcome comes there by a later round alone, in which the condition comes out as here. */
    const isPutOff = (step: TrailStep, tested: readonly number[]): boolean => {
      if (tested.some(isControl)) return false;
      const coming = upTo(edges, ends, (state) => testedAt(state) !== step);
      for (const state of tested) coming.add(state);
      return isLeft(tested, coming);
    };
    const idle = new Map<TrailStep, boolean>();
    return (step) => {
      // What a function that was called has told has been judged there.
      const tested = states.get(step);
      const found = idle.get(step) ?? (tested !== undefined && !isLeft(tested, leading) && !isPutOff(step, tested));
      idle.set(step, found);
      return found;
    };
  }

  /** The same by what such an end is called: several ways lead to one. */
  function idleFor(end: string, endsOf: () => readonly number[]): (step: TrailStep) => boolean {
    const found = known.get(end) ?? idleTests(endsOf());
    known.set(end, found);
    return found;
  }

  return (trail, end, endsOf, turn) => {
    const kept = (t: Trail | null, told: TrailStep | null): Trail | null => {
      if (t === null) return null;
      const rest = kept(t.before, t.step === told ? null : told);
      let { step } = t;
      if (step !== told && step.event?.kind === 'tested' && idleFor(end, endsOf)(step)) step = { ...step, event: { kind: 'idle' } };
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
