/** Paths that end wrongly, as rules are given them. */
import type { FunctionReference } from '../../../program/file.js';
import { byCode } from '../../../source/order.js';
import type { Late } from '../context.js';
import { type Exit, outcome, type Turned } from '../memory/state.js';
import { latest, type PathStep, spokenSteps, stepsOf, type TrailStep } from '../memory/trail.js';
import type { End } from '../walk/keeping.js';
import type { Standing } from './standing.js';

/** A path that ends wrongly. */
export interface Witness {
  /** What is wrong. `more`, `use` and `over` are explained in `Late`, the kinds with `fields` there. */
  kind: 'leak' | 'double' | 'more' | 'use' | 'over' | 'kept' | 'unnamed' | 'standing' | 'dangling';
  /** True if only a short count leads to this end. */
  short: boolean;
  /** The file of the function at fault. */
  file: string;
  /** Name of the function at fault. */
  function: string;
  /** Offset of the fault. */
  pos: number;
  /** The path. */
  steps: PathStep[];
  /**
   * `kept`: the fields that keep the pages for good. `unnamed`: the members that alone lead to them. `standing`: the names in
   * `Standing.by`. `dangling`: the function that drops from the freed table. Empty for other kinds.
   */
  fields: readonly string[];
}

/** The paths found so far: one for each place and kind, and rather one that not only a short count leads to. */
export interface Found {
  /** Adds a path, unless a better one is known for its place and kind. */
  add(witness: Witness): void;
  /** All of them, in the order of their places. */
  all(): Witness[];
}

/** Nothing found yet. */
export function openFound(): Found {
  const found = new Map<string, Witness>();
  return {
    add(witness) {
      const key = `${witness.kind}:${witness.file}:${witness.pos}`;
      const known = found.get(key);
      if (!known || (known.short && !witness.short)) found.set(key, witness);
    },
    all: () => [...found.values()].sort((a, b) => byCode(a.file, b.file) || a.pos - b.pos),
  };
}

/** The witness for something that comes too late. */
export function lateOf({ file, name }: FunctionReference, { kind, trail, pos }: Late): Witness {
  return { kind, short: false, file, function: name, pos, steps: spokenSteps(trail), fields: [] };
}

/** The witness for an exit with the pages still held. @param end the text of its last step */
export function leakOf({ file, name }: FunctionReference, { exit, pos }: Turned, end: string, before: readonly PathStep[] = []): Witness {
  const steps = spokenSteps(exit.trail);
  // If an object was ended without a look at the result, the fault is there, whoever else has a pointer to the pages.
  // So it is where a drop of some pages leaves out the others.
  const given = latest(exit.trail, 'abandoned') ?? latest(exit.trail, 'apart') ?? latest(exit.trail, 'spared');
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

/** The step at which what holds the pages is freed with the pages in it, and whether that is the object or the array. */
export function freeingIn({ trail }: Exit): { step: TrailStep; what: 'object' | 'array' } | undefined {
  return stepsOf(trail).flatMap((step) => (step.event?.kind === 'freed' ? [{ step, what: step.event.what }] : []))[0];
}

/** Offset, in a function, of a step of its path: the step's own or, if that is in a callee, the call's. */
export function placeIn({ file, name }: FunctionReference, { trail, pos }: Exit, step: TrailStep): number {
  const steps = stepsOf(trail);
  const own = steps.slice(0, steps.indexOf(step) + 1).findLast((s) => s.file === file && s.function === name);
  return own?.pos ?? pos;
}

/** The witness for pages that are kept in fields: a fault of the function that leaves them there. */
export function keptFor({ reference, exit }: End, kind: 'kept' | 'unnamed', fields: readonly string[]): Witness {
  const { file, name } = reference;
  const steps = spokenSteps(exit.trail);
  const last = stepsOf(exit.trail).findLast((s) => s.file === file && s.function === name && s.event?.kind !== 'returned');
  const left: PathStep = { file, function: name, pos: exit.pos, text: `returns here with the pages in ${fields.join(', ')}` };
  return { kind, short: false, file, function: name, pos: last?.pos ?? exit.pos, steps: [...steps, left], fields };
}

/** The witness for a setup that is left where the pages are dropped. */
export function standingOf({ file, name }: FunctionReference, { pos, steps, by }: Standing): Witness {
  return { kind: 'standing', short: false, file, function: name, pos, steps, fields: by };
}
