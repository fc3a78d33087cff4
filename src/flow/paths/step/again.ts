/** For a function that is called again while what its last call kept is still there: finds what may keep that from being stored over. */
import type { Assume, CallOperation, Node } from '../../../program/graph.js';
import { memberAt } from '../../../program/members.js';
import { rootOf, suffixAfter, unindexed, type Value } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import { isNumber } from '../../../program/types.js';
import { exchangingCalls, exclusiveName, releases } from '../../../protocol/index.js';
import type { CType } from '../../../syntax/ast.js';
import type { WalkContext } from '../context.js';
import { writtenByUser } from '../function/asked.js';
import { baseOf, holders, isCut, isVariable, placeAt, reaches, valueIn } from '../memory/memory.js';
import { type State, theReference } from '../memory/state.js';
import { latest, type TrailStep } from '../memory/trail.js';
import { mayStore, mayStoreAbove, storeTo, waysThrough } from './setting.js';
import { mayTouch } from './touching.js';

/** True for a test of something that outlives the function and may change between two calls: it may keep the second call from storing. */
export function testsState(local: WalkContext, state: State, o: Assume): boolean {
  const values = [o.left, o.right, ...(o.call?.args ?? [])].map((v) => valueIn(state, v) ?? '');
  // Not what this request asks for, nor what this call has made: that says nothing of the call before.
  const isNew = (v: string): boolean => writtenByUser(local.graph).has(rootOf(v)) || state.fresh.has(baseOf(v));
  return values.some(
    (v) => v === theReference || (!/^[=~]/.test(v) && (v.includes('.') || v.startsWith('::')) && !isNew(v) && isSetBetween(local, v)),
  );
}

/** How many callers up to look for stores to a member around the call. */
const maxCallers = 3;

/**
 * True if a member may be stored to between two stores of what is followed: on a path of the function through such a store, or by a
 * caller. If nobody does, whoever passed the test the first time passes it again. Also true for a place that is no member.
 */
function isSetBetween(local: WalkContext, place: string): boolean {
  const { program, reference } = local;
  const member = /\.(\w+)[@[\]]*$/.exec(place)?.[1];
  if (member === undefined) return true;
  if (!program.says(reference.file, storeTo(member))) return false;
  const way = waysToKeep(local);
  const tagOf = (path: string): string | undefined => memberAt(program, reference, local.graph, path)?.tag;
  const tag = tagOf(place);
  const isOther = (path: string): boolean => tag !== undefined && tagOf(path) !== undefined && tagOf(path) !== tag;
  return (
    way === null || way.some(mayStore(program, reference.file, member, isOther)) || mayStoreAbove(program, reference, member, maxCallers)
  );
}

/** The nodes on paths through a store to where the reference was kept; `null` if another function stores it. */
const waysToKeep = remembered(({ graph, entry }: WalkContext): readonly Node[] | null => {
  const facts = entry.kind === 'again' ? entry.facts : [];
  const members = facts.map(unindexed).map((fact) => fact.slice(fact.lastIndexOf('.')));
  const stores = graph.nodes.filter(
    ({ operation: o }) => (o?.kind === 'copy' || o?.kind === 'clear') && members.some((m) => o.target.endsWith(m)),
  );
  return stores.length === 0 ? null : waysThrough(graph, stores);
});

/** True for a call that may drop or test what an object holds before the object is filled again. */
export function isLookedAfter(local: WalkContext, o: CallOperation, state: State): boolean {
  const { name, args: all } = o;
  if (name === null) return false;
  if (exclusiveName.test(name)) {
    const exchanged = exchangedAt(state, o);
    return exchanged === null || !holders(state).includes(exchanged);
  }
  if (releases.has(name) || !local.mayDrop(name, local.reference.file)) return false;
  const objects = holders(state).map(baseOf);
  // A number in the object does not lead a callee to it.
  const typeOf = ({ path, address }: Value): CType | null =>
    path === null || address ? null : local.program.typeOf(path, local.graph, local.reference.file);
  return objects.some(
    (object) =>
      object.startsWith('::') ||
      all.some((a, i) => !isNumber(typeOf(a)) && valueIn(state, a)?.includes(object) === true && mayTouchHeld(local, o, i, state)),
  );
}

/** True if a function that is given what leads to the reference by an argument may drop it, or look at the object. */
function mayTouchHeld(local: WalkContext, { name, args }: CallOperation, argument: number, state: State): boolean {
  const { file } = local.reference;
  const value = (valueIn(state, args[argument]) ?? '').replace(/^&/, '');
  const isAddress = args[argument]?.address === true;
  return holders(state).some((place) => {
    const suffix = suffixAfter(place, value);
    if (suffix === null) return !isVariable(place);
    // Given `&o->page`, the callee has `o->page` as `*param`.
    const below = isAddress && !suffix.startsWith('.') ? `[]${suffix}` : suffix;
    return mayTouch(local, { name: name ?? '', file, argument, suffix: below });
  });
}

/** The place where an exchanging call (`xchg()`) stores another pointer; `null` for any other call. */
export function exchangedAt(state: State, { name, args }: CallOperation): string | null {
  const path = args[0]?.path ?? null;
  return path !== null && name !== null && exchangingCalls.has(name) ? placeAt(state, path) : null;
}

/** True if a variable leads to the reference. */
export function isStillKnown(state: State): boolean {
  return [...state.store].some(([place, value]) => isVariable(place) && !place.startsWith('%') && reaches(state, value));
}

/** At the function's end: the step that stored over what the object held, if nothing on the path holds that any more; `null` for none. */
export function goneBy(state: State, facts: readonly string[]): TrailStep | null {
  if (state.phase !== 'held' || state.unsure || !facts.every((fact) => isGone(state, fact))) return null;
  return latest(state.trail, 'overwritten');
}

/** True for a store over what held the reference, or led to it. */
export function isStoredOver(before: State, after: State, target: string): boolean {
  if (before.phase !== 'held' || (rootOf(target) === target && !target.startsWith('::'))) return false;
  return holders(before).some((place) => suffixAfter(place, target) !== null && isGone(after, place));
}

/** True if a place does not hold the reference any more, or a pointer on the way to it was stored over. */
function isGone(state: State, place: string): boolean {
  return state.store.get(place) !== theReference || isCut(state, place, baseOf(place));
}
