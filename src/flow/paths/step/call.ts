/** What a call does to the memory of a path, and to the reference in it. */
import { onlyFunction } from '../../../program/definitions.js';
import { asCallOf, type CallOperation, callsOf, isPrinted, type Node, type Operation } from '../../../program/graph.js';
import { pathsAbove, type Value } from '../../../program/path.js';
import { structName } from '../../../program/types.js';
import {
  acquires,
  actionCalls,
  callbackSetters,
  copyingName,
  dirtyCalls,
  errorCalls,
  errorNumberCalls,
  errorOrZeroCalls,
  exchangingCalls,
  extraReferenceCalls,
  freeingCalls,
  handedEnds,
  puttingText,
  threadCalls,
  unmappingCalls,
  zeroingFlag,
  zeroingName,
} from '../../../protocol/index.js';
import { type Acquired, outcomesOfNone } from '../../outcome.js';
import { coversAll, type Refill, refillsOf } from '../../refill.js';
import type { WalkContext } from '../context.js';
import { isGivenAround } from '../entry.js';
import type { Callee } from '../function/callee.js';
import { isSetBy } from '../function/shape.js';
import { takenMore } from '../loops/extras.js';
import { copyOf } from '../memory/maps.js';
import { holders, isHeld, placeAt, placeBelow, put, reach, reaches, renewed, valueAt, valueIn, withFresh } from '../memory/memory.js';
import { signOf, withSign } from '../memory/signs.js';
import { altered, type State, sign, told } from '../memory/state.js';
import type { Trail } from '../memory/trail.js';
import { exchangedAt, isStillKnown, isStoredOver } from './again.js';
import { mayReach } from './around.js';
import { handedBack, take, withSome } from './arrive.js';
import { chained } from './chained.js';
import { drop, free, knownBeside, lateUse } from './drop.js';
import { droppedByEnd, endedAround, lostByEnd } from './ended.js';
import { enter, unless, unseen } from './enter.js';
import { storedTo } from './known.js';
import { listed } from './listed.js';
import { isHandedOver, removed } from './removed.js';
import { changed, changedIfAsked, escaped, linked, mayChange, share, written, writtenBy } from './shared.js';
import { moved } from './transfer.js';

/** The states after a call; none if the path cannot be followed. */
export function call(local: WalkContext, n: Node, o: CallOperation, before: State): State[] {
  const { entry } = local;
  // If the reference was given below this call's result (around a parameter), that result keeps its value.
  const state = setBehind(local, n, o, isGivenAround(entry, o.result) ? before : renewed(before, o.result));
  if (entry.kind === 'site' && n.pos === entry.pos && o.pos === entry.pos) return take(local, n, o, state);
  const handing = entry.kind === 'returned' ? asCallOf(o, entry.callee) : null;
  if (entry.kind === 'returned' && handing) {
    const behind = storedTo(local, handing, entry.callee, changed(local, handing, entry.callee, state));
    return handedBack(local, n, handing, behind, entry.exits);
  }
  const callee = local.nodes.callee(n, o);
  const [done, failed] = callee.listing ? listed(local, n, o, callee.listing, state) : [state];
  const after = otherCall(local, n, o, callee, done);
  const { removal } = callee;
  const ways = removal ? after.flatMap((way) => removed(local, n, o, removal, way)) : after;
  return failed ? [...ways, failed] : ways;
}

