/** Reads and writes the memory of a path: the places and values of a {@link State}. */
import { join, rootOf, splitSteps, step, suffixAfter, unindexed, type Value } from '../../../program/path.js';
import { copyOf, keptOf, withEntry } from './maps.js';
import { altered, type State, theReference } from './state.js';

/** The step to what is allocated behind an object in the same block, `obj + 1`: another object, which is freed with the first one. */
export const behind = '.+';

/** The path below a value: of `&x`, the suffix `[]` leads to `x` itself. */
function below(value: string, suffix: string): string | null {
  if (!value.startsWith('&')) return join(value, suffix);
  const place = value.slice(1);
  return join(place, suffix.startsWith('[]') ? suffix.slice(2) : suffix);
}

/** The place that a path names, by what pointers on the way have been set to; `null` past the bound on paths. */
export function placeAt(state: State, path: string): string | null {
  const root = rootOf(path);
  if (root === path) return root;
  let place: string | null = root;
  for (const next of splitSteps(path.slice(root.length))) {
    if (place === null) return null;
    place = stepFrom((next.startsWith('.') && pointerAt(state, place)) || (state.store.get(place) ?? place), next);
  }
  return place;
}

/** The pointer that was stored to `*p`; null if none was: `(*p)->f` has the same path as `p->f`, so `.f` goes on from that pointer. */
function pointerAt(state: State, place: string): string | null {
  const stored = state.store.get(`${state.store.get(place) ?? place}[]`);
  return stored !== undefined && /^[%&]/.test(stored) ? stored : null;
}

/** The value of a place: its own name, if nothing was stored there. */
export function valueAt(state: State, place: string): string {
  return state.store.get(place) ?? place;
}

/** The value of an expression: `=3` for a constant, `&place` for an address; `null` if it is not known. */
export function valueIn(state: State, value: Value | undefined): string | null {
  if (!value) return null;
  if (value.path === null) return /^-?\w+$/.test(value.text.replace(/\s/g, '')) ? `=${value.text.replace(/\s/g, '')}` : null;
  const place = placeAt(state, value.path);
  if (place === null) return null;
  // The value of an array or struct inside of another is its place.
  return value.address ? `&${place}` : valueAt(state, place);
}

/** True for the value of a constant whose text matches. */
export function isConstant(value: string | null, written: RegExp): boolean {
  return value?.startsWith('=') === true && written.test(value.slice(1));
}

/** True for a value that leads nowhere: a constant or an unknown number. */
export function isNumber(value: string): boolean {
  return value.startsWith('~') || value.startsWith('=');
}

/** The place below a value, by what pointers on the way have been set to; `null` past the bound on paths. */
export function placeBelow(state: State, value: string, suffix: string): string | null {
  let place: string | null = null;
  let at = value;
  const steps = splitSteps(suffix);
  for (let i = 0; i < steps.length; i++) {
    place = stepFrom(at, steps[i] as string);
    if (place === null) return null;
    if (i < steps.length - 1) at = valueAt(state, place);
  }
  return place;
}

/** How many pointers to follow from a value. */
const maxPointers = 3;

const nothing: readonly string[] = [];
const itself: readonly string[] = [''];

/** Suffixes below a value at which the reference is reached, through stored pointers, too; `''` for the value itself. */
export function reach(state: State, value: string | null, depth = 0): readonly string[] {
  if (value === null || depth > maxPointers || value.startsWith('=')) return nothing;
  if (value === theReference) return itself;
  // Made when something is found: nearly no value leads to the reference.
  let found = null as string[] | null;
  const add = (suffix: string): void => {
    if (found === null) found = [suffix];
    else if (!found.includes(suffix)) found.push(suffix);
  };
  const address = value.startsWith('&');
  const base = address ? value.slice(1) : value;
  // The members of what `p` points at, `p[].f`, are written as those of `p`.
  const object = base.endsWith('[]') ? unindexed(base) : base;
  // This is asked of every argument of every call on every path: `forEach` allocates nothing.
  state.store.forEach((held, place) => {
    if (!place.startsWith(object)) return;
    const suffix = suffixAfter(place, base) ?? (object === base ? null : memberAfter(place, object));
    if (suffix === null || (suffix === '' && !address)) return;
    // What was behind a pointer is not behind the one that was stored over it.
    if (held === theReference && isCut(state, place, object)) return;
    const seen = address && (suffix === '' || suffix.startsWith('[]')) ? `[]${suffix}` : suffix;
    if (held === theReference) add(seen);
    else if (held !== value && held !== place)
      for (const more of reach(state, held, depth + 1)) {
        const whole = joined(seen, more);
        if (whole !== null) add(whole);
      }
  });
  return found ?? nothing;
}

/** The suffix of a member behind an object; `null` for any other path. */
function memberAfter(place: string, object: string): string | null {
  const suffix = suffixAfter(place, object);
  return suffix !== null && /^[.@]/.test(suffix) ? suffix : null;
}

/** True if a pointer on the way from a base to a place has been stored over. */
export function isCut(state: State, place: string, base: string): boolean {
  let at = base;
  for (const next of splitSteps(place.slice(base.length))) {
    if (at !== base && at !== place) {
      const stored = state.store.get(at);
      if (stored !== undefined && stored !== at && stored !== theReference) return true;
    }
    at += next;
  }
  return false;
}

function joined(a: string, b: string): string | null {
  const whole = join(`x${a}`, b);
  return whole === null ? null : whole.slice(1);
}

/** True if the reference can be reached from a value. */
export function reaches(state: State, value: string | null): boolean {
  return reach(state, value).length > 0;
}

