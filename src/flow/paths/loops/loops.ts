/** What happens to a path on an edge into a loop, or out of one. */
import type { Loop, Node } from '../../../program/graph.js';
import { suffixAfter } from '../../../program/path.js';
import { acquires } from '../../../protocol/index.js';
import type { WalkContext } from '../context.js';
import { isSeed } from '../entry.js';
import { conditionText } from '../memory/condition-text.js';
import { keptOf } from '../memory/maps.js';
import { holders, isContained } from '../memory/memory.js';
import { altered, type Drop, outcome, type State, theReference, told } from '../memory/state.js';
import { happened } from '../memory/trail.js';
import { countedIn } from './extras.js';
import { isSeen } from './forget.js';
import { inNewRound, isEarly } from './last.js';
import { isNone, isOfNone } from './none.js';
import { isUntilHeld } from './skipped.js';
import { isBehindStop, sparedAll, stoppedIn } from './stopped.js';
import { sweepAt } from './sweep.js';
import { isBelowFollowed, isMerging, isMovedOn, isRest, mergesOnly } from './unwind.js';

/** The state after an edge; `null` if the path cannot take it. */
export function along(local: WalkContext, from: Node, to: Node, before: State): State | null {
  if (from.loops.length === 0 && to.loops.length === 0) return before;
  let state = inOtherRound(from, to, before);
  if (state.last.size > 0) {
    for (const l of from.loops) {
      const isLeft = !to.loops.some((m) => m.id === l.id);
      if (isLeft && from.pos < l.bodyPos && isEarly(state, l)) return null;
      if (isLeft || (from.pos < l.bodyPos && to.pos >= l.bodyPos)) state = inNewRound(state, l);
    }
  }
  let loops: Set<number> | null = null;
  let rest: State | null = null;
  let unsure = state.unsure;
  for (const l of to.loops) {
    if (state.loops.has(l.id) || to.pos < l.bodyPos) continue;
    if (isOfNone(local, l, state)) return null;
    loops ??= new Set(state.loops);
    loops.add(l.id);
  }
  for (const l of from.loops) {
    if (to.loops.some((m) => m.id === l.id)) continue;
    if (state.phase === 'held') {
      const around = local.entry.kind === 'site' && local.entry.pos >= l.pos && local.entry.pos < l.end;
      // A loop over pages that are held has at least one iteration. One that drops pages drops all, unless it is jumped out of.
      const undoes = isOthers(local, l, state);
      if (!state.loops.has(l.id) && !undoes) {
        const spared = sparedAll(local, from, l, state);
        if (spared === null && !hasNone(local, from, l, state)) return null;
        state = spared ?? state;
      }
      const drops = local.shape.dropLoops.has(l.id) && state.loops.has(l.id) && !undoes && !around && !isCallLoop(local, l.pos, l.end);
      if (
        drops &&
        state.each !== l.id &&
        !local.shape.isJump(from.id, l) &&
        !isMovedOn(local, state) &&
        !mergesOnly(local, l) &&
        !happened(state.trail, 'forgotten') &&
        !isSeen(local, l, state) &&
        !isFilledApart(local, l, state)
      )
        unsure = true;
    }
    state = stoppedIn(local, from, l, countedIn(local, l, state));
    if (isSwept(local, from, l, state)) state = altered(state, { dropped: { ...(state.dropped as Drop), whole: true } });
    if (state.phase === 'released' && isOthersLeft(local, from, l, state)) {
      const text = `the other elements are still there, ${conditionText(from) ?? 'where the loop is left'}`;
      rest = told(
        local,
        from,
        altered(state, { phase: 'held', store: elements(state), dropped: null, unsure: state.unsure || state.dropped?.unsure === true }),
        text,
      );
    }
    if (state.loops.has(l.id)) {
      loops ??= new Set(state.loops);
      loops.delete(l.id);
    }
  }
  if (rest) return altered(rest, { loops: loops ?? state.loops });
  return loops || unsure !== state.unsure ? altered(state, { loops: loops ?? state.loops, unsure }) : state;
}

/** True where a loop may end without an iteration, though pages are held. */
function hasNone(local: WalkContext, from: Node, loop: Loop, state: State): boolean {
  return isNone(local, state, from, local.entry.kind === 'given') || isUntilHeld(local, from, loop, state) || isOfNone(local, loop, state);
}

