/** The states after a node: what one operation does to the memory of a path. */
import type { Assume, CallOperation, Clear, Copy, Graph, Node, ReturnOperation } from '../../program/graph.js';
import { rootOf, suffixAfter } from '../../program/path.js';
import { structName } from '../../program/types.js';
import { releases } from '../../protocol/index.js';
import { call } from './call.js';
import { asksHeld, assume } from './conditions.js';
import type { Called } from './context.js';
import { lateAccess } from './drop.js';
import { isTaking } from './entry.js';
import { forgetElement, stepOver, stepPast } from './forget.js';
import { roundOf } from './last.js';
import { isOthers } from './loops.js';
import {
  baseOf,
  behind,
  copied,
  holders,
  isCut,
  isVariable,
  placeAt,
  put,
  reaches,
  renewed,
  stepFrom,
  uncompared,
  valueAt,
  valueIn,
} from './memory.js';
import { answered } from './questions.js';
import { settled } from './settled.js';
import { isPointer } from './shape.js';
import { altered, outcome, type PathStep, type State, type Trail, theReference, told } from './state.js';
import { added, grown, isIncrease } from './sums.js';
import { textAt } from './text.js';
import { namesOf } from './unwind.js';

/** The states after a node; none where the path ends or cannot be. */
export function run(local: Called, n: Node, state: State): State[] {
  const o = n.operation;
  const late = state.phase === 'released' ? lateAccess(local, n, o, state) : null;
  if (late) return late;
  switch (o?.kind) {
    case undefined:
    case 'unread':
      return state.phase !== 'before' && o?.kind === 'unread' ? [] : [state];
    case 'call':
      if (local.entry.kind === 'again' && isLookedAfter(local, o, state)) return [];
      if (n.loops.some((l) => isOthers(local, l, state))) return [state];
      return call(local, n, o, state);
    case 'copy': {
      const source = valueIn(state, (local.nodes.said(n) as Copy).source);
      const target = placeAt(state, o.target);
      if (o.valueOnly && source !== null && source !== theReference && !source.startsWith('='))
        return [put(state, target, stepFrom(source, behind))];
      if (!o.replaces && source !== theReference) {
        // One of several operands: what is known of the others goes.
        if (!o.target.startsWith('%') && !reaches(state, source)) return [added(local.graph, state, o, source)];
        if (target !== null && state.store.has(target)) {
          if (reaches(state, valueAt(state, target))) return [state];
          if (!reaches(state, source)) return [isSum(local.graph, o) ? put(renewed(state, `~${n.id}`), target, `~${n.id}`) : state];
        }
        return [o.target.startsWith('%') ? put(state, target, source) : state];
      }
      // Of one array that was allocated here, parts that are dropped apart are told apart.
      if (n.loops.length === 0 && local.shape.parts.has(o.target) && o.replaces && source !== null && state.fresh.has(baseOf(source))) {
        return [put(state, target, stepFrom(source, `${behind}${n.id}`))];
      }
      if (isOfAnother(local, n, target, state)) return [state];
      const over = stepOver(local, n, o.target, state);
      if (over) return [over];
      const next = structCopied(local, o, state) ?? put(state, target, source);
      if (local.entry.kind === 'again' && target !== null && isStoredOver(state, next, target)) {
        const end = told(local, n, next, `${o.target.replace(/^::/, '')} ${storedOver} while it still holds pages`);
        // Where a variable still leads to them, what becomes of it says whether they are lost.
        if (isStillKnown(next)) return [end];
        local.late({ kind: 'over', trail: end.trail as Trail, pos: n.pos });
        return [];
      }
      const kept = state.phase === 'held' && next !== state && target !== null && rootOf(target) !== target && source !== null;
      if (kept && holders(next).length > holders(state).length) return [told(local, n, next, `kept in ${o.target.replace(/^::/, '')}`)];
      return [next];
    }
    case 'clear':
      // The declaration of an array or a struct: it is where it stands.
      if (o.text === '' && isOwnMemory(local.graph, o.target)) return [state];
      return [forgetElement(local, n, o.target, state) ?? cleared(local, n, o, state)];
    case 'update': {
      const over = stepOver(local, n, o.target, state) ?? stepPast(local, n, o.target, state);
      if (over) return [over];
      // The next round, or this one counted in: what was followed stands in an earlier element from here on.
      const here: State =
        state.index !== null &&
        namesOf(local.graph, state.index).includes(o.target) &&
        (n.loops.length === 0 ? isIncrease(local, n) : n.loops.some((l) => isTaking(local.graph, local.entry, l)))
          ? altered(state, { index: null })
          : state;
      const place = placeAt(here, o.target);
      // A pointer that goes on stays in the same memory.
      if (place === null) return [here];
      const value = valueAt(here, place);
      if (value === theReference || isPointer(local.graph, o.target)) return [uncompared(here, value)];
      return [grown(local, n, o.target, place, here)];
    }
    case 'assume': {
      if (local.entry.kind === 'again' && testsState(local, state, o) && !asksHeld(state, o)) return [];
      if (state.phase !== 'before' && settled(local, n, state)) return [];
      const round = answered(local, o, roundOf(local, n, o, state));
      const next = round && assume(round, local.nodes.said(n) as Assume, local.entry.kind === 'site' ? local.entry.acquired : null);
      if (!next) return [];
      if (next.phase === 'held' && (next.outcomes & (outcome.short | outcome.all | outcome.earlier)) === 0) return [];
      const step = next.phase === 'before' ? null : local.nodes.step(n);
      const after = testedElsewhere(next, o);
      return [step === null ? after : altered(after, { trail: { step, before: after.trail } })];
    }
    case 'return': {
      const { value } = local.nodes.said(n) as ReturnOperation;
      return [told(local, n, put(state, '%return', value && valueIn(state, value)), null)];
    }
  }
}

