/**
 * What is known before a call of what the callee asks about: constants, flags that are set, and zeros in memory that was allocated as
 * zeros. The callee is walked with that. Zeros are known also to the caller of the function that took the pages.
 */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, callsOf } from '../../../program/graph.js';
import { suffixAfter, type Value } from '../../../program/path.js';
import type { WalkContext } from '../context.js';
import { isHandedUp, type Known } from '../entry.js';
import { askedFor, numbersSetIn } from '../function/asked.js';
import { constantName, equalOf } from '../memory/conditions.js';
import { flagsOf, worthOf } from '../memory/constants.js';
import { areSet, isFlag } from '../memory/flags.js';
import { bitsOf } from '../memory/masks.js';
import { baseOf, placeAt, placeBelow, put, valueAt, valueIn } from '../memory/memory.js';
import { signOf } from '../memory/signs.js';
import { type Exit, isSameHolder, type State, sign } from '../memory/state.js';
import { handedOut, unset } from '../memory/unset.js';
import { askedOf, nothing } from './asked.js';
import { mayChange } from './shared.js';

/**
 * Of the numbers that a callee asks about, its parameters and what is below them: those that are constants before the call, have a flag
 * set, or are still zero since their memory was allocated as zeros.
 */
export function knownFor(local: WalkContext, o: CallOperation, callee: FunctionReference, before: State): Known[] {
  const { program } = local;
  const constantAt = (value: string, suffix: string, argument: Value | undefined): string | null => {
    const place = placeBelow(before, value, suffix);
    if (place === null) return null;
    const stored = before.store.get(place);
    if (stored !== undefined && constantName.test(stored)) return stored;
    // What a pointer in an object points at is other memory.
    if (value.startsWith('&') && !isStruct(local, argument)) return null;
    return isOfZeros(before, value) && isUntouched(local, before, place) ? '=0' : null;
  };
  const asked = askedOf(local, callee);
  if (asked.size === 0) return [];
  const found = program.graphs(callee).flatMap((graph) =>
    graph.params.flatMap(({ name }, i): Known[] => {
      const { itself, whole, bits } = asked.get(i) ?? nothing;
      const given = itself ? constantGiven(local, before, o.args[i]) : null;
      if (given !== null) return [{ path: name, value: given }];
      const value = valueIn(before, o.args[i]);
      if (value === null) return [];
      const constants = whole.flatMap((suffix): Known[] => {
        const constant = constantAt(value, suffix, o.args[i]);
        return constant === null ? [] : [{ path: name + suffix, value: constant }];
      });
      const flags = bits.flatMap(({ suffix, mask }): Known[] => {
        const place = placeBelow(before, value, suffix);
        if (place !== null && areSet(before, valueAt(before, place), mask)) return [{ path: name + suffix, value: bitsOf('', mask) }];
        const constant = constantAt(value, suffix, o.args[i]);
        return constant === null ? [] : [{ path: name + suffix, value: constant }];
      });
      return [...constants, ...flags];
    }),
  );
  const keyOf = ({ path, value }: Known): string => (isFlag(value) ? path + value : path);
  return [...new Map(found.map((known) => [keyOf(known), known]))].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, known]) => known);
}

/** True for a place in memory that was allocated as zeros, and where nobody can have stored anything yet. */
export function isUntouched(local: WalkContext, before: State, place: string): boolean {
  if (unset(before, valueAt(before, place)) !== '=0') return false;
  const isHandedOut = [...handedOut(local.graph)].some((path) => placeAt(before, path) === place);
  return !isHandedOut && !isSetBefore(local, before, place);
}

/**
 * True if the callee decides what to drop by a number in the caller's object which this function sets on other paths, and not on this one:
 * what this path has taken was never noted there.
 */
export function isUnset(local: WalkContext, o: CallOperation, callee: FunctionReference, before: State): boolean {
  return askedOfOwn(local, o, callee, before).some((place) => !before.store.has(place));
}