/** The states after a call that neither takes the reference nor hands it in. */
function otherCall(local: WalkContext, n: Node, o: CallOperation, callee: Callee, before: State): State[] {
  let state = before;
  const { entry } = local;
  const { api, release, allocates, isOwn, isNeutral, isLinking, isSending, isMapping, makes, callback } = callee;
  if (api !== null) {
    if (copyingName.test(api)) state = written(state, o);
    if (allocates) return [allocated(state, o, api)];
    if (errorCalls.test(api)) return [put(state, o.result, errorIn(state, api, valueIn(state, o.args[0])))];
    if (release) return drop(local, n, o, release, state);
    if (freeingCalls.has(api) || handedEnds.has(api)) return [free(local, n, o, state)];
    const late = state.phase === 'released' ? lateUse(local, n, o, api, state) : null;
    if (late) return late;
    const tabled = moved(local, n, o, api, state);
    if (tabled)
      return entry.kind === 'again' && exchangingCalls.has(api) ? tabled.flatMap((next) => exchanged(local, n, o, state, next)) : tabled;
    if (extraReferenceCalls.has(api) || unmappingCalls.has(api)) {
      if (state.phase !== 'held' || !reach(state, valueIn(state, o.args[0])).includes('')) return [state];
      return [extraReferenceCalls.has(api) ? takenMore(local, n, o, state) : altered(state, { extra: state.extra + 1 })];
    }
    if (dirtyCalls.has(api)) return [state];
  }
  if (isHandedOver(local, o, state, isLinking)) state = linked(share(state, o), o);
  state = chained(o, isNeutral, before, state);
  if (isOwn || !isNeutral) state = changedIfAsked(local, o, writtenBy(local, state, o));
  if (state.phase === 'before') return [escaped(local, makes ? withFresh(state, o.result) : state, n, o)];
  if (api !== null && acquires.has(api)) return refilled(local, n, o, state);
  const values = o.args.map((a) => valueIn(state, a));
  const given = values.map((value) => reach(state, value));
  if (given.every((g) => g.length === 0)) {
    const again = state.phase === 'released' ? droppedByEnd(local, n, o, values, state) : null;
    if (again) return [again];
    const lost = lostByEnd(local, n, o, values, state);
    if (lost) return [lost];
    // With the pages in some object of the struct, a call that finds objects for itself and drops their pages may mean this one.
    const mayMean = entry.kind === 'object' && state.phase === 'held' && o.name !== null && local.mayGiveBack(o.name, local.reference.file);
    if (mayMean || isEnded(local, n, o, values, state)) return givenUp(local, o);
    if (mayReach(local, n, o, values, state)) return [...givenUp(local, o), ...endedAround(local, n, o, values, state)];
    if (isGivenAnswer(local, o)) return [altered(state, { unsure: true })];
    const next = alwaysFailed(local, n, o, makes ? withFresh(state, o.result) : state);
    return next ? [escaped(local, next, n, o)] : [];
  }
  if (api !== null && threadCalls.has(api)) return started(local, n, o, callee, state);
  if (isSending) return [];
  if (isMapping) return unless(local, n, o, state);
  // A page itself that is put on a list, or kept for a later action, is found where no pointer of this function leads.
  const isFound = isLinking || (api !== null && actionCalls.has(api));
  if (isFound && given.some((suffixes) => suffixes.includes(''))) return [];
  if (api !== null && actionCalls.has(api)) return promised(local, n, o, api, state, before);
  // A callee that is given a function may call it. One that only signals completion leaves the pages to whoever waits for that.
  if (!isOwn && callbackSetters.test(o.name ?? '')) return [share(state, o)];
  if (!isOwn && isNeutral) return callback === 'acting' ? [] : [callback === 'none' ? state : share(state, o)];
  if (given.every((suffixes, i) => suffixes.length === 0 || isPrinted(o, i))) return [state];
  const targets = local.nodes.targets(n, o);
  if (targets) {
    const ways = targets.flatMap((callee) => enter(local, n, o, callee, given, state, before));
    return ways.length === 0 && targets.some((callee) => puttingText.test(local.program.textOf(callee))) ? givenUp(local, o) : ways;
  }
  const ended = endedAmong(local, n, o, given, state, before);
  if (ended.length > 0) return ended;
  if (o.name !== null && (local.program.isGeneral(o.name) || isData(local, o, given))) return [state];
  const beside = knownBeside(state, values);
  if (beside) return [beside];
  return given.some((g) => g.some((suffix) => suffix !== '')) ? unseen(local, n, o, state) : unless(local, n, o, state);
}

/**
 * The states after a call through a member, by those of several candidates that drop: whoever keeps pages in the object set it up for
 * that.
 */
function endedAmong(
  local: WalkContext,
  n: Node,
  o: CallOperation,
  given: readonly (readonly string[])[],
  state: State,
  before: State,
): State[] {
  if (state.phase !== 'held') return [];
  return (o.among ?? []).flatMap((callee) => {
    const ways = enter(local, n, o, callee, given, state, before);
    return ways.some(({ phase }) => phase === 'released') ? ways : [];
  });
}

/** True for a macro around the call that hands in the pages, `if (CHECKED(map(…)))`: how its answer depends on the result is not known. */
function isGivenAnswer({ entry, graph, shape }: WalkContext, o: CallOperation): boolean {
  if (entry.kind !== 'returned' || !shape.isDecided(o.result)) return false;
  return o.args.some(({ path }) => path?.startsWith('%') && callsOf(graph, entry.callee).some(({ call }) => call.result === path));
}

/**
 * The value that an error call makes of another: zero of a valid pointer by `PTR_ERR_OR_ZERO()`, `null` of one to the pages by
 * `PTR_ERR()`.
 */
