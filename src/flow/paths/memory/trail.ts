/** How a path came to where it is: steps that a person reads, and that the analysis asks for. */
import type { FunctionReference } from '../../../program/file.js';

/** What the result of a call says of it. */
export type Says = 'failed' | 'nonzero' | 'zero' | 'succeeded' | null;

/** What happened at a step, for who asks later on. */
export type StepEvent =
  | { kind: 'returned' }
  /** A condition came out in some way. */
  | { kind: 'tested' }
  /** One did that has no say in how the path ends. */
  | { kind: 'idle' }
  /** The acquiring call took the pages. */
  | { kind: 'taken' }
  /** The pages came from a function. */
  | { kind: 'handed'; by: FunctionReference; says: Says }
  /** They were passed to one; `early` where that failed before it came to its drop. */
  | { kind: 'passed'; to: string; early?: true }
  /** An object was ended by a function that may fail before it drops them, without a look whether it did. */
  | { kind: 'abandoned' }
  /** A function failed and left them, which drops them on others of its failures. */
  | { kind: 'apart' }
  /** They were stored in memory that may live on. */
  | { kind: 'kept' }
  /** An object forgot them. */
  | { kind: 'forgotten' }
  /** The object with them was taken from where others find it. */
  | { kind: 'removed' }
  /** What held them was stored over. */
  | { kind: 'overwritten' }
  /** A container had the page already, and keeps no further reference. */
  | { kind: 'merged' }
  /** What holds them was freed: the object, or the array that they stand in. */
  | { kind: 'freed'; what: 'object' | 'array' };

/** A step of a path, as a person reads it. */
export interface PathStep {
  file: string;
  function: string;
  pos: number;
  text: string;
  event?: StepEvent | null;
}

/** A step of a trail. */
export interface TrailStep extends PathStep {
  event: StepEvent | null;
}

/** Steps, latest first, shared between paths. */
export interface Trail {
  step: TrailStep;
  before: Trail | null;
}

/** The steps of a trail in order. */
export function stepsOf(trail: Trail | null): TrailStep[] {
  const steps: TrailStep[] = [];
  for (let t = trail; t; t = t.before) steps.push(t.step);
  return steps.reverse();
}

/** The steps that are told: all but returns and idle conditions. */
export function spokenSteps(trail: Trail | null): PathStep[] {
  return stepsOf(trail).filter(({ event }) => event?.kind !== 'returned' && event?.kind !== 'idle');
}

/** The latest step of a trail at which something of a kind happened, of those that are meant; `null` if there is none. */
export function latest(trail: Trail | null, kind: StepEvent['kind'], isMeant: (step: TrailStep) => boolean = () => true): TrailStep | null {
  for (let t = trail; t; t = t.before) if (t.step.event?.kind === kind && isMeant(t.step)) return t.step;
  return null;
}

/** True for a trail at some step of which something of a kind happened. */
export function happened(trail: Trail | null, kind: StepEvent['kind']): boolean {
  return latest(trail, kind) !== null;
}
