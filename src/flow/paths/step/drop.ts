/** Calls that drop the reference or free what holds it, and what comes too late after them. */
import { type CallOperation, type Graph, isStore, type Node, type Operation } from '../../../program/graph.js';
import { pathsAbove, rootOf, splitSteps, suffixAfter, type Value } from '../../../program/path.js';
import { freedOf, pageFillingCalls, pageReadingCalls, pageUse, type ReleaseCall, reachingCall, releases } from '../../../protocol/index.js';
import type { Expression } from '../../../syntax/ast.js';
import type { WalkContext } from '../context.js';
import { givenBack } from '../loops/extras.js';
import { isRestAgain } from '../loops/rest.js';
import { isCountSet, sweepAt } from '../loops/sweep.js';
import { isBefore, isOfEarlier, loopOf, ownIndex } from '../loops/unwind.js';
import { keptOf } from '../memory/maps.js';
import { behind, freed, holders, isCut, isVariable, placeAt, placeBelow, reach, renamed, valueIn } from '../memory/memory.js';
import { signOf, withSign } from '../memory/signs.js';
import { altered, type State, sign, theReference, told } from '../memory/state.js';
import type { Trail } from '../memory/trail.js';
import { unset } from '../memory/unset.js';
import { freedWithList } from './chained.js';

/** The states after a releasing call of the tables. */
export function drop(local: WalkContext, n: Node, o: CallOperation, release: ReleaseCall, state: State): State[] {
  const place = /^(\d+)(.*)$/.exec(release.pages);
  const argument = o.args[Number(place?.[1])];
  const value = valueIn(state, argument);
  const suffixes = reach(state, value);
  const suffix = place?.[2] ?? '';
  const hit =
    release.shape === 'container'
      ? suffixes.some((s) => s.endsWith(splitSteps(suffix).at(-1) ?? suffix) || s === suffix || s === '')
      : suffixes.includes(suffix) || suffixes.includes('') || suffixes.includes('[]');
  if (!hit || state.phase === 'before') return [state];
  if (local.entry.kind === 'site' && release.shape === 'bulk' && isBefore(local.graph, local.entry.pos, o, Number(place?.[1])))
    return [state];
  if (
    release.shape === 'bulk' &&
    isOfEarlier(local.graph, state, o.args[Number(place?.[1]) + 1]?.path ?? null) &&
    isWhole(o, Number(place?.[1]))
  )
    return [state];
  if (dropsNone(o, release, state)) return [state];
  // An extra reference is a plain one: a drop of a pin does not drop it.
  if (state.extra > 0 && release.drops !== 'pin') return [givenBack(local, n, o, Number(place?.[1]), state)];
  if (state.phase === 'released') return dropAgain(local, n, o, Number(place?.[1]), state);
  const isAll =
    isWhole(o, Number(place?.[1])) &&
    !local.shape.offsets.has(argument?.path ?? '') &&
    (release.shape === 'bulk' || argument !== undefined);
  const isOne = release.one !== undefined || (release.shape !== 'bulk' && isElement(local.graph, argument));
  const whole = isAll && n.loops.length === 0 && !isOne && !isOfCounted(local.graph, o.expressions[Number(place?.[1])]);
  const next: State = altered(state, {
    phase: 'released',
    dropped: {
      pos: n.pos,
      call: release,
      whole,
      doubt: null,
      loop: loopOf(local, o, Number(place?.[1]), n.loops),
      by: isAll && !isCountSet(local, o) ? variableOf(argument) : null,
      unsure: state.unsure,
      places: holders(state),
    },
    unsure: false,
  });
  return [told(local, n, next, `dropped by ${o.name}()`)];
}

/** True for a bulk drop of zero pages: the object knows that it has none, or none yet. */
function dropsNone({ args }: CallOperation, { shape }: ReleaseCall, state: State): boolean {
  return shape === 'bulk' && signOf(state, unset(state, valueIn(state, args[1]))) === sign.zero;
}

