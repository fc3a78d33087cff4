/**
 * What stands in an object before a call, of what the function that is called asks there: constants, flags that are set, and what is zero
 * in memory that was allocated as zeros. The latter also for the caller of who took the pages.
 */
import type { FunctionReference } from '../../../program/file.js';
import { type CallOperation, callsOf } from '../../../program/graph.js';
import { suffixAfter, type Value } from '../../../program/path.js';
import type { Called } from '../context.js';
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
 * Of the numbers that a function asks for, its parameters and what stands below them, those that are constants before a call, or have a flag
 * set, or to which nothing was stored yet in memory of zeros.
 */
export function knownFor(local: Called, o: CallOperation, callee: FunctionReference, before: State): Known[] {
  const { program } = local;
  const constantAt = (value: string, suffix: string, argument: Value | undefined): string | null => {
    const place = placeBelow(before, value, suffix);
    if (place === null) return null;
    const stored = before.store.get(place);
    if (stored !== undefined && constantName.test(stored)) return stored;
    // What a pointer leads to that stands in an object is other memory.
    if (value.startsWith('&') && !isStruct(local, argument)) return null;
    if (!isOfZeros(before, value) || unset(before, valueAt(before, place)) !== '=0') return null;
    const isHandedOut = [...handedOut(local.graph)].some((path) => placeAt(before, path) === place);
    return isHandedOut || isSetBefore(local, before, place) ? null : '=0';
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

/**
 * True where a function goes, as it drops, by a number in its caller's object which this one sets on other ways, and not on this one: what it
 * has taken was never noted there.
 */
export function isUnset(local: Called, o: CallOperation, callee: FunctionReference, before: State): boolean {
  const { graph, entry } = local;
  if (!isHandedUp(entry)) return false;
  const asked = askedOf(local, callee);
  const own = numbersSetIn(graph).map(({ of, suffix }) => `${graph.params[of]?.name}${suffix}`);
  return (
    own.length > 0 &&
    local.program.graphs(callee).some((asking) =>
      asking.params.some((_, i) => {
        const value = valueIn(before, o.args[i]);
        const { whole, bits } = asked.get(i) ?? nothing;
        const places =
          value === null ? [] : [...whole, ...bits.map(({ suffix }) => suffix)].map((suffix) => placeBelow(before, value, suffix));
        return places.some((place) => place !== null && own.includes(place) && !before.store.has(place));
      }),
    )
  );
}

/** True for a struct of which the address is given. */
function isStruct({ program, graph, reference }: Called, argument: Value | undefined): boolean {
  const type = argument?.path == null ? null : program.typeOf(argument.path, graph, reference.file);
  return type !== null && type.pointers === 0;
}

/** True for memory that was allocated as zeros, and for a member of it that is a struct: `&req->in`. */
function isOfZeros({ zeroed }: State, value: string): boolean {
  return zeroed.has(value) || (/^&[^[@]+$/.test(value) && zeroed.has(baseOf(value)));
}

/** The number that an argument is on this path, or its name where that is not known; `null` for what is no constant. */
function constantGiven({ program, reference }: Called, state: State, argument: Value | undefined): string | null {
  if (argument?.text.includes('|')) {
    const flags = flagsOf(program, reference.file, argument.text);
    return flags === null ? null : `=${flags}`;
  }
  const value = valueIn(state, argument);
  // A sum is another number.
  if (value === null || !/^-?[\w.>[\]-]*$/.test(argument?.text ?? '')) return null;
  if (signOf(state, value) === sign.zero) return '=0';
  const constant = equalOf(state, value);
  if (constant === null) return null;
  const worth = worthOf(program, reference.file, constant);
  return typeof worth === 'number' ? `=${worth}` : constant;
}

/** The state behind a call that may have stored to such memory: of what the function itself asks for there, that is zero no more. */
export function storedTo(local: Called, o: CallOperation, callee: string, state: State): State {
  if (state.zeroed.size === 0) return state;
  return askedFor(local.graph).reduce((next, path) => {
    const place = placeAt(state, path);
    if (place === null || state.store.has(place) || !state.zeroed.has(baseOf(place))) return next;
    return isStoredBy(local, o, callee, state, place) ? put(next, place, null) : next;
  }, state);
}

/** True for what is stored by the function that has taken the pages, and hands them to this one. */
function isSetBefore(local: Called, before: State, place: string): boolean {
  const { graph, entry } = local;
  return entry.kind === 'returned' && callsOf(graph, entry.callee).some(({ call }) => isStoredBy(local, call, entry.callee, before, place));
}

/** True if a function may store at a place below what a call of it is given, on all of its ways. */
function isStoredBy(local: Called, { args }: CallOperation, callee: string, state: State, place: string): boolean {
  return args.some((a, i) => {
    const value = valueIn(state, a);
    const suffix = value === null ? null : suffixAfter(place, value.replace(/^&/, ''));
    return suffix !== null && suffix !== '' && mayChange(local, callee, i, suffix) && !isLeftBySome(local, i, suffix);
  });
}

/** True for a number to which the function that hands in the pages has not stored on some of its ways: those on which it has are marked. */
function isLeftBySome({ entry }: Called, index: number, suffix: string): boolean {
  return entry.kind === 'returned' && entry.exits.some((e) => e.untouched.some((h) => isSameHolder(h, { of: index, suffix })));
}

/** The state behind a way out of that function: what it leaves alone on others only is another number now. */
export function touchedOn(exits: readonly Exit[], o: CallOperation, { untouched }: Exit, state: State): State {
  const touched = exits.flatMap((e) => e.untouched).filter((h) => !untouched.some((own) => isSameHolder(own, h)));
  return touched.reduce((next, { of, suffix }) => {
    const value = valueIn(next, o.args[of]);
    const place = value === null ? null : placeBelow(next, value, suffix);
    return place !== null && !next.store.has(place) ? put(next, place, null) : next;
  }, state);
}