/** Stores a value. An element of an array that holds the reference keeps it, as other elements may still hold theirs. */
export function put(state: State, place: string | null, value: string | null): State {
  if (place === null) return state;
  const before = state.store.get(place);
  const stays = before === theReference && /\[\]$|@\w+$/.test(place);
  if (stays && value !== theReference) return state;
  if (before === value) return state;
  return altered(state, { store: withEntry(state.store, place, value ?? `?${place}`) });
}

/** The state after a struct copy, for the members that lead to the reference; `null` if none does. */
export function copied(state: State, from: string, to: string): State | null {
  // The members of `s[i]` are written as those of `s`.
  const source = unindexed(from);
  let store = null as Map<string, string> | null;
  state.store.forEach((held, place) => {
    const suffix = suffixAfter(place, source);
    if (suffix === null || !/^[.@]/.test(suffix) || !reaches(state, held) || isCut(state, place, source)) return;
    const member = join(to, suffix);
    if (member === null) return;
    store ??= copyOf(state.store);
    store.set(member, held);
  });
  return store && altered(state, { store });
}

/** The state in which a value is memory that the path has allocated. */
export function withFresh(state: State, value: string): State {
  return altered(state, { fresh: new Set([...state.fresh, value]) });
}

/** All places that hold the reference. */
export function holders(state: State): string[] {
  const found: string[] = [];
  state.store.forEach((value, place) => {
    if (value === theReference) found.push(place);
  });
  return found;
}

/** True if the reference is in a container and still in the array that it was copied from. */
export function isContained(state: State): boolean {
  const places = holders(state);
  return places.some((p) => p.endsWith('[]')) && places.some((p) => /@\w+$/.test(p));
}

/** The root of a place or value: a variable, a call's result, a global. */
export function baseOf(place: string): string {
  return rootOf(place.startsWith('&') ? place.slice(1) : place);
}

/** True for a local variable itself: it ends with the function. */
export function isVariable(place: string): boolean {
  return rootOf(place) === place && !place.startsWith('::');
}

/** The state after memory is freed: places in it hold nothing. */
export function freed(state: State, value: string): State {
  if (value.startsWith('&') || value.startsWith('=')) return state;
  const store = keptOf(state.store, (place) => place === value || suffixAfter(place, value) === null);
  return store === state.store ? state : altered(state, { store });
}

/** The state before a value is made anew, as a call's result in a loop: where the old one is stored, it is called `value~` from now on. */
export function renewed(state: State, value: string): State {
  return renamed(state, value, `${value}~`);
}

/** The state in which a value, and what is below it, is called `older`. What was known of signs and comparisons of it is forgotten. */
export function renamed(state: State, value: string, older: string): State {
  const isOf = (text: string): boolean =>
    text.startsWith('&') ? text.startsWith(value, 1) && suffixAfter(text.slice(1), value) !== null : suffixAfter(text, value) !== null;
  const rename = (text: string): string =>
    text.startsWith('&') ? `&${older}${text.slice(1 + value.length)}` : older + text.slice(value.length);
  let store = null as Map<string, string> | null;
  state.store.forEach((held, place) => {
    const p = isOf(place) && place !== value;
    const h = isOf(held);
    if (!p && !h) return;
    store ??= copyOf(state.store);
    store.delete(place);
    store.set(p ? rename(place) : place, h ? rename(held) : held);
  });
  const signs = keptOf(state.signs, (key) => !isOf(key));
  const conditions = keptOf(state.conditions, (key) => !mentions(key, value));
  const next =
    store || signs !== state.signs || conditions !== state.conditions
      ? altered(state, { store: store ?? state.store, signs, conditions })
      : state;
  const { fresh, zeroed, shared } = state;
  if (!fresh.has(value) && !zeroed.has(value) && !shared.has(value)) return next;
  return altered(next, {
    fresh: exchanged(fresh, value, older),
    zeroed: exchanged(zeroed, value, older),
    shared: exchanged(shared, value, older),
  });
}

function exchanged(values: ReadonlySet<string>, value: string, other: string): ReadonlySet<string> {
  return values.has(value) ? new Set([...[...values].filter((v) => v !== value), other]) : values;
}

/** True for a comparison of a value, its address, bits of it, or what is below it. */
function mentions(key: string, value: string): boolean {
  return key.includes(value) && key.split(' ').some((word) => suffixAfter(word.replace(/^&/, ''), value) !== null);
}

/** The state without comparisons of a value itself: a pointer that is moved on compares otherwise. */
export function uncompared(state: State, value: string): State {
  const conditions = keptOf(state.conditions, (key) => !key.includes(value) || !key.split(' ').includes(value));
  return conditions === state.conditions ? state : altered(state, { conditions });
}

/** A value one step further; `null` past the bound on paths. */
export function stepFrom(value: string, next: string): string | null {
  return value.startsWith('&') ? below(value, next) : step(value, next);
}

/** True while the reference is held, for the reference itself and for a value below which it is, through stored pointers, too. */
export function isHeld(state: State, value: string): boolean {
  if (state.phase !== 'held' || value.startsWith('&') || value === state.result) return false;
  return value === theReference || isAbove(state, value, 0);
}

/** True for a value below which the reference is. */
function isAbove(state: State, value: string, depth: number): boolean {
  for (const place of state.store.keys()) {
    if (place.length <= value.length || !place.startsWith(value) || suffixAfter(place, value) === null) continue;
    const held = state.store.get(place);
    if (held === theReference) return true;
    if (held !== undefined && held !== value && held !== place && depth < maxPointers && isAbove(state, held, depth + 1)) return true;
  }
  return false;
}