/** The states after a releasing call where everything was dropped before. @param index of the argument that the call drops by */
function dropAgain(local: WalkContext, n: Node, o: CallOperation, index: number, state: State): State[] {
  const argument = o.args[index];
  const isOne = releases.get(o.name ?? '')?.one !== undefined;
  const isSame = (!isOne && isBySame(n, argument, state)) || isRestAgain(local, n, o, index, state);
  if (state.unsure || !(isCertain(state) || isSame) || local.shape.offsets.has(argument?.path ?? '')) return [state];
  // A single element may be one that was not dropped, unless a loop drops them all.
  const isAll = n.loops.length === 0 && isWhole(o, index) && !isElement(local.graph, argument);
  if (!isAll && !isSame && (sweepAt(local, n) === null || state.dropped?.loop === n.loops[0]?.id)) return [state];
  const end = told(local, n, state, `dropped again by ${o.name}()`);
  local.late({ kind: 'double', trail: end.trail as Trail, pos: n.pos });
  // For callers the exit is still a drop.
  return [unsettled(state)];
}

/** True if everything was dropped, and the pages were certainly there. */
export function isCertain({ dropped }: State): boolean {
  return dropped?.whole === true && !dropped.unsure;
}

/** True for a drop by the same variable as the last one, in the same iteration of every loop around it: it drops the same again. */
export function isBySame(n: Node, argument: Value | undefined, { dropped }: State): boolean {
  if (dropped === null || dropped.by === null || dropped.by !== variableOf(argument)) return false;
  return n.loops.every((l) => dropped.pos >= l.pos && dropped.pos < l.end);
}

/** The state in which it is not known whether a later drop is of the same pages. */
export function unsettled(state: State): State {
  return state.dropped === null ? state : altered(state, { dropped: { ...state.dropped, whole: false, by: null } });
}

/**
 * The state after a call that cannot be looked into and is passed another way to what was dropped, a container: what is there now is not
 * known, and what was elsewhere still is. `null` if nothing was.
 */
export function knownBeside(state: State, values: readonly (string | null)[]): State | null {
  if (state.phase !== 'released' || values.includes(theReference)) return null;
  const given = new Set(
    values.flatMap((value) => reach(state, value).flatMap((suffix) => (value === null ? [] : (placeBelow(state, value, suffix) ?? [])))),
  );
  const store = keptOf(state.store, (place, value) => value !== theReference || !given.has(place));
  const next = altered(state, { store });
  return given.size > 0 && holders(next).some((place) => !isVariable(place)) ? next : null;
}

/** The states after a call that looks into a page after its last drop; `null` for any other call. */
export function lateUse(local: WalkContext, n: Node, o: CallOperation, name: string, state: State): State[] | null {
  const places = [pageFillingCalls.get(name)?.memory, pageReadingCalls.get(name)];
  const isUsed = pageUse.test(name)
    ? o.args.some((a) => reach(state, valueIn(state, a)).some((s) => s === '' || (s === '[]' && /map/.test(name))))
    : (reachingCall.test(name) && o.args.some(({ path }) => path !== null && isAddress(local, state, path))) ||
      places.some((place) => place !== undefined && leadsThere(state, o, place));
  return isUsed ? usedLate(local, n, state, `used by ${name}() after the drop`) : null;
}

/** True if pages are where a call reads or writes them: in an argument, or in what it leads to. */
function leadsThere(state: State, { args }: CallOperation, place: string): boolean {
  const [, index, content] = /^(\d+)(.*)$/.exec(place) ?? [];
  return reach(state, valueIn(state, args[Number(index)])).includes(content ?? '');
}

/** The states after a load or store through an address in a page that was dropped, also in a condition or return; `null` for any other. */
export function lateAccess(local: WalkContext, n: Node, o: Operation | null, state: State): State[] | null {
  const isThrough = (path: string | null): boolean => path !== null && pathsAbove(path).some((pointer) => isAddress(local, state, pointer));
  const isWrite = isStore(o) && isThrough(o.target);
  const isLoad = loadedBy(o).some(({ path, address }) => !address && isThrough(path));
  return isWrite || isLoad ? usedLate(local, n, state, 'accessed by its address after the drop') : null;
}

/** The values that an operation reads; not a call's arguments. */
function loadedBy(o: Operation | null): readonly Value[] {
  if (o?.kind === 'copy') return [o.source];
  if (o?.kind === 'assume') return [o.left, o.right];
  return o?.kind === 'return' && o.value ? [o.value] : [];
}

/** The states after a use that comes too late; `null` if that is not certain. */
function usedLate(local: WalkContext, n: Node, state: State, how: string): State[] | null {
  if (state.unsure || state.extra > 0 || !isCertain(state)) return null;
  const end = told(local, n, state, how);
  local.late({ kind: 'use', trail: end.trail as Trail, pos: n.pos });
  return [];
}

