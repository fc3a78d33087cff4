/** The states after a node: what one operation does to the memory of a path. */
import {
  type Assume,
  type CallOperation,
  type Clear,
  type Copy,
  type Graph,
  isStore,
  type Node,
  type ReturnOperation,
} from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { structName } from '../../../program/types.js';
import { asWritten } from '../../../program/written.js';
import type { WalkContext } from '../context.js';
import { isPointer } from '../function/shape.js';
import { spelledIn } from '../function/text.js';
import { wentThrough } from '../function/through.js';
import { isOfAnother, isOfLaterRound } from '../loops/elements.js';
import { forgetElement, stepOver, stepPast } from '../loops/forget.js';
import { reached, roundOf } from '../loops/last.js';
import { isOthers } from '../loops/loops.js';
import { sparedBy, stillStopped } from '../loops/stopped.js';
import { namesOf } from '../loops/unwind.js';
import { asksHeld, assume } from '../memory/conditions.js';
import {
  baseOf,
  behind,
  copied,
  holders,
  placeAt,
  put,
  reaches,
  renewed,
  stepFrom,
  uncompared,
  valueAt,
  valueIn,
} from '../memory/memory.js';
import { altered, outcome, type State, theReference, told } from '../memory/state.js';
import type { Trail } from '../memory/trail.js';
import { isLookedAfter, isStillKnown, isStoredOver, testsState } from './again.js';
import { flagged } from './bits.js';
import { call } from './call.js';
import { lateAccess, unsettled } from './drop.js';
import { mayHold } from './names.js';
import { answered } from './questions.js';
import { isReread } from './reread.js';
import { settled, takesNone } from './settled.js';
import { added, grown, isIncrease, isNumber, isNumberIn, offset } from './sums.js';

/** The states after a node; none if the path ends there, or cannot take it. */
export function run(local: WalkContext, n: Node, before: State): State[] {
  const o = n.operation;
  const state = wentThrough(local.graph, n.id, setAnew(local, n, before));
  const late = state.phase === 'released' ? lateAccess(local, n, o, state) : null;
  if (late) return late;
  switch (o?.kind) {
    case undefined:
    case 'unread':
      return state.phase !== 'before' && o?.kind === 'unread' ? [] : [state];
    case 'call':
      if (local.entry.kind === 'again' && isLookedAfter(local, o, state)) return [];
      if (n.loops.some((l) => isOthers(local, l, state))) return [state];
      return called(local, n, o, state);
    case 'copy': {
      const source = valueIn(state, (local.nodes.said(n) as Copy).source);
      const target = placeAt(state, o.target);
      const sum = o.replaces ? offset(local, n, o, target, source, state) : null;
      if (sum) return [stepOver(local, n, o.target, sum) ?? sum];
      if (o.valueOnly && source !== null && source !== theReference && !source.startsWith('='))
        return [put(state, target, stepFrom(source, behind))];
      if (!o.replaces && source !== theReference) {
        // A further operand of a sum: what is known of the first one is not known of the sum.
        if (!o.target.startsWith('%') && !reaches(state, source)) return [added(local.graph, state, o, source)];
        if (target !== null && state.store.has(target)) {
          if (reaches(state, valueAt(state, target))) return [state];
          if (!reaches(state, source)) return [isSum(local.graph, o) ? put(renewed(state, `~${n.id}`), target, `~${n.id}`) : state];
        }
        return [o.target.startsWith('%') ? put(state, target, source) : state];
      }
      // Parts of one array that was allocated here, and that are dropped apart, get places of their own.
      if (n.loops.length === 0 && local.shape.parts.has(o.target) && o.replaces && source !== null && state.fresh.has(baseOf(source))) {
        return [put(state, target, stepFrom(source, `${behind}${n.id}`))];
      }
      if (isOfAnother(local, n, o, target, state)) return [state];
      if (target !== null && isNumberIn(local, o.target) && isOfLaterRound(local, n, o, state)) return [unknown(n, target, state)];
      const over = stepOver(local, n, o.target, state);
      if (over) return [over];
      const next = structCopied(local, o, state) ?? put(state, target, source);
      if (local.entry.kind === 'again' && target !== null && isStoredOver(state, next, target)) {
        const end = told(local, n, next, `${targetText(local, o)} is overwritten while it still holds pages`, {
          kind: 'overwritten',
        });
        // Where a variable still leads to the pages, what becomes of it decides whether they are lost.
        if (isStillKnown(next)) return [end];
        local.late({ kind: 'over', trail: end.trail as Trail, pos: n.pos });
        return [];
      }
      const kept = state.phase === 'held' && next !== state && target !== null && rootOf(target) !== target && source !== null;
      if (kept && holders(next).length > holders(state).length)
        return [told(local, n, next, `kept in ${targetText(local, o)}`, { kind: 'kept' })];
      return [next];
    }
    case 'clear':
      // The declaration of an array or a struct stores nothing.
      if (o.text === '' && isOwnMemory(local.graph, o.target)) return [state];
      return [forgetElement(local, n, o.target, state) ?? cleared(local, n, o, state)];
    case 'update': {
      const over = stepOver(local, n, o.target, state) ?? stepPast(local, n, o.target, state);
      if (over) return [over];
      // `i++`, for the next iteration or to count in this one's pages: what was followed is in an earlier element from here on.
      const here: State =
        state.index !== null &&
        namesOf(local.graph, state.index).includes(o.target) &&
        (n.loops.length === 0 ? isIncrease(local, n) : n.loops.some((l) => local.taking.some((t) => t.id === l.id)))
          ? altered(state, { index: null })
          : state;
      const place = placeAt(here, o.target);
      // A pointer that is moved on stays in the same memory.
      if (place === null) return [here];
      const value = valueAt(here, place);
      if (value === theReference || isPointer(local.graph, o.target)) return [uncompared(here, value)];
      return [flagged(local, n, o.target, place, here) ?? grown(local, n, o.target, place, here)];
    }
    case 'assume': {
      if (local.entry.kind === 'again' && testsState(local, state, o) && !asksHeld(state, o)) return [];
      if (state.phase === 'before' ? takesNone(local, n, state) : settled(local, n, state)) return [];
      if (!mayHold(local, o, state)) return [];
      const round = answered(local, o, roundOf(local, n, o, state));
      const said = local.nodes.said(n) as Assume;
      const acquired = local.entry.kind === 'site' ? local.entry.acquired : null;
      const came = round && (isReread(local, round, said) ? round : assume(round, said, acquired));
      if (!came) return [];
      const next = reached(local, o, came);
      if (next.phase === 'held' && (next.outcomes & (outcome.short | outcome.all | outcome.earlier)) === 0) return [];
      const step = next.phase === 'before' ? null : local.nodes.step(n);
      const after = testedElsewhere(next, o);
      return [step === null ? after : altered(after, { trail: { step, before: after.trail } })];
    }
    case 'return': {
      const { value } = local.nodes.said(n) as ReturnOperation;
      return [told(local, n, put(state, '%return', value && valueIn(state, value)), '', { kind: 'returned' })];
    }
  }
}

