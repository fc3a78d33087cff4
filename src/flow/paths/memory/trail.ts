/** The steps by which a path came to where it is: for people to read, and for the analysis to ask about. */
import type { FunctionReference } from '../../../program/file.js';

/** What a call's return value says of its success. */
export type Says = 'failed' | 'nonzero' | 'zero' | 'succeeded' | null;

/** What happened at a step, for the analysis. */
export type StepEvent =
  | { kind: 'returned' }
  /** A condition came out in some way, and that has a say in how the path ends. */
  | { kind: 'tested' }
  /** A condition came out in some way that does not matter to how the path ends. */
  | { kind: 'idle' }
  /** The acquiring call took the pages. */
  | { kind: 'taken' }
  /** A function handed the pages back. */
  | { kind: 'handed'; by: FunctionReference; says: Says }
  /** The pages were passed to a function; `early` if it failed before its drops. */
  | { kind: 'passed'; to: string; early?: true }
  /** An object with the pages was ended by a function that may fail before it drops them, and nobody looks at its result. */
  | { kind: 'abandoned' }
  /** A function failed and left the pages, although it drops them on other failures. */
  | { kind: 'apart' }
  /** A drop of the elements before the one at which a loop was left: that one and those behind it are still held. */
  | { kind: 'spared' }
  /** The pages were stored in memory that may live on. */
  | { kind: 'kept' }
  /** An object's pointer to the pages was cleared. */
  | { kind: 'forgotten' }
  /** The object with the pages was taken from where others find it. */
  | { kind: 'removed' }
  /** The last pointer to the pages was stored over. */
  | { kind: 'overwritten' }
  /** A container had the page already, and keeps no further reference. */
  | { kind: 'merged' }
  /** What holds the pages was freed: the object, or the array that they are in. */
  | { kind: 'freed'; what: 'object' | 'array' };

/** A step of a path, for people. */
export interface PathStep {
  /** The file. */
  file: string;
  /** Name of the function. */
  function: string;
  /** Offset in the file. */
  pos: number;
  /** What was done. */
  text: string;
  /** What that means to the analysis. */
  event?: StepEvent | null;
}

/** A step of a trail: its event is always there. */
export interface TrailStep extends PathStep {
  /** What the step means to the analysis. */
  event: StepEvent | null;
}

/** A path's steps as a linked list, latest first: paths share their beginnings. */
export interface Trail {
  /** The latest step. */
  step: TrailStep;
  /** The steps before it. */
  before: Trail | null;
}

/** The steps of a trail, first to last. */
export function stepsOf(trail: Trail | null): TrailStep[] {
  const steps: TrailStep[] = [];
  for (let t = trail; t; t = t.before) steps.push(t.step);
  return steps.reverse();
}

/** The steps that are shown: all but returns and conditions that do not matter. */
export function spokenSteps(trail: Trail | null): PathStep[] {
  return stepsOf(trail).filter(({ event }) => event?.kind !== 'returned' && event?.kind !== 'idle');
}

/** The latest step at which an event of a kind happened, and that passes the test; `null` if there is none. */
export function latest(trail: Trail | null, kind: StepEvent['kind'], isMeant: (step: TrailStep) => boolean = () => true): TrailStep | null {
  for (let t = trail; t; t = t.before) if (t.step.event?.kind === kind && isMeant(t.step)) return t.step;
  return null;
}

/** True if an event of a kind happened at some step. */
export function happened(trail: Trail | null, kind: StepEvent['kind']): boolean {
  return latest(trail, kind) !== null;
}
