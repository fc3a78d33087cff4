/** Ends of objects by calls that are given only a member of them. */
import { onlyFunction } from '../../../program/definitions.js';
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, isRead, type Node } from '../../../program/graph.js';
import { join, rootOf } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { puttingCall, userLowering } from '../../../protocol/index.js';
import type { WalkContext } from '../context.js';
import { isGivenAround, type Known } from '../entry.js';
import { onlyCallOf } from '../function/forwarder.js';
import { pointedTag } from '../function/freed.js';
import { freed, placeBelow, reach, valueAt } from '../memory/memory.js';
import { signOf } from '../memory/signs.js';
import { altered, type State, sign, told } from '../memory/state.js';
import { stepsOf, type Trail } from '../memory/trail.js';
import { abandoned, isStored } from './abandoned.js';
import { nameOf, objectsAround, wholesOf } from './around.js';
import { askedBelow } from './asked.js';
import { isCertain, unsettled } from './drop.js';
import { taken } from './enter.js';
import { after } from './exits.js';
import { isUntouched } from './known.js';
import { isUsedMore } from './uses.js';

/**
 * The states after a call that is given only a member of the object with the pages, and gets from there to the whole. If the call's result
 * is not read: those on which it fails before its drops. In a function that was given such a member itself: all.
 *
 * @param values the values of the call's arguments
 */
export function endedAround(local: WalkContext, n: Node, o: CallOperation, values: readonly (string | null)[], state: State): State[] {
  const { program, graph, entry } = local;
  const isAsked = isRead(graph, o.result);
  const isWithin = isGivenAround(entry);
  const [callee, ...others] = isAsked && !isWithin ? [] : (local.nodes.targets(n, o) ?? []);
  if (callee === undefined || others.length > 0 || callee.macro) return [];
  return values.flatMap((value, at) =>
    objectsAround(graph, value).flatMap((object) => {
      const tag = tagIn(local, object);
      const path = o.args[at]?.path ?? null;
      const end = tag === null || path === null || !isEmbedded(local, path) ? null : endIn(program, callee, at, tag);
      const facts = end?.wholes.flatMap((whole) => reach(state, object).flatMap((suffix) => join(whole, suffix) ?? [])) ?? [];
      if (end === null || facts.length === 0) return [];
      const exits = local.effects(end.reference, [...new Set(facts)].sort()).filter((exit) => isWithin || exit.early);
      const ways = exits.flatMap((found) => {
        const exit = { ...found, holders: [], trail: after(found.trail, end.trail) };
        return taken(local, n, o, isAsked ? end.reference : callee, { at, places: [] }, { exit, doubt: false }, state, state);
      });
      return isAsked ? ways : ways.flatMap((next) => abandoned(local, n, o, object, next) ?? []);
    }),
  );
}

/**
 * The state after a call that is given only a member of an object whose pages were dropped before, and ends the object, which drops them
 * once more: the end itself, or `kref_put(&obj->ref, obj_free)` if nobody else can have a reference. `null` for any other call.
 *
 * @param values the values of the call's arguments
 */
export function droppedByEnd(
  local: WalkContext,
  n: Node,
  o: CallOperation,
  values: readonly (string | null)[],
  state: State,
): State | null {
  if (!isCertain(state) || state.unsure || n.loops.length > 0) return null;
  for (const [at, value] of values.entries()) {
    const path = value?.startsWith('&') ? (o.args[at]?.path ?? null) : null;
    const [object] = path === null ? [] : objectsAround(local.graph, value);
    const tag = object === undefined ? null : tagIn(local, object);
    if (object === undefined || path === null || tag === null || !isEmbedded(local, path)) continue;
    const callee = endBy(local, n, o, object, path, state);
    const end = callee && endIn(local.program, callee, callee.name === o.name ? at : 0, tag);
    const facts = end?.wholes.flatMap((whole) => reach(state, object).flatMap((suffix) => join(whole, suffix) ?? [])) ?? [];
    if (!end || facts.length === 0 || !isAllStored(local, end, object, state)) continue;
    const exits = local.effects(end.reference, [...new Set(facts)].sort());
    const [first] = exits;
    if (first === undefined || !exits.every((e) => e.kind === 'dropped' && e.drop?.whole && !e.unsure)) continue;
    const passed = told(local, n, state, `passed to ${callee.name}()`, { kind: 'passed', to: callee.name });
    local.late({ kind: 'double', trail: after(after(first.trail, end.trail), passed.trail) as Trail, pos: n.pos });
    return unsettled(state);
  }
  return null;
}

/**
 * The state after a call that is given only a member of an object which this path has made, and ends the object: where the end asks for a
 * flag or a count that is still zero there, and so drops nothing. `null` for any other call.
 *
 * @param values the values of the call's arguments
 */
