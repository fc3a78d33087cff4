/** Which conditions on a path decide about its end, of a walk that is over. */
import type { Trail, TrailStep } from '../memory/trail.js';

/** How states follow each other: to each state the last edge that leads there, to each edge the one before it to that state, and where it comes from. */
export interface Edges {
  last: number[];
  before: number[];
  froms: number[];
}

/** Some of a walk's states. */
export interface Reached {
  /** In the order in which they were found. */
  states: readonly number[];
  has(state: number): boolean;
}

/** The states from which some are reached, these among them. @param isPassed false for a state by which no way is followed */
export function upTo({ last, before, froms }: Edges, ends: readonly number[], isPassed: (state: number) => boolean = () => true): Reached {
  const states: number[] = [];
  // A walk has thousands of states and is asked again and again: marks are cheaper than a set of them.
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
  let children = null as Children | null;
  const known = new Map<string, (step: TrailStep) => boolean>();

  /** True for a condition on ways to some states that does not decide whether one comes there. */
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
    /** True if another outcome of a condition, in which something can be, is none of some states. */
    const isLeft = (tested: readonly number[], isComing: (state: number) => boolean): boolean => {
      const isAway = (other: number): boolean =>
        testedAt(other) !== null && !isComing(other) && (isEnd(other) || next[other] !== undefined);
      return tested.some((state) => parentsOf(edges, state).some((parent) => next[parent]?.some(isAway)));
    };
    /** True if another outcome comes there by a later round alone, in which the condition comes out as here. */
    const isPutOff = (step: TrailStep, tested: readonly number[]): boolean => {
      if (tested.some(isControl)) return false;
      const coming = upTo(edges, ends, (state) => testedAt(state) !== step);
      return isLeft(tested, (state) => coming.has(state) || tested.includes(state));
    };
    const idle = new Map<TrailStep, boolean>();
    return (step) => {
      // What a function that was called has told has been judged there.
      const tested = states.get(step);
      const found = idle.get(step) ?? (tested !== undefined && !isLeft(tested, leading.has) && !isPutOff(step, tested));
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

/** The states that follow each; none are there for one that no other follows. */
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