/** The states after a call; one of them with the elements that a drop of those before an index leaves out. */
function called(local: WalkContext, n: Node, o: CallOperation, state: State): State[] {
  const after = call(local, n, o, state);
  const rest = sparedBy(local, n, o, state);
  if (rest === null) return after;
  const dropped = after.filter((next) => next.phase === 'released');
  return [...dropped, ...(n.loops.some((l) => isOthers(local, l, rest)) ? [rest] : call(local, n, o, rest))];
}

/** The state in which the variable that an element was dropped by is set: a later drop by it is of another one. */
function setAnew(local: WalkContext, n: Node, before: State): State {
  const o = n.operation;
  const state = stillStopped(local, n, before);
  const { dropped } = state;
  if (dropped === null || dropped.by === null) return state;
  const isTarget = isStore(o) && o.target === dropped.by;
  const isFilled = o?.kind === 'call' && o.args.some((a) => a.address && a.path === dropped.by);
  return isTarget || isFilled ? altered(state, { dropped: { ...dropped, by: null } }) : state;
}

/** The state after the copy of a struct with the reference in one of its members; `null` for any other copy. */
function structCopied(local: WalkContext, { target, source }: Copy, state: State): State | null {
  if (state.phase !== 'held' || source.path === null || source.address || source.path.startsWith('%')) return null;
  const from = placeAt(state, source.path);
  const to = placeAt(state, target);
  if (from === null || to === null || state.store.has(from)) return null;
  const next = copied(state, from, to);
  const type = next && local.program.typeOf(target, local.graph, local.reference.file);
  return type && type.pointers === 0 && type.dims.length === 0 && structName(type) !== null ? next : null;
}

/** The state after a test of something other than the result of a call that may or may not have dropped: it may tell which. */
function testedElsewhere(state: State, { left, right }: Assume): State {
  const { dropped } = state;
  if (dropped === null || dropped.doubt === null || !(dropped.whole || dropped.by !== null)) return state;
  const isOfResult = [left, right].some((v) => valueIn(state, v) === dropped.doubt);
  return isOfResult ? state : unsettled(state);
}

/** True for a further operand of a sum of numbers: with it, the value is none of the operands. */
function isSum(graph: Graph, { target, source }: Copy): boolean {
  return target.startsWith('%') && isNumber(graph, target) && (source.path === null || isNumber(graph, source.path));
}

/** The target of a copy as C has it. */
function targetText(local: WalkContext, { target, written }: Copy): string {
  return (written && asWritten(written)) || spelledIn(local, target);
}

/** The state after a constant is stored. */
function cleared(local: WalkContext, n: Node, o: Clear, state: State): State {
  const place = placeAt(state, o.target);
  if (isOfAnother(local, n, o, place, state)) return state;
  if (place !== null && isNumberIn(local, o.target) && isOfLaterRound(local, n, o, state)) return unknown(n, place, state);
  return put(state, place, constantOf(o.text, n.id));
}

/** The state after a store by which a place may or may not have changed: its value is unknown. */
function unknown(n: Node, place: string, state: State): State {
  const fresh = `~${n.id}`;
  return put(renewed(state, fresh), place, fresh);
}

function isOwnMemory(graph: Graph, path: string): boolean {
  const type = graph.types.get(path);
  return type !== undefined && (type.dims.length > 0 || (type.pointers === 0 && type.tag !== null));
}

function constantOf(text: string, id: number): string {
  const plain = text.replace(/\s/g, '');
  return /^-?\w+$/.test(plain) ? `=${plain}` : `?${id}`;
}