function errorIn(state: State, api: string, value: string | null): string | null {
  const isThere = value !== null && isHeld(state, value);
  const isNone = isThere || (value !== null && (signOf(state, value) & sign.negative) === 0);
  if (isNone && errorOrZeroCalls.test(api)) return '=0';
  // The number that `PTR_ERR()` makes of a valid pointer does not lead to the page.
  return isThere && errorNumberCalls.test(api) ? null : value;
}

/** Ends the path at a call that may free the object with the pages. */
function givenUp(local: WalkContext, { name }: CallOperation): State[] {
  local.givenUp(name !== null && local.mayDrop(name, local.reference.file));
  return [];
}

/**
 * The states after a call that starts a thread. What the thread is given is its own and not followed further, unless the thread function
 * only signals its end. Where no thread could be started, it is still this function's.
 */
function started(local: WalkContext, n: Node, o: CallOperation, { api, callback }: Callee, state: State): State[] {
  const isDecided = local.shape.isDecided(o.result);
  const running = callback === 'passive' ? share(state, o) : null;
  const failed = isDecided ? withSign(state, o.result, sign.negative) : null;
  if (!running) local.unfollowed();
  const runs = running && (isDecided ? withSign(running, o.result, sign.positive) : running);
  return [...(runs ? [runs] : []), ...(failed ? [told(local, n, failed, `where ${api}() fails`)] : [])];
}

/** The states after a call that registers an object with the function that will end it. Where that fails, some calls end it at once. */
function promised(local: WalkContext, n: Node, o: CallOperation, api: string, state: State, before: State): State[] {
  const isTested = local.shape.isDecided(o.result);
  const kept = isTested ? withSign(state, o.result, sign.zero) : state;
  const failed = isTested ? withSign(state, o.result, sign.negative) : null;
  const left = failed && told(local, n, failed, `where ${api}() fails`);
  const ended = left && actionCalls.get(api) === true ? endedAtOnce(local, n, o, left, before) : [left ?? []].flat();
  return [...(kept ? [linked(share(kept, o), o)] : []), ...ended];
}

/** The states after the registered function is called at once, as registering failed; none if it is not a single function of the file. */
function endedAtOnce(local: WalkContext, n: Node, o: CallOperation, state: State, before: State): State[] {
  const [, action, data] = o.args;
  const own = local.program.shell(local.reference.file)?.byName;
  const callee = onlyFunction(own?.get(action?.path ?? '') ?? []);
  if (!data || !callee) return [];
  const ending: CallOperation = {
    ...o,
    name: callee.name,
    args: [data],
    expressions: o.expressions.slice(2, 3),
    result: `${o.result}~ended`,
  };
  return enter(local, n, ending, callee, [reach(state, valueIn(state, data))], state, before);
}

/**
 * The states after an exchanging call, in a function that is called again: what the place had is stored over. If a variable or the call's
 * result leads to it, what becomes of that decides; else it is lost.
 */
function exchanged(local: WalkContext, n: Node, o: CallOperation, before: State, next: State): State[] {
  const place = exchangedAt(before, o);
  if (place === null) return [next];
  const given = valueIn(before, o.args[1]);
  // After `swap(a, b)` each has what the other had.
  const stored = given === null || o.name === 'swap' ? next : put(next, place, given);
  if (!isStoredOver(before, stored, place)) return [next];
  const end = told(local, n, stored, `${o.name}() overwrites what still holds pages`, { kind: 'overwritten' });
  if (isStillKnown(end) || reaches(end, valueAt(end, o.result))) return [end];
  local.late({ kind: 'over', trail: end.trail as Trail, pos: n.pos });
  return [];
}

/** True for a call that may end the object with the pages and is given only another member of it: `kref_put(&obj->ref, obj_free)`. */
function isEnded(local: WalkContext, n: Node, o: CallOperation, values: readonly (string | null)[], state: State): boolean {
  if (state.phase !== 'held' || !local.nodes.mayEnd(n, o)) return false;
  // The object may be one that a pointer led to which has been stored over since: `old = ctx->obj; ctx->obj = obj;`.
  const leads = (object: string): boolean => reach(state, object).length > 0;
  return values.some((value) => value?.startsWith('&') === true && pathsAbove(value.slice(1)).some(leads));
}

/** True if all that a call is given of the pages is the address of their data: it copies data, and does not touch the reference. */
function isData({ graph }: WalkContext, { args }: CallOperation, given: readonly (readonly string[])[]): boolean {
  return given.every((suffixes, i) => {
    const type = graph.types.get(args[i]?.path ?? '');
    return suffixes.length === 0 || (suffixes.join() === '' && type?.pointers === 1 && structName(type) === null);
  });
}