export function lostByEnd(local: WalkContext, n: Node, o: CallOperation, values: readonly (string | null)[], state: State): State | null {
  if (state.phase !== 'held' || state.unsure || state.zeroed.size === 0 || n.loops.length > 0) return null;
  for (const [at, value] of values.entries()) {
    const path = value?.startsWith('&') ? (o.args[at]?.path ?? null) : null;
    const [object] = path === null ? [] : objectsAround(local.graph, value);
    const tag = object === undefined ? null : tagIn(local, object);
    if (object === undefined || path === null || tag === null || !isOwn(object, state) || !isEmbedded(local, path)) continue;
    const callee = endBy(local, n, o, object, path, state);
    const end = callee && endIn(local.program, callee, callee.name === o.name ? at : 0, tag);
    const below = end?.wholes.flatMap((whole) => reach(state, object).flatMap((suffix) => join(whole, suffix) ?? [])) ?? [];
    const facts = [...new Set(below)].sort();
    const known = end === null ? [] : zerosIn(local, end, object, state);
    if (!end || facts.length === 0 || known.length === 0) continue;
    const [exit, ...others] = local.effects(end.reference, facts, known);
    if (exit === undefined || ![exit, ...others].every(({ kind, unsure }) => kind === 'lost' && !unsure)) continue;
    if (!local.effects(end.reference, facts).some(({ kind }) => kind === 'dropped')) continue;
    const passed = told(local, n, freed(state, object), `passed to ${callee.name}()`, { kind: 'passed', to: callee.name });
    return altered(passed, { trail: after(after(exit.trail, end.trail), passed.trail) });
  }
  return null;
}

/** What the end asks about in an object that was made of zeros, and that is zero still. */
function zerosIn(local: WalkContext, { reference, wholes }: End, object: string, state: State): Known[] {
  return wholes.flatMap((whole) => {
    const names = local.program.graphs(reference).flatMap((graph) => [whole, nameOf(graph, whole)]);
    return askedBelow(local, reference, names).flatMap((suffix): Known[] => {
      const place = placeBelow(state, object, suffix);
      return place !== null && isUntouched(local, state, place) ? [{ path: whole + suffix, value: '=0' }] : [];
    });
  });
}

/** True for an object that this path has made, and that nobody else can reach. */
function isOwn(object: string, state: State): boolean {
  return state.fresh.has(object) && !state.shared.has(object) && !isStored(state, object);
}

/**
 * The function that ends the object: the callee, or the one that is passed for the last user to call. If the object counts its users, only
 * if this path is the only one.
 */
function endBy(local: WalkContext, n: Node, o: CallOperation, object: string, member: string, state: State): FunctionReference | null {
  const { program, nodes, reference } = local;
  const isPut = puttingCall.test(o.name ?? '');
  const given = isPut ? program.shell(reference.file)?.byName.get(o.args[1]?.path ?? '') : nodes.targets(n, o);
  const callee = onlyFunction(given ?? []);
  if (callee === null || !(isPut || userLowering.test(program.textOf(callee)))) return callee;
  return isOwn(object, state) && !isUsedMore(local, n, member, state) ? callee : null;
}

/** True if the path has stored something other than zero to all that the end asks about: then it drops as it does for any object. */
function isAllStored(local: WalkContext, { reference, wholes }: End, object: string, state: State): boolean {
  const names = local.program.graphs(reference).flatMap((graph) => wholes.flatMap((whole) => [whole, nameOf(graph, whole)]));
  return askedBelow(local, reference, names).every((suffix) => {
    const place = placeBelow(state, object, suffix);
    return place !== null && state.store.has(place) && signOf(state, valueAt(state, place)) !== sign.zero;
  });
}

/** How many functions that only call another one to look through. */
const maxForwarders = 2;

/** The function that gets from a parameter to the object around it: the one given, or one that it only forwards to. */
function endIn(program: Program, reference: FunctionReference, at: number, tag: string, trail: Trail | null = null): End | null {
  const param = program.variants(reference)[0]?.params[at]?.name;
  if (param === undefined) return null;
  const all = program.graphs(reference).flatMap((graph) => wholesOf(program, graph, reference, param));
  const wholes = all.flatMap((whole) => (whole.tag === tag ? [whole.path] : []));
  if (wholes.length > 0) return { reference, wholes, trail };
  const only = onlyCallOf(program, reference);
  const callee = only?.call.name == null ? null : onlyFunction(program.resolveNear(only.call.name, reference.file));
  const next = only?.call.args.findIndex((a) => a.path === param && !a.address) ?? -1;
  if (only === null || callee === null || next < 0 || !isRead(only.graph, only.call.result)) return null;
  if (stepsOf(trail).length >= maxForwarders) return null;
  const { file, name } = reference;
  const step = { file, function: name, pos: only.call.pos, text: `passed to ${callee.name}()`, event: null };
  return endIn(program, callee, next, tag, { step, before: trail });
}

/** The function that ends an object. */
interface End {
  /** The function. */
  reference: FunctionReference;
  /** Paths of the object around its parameter. */
  wholes: readonly string[];
  /** The steps to it from the function that was called. */
  trail: Trail | null;
}

/** True for a member inside of the object itself, not behind a pointer in it. */
function isEmbedded({ program, graph, reference: { file } }: WalkContext, path: string): boolean {
  const root = rootOf(path);
  const steps = path.slice(root.length).match(/[.[@][^.[@]*/g) ?? [];
  return steps.slice(0, -1).every((_, i) => program.typeOf(root + steps.slice(0, i + 1).join(''), graph, file)?.pointers === 0);
}

/** The struct tag of an object, by a variable that is set to it. */
function tagIn({ program, graph, reference: { file } }: WalkContext, object: string): string | null {
  return pointedTag(program, file, graph, nameOf(graph, object));
}
