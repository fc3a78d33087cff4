/** Calls of functions: those that can be looked into, and those that cannot. */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, isRead, type Node } from '../../../program/graph.js';
import { join, suffixAfter } from '../../../program/path.js';
import { folderOf } from '../../../program/place.js';
import type { WalkContext } from '../context.js';
import { givenBack } from '../loops/extras.js';
import { isHandedAgain } from '../loops/rest.js';
import { sweepAt } from '../loops/sweep.js';
import { loopOf } from '../loops/unwind.js';
import { copyOf, keptOf } from '../memory/maps.js';
import { baseOf, holders, placeBelow, put, reaches, valueAt, valueIn } from '../memory/memory.js';
import { signOf, withSign } from '../memory/signs.js';
import { altered, type Exit, isSameHolder, type State, sign, theReference, told } from '../memory/state.js';
import { happened, type StepEvent, type Trail } from '../memory/trail.js';
import { abandoned } from './abandoned.js';
import { countsOf, dropsEarlier, dropsOfEach, isShort } from './counted.js';
import { isBySame, isCertain, isElement, isWhole, unsettled, variableOf } from './drop.js';
import { after, emptied, isAsRequired, placed, requiredBy, resulting, resultText } from './exits.js';
import { askedOfOwn, isUnset, knownFor } from './known.js';
import { mayChange, share } from './shared.js';
import { isOtherUse } from './uses.js';

/**
 * The states after a call of a function with a known body.
 * @param given by argument, the suffixes below it at which it leads to the reference
 * @param before the state before the call: `state` does not know any more what the callee may have stored to
 */
export function enter(
  local: WalkContext,
  n: Node,
  o: CallOperation,
  callee: FunctionReference,
  given: readonly (readonly string[])[],
  state: State,
  before: State,
): State[] {
  const params = local.program.variants(callee)[0]?.params ?? [];
  const facts: string[] = [];
  /** The places of the reference that the callee may take away. */
  const places: Standing[] = [];
  let skipped = false;
  let address = false;
  given.forEach((suffixes, i) => {
    const name = params[i]?.name;
    const value = suffixes.length === 0 ? null : valueIn(state, o.args[i]);
    for (const suffix of suffixes) {
      if (!local.matters(callee, suffix, local.reference)) {
        skipped = true;
        address ||= suffix === '' && params[i]?.type.pointers === 1 && params[i]?.type.tag === null;
        continue;
      }
      const fact = name ? join(name, suffix) : null;
      if (fact !== null && !facts.includes(fact)) facts.push(fact);
      const place = value === null || suffix === '' ? null : placeBelow(state, value, suffix);
      if (value !== null && place !== null && state.store.get(place) === theReference) places.push({ value, place });
    }
  });
  if (facts.length === 0) {
    if (!skipped || local.mayDrop(callee.name, callee.file)) return [];
    // A function that is not entered leaves the reference as it is. But the address of a page's data may be all that is needed to drop it.
    return address && local.mayKeep(callee.name, callee.file) ? unseen(local, n, o, state) : [state];
  }
  const exits = local.effects(callee, facts.sort(), knownFor(local, o, callee, before));
  const at = given.findIndex((suffixes) => suffixes.length > 0);
  if (state.phase === 'released') return lateCall(local, n, o, callee, { at, exits }, state, before);
  const isNear = folderOf(callee.file) === folderOf(local.reference.file);
  const ways = decided(exits, { isAsked: isRead(local.graph, o.result), isNear });
  return ways.flatMap((way) => {
    const behind = taken(local, n, o, callee, { at, places }, way, state, before);
    const object = valueIn(state, o.args[at]);
    return way.exit.early && object !== null ? behind.map((next) => abandoned(local, n, o, object, next) ?? next) : behind;
  });
}

/** A place of the reference below an argument's value. */
interface Standing {
  value: string;
  place: string;
}

