/** From where the pages are taken up through the callers that are handed them. */
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
import { type End, saysFailed, succeeds } from '../walk/keeping.js';
import type { Walked } from '../walk/walk.js';
import { cleanedIn, failedOn, ignores, isStale, leavesPointers, surest, untidy } from '../walk/ways.js';
import { droppedAgain } from './again.js';
import { danglingAt, isOfOld } from './retaken.js';
import { standingIn } from './standing.js';
import { type Found, lateOf, leakOf, standingOf, type Witness } from './witness.js';

const maxCallers = 5;
/** For pages that each of them hands on by its result, nothing else having them. */
const maxResults = 7;
/** How many of so many callers may hand it on in another way. */
const maxOthers = 2;
const maxCallerWalks = 200;
/** For what a function has dropped as it failed: who tidies up is near. */
const maxStale = 2;

/** For an object with a list on which they are: who frees it as it could not be made is near. */
const maxListed = 3;

/** What was seen on the ways up. */
export interface Climbed {
  /** The acquiring function itself. */
  own: Walked;
  /** By its key, what each function leaves as it fails. */
  failing: ReadonlyMap<string, Failing>;
  /** Failures with pages held that only these functions have put where they are. */
  failures: readonly { reference: FunctionReference; turned: Turned }[];
  /** Keys of functions whose failure some caller answers by dropping the pages. */
  cleaned: ReadonlySet<string>;
  /** Failures with pages held of which the object says that there are none. */
  givenUp: readonly { reference: FunctionReference; turned: Turned; level: number }[];
  /** Ways out with success. */
  ends: readonly End[];
  /** Ways out with pages held, whatever they say. */
  leaving: readonly Left[];
  /** Failures on which all was dropped, and something still leads there. */
  stale: readonly Left[];
  /** True for a caller that has dropped, wherever it returns, what a function has handed it. */
  isEmptied(caller: FunctionReference, callee: FunctionReference): boolean;
  /** How far each function is from the acquiring one, by its key. */
  levels: ReadonlyMap<string, number>;
}

/** A way out of a function on which the pages are still held. */
export type Left = Pick<End, 'reference' | 'exit'>;

interface Failing {
  reference: FunctionReference;
  turned: readonly Turned[];
}

/** Walks the acquiring function, and its callers as long as they are handed the pages. What ends wrongly on the way is found. */
export function climb(functions: Functions, start: Start, found: Found): Climbed {
  const { first, handing, dropsBeside, context } = functions;
  const { program, mayDrop } = context;
  const visited = new Set<string>();
  let walks = 0;
  const failing = new Map<string, Failing>();
  const failures: { reference: FunctionReference; turned: Turned }[] = [];
  const givenUp: { reference: FunctionReference; turned: Turned; level: number }[] = [];
  const cleaned = new Set<string>();
  /** Which function's result which caller never looks at. */
  const ignored = new Set<string>();
  const ends: End[] = [];
  const leaving: Left[] = [];
  const pointers: Left[] = [];
  const levels = new Map<string, number>();
  /** Whether a caller drops all, by its key and whose that is. */
  const emptied = new Map<string, boolean>();

  const isLeft = (reference: FunctionReference, turned: Turned): boolean =>
    isOwn(program, turned.exit, reference) && !isAsserted(program, reference, turned) && !isOfOld(program, reference, turned.exit, mayDrop);

  /** @param results over how many of the callers below the pages came by their result */
  const note = (reference: FunctionReference, w: Walked, level: number, results: number, entry: Entry): void => {
    for (const standing of standingIn(program, reference, w.exits, entry)) found.add(standingOf(reference, standing));
    failing.set(reference.key, { reference, turned: [...(failing.get(reference.key)?.turned ?? []), ...w.failing] });
    for (const leak of leaksOf({ failing }, reference, w.lost)) found.add(leak);
    for (const turned of untidy(w, level === 0)) if (isLeft(reference, turned)) failures.push({ reference, turned });
    for (const { key } of cleanedIn(w, (callee, { file, function: name }) => ignored.has(`${callee.key}<${file}:${name}`)))
      cleaned.add(key);
    for (const late of w.late) found.add(lateOf(reference, late));
    levels.set(reference.key, level);
    // Where a driver has a function of its own in front of a call, who calls that stands in its place.
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
    const step = { file, function: name, pos: left.pos, text: `left in ${left.path}, from where ${left.by.name}() drops it once more` };
    const steps = [...spokenSteps(exit.trail), step, ...droppedAgain(context, left.by, left.path)];
    found.add({ kind: 'double', short: false, file, function: name, pos: left.pos, steps, fields: [] });
  };

  /**
   * Callers of a function that fails with nothing held, and leaves in its caller's object what leads to the pages which it has dropped.
   * @param above how many callers above that one they are
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

  /** Callers of a function that leaves what holds the pages on a list in an object of theirs alone: who frees that has lost them. */
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
    // Of two objects that one function fills, each is another.
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

/** True if no page is left on any way of a function, but where it is lost; of those that were not all seen, one drops and says no failure. */
export function dropsAll({ exits, cut }: Walked): boolean {
  const isDropped = exits.some((e) => e.kind === 'dropped' && !(cut && saysFailed(e)));
  return isDropped && exits.every(({ kind }) => kind === 'dropped' || kind === 'lost');
}

/** True for a function that leaves the pages in nothing but what it was given to fill, as the acquiring call does itself. */
function keepsNothing({ exits }: Walked): boolean {
  return exits.every(({ kind, holders }) => kind !== 'held' || holders.every((h) => h.of >= 0 && /^(\[\])+$/.test(h.suffix)));
}

/** Ways that lose the pages, each told where it went wrong: who fails has to undo what it did, for its caller is not told of the pages. */
export function leaksOf(
  { failing }: Pick<Climbed, 'failing'>,
  reference: FunctionReference,
  lost: readonly Turned[],
  before: readonly PathStep[] = [],
): Witness[] {
  return lost.flatMap((turned) => {
    const blamed = failing.get(failedOn(turned.exit.trail)[0]?.key ?? '');
    if (!blamed || blamed.turned.length === 0) return [leakOf(reference, turned, 'left here with the pages still held', before)];
    const end = `left here, as failed, with the pages still held; ${reference.name}() does not drop them`;
    return blamed.turned.map((own) => leakOf(blamed.reference, own, end));
  });
}