/** The numbers in its caller's object that a function may set, and that a function which it calls tests. */
export function askedOfOwn(local: WalkContext, o: CallOperation, callee: FunctionReference, before: State): readonly string[] {
  const { graph, entry } = local;
  if (!isHandedUp(entry)) return [];
  const own = numbersSetIn(graph).map(({ of, suffix }) => `${graph.params[of]?.name}${suffix}`);
  if (own.length === 0) return [];
  const asked = askedOf(local, callee);
  return local.program.graphs(callee).flatMap((asking) =>
    asking.params.flatMap((_, i) => {
      const value = valueIn(before, o.args[i]);
      const { whole, bits } = asked.get(i) ?? nothing;
      const places =
        value === null ? [] : [...whole, ...bits.map(({ suffix }) => suffix)].map((suffix) => placeBelow(before, value, suffix));
      return places.flatMap((place) => (place !== null && own.includes(place) ? [place] : []));
    }),
  );
}

/** True for a struct whose address is passed. */
function isStruct({ program, graph, reference }: WalkContext, argument: Value | undefined): boolean {
  const type = argument?.path == null ? null : program.typeOf(argument.path, graph, reference.file);
  return type !== null && type.pointers === 0;
}

/** True for memory that was allocated as zeros, and for the address of a struct in it, `&req->in`. */
function isOfZeros({ zeroed }: State, value: string): boolean {
  return zeroed.has(value) || (/^&[^[@]+$/.test(value) && zeroed.has(baseOf(value)));
}

/** The constant that an argument is on this path, as a number if that is known; `null` if it is no constant. */
function constantGiven({ program, reference }: WalkContext, state: State, argument: Value | undefined): string | null {
  if (argument?.text.includes('|')) {
    const flags = flagsOf(program, reference.file, argument.text);
    return flags === null ? null : `=${flags}`;
  }
  const value = valueIn(state, argument);
  // A sum is another number than the value that its path has.
  if (value === null || !/^-?[\w.>[\]-]*$/.test(argument?.text ?? '')) return null;
  if (signOf(state, value) === sign.zero) return '=0';
  const constant = equalOf(state, value);
  if (constant === null) return null;
  const worth = worthOf(program, reference.file, constant);
  return typeof worth === 'number' ? `=${worth}` : constant;
}

/** The state after a call that may have stored to memory of zeros: what this function asks about there may not be zero any more. */
export function storedTo(local: WalkContext, o: CallOperation, callee: string, state: State): State {
  if (state.zeroed.size === 0) return state;
  return askedFor(local.graph).reduce((next, path) => {
    const place = placeAt(state, path);
    if (place === null || state.store.has(place) || !state.zeroed.has(baseOf(place))) return next;
    return isStoredBy(local, o, callee, state, place) ? put(next, place, null) : next;
  }, state);
}

/** True for a place that the callee which hands in the pages stores to. */
function isSetBefore(local: WalkContext, before: State, place: string): boolean {
  const { graph, entry } = local;
  return entry.kind === 'returned' && callsOf(graph, entry.callee).some(({ call }) => isStoredBy(local, call, entry.callee, before, place));
}

/** True if a callee may store to a place below an argument, and does not leave it alone on some exit. */
function isStoredBy(local: WalkContext, { args }: CallOperation, callee: string, state: State, place: string): boolean {
  return args.some((a, i) => {
    const value = valueIn(state, a);
    const suffix = value === null ? null : suffixAfter(place, value.replace(/^&/, ''));
    return suffix !== null && suffix !== '' && mayChange(local, callee, i, suffix) && !isLeftBySome(local, i, suffix);
  });
}

/** True for a number to which the callee that hands in the pages does not store on some exits: where it does, {@link touchedOn} says so. */
function isLeftBySome({ entry }: WalkContext, index: number, suffix: string): boolean {
  return entry.kind === 'returned' && entry.exits.some((e) => e.untouched.some((h) => isSameHolder(h, { of: index, suffix })));
}

/** The state after an exit of that callee: what only other exits leave alone was set on this one. */
export function touchedOn(exits: readonly Exit[], o: CallOperation, { untouched }: Exit, state: State): State {
  const touched = exits.flatMap((e) => e.untouched).filter((h) => !untouched.some((own) => isSameHolder(own, h)));
  return touched.reduce((next, { of, suffix }) => {
    const value = valueIn(next, o.args[of]);
    const place = value === null ? null : placeBelow(next, value, suffix);
    return place !== null && !next.store.has(place) ? put(next, place, null) : next;
  }, state);
}