/** An exit that a call takes. */
export interface Way {
  /** The exit. */
  exit: Exit;
  /** True if the callee has exits with such a result that do not drop: the path takes only the one that drops. */
  doubt: boolean;
}

/**
 * The exits that a call takes. If a function drops on one path and not on another, and its return value does not tell which, it knows
 * better than the walk does: it is taken to drop. The same if nobody reads its return value, except for an exit that fails and still has
 * the reference. Exits marked as abandoned are kept, and those marked as apart unless the function is of another folder (a library's).
 */
function decided(all: readonly Exit[], { isAsked, isNear }: { isAsked: boolean; isNear: boolean }): Way[] {
  const isLike = (a: Exit, b: Exit): boolean => !isAsked || (a.result & b.result) !== 0;
  const isLeft = ({ trail }: Exit): boolean => happened(trail, 'abandoned') || (isNear && happened(trail, 'apart'));
  // What it keeps in one place on some path, it may keep on the next path in several.
  const exits = all.filter(
    (e) =>
      e.kind !== 'held' ||
      isLeft(e) ||
      !all.some((x) => x.kind === 'held' && x.gives === e.gives && (x.result & e.result) !== 0 && isMore(x, e)),
  );
  return exits.flatMap((exit) => {
    const isDrop = exit.kind === 'dropped';
    if (isLeft(exit)) return [{ exit, doubt: false }];
    const others = exits.some((x) => (x.kind === 'dropped') !== isDrop && isLike(x, exit) && !isLeft(x));
    const isFailure = !isAsked && exit.kind === 'held' && !exit.unsure && (exit.result === sign.negative || exit.early);
    return others && !isDrop && !isFailure ? [] : [{ exit, doubt: others }];
  });
}

function isMore(a: Exit, b: Exit): boolean {
  return a.holders.length > b.holders.length && b.holders.every((h) => a.holders.some((k) => isSameHolder(h, k)));
}

/** The states after a call that is handed what was dropped before. */
function lateCall(
  local: WalkContext,
  n: Node,
  o: CallOperation,
  callee: FunctionReference,
  { at, exits }: { at: number; exits: readonly Exit[] },
  state: State,
  before: State,
): State[] {
  const next = put(state, o.result, null);
  const again = ({ trail }: Exit): State[] => {
    const end = told(local, n, state, `passed to ${callee.name}()`, { kind: 'passed', to: callee.name });
    local.late({ kind: 'double', trail: after(trail, end.trail) as Trail, pos: n.pos });
    // For callers the exit is still a drop.
    return [unsettled(next)];
  };
  // It must drop on every exit, and on one of these nothing unknown may come before the drop.
  const certain = exits.find((e) => !e.unsure);
  // One element of an array may be one that was not dropped.
  const isAll = n.loops.length === 0 && isWhole(o, at) && !isElement(local.graph, o.args[at]);
  // A loop that hands each element of an array on drops all of them again.
  const isEach = at === 0 && sweepAt(local, n) !== null && state.dropped?.loop !== n.loops[0]?.id;
  const isSame = (isCertain(state) && (isAll || isEach)) || isBySame(n, o.args[at], state);
  if (isUnset(local, o, callee, before)) return [next];
  if (isOtherUse(local, n, o, callee, at, state)) return [];
  if (
    isSame &&
    certain !== undefined &&
    !state.unsure &&
    exits.every((e) => e.kind === 'dropped' && e.drop?.whole && isAsRequired(local, o, before, e)) &&
    !exits.some((e) => countsOf(local, o, callee, e, before).some((count) => signOf(before, count) === sign.zero))
  ) {
    return again(certain);
  }
  // It has dropped the other elements, too: none are left where the loop ends.
  if (certain !== undefined && !state.unsure && isHandedAgain(local, n, o, callee, exits, state)) return again(certain).map(withoutRest);
  if (exits.some((e) => e.kind === 'dropped')) return [];
  // What else it does with pages that are gone does not matter, except for what comes too late.
  const left = storedOver(local, o, callee, next);
  return [exits.some((e) => e.kind === 'unknown') ? altered(left, { unsure: true }) : left];
}