/** True for a variable or member that, by its type, has the address of a page's data. */
function isAddress({ program, graph, reference }: WalkContext, state: State, path: string): boolean {
  if (state.store.get(placeAt(state, path) ?? '') !== theReference) return false;
  const type = program.typeOf(path, graph, reference.file);
  return type?.pointers === 1 && type.dims.length === 0 && !/^(page|folio)$/.test(type.tag ?? '');
}

/** The state after memory is freed, maybe with the pages still in it. Pointers to dropped pages lead to them as before. */
export function free(local: WalkContext, n: Node, o: CallOperation, state: State): State {
  if (state.phase === 'released') return state;
  let next = state;
  let isArray = false;
  let isThere = false;
  for (const a of freedOf(o.name, o.args)) {
    const value = valueIn(state, a);
    if (value === null) continue;
    isArray ||= state.store.get(`${value}[]`) === theReference;
    next = keptApart(local, n, a, value, next);
    const before = holders(next);
    next = freed(next, value);
    // What is behind a pointer that was stored over is not freed with the object that the pointer was in.
    isThere ||= before.some((place) => !next.store.has(place) && !isCut(state, place, value));
    next = freedWithList(local, n, o, value, next);
  }
  if (state.phase === 'held' && isThere)
    next = told(local, n, next, `${o.name}() frees ${isArray ? 'the array that' : 'what'} holds the pages, not the pages`, {
      kind: 'freed',
      what: isArray ? 'array' : 'object',
    });
  return next;
}

/**
 * The state in which memory is about to be freed that has a pointer to what holds the pages, after `n = obj->pages`: what `n` leads to gets
 * a name of its own, so that it outlives the object.
 */
function keptApart(local: WalkContext, { id }: Node, object: Value, value: string, state: State): State {
  const isBelow = (place: string): boolean => place !== value && suffixAfter(place, value) !== null;
  const below = holders(state).filter(isBelow);
  if (below.length === 0) return state;
  for (const [place, pointer] of state.store) {
    const isKept = pointer !== place && isBelow(pointer) && !(place === value || isBelow(place));
    if (
      !isKept ||
      !isLedTo(local, object, suffixAfter(pointer, value) ?? '') ||
      !below.some((held) => held !== pointer && suffixAfter(held, pointer) !== null)
    )
      continue;
    const name = `?apart${id}`;
    return withSign(renamed(state, pointer, name), name, signOf(state, pointer)) ?? state;
  }
  return state;
}

/** True for what a member of an object points at; false for what is in the object itself, or allocated behind it in the same block. */
function isLedTo({ program, graph, reference: { file } }: WalkContext, { path }: Value, suffix: string): boolean {
  const steps = splitSteps(suffix);
  if (steps[0]?.startsWith(behind)) return false;
  const types = steps.map((_, i) => program.typeOf(path + steps.slice(0, i + 1).join(''), graph, file));
  return types[0] === null || types.some((type) => type !== null && type.pointers > 0 && type.dims.length === 0);
}

/** The variable that is passed by value; `null` for anything else. */
export function variableOf(value: Value | undefined): string | null {
  return value?.path != null && !value.address && value.path === rootOf(value.path) ? value.path : null;
}

/** True for an element of an array, and for a variable that is set to one: the next drop by it may be of another element. */
export function isElement({ aliases }: Graph, value: Value | undefined): boolean {
  const isOne = (path: string | null | undefined): boolean => path?.endsWith('[]') === true;
  return value !== undefined && (isOne(value.path) || aliases.some((a) => a.target === value.path && isOne(a.source.path)));
}

/** True for `objs[i].pages`, with an index that the function counts: the next drop by it is of another object's. */
function isOfCounted(graph: Graph, e: Expression | undefined): boolean {
  const index = e?.kind === 'member' ? ownIndex(e) : null;
  return index !== null && graph.nodes.some(({ operation: o }) => o?.kind === 'update' && o.target === index);
}

/** True if an argument is a whole array, not `array + n` or `&array[n]`. */
export function isWhole(o: CallOperation, index: number): boolean {
  const e = o.expressions[index];
  if (!e) return true;
  if (e.kind === 'binary') return false;
  return !(
    e.kind === 'unary' &&
    e.op === '&' &&
    e.operand.kind === 'index' &&
    !(e.operand.index.kind === 'literal' && e.operand.index.text === '0')
  );
}
