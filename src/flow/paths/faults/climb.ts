/** Walks the site's function, and up through the callers that are handed the pages. */
import type { FunctionReference } from '../../../program/file.js';
import { freeingCalls } from '../../../protocol/index.js';
import { isElsewhere } from '../../objects.js';
import type { Start } from '../../visit.js';
import type { Entry } from '../entry.js';
import { isAsserted } from '../function/asserted.js';
import { namesCalled } from '../function/text.js';
import type { Exit, Turned } from '../memory/state.js';
import { happened, type PathStep, spokenSteps } from '../memory/trail.js';
import { isOwn } from '../step/around.js';
import type { Functions } from '../walk/functions.js';
import { type End, leavesPointers, saysFailed, succeeds } from '../walk/keeping.js';
import type { Walked } from '../walk/walk.js';
import { cleanedIn, failedOn, ignores, isStale, surest, untidy } from '../walk/ways.js';
import { droppedAgain } from './again.js';
import { danglingAt, isOfOld } from './retaken.js';
import { standingIn } from './standing.js';
import { type Found, lateOf, leakOf, standingOf, type Witness } from './witness.js';

/** The most callers above one another. */
const maxCallers = 5;
/** The same, for pages that each of them hands on by its return value and that nothing else has. */
const maxResults = 7;
/** How many of those may hand them on in another way. */
const maxOthers = 2;
/** The most walks of callers for one site. */
const maxCallerWalks = 200;
/** The most callers above a function that has dropped the pages as it failed: whoever cleans up is near. */
const maxStale = 2;

/** The most callers above a function that put the pages on a list in an object: whoever frees the object, when making it fails, is near. */
const maxListed = 3;

/** What was seen on the way up. */
export interface Climbed {
  /** The walk of the site's function. */
  own: Walked;
  /** By key of a function, its failures that leave the pages held. */
  failing: ReadonlyMap<string, Failing>;
  /** Failures that leave the pages held where only this function, and the callees that handed it the pages, have put them. */
  failures: readonly { reference: FunctionReference; turned: Turned }[];
  /** Keys of the functions whose failure some caller answers by dropping the pages. */
  cleaned: ReadonlySet<string>;
  /** Failures that leave the pages held in an object whose members say that it has none. */
  givenUp: readonly { reference: FunctionReference; turned: Turned; level: number }[];
  /** Exits with success. */
  ends: readonly End[];
  /** Exits with the pages held, whatever they return. */
  leaving: readonly Left[];
  /** Failures that have dropped the pages, and leave pointers to them. */
  stale: readonly Left[];
  /** True for a caller that has dropped, wherever it returns, what a callee has handed it. */
  isEmptied(caller: FunctionReference, callee: FunctionReference): boolean;
  /** By key of a function, how many calls it is above the site's. */
  levels: ReadonlyMap<string, number>;
}

/** An exit of a function on which the pages are still held, or pointers to them are left. */
export type Left = Pick<End, 'reference' | 'exit'>;

interface Failing {
  reference: FunctionReference;
  turned: readonly Turned[];
}