/** The state behind the copy of a struct with the reference in one of its members; `null` for any other copy. */
function structCopied(local: Called, { target, source }: Copy, state: State): State | null {
  if (state.phase !== 'held' || source.path === null || source.address || source.path.startsWith('%')) return null;
  const from = placeAt(state, source.path);
  const to = placeAt(state, target);
  if (from === null || to === null || state.store.has(from)) return null;
  const next = copied(state, from, to);
  const type = next && local.program.typeOf(target, local.graph, local.reference.file);
  return type && type.pointers === 0 && type.dims.length === 0 && structName(type) !== null ? next : null;
}

/** The state behind a test of something else than the result of a call that may have dropped or not: it may tell which it was. */
function testedElsewhere(state: State, { left, right }: Assume): State {
  const { dropped } = state;
  if (dropped === null || dropped.doubt === null || !dropped.whole) return state;
  const isOfResult = [left, right].some((v) => valueIn(state, v) === dropped.doubt);
  return isOfResult ? state : altered(state, { dropped: { ...dropped, whole: false } });
}

/** True for a further operand of a number: with it, the number is none of those that it is made of. */
function isSum({ types }: Graph, { target, source }: Copy): boolean {
  const isNumber = (path: string | null): boolean => {
    const type = path === null ? undefined : types.get(path);
    return path === null || (type !== undefined && type.pointers === 0 && type.dims.length === 0 && type.tag === null);
  };
  return target.startsWith('%') && isNumber(target) && isNumber(source.path);
}

/** True for a test of something that outlives the function, and that changes: it may be what keeps a second round out. */
function testsState(local: Called, state: State, o: Assume): boolean {
  const values = [o.left, o.right, ...(o.call?.args ?? [])].map((v) => valueIn(state, v) ?? '');
  return values.some((v) => v === theReference || (!/^[=~]/.test(v) && (v.includes('.') || v.startsWith('::')) && isSetNear(local, v)));
}

/** True if somebody in the function's file may store to what a place ends in; also for a place that is no member. */
function isSetNear({ program, reference }: Called, place: string): boolean {
  const member = /\.(\w+)[@[\]]*$/.exec(place)?.[1];
  const text = program.file(reference.file)?.text;
  if (member === undefined || text === undefined) return true;
  return new RegExp(`(?:\\+\\+|--|&)[\\w.>-]*[.>]${member}\\b|[.>]${member}\\s*(?:\\[[^\\]]*\\]\\s*)?(?:[-+|&^]?=(?!=)|\\+\\+|--)`).test(
    text,
  );
}

/** True for a call that may drop or test what an object holds before it is filled again. */
function isLookedAfter(local: Called, { name, args }: CallOperation, state: State): boolean {
  if (name === null) return false;
  if (/test_and_set|cmpxchg|xchg|busy|_inc_not_zero/.test(name)) return true;
  if (releases.has(name) || !local.mayDrop(name, local.reference.file)) return false;
  const objects = holders(state).map(baseOf);
  return objects.some((object) => object.startsWith('::') || args.some((a) => isNear(valueIn(state, a), object)));
}

/** True for a value that is an object, or stands below it, or leads to it. */
function isNear(value: string | null, object: string): boolean {
  return value !== null && (baseOf(value) === object || value.includes(object));
}

/** What is said of a store where an object held pages. */
const storedOver = 'is stored over';

/** True if a variable leads to the reference. */
function isStillKnown(state: State): boolean {
  return [...state.store].some(([place, value]) => isVariable(place) && !place.startsWith('%') && reaches(state, value));
}

/** Where a function is left: the store over what an object held, of which nothing on the way has become; `null` for none. */
export function goneBy(state: State, facts: readonly string[]): PathStep | null {
  const isGone = (fact: string): boolean => state.store.get(fact) !== theReference || isCut(state, fact, baseOf(fact));
  if (state.phase !== 'held' || state.unsure || !facts.every(isGone)) return null;
  for (let at = state.trail; at !== null; at = at.before) if (at.step.text.includes(storedOver)) return at.step;
  return null;
}

function isStoredOver(before: State, after: State, target: string): boolean {
  if (before.phase !== 'held' || (rootOf(target) === target && !target.startsWith('::'))) return false;
  return holders(before).some(
    (place) => suffixAfter(place, target) !== null && (after.store.get(place) !== theReference || isCut(after, place, baseOf(place))),
  );
}

/** A constant is stored. */
function cleared(local: Called, n: Node, { target, text }: Clear, state: State): State {
  const place = placeAt(state, target);
  return isOfAnother(local, n, place, state) ? state : put(state, place, constantOf(text, n.id));
}

/** True for a store to an array of structs where the pages are: another element may be meant. */
function isOfAnother(local: Called, n: Node, place: string | null, state: State): boolean {
  return (
    place !== null && state.phase === 'held' && state.store.has(place) && reaches(state, valueAt(state, place)) && isInElement(local, n)
  );
}

/** `chunk[i].pages = …`, `chunks[i] = …` */
function isInElement(local: Called, n: Node): boolean {
  return /^[^=;]*\[[^\]=;]+\]\s*((\.|->)[^=;]*)?=/.test(textAt(local, n));
}

function isOwnMemory(graph: Graph, path: string): boolean {
  const type = graph.types.get(path);
  return type !== undefined && (type.dims.length > 0 || (type.pointers === 0 && type.tag !== null));
}

function constantOf(text: string, id: number): string {
  const plain = text.replace(/\s/g, '');
  return /^-?\w+$/.test(plain) ? `=${plain}` : `?${id}`;
}