/** The state after a call of the tables that allocates memory. */
function allocated(state: State, o: CallOperation, name: string): State {
  const next = withFresh(state, o.result);
  const zeroed = zeroingName.test(name) || o.args.some((a) => zeroingFlag.test(a.text));
  return zeroed ? altered(next, { zeroed: new Set([...state.zeroed, o.result]) }) : next;
}

/**
 * The state in which a local number is unknown after its address was passed to a function that stores there on all paths; or, to one that
 * hands back pages and may store there, if the number counts pages for a later drop.
 */
function setBehind(local: WalkContext, n: Node, o: CallOperation, before: State): State {
  const { program, reference, entry } = local;
  const isHanding = entry.kind === 'returned' && asCallOf(o, entry.callee) !== null;
  let state = before;
  o.args.forEach((a, i) => {
    const place = a.address && a.path !== null ? placeAt(state, a.path) : null;
    if (place === null || o.name === null || !/^[=~]/.test(state.store.get(place) ?? '')) return;
    if (!isSetBy(program, reference.file, o, i) && !(isHanding && isCount(local, a) && mayChange(local, o.name, i, '[]'))) return;
    const unknown = `?${n.id}_${i}`;
    state = put(renewed(state, unknown), place, unknown);
  });
  return state;
}

/** True for a variable that is passed by value to a call that may drop pages. */
function isCount({ graph, shape }: WalkContext, { path }: Value): boolean {
  return graph.nodes.some(
    ({ id, operation: o }) => shape.drops(id) && o?.kind === 'call' && o.args.some((a) => !a.address && a.path === path),
  );
}

/** The state after a call that is handed nothing of the reference: a function that always fails has failed. */
function alwaysFailed({ nodes, shape }: WalkContext, n: Node, o: CallOperation, state: State): State | null {
  return shape.isDecided(o.result) && nodes.isFailing(n, o) ? withSign(state, o.result, sign.negative) : state;
}

/** The signs of an acquiring call's result if it takes nothing. @param one what is known of the call, if it asks for one page */
function signsOfNone(name: string | null, one: Acquired | undefined): number {
  if (one === undefined) return sign.negative | sign.zero;
  return outcomesOfNone(name, one).reduce((signs, none) => signs | (none === '?error' ? sign.negative : sign.zero), 0);
}

/** What is known of the call that took what is overwritten: the site or, in a function that is called again, this call the last time. */
function takenBefore({ entry, graph }: WalkContext, { value, acquired }: Refill): Acquired | undefined {
  if (entry.kind === 'site') return entry.acquired;
  const fills = (o: Operation | null): boolean => o?.kind === 'call' && refillsOf(graph, o).some((r) => r.value.path === value.path);
  return entry.kind === 'again' && graph.nodes.filter(({ operation }) => fills(operation)).length === 1 ? acquired : undefined;
}

/** The states after another acquiring call on the same array: it overwrites what was there, or takes nothing. */
function refilled(local: WalkContext, n: Node, o: CallOperation, state: State): State[] {
  const { entry, graph, shape } = local;
  const filled = refillsOf(graph, o).filter((refill) => coversAll(graph, refill, takenBefore(local, refill)));
  let next = state;
  for (const { value: argument } of filled) {
    const value = valueIn(state, argument);
    for (const suffix of reach(state, value)) {
      const place = value !== null && /^(\[\])+$/.test(suffix) ? placeBelow(state, value, suffix) : null;
      if (place === null) continue;
      const store = copyOf(next.store);
      store.set(place, `${o.result}'`);
      next = altered(next, { store });
    }
  }
  if (next === state) return [state];
  const end = told(local, o, next, `filled again by ${o.name}()${entry.kind === 'again' ? ' while it still holds pages' : ''}`);
  if (entry.kind === 'again' && state.phase === 'held' && holders(next).length === 0)
    local.late({ kind: 'over', trail: end.trail as Trail, pos: o.pos });
  if (!shape.isDecided(o.result)) return [end];
  const [one] = filled.filter(({ acquired }) => acquired.count === '1');
  const took = one ? put(end, o.result, '=1') : withSign(end, o.result, sign.positive);
  const count = o.args.find(({ path }) => path !== null && filled.some(({ acquired }) => acquired.countPath === path));
  const none = withSign(state, o.result, signsOfNone(o.name, one?.acquired));
  const failed = none && withSome(none, valueIn(state, count));
  return [...(took ? [took] : []), ...(failed ? [told(local, n, failed, `nothing taken by ${o.name}()`)] : [])];
}