/** The state in which places where a callee may have stored something else do not lead to what was dropped any more. */
function storedOver(local: WalkContext, o: CallOperation, callee: FunctionReference, state: State): State {
  const bases = o.args.map((a) => (valueIn(state, a) ?? '').replace(/^&/, ''));
  const isOver = (place: string): boolean =>
    bases.some((base, index) => {
      const suffix = base === '' ? null : suffixAfter(place, base);
      return suffix !== null && suffix !== '' && mayChange(local, callee.name, index, suffix);
    });
  const store = keptOf(state.store, (place, value) => value !== theReference || !isOver(place));
  return store === state.store ? state : altered(state, { store });
}

function withoutRest(state: State): State {
  return state.dropped === null ? state : altered(state, { dropped: { ...state.dropped, loop: null } });
}

/** True for an exit on which a function says that it has failed, and so keeps nothing: it returns an error, or NULL. */
function hasFailed({ program }: WalkContext, callee: FunctionReference, exit: Exit): boolean {
  const pointer = (program.variants(callee)[0]?.returns.pointers ?? 0) > 0;
  return !exit.unsure && (exit.result === sign.negative || isBeforeDrop(exit) || (pointer && exit.result === sign.zero));
}

/** True for a failure before the drop: of the function itself, or of an end of the object whose result it does not read. */
function isBeforeDrop({ early, trail }: Exit): boolean {
  return early || happened(trail, 'abandoned');
}

/** The states after a call that takes one exit of its callee. */
export function taken(
  local: WalkContext,
  n: Node,
  o: CallOperation,
  callee: FunctionReference,
  { at, places }: { at: number; places: readonly Standing[] },
  { exit, doubt }: Way,
  state: State,
  before: State,
): State[] {
  if (exit.kind === 'unknown') return unseen(local, n, o, state);
  let next = withSign(exit.unsure ? altered(state, { unsure: true }) : state, o.result, exit.result);
  if (!next) return [];
  next = resulting(requiredBy(local, o, next, exit) ?? next, o, exit);
  if (exit.kind === 'dropped' && dropsEarlier(local, o, callee, exit, state)) return [next];
  const entered = `passed to ${callee.name}()`;
  const event: StepEvent = { kind: 'passed', to: callee.name, ...(exit.early ? { early: true } : {}) };
  const held = holders(next);
  // Places in the exit's holders still hold the reference; all others that the callee was given do not.
  const stays = new Set(
    exit.holders.flatMap((h) => {
      const value = h.of < 0 ? null : valueIn(state, o.args[h.of]);
      const place = value === null || h.suffix === '' ? null : placeBelow(state, value, h.suffix);
      return place === null ? [] : [place];
    }),
  );
  const gone = places.filter(({ place }) => !stays.has(place));
  if (gone.length > 0) {
    const store = copyOf(next.store);
    for (const { value, place } of gone) {
      // If a callee frees the object, what the caller has another pointer to is not lost.
      const pointer = exit.kind === 'lost' ? pointerTo(state, value, place) : null;
      if (pointer === null) store.delete(place);
      else store.set(pointer, `?${pointer}`);
    }
    next = altered(next, { store });
  }
  if (exit.kind === 'dropped') {
    if (next.extra > 0 && exit.drop?.call?.drops !== 'pin') return [givenBack(local, n, o, at, next)];
    // After a failure that dropped on some paths only, the caller can only guess; that is no certain drop.
    const isPlain = !doubt || (!exit.unsure && exit.result === sign.negative);
    const isAll = exit.drop?.whole === true && isPlain && isWhole(o, at);
    const whole = isAll && n.loops.length === 0 && !isElement(local.graph, o.args[at]);
    const loop = loopOf(local, o, at, n.loops);
    if (!doubt && isShort(next) && isAllAsked(local, o, callee, exit, next, before)) {
      const end = told(local, n, next, entered, event);
      local.late({ kind: 'more', trail: after(exit.trail, end.trail) as Trail, pos: n.pos });
      return [];
    }
    next = emptied(next, o, exit.none);
    next = altered(next, {
      phase: 'released',
      dropped: {
        pos: n.pos,
        call: exit.drop?.call ?? null,
        whole,
        doubt: doubt ? o.result : null,
        loop,
        by: isAll ? variableOf(o.args[at]) : null,
        unsure: next.unsure,
        places: held,
      },
      unsure: exit.unsure,
    });
    return [altered(next, { trail: after(exit.trail, told(local, n, next, entered, event).trail) })];
  }
  if (!hasFailed(local, callee, exit) && local.mayKeep(callee.name, local.reference.file)) next = share(next, o);
  next = placed(altered(next, { extra: next.extra + exit.extra, linked: next.linked || exit.linked }), o, exit.holders);
  const changed = holders(next).join() !== held.join();
  const isTold = isBeforeDrop(exit) || happened(exit.trail, 'apart');
  if (!changed && !isTold && exit.result === sign.any) return [next];
  const walked = told(local, n, next, `${entered}${resultText(exit)}`, event);
  return [changed || isTold ? altered(walked, { trail: after(exit.trail, walked.trail) }) : walked];
}

