/** Finds the conditions on a path that decide how it ends, once the walk is over. */
import type { Trail, TrailStep } from '../memory/trail.js';

/** The edges between the states of a walk, as linked lists in arrays: each edge is an index, each state a number. */
export interface Edges {
  /** By state, the last edge that leads there. */
  last: number[];
  /** By edge, the edge before it that leads to the same state; -1 if there is none. */
  before: number[];
  /** By edge, the state that it comes from. */
  froms: number[];
}

/** Some of the states of a walk. */
export interface Reached {
  /** Their numbers, in the order in which they were found. */
  states: readonly number[];
  /** True for a state that is one of them. */
  has(state: number): boolean;
}

/** The states from which some can be reached, with these. @param isPassed false for a state whose predecessors are not added */
export function upTo({ last, before, froms }: Edges, ends: readonly number[], isPassed: (state: number) => boolean = () => true): Reached {
  const states: number[] = [];
  // A walk has thousands of states and this is asked again and again: an array of marks costs less than a set.
  const marks = new Uint8Array(ends.reduce((a, b) => Math.max(a, b + 1), last.length));
  const add = (state: number): void => {
    if (marks[state] === 1) return;
    marks[state] = 1;
    states.push(state);
  };
  for (const end of ends) add(end);
  for (let i = 0; i < states.length; i++) {
    const at = states[i] as number;
    if (!isPassed(at)) continue;
    for (let edge = last[at] ?? -1; edge >= 0; edge = before[edge] as number) add(froms[edge] as number);
  }
  return { states, has: (state) => marks[state] === 1 };
}

/**
 * Makes a function that marks as idle, in a trail, the conditions that do not decide how it ends: if they come out otherwise the same end
 * is reached, too, or they cannot come out otherwise.
 * @param testedAt the step of the condition that a state is at; `null` if it is at none
 * @param isEnd true for a state at which some path ends
 * @param isControl true for a state at a loop's own condition: it is never taken for one that only delays the end, as loops do end
 * @returns called with a trail, a key for its end, the states from which such an end is reached, and the condition at which the trail
 *   turned towards it: that one is shown where it was met last
 */
export function decidingOnly(
  edges: Edges,
  testedAt: (state: number) => TrailStep | null,
  isEnd: (state: number) => boolean,
  isControl: (state: number) => boolean,
): (trail: Trail | null, end: string, endsOf: () => readonly number[], turn: TrailStep | null) => Trail | null {
  let children = null as Children | null;
  const known = new Map<string, (step: TrailStep) => boolean>();

  /** Makes a test for conditions on the way to some states that do not decide whether a path gets there. */
  function idleTests(ends: readonly number[]): (step: TrailStep) => boolean {
    children ??= childrenIn(edges);
    const next = children;
    const leading = upTo(edges, ends);
    const states = new Map<TrailStep, number[]>();
    for (const state of leading.states) {
      const step = testedAt(state);
      if (step === null) continue;
      const same = states.get(step);
      if (same) same.push(state);
      else states.set(step, [state]);
    }
    /** True if another outcome of a condition is possible, and leads to none of some states. */
    const isLeft = (tested: readonly number[], isComing: (state: number) => boolean): boolean => {
      const isAway = (other: number): boolean =>
        testedAt(other) !== null && !isComing(other) && (isEnd(other) || next[other] !== undefined);
      return tested.some((state) => parentsOf(edges, state).some((parent) => next[parent]?.some(isAway)));
    };
    /** True if another outcome gets there only by a later loop iteration in which the condition comes out as it does here. */
    const isPutOff = (step: TrailStep, tested: readonly number[]): boolean => {
      if (tested.some(isControl)) return false;
      const coming = upTo(edges, ends, (state) => testedAt(state) !== step);
      return isLeft(tested, (state) => coming.has(state) || tested.includes(state));
    };
    const idle = new Map<TrailStep, boolean>();
    return (step) => {
      // A condition of a callee is in no state of this walk: it was judged in the callee's own.
      const tested = states.get(step);
      const found = idle.get(step) ?? (tested !== undefined && !isLeft(tested, leading.has) && !isPutOff(step, tested));
      idle.set(step, found);
      return found;
    };
  }

  /** {@link idleTests} for an end, by its key: several ways lead to one. */
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

/** By state, the states that follow it; undefined if none does. */
type Children = readonly (readonly number[] | undefined)[];

function childrenIn(edges: Edges): Children {
  const found: number[][] = new Array(edges.last.length);
  edges.last.forEach((_, state) => {
    for (const parent of parentsOf(edges, state)) {
      const known = found[parent];
      if (known) known.push(state);
      else found[parent] = [state];
    }
  });
  return found;
}