/** Walks the site's function and its callers, as long as they are handed the pages. Adds to `found` what ends wrongly on the way. */
export function climb(functions: Functions, start: Start, found: Found): Climbed {
  const { first, handing, dropsBeside, context } = functions;
  const { program, mayDrop } = context;
  const visited = new Set<string>();
  let walks = 0;
  const failing = new Map<string, Failing>();
  const failures: { reference: FunctionReference; turned: Turned }[] = [];
  const givenUp: { reference: FunctionReference; turned: Turned; level: number }[] = [];
  const cleaned = new Set<string>();
  /** Keys of the pairs of a function and a caller that never looks at its result. */
  const ignored = new Set<string>();
  const ends: End[] = [];
  const leaving: Left[] = [];
  const pointers: Left[] = [];
  const levels = new Map<string, number>();
  /** By key of the pair, whether a caller drops all that a function hands it. */
  const emptied = new Map<string, boolean>();

  const isLeft = (reference: FunctionReference, turned: Turned): boolean =>
    isOwn(program, turned.exit, reference) && !isAsserted(program, reference, turned) && !isOfOld(program, reference, turned.exit, mayDrop);

  /** Notes what a walk has found, and goes up. @param results by how many of the calls below the pages came as the return value */
  const note = (reference: FunctionReference, w: Walked, level: number, results: number, entry: Entry): void => {
    for (const standing of standingIn(program, reference, w.exits, entry)) found.add(standingOf(reference, standing));
    failing.set(reference.key, { reference, turned: [...(failing.get(reference.key)?.turned ?? []), ...w.failing] });
    for (const leak of leaksOf({ failing }, reference, w.lost)) found.add(leak);
    for (const turned of untidy(w, level === 0)) if (isLeft(reference, turned)) failures.push({ reference, turned });
    for (const { key } of cleanedIn(w, (callee, { file, function: name }) => ignored.has(`${callee.key}<${file}:${name}`)))
      cleaned.add(key);
    for (const late of w.late) found.add(lateOf(reference, late));
    levels.set(reference.key, level);
    // A driver's own function around an acquiring call does not count as a level: its callers are in its place.
    const further = keepsNothing(w) ? 0 : 1;
    const next = level + further;
    givenUp.push(...w.emptied.map((turned) => ({ reference, turned, level })));
    ends.push(...w.exits.filter(succeeds).map((exit) => ({ reference, exit, level })));
    leaving.push(...w.exits.filter((e) => e.kind === 'held').map((exit) => ({ reference, exit })));
    stale(reference, w.exits, further);
    const pointing = w.exits.filter(leavesPointers);
    pointers.push(...pointing.map((exit) => ({ reference, exit })));
    for (const exit of pointing) dangling(reference, exit);
    listed(reference, w.exits, next);
    up(reference, w.exits, next, results);
  };

  const dangling = (reference: FunctionReference, exit: Exit): void => {
    const left = danglingAt(program, reference, exit);
    if (left === null) return;
    const { file, name } = reference;
    const step = { file, function: name, pos: left.pos, text: `left in ${left.path}, from where ${left.by.name}() drops it again` };
    const steps = [...spokenSteps(exit.trail), step, ...droppedAgain(context, left.by, left.path)];
    found.add({ kind: 'double', short: false, file, function: name, pos: left.pos, steps, fields: [] });
  };

  /**
   * Goes to the callers of a function that fails with nothing held, and leaves pointers to the dropped pages in its caller's object: a
   * caller may drop them once more.
   * @param above how many callers above the function that has dropped
   */
  const stale = (reference: FunctionReference, exits: readonly Exit[], above: number): void => {
    const handed = surest(exits.filter(isStale));
    if (handed.length === 0 || above > maxStale) return;
    for (const caller of program.callers(reference)) {
      const key = `${caller.key}<<${reference.key}`;
      if (visited.has(key) || isElsewhere(program, caller, start) || !dropsBeside(caller, reference)) continue;
      visited.add(key);
      const w = handing(start, caller, reference, handed);
      for (const late of w.late) if (late.kind === 'double') found.add(lateOf(caller, late));
      stale(caller, w.exits, above + 1);
    }
  };

  /** Goes to the callers of a function that leaves the pages only on a list in the callers' object: whoever frees that loses them. */
  const listed = (reference: FunctionReference, exits: readonly Exit[], level: number): void => {
    const handed = surest(exits.filter((e) => e.kind === 'held' && e.chains.length > 0 && e.holders.every((h) => h.of === -2)));
    if (handed.length === 0 || level > maxListed) return;
    for (const caller of program.callers(reference)) {
      const key = `${caller.key}<+${reference.key}`;
      if (visited.has(key) || isElsewhere(program, caller, start) || !namesCalled(program, caller).some((name) => freeingCalls.has(name)))
        continue;
      visited.add(key);
      const w = handing(start, caller, reference, handed);
      const lost = w.lost.filter(({ exit }) => happened(exit.trail, 'freed'));
      for (const leak of leaksOf({ failing }, caller, lost)) found.add(leak);
      listed(caller, w.exits, level + 1);
    }
  };

  const up = (reference: FunctionReference, exits: readonly Exit[], level: number, results: number): void => {
    const handed = surest(exits.filter((e) => e.kind === 'held' && e.holders.some((h) => h.of >= -1)));
    const isResult = handed.every((e) => e.holders.every((h) => h.of === -1));
    if (handed.length === 0 || level > (isResult || level - results <= maxOthers ? maxResults : maxCallers)) return;
    // A caller is walked once for each set of places: of two objects that one function fills, each is another object.
    const places = new Set(handed.flatMap((e) => e.holders.map((h) => `${h.of}${h.suffix}`)));
    const where = [...places].sort().join();
    for (const caller of program.callers(reference)) {
      const key = `${caller.key}<${reference.key}`;
      const way = `${key}<${where}`;
      if (visited.has(way) || walks >= maxCallerWalks || isElsewhere(program, caller, start)) continue;
      visited.add(way);
      walks++;
      if (ignores(program, reference.name, caller)) ignored.add(`${reference.key}<${caller.file}:${caller.name}`);
      const entry: Entry = { kind: 'returned', callee: reference.name, exits: handed };
      const walked = handing(start, caller, reference, handed);
      emptied.set(key, dropsAll(walked) && emptied.get(key) !== false);
      note(caller, walked, level, isResult ? results + 1 : results, entry);
    }
  };

  const own = first(start);
  note(start.reference, own, 0, 0, { ...start, kind: 'site' });
  const isEmptied = (caller: FunctionReference, callee: FunctionReference): boolean => emptied.get(`${caller.key}<${callee.key}`) === true;
  return { own, failing, failures, cleaned, givenUp, ends, leaving, stale: pointers, isEmptied, levels };
}

/** True if a function drops the pages, and every exit has either dropped or lost them. If paths were left out, a success must drop. */
export function dropsAll({ exits, cut }: Walked): boolean {
  const isDropped = exits.some((e) => e.kind === 'dropped' && !(cut && saysFailed(e)));
  return isDropped && exits.every(({ kind }) => kind === 'dropped' || kind === 'lost');
}

/** True for a function that leaves the pages only in arrays that it was given to fill, as an acquiring call does. */
function keepsNothing({ exits }: Walked): boolean {
  return exits.every(({ kind, holders }) => kind !== 'held' || holders.every((h) => h.of >= 0 && /^(\[\])+$/.test(h.suffix)));
}

/**
 * The paths that lose the pages, each blamed on the function at fault: one that failed and left them, as its caller is not told of them.
 */
export function leaksOf(
  { failing }: Pick<Climbed, 'failing'>,
  reference: FunctionReference,
  lost: readonly Turned[],
  before: readonly PathStep[] = [],
): Witness[] {
  return lost.flatMap((turned) => {
    const blamed = failing.get(failedOn(turned.exit.trail)[0]?.key ?? '');
    if (!blamed || blamed.turned.length === 0) return [leakOf(reference, turned, 'returns here with the pages still held', before)];
    const end = `returns an error here with the pages still held; ${reference.name}() does not drop them`;
    return blamed.turned.map((own) => leakOf(blamed.reference, own, end));
  });
}