/** The state in which another iteration begins: a variable that was dropped by may lead to another page in it. */
function inOtherRound(from: Node, to: Node, state: State): State {
  const { dropped } = state;
  if (dropped === null || dropped.by === null || to.operation !== null) return state;
  const isAgain = to.loops.some((l) => l.pos === to.pos && from.loops.some((m) => m.id === l.id));
  return isAgain ? altered(state, { dropped: { ...dropped, by: null } }) : state;
}

/** True where a loop ends that has dropped all elements of an array one by one. */
function isSwept(local: WalkContext, from: Node, loop: Loop, { dropped }: State): boolean {
  if (dropped?.loop !== loop.id || local.shape.isJump(from.id, loop)) return false;
  return local.graph.nodes.some((n) => n.pos === dropped.pos && sweepAt(local, n) === loop);
}

/** The memory without places that hold only one page of an array. */
function elements({ store }: State): State['store'] {
  return keptOf(store, (place, value) => value !== theReference || place.endsWith('[]'));
}

/** True for a jump out of a loop that has dropped one element in this iteration: the elements of later iterations are held. */
function isOthersLeft({ entry, graph, shape }: WalkContext, from: Node, loop: Loop, state: State): boolean {
  if (state.dropped?.loop !== loop.id || entry.kind !== 'site' || (entry.pos >= loop.pos && entry.pos < loop.end)) return false;
  if (!shape.isJump(from.id, loop) || !holders(state).some((place) => place.endsWith('[]'))) return false;
  // If another loop inside drops, that is for the other elements.
  return !graph.nodes.some(
    (n) => n.loops.some((l) => l.id === loop.id) && n.loops.some((l) => l.id !== loop.id && l.pos > loop.pos && shape.dropLoops.has(l.id)),
  );
}

/**
 * True for a loop that drops elements, and not the one that the path follows: those of earlier iterations of another loop, the rest of an
 * array from which the followed one was moved on, or those merged with it.
 */
export function isOthers(local: WalkContext, loop: Loop, state: State): boolean {
  if (state.phase !== 'held') return false;
  const undoes = (state.outcomes & outcome.earlier) === 0 && (isBelowFollowed(loop, local, state) || isBehindStop(local, loop, state));
  return undoes || (isRest(loop, local) && isContained(state)) || isMerging(loop, local);
}

/** True for a loop that drops only elements of arrays which calls other than this path's have filled. */
function isFilledApart({ graph, entry, shape }: WalkContext, loop: Loop, state: State): boolean {
  const isOwn = (n: Node): boolean => (entry.kind === 'site' ? n.pos === entry.pos : n.id === state.from);
  const takes = (n: Node): boolean => isSeed(n, entry) || (n.operation?.kind === 'call' && acquires.has(n.operation.name ?? ''));
  const fills = graph.nodes.filter((n) => takes(n) && !isOwn(n));
  const own = graph.nodes.flatMap((n) => (takes(n) && isOwn(n) && n.operation?.kind === 'call' ? n.operation.args : []));
  const arrays = graph.nodes.flatMap((n) =>
    shape.drops(n.id) && n.operation?.kind === 'call' && n.loops.some((l) => l.id === loop.id) ? [n.operation.args[0]?.path ?? ''] : [],
  );
  const isApart = (element: string): boolean => {
    const array = element.slice(0, -2);
    const isFilled = fills.some(({ operation: o }) => o?.kind === 'call' && o.args.some((a) => a.path === array));
    const isHere = (path: string | null): boolean => path !== null && suffixAfter(path, array) !== null;
    return element.endsWith('[]') && isFilled && !own.some((a) => isHere(a.path)) && !holders(state).some(isHere);
  };
  return arrays.length > 0 && arrays.every(isApart);
}

/** True if a call that hands the reference back is in the loop. */
function isCallLoop(local: WalkContext, pos: number, end: number): boolean {
  if (local.entry.kind !== 'returned') return false;
  const { callee } = local.entry;
  return local.graph.nodes.some((n) => n.pos >= pos && n.pos < end && n.operation?.kind === 'call' && n.operation.name === callee);
}
