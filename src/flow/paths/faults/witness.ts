/** Paths that end wrongly, as they are told. */
import type { FunctionReference } from '../../../program/file.js';
import type { Late } from '../context.js';
import { type Exit, outcome, type Turned } from '../memory/state.js';
import { latest, type PathStep, spokenSteps, stepsOf, type TrailStep } from '../memory/trail.js';
import type { End } from '../walk/keeping.js';
import type { Standing } from './standing.js';

/** A path that ends wrongly. */
export interface Witness {
  kind: 'leak' | 'double' | 'more' | 'use' | 'over' | 'kept' | 'unnamed' | 'standing' | 'dangling';
  /** Only a short count reaches the end. */
  short: boolean;
  /** The function with the fault, and where in it. */
  file: string;
  function: string;
  pos: number;
  steps: PathStep[];
  /** For pages that are kept for good: the fields that do, or the members by which alone they are come to. For what still leads to dropped ones: who it is by. For a table that was freed: who drops from it. */
  fields: readonly string[];
}

/** What was found so far: of each place and kind one path, rather one on which not only a short count comes there. */
export interface Found {
  add(witness: Witness): void;
  /** In the order of their places. */
  all(): Witness[];
}

export function openFound(): Found {
  const found = new Map<string, Witness>();
  return {
    add(witness) {
      const key = `${witness.kind}:${witness.file}:${witness.pos}`;
      const known = found.get(key);
      if (!known || (known.short && !witness.short)) found.set(key, witness);
    },
    all: () => [...found.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.pos - b.pos)),
  };
}

/** What comes too late on a way through a function. */
export function lateOf({ file, name }: FunctionReference, { kind, trail, pos }: Late): Witness {
  return { kind, short: false, file, function: name, pos, steps: spokenSteps(trail), fields: [] };
}

/** A way out with the pages still held. @param end what is said where it leaves the function */
export function leakOf({ file, name }: FunctionReference, { exit, pos }: Turned, end: string, before: readonly PathStep[] = []): Witness {
  const steps = spokenSteps(exit.trail);
  // Who ends an object without a look whether that failed has lost it, whoever has a name for the pages.
  const given = latest(exit.trail, 'abandoned') ?? latest(exit.trail, 'apart');
  return {
    kind: 'leak',
    short: (exit.outcomes & (outcome.all | outcome.earlier)) === 0,
    file: given?.file ?? file,
    function: given?.function ?? name,
    pos: given?.pos ?? pos,
    steps: [...before, ...steps, { file, function: name, pos: exit.pos, text: end }],
    fields: [],
  };
}

/** The step of a path on which what holds the pages is freed, or given up, with the pages in it, and what that is. */
export function freeingIn({ trail }: Exit): { step: TrailStep; what: 'object' | 'array' } | undefined {
  return stepsOf(trail).flatMap((step) => (step.event?.kind === 'freed' ? [{ step, what: step.event.what }] : []))[0];
}

/** The place in a function at which a step of its path was taken, itself or in what it called there. */
export function placeIn({ file, name }: FunctionReference, { trail, pos }: Exit, step: TrailStep): number {
  const steps = stepsOf(trail);
  const own = steps.slice(0, steps.indexOf(step) + 1).findLast((s) => s.file === file && s.function === name);
  return own?.pos ?? pos;
}

/** Pages that are kept in fields, as a fault of the function that leaves them there. */
export function keptFor({ reference, exit }: End, kind: 'kept' | 'unnamed', fields: readonly string[]): Witness {
  const { file, name } = reference;
  const steps = spokenSteps(exit.trail);
  const last = stepsOf(exit.trail).findLast((s) => s.file === file && s.function === name && s.event?.kind !== 'returned');
  const left: PathStep = { file, function: name, pos: exit.pos, text: `left here with the pages in ${fields.join(', ')}` };
  return { kind, short: false, file, function: name, pos: last?.pos ?? exit.pos, steps: [...steps, left], fields };
}

/** What leads to pages is left standing where they are dropped. */
export function standingOf({ file, name }: FunctionReference, { pos, steps, by }: Standing): Witness {
  return { kind: 'standing', short: false, file, function: name, pos, steps, fields: by };
}