/** True for an exit by which a function drops as many as were asked for, whatever its caller has noted of them so far. */
function isAllAsked(local: WalkContext, o: CallOperation, callee: FunctionReference, exit: Exit, { asked }: State, before: State): boolean {
  if (!countsOf(local, o, callee, exit, before).includes(asked ?? '')) return false;
  if (exit.drop?.whole === true) return !isUnset(local, o, callee, before);
  // What was noted may be of another iteration's object, except where the object leads to the pages.
  const isOfOther = (place: string): boolean => !reaches(before, valueAt(before, place));
  return dropsOfEach(local, o, callee, exit, before) && !askedOfOwn(local, o, callee, before).some(isOfOther);
}

/** The pointer below a value that leads to the memory of a place, if another pointer leads there, too; else `null`. */
function pointerTo({ store }: State, value: string, place: string): string | null {
  const object = baseOf(value);
  const memory = baseOf(place);
  if (memory === object) return null;
  const pointers = [...store].flatMap(([from, held]) => (held === memory ? [from] : []));
  const own = pointers.find((from) => baseOf(from) === object);
  return own !== undefined && pointers.some((from) => baseOf(from) !== object) ? own : null;
}

/**
 * The states after a call that cannot be looked into. Where it is tested to have failed it has taken nothing, by the kernel's
 * convention. Where it succeeds, what it did with the pages is not known.
 */
export function unseen(local: WalkContext, n: Node, o: CallOperation, state: State): State[] {
  const unsure: State = altered(state, { unsure: true });
  const failed = unless(local, n, o, state);
  if (!isDecided(local, n, o)) return [unsure];
  const done = withSign(unsure, o.result, sign.any & ~local.nodes.failing(n, o));
  return [...failed, ...(done ? [done] : [])];
}

/** The states after a call that may keep the page, or its number, where it succeeds: only that where it is tested to have failed. */
export function unless(local: WalkContext, n: Node, o: CallOperation, state: State): State[] {
  local.unfollowed();
  const failed = isDecided(local, n, o) ? withSign(state, o.result, local.nodes.failing(n, o)) : null;
  return failed ? [told(local, n, failed, `where ${o.name ?? o.through ?? 'a callback'}() fails`)] : [];
}

/** True if a condition tests the call's result, and not against a name of unknown value: it is known on which edge the call has failed. */
export function isDecided(local: WalkContext, n: Node, o: CallOperation): boolean {
  return local.shape.isDecided(o.result) && !local.nodes.isToldByName(n, o);
}
