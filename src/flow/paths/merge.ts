/** When two states are one: what no later statement reads is forgotten, and the rest is compared as text. */
import { rootOf } from '../../program/path.js';
import { remembered } from '../../program/remembered.js';
import { baseOf } from './memory.js';
import type { Shape } from './shape.js';
import { altered, type State, theReference } from './state.js';

/** What no later statement reads is forgotten. */
export function forgetting(state: State, shape: Shape, node: number): State {
  let store: Map<string, string> | null = null;
  for (const [place, value] of state.store) {
    if (value === theReference || place === '%return' || rootOf(place) !== place || place.startsWith('::')) continue;
    if (shape.isLive(node, place) && !(isNumber(value) && !shape.isTested(node, place) && isLeaf(state, place))) continue;
    store ??= new Map(state.store);
    store.delete(place);
  }
  if (state.signs.size === 0 && state.conditions.size === 0) return store ? altered(state, { store }) : state;
  const bases = new Set<string>();
  const values = new Set<string>();
  for (const [place, value] of store ?? state.store) {
    values.add(value);
    const isVariable = rootOf(place) === place && !place.startsWith('::');
    if (!isVariable) bases.add(rootOf(place));
    if (!isVariable || place === '%return' || shape.isTested(node, place)) bases.add(baseOf(value));
  }
  if (state.result !== null) bases.add(state.result);
  const wordOf = wordsOf(shape);
  const isKept = (value: string): boolean => {
    const { base, field } = wordOf(value);
    if (base.startsWith('+') || value.startsWith('=')) return true;
    if (!(bases.has(base) || base.startsWith('::') || shape.isTested(node, base))) return false;
    // What stood in a field is met again where that field is read, or where it was copied to.
    return field === null || value === state.result || value === state.asked || values.has(value) || shape.isFieldTested(node, field);
  };
  const signs = keptOf(state.signs, isKept);
  const conditions = keptOf(state.conditions, (key) => {
    const left = key.indexOf(' ');
    return isKept(key.slice(0, left)) && isKept(key.slice(key.indexOf(' ', left + 1) + 1));
  });
  if (!store && signs === state.signs && conditions === state.conditions) return state;
  return altered(state, { store: store ?? state.store, signs, conditions });
}

/** A map without the entries of some keys; the map itself where there are none. */
function keptOf<V>(map: ReadonlyMap<string, V>, isKept: (key: string) => boolean): ReadonlyMap<string, V> {
  let kept: Map<string, V> | null = null;
  for (const key of map.keys()) {
    if (isKept(key)) continue;
    kept ??= new Map(map);
    kept.delete(key);
  }
  return kept ?? map;
}

/** What a value is below, and the last field on the way to it. */
interface Word {
  base: string;
  field: string | null;
}

/** The values that are met in a function are few, and asked about at every join. */
const wordsOf = remembered((_shape: Shape): ((value: string) => Word) => {
  const known = new Map<string, Word>();
  return (value) => {
    let found = known.get(value);
    if (!found) {
      found = { base: baseOf(value), field: /\.[^.@[\]]+(?=[@[\]\w]*$)/.exec(value)?.[0] ?? null };
      known.set(value, found);
    }
    return found;
  };
});

/** True for a value that leads nowhere. */
function isNumber(value: string): boolean {
  return value.startsWith('~') || value.startsWith('=');
}

/** True if nothing is known of what hangs below a variable: without its value it would be seen there again. */
function isLeaf({ store }: State, variable: string): boolean {
  for (const place of store.keys()) if (place !== variable && rootOf(place) === variable) return false;
  return true;
}

/** Equal for equal states at one node. */
export function keyOf(node: number, s: State): string {
  const parts = [`${node}${s.phase}${s.from},${s.outcomes},${s.extra},${s.result},${s.index},${s.unsure}`];
  parts.push(
    listed(s.store),
    listed(s.signs),
    listed(s.conditions),
    named(s.fresh),
    named(s.zeroed),
    named(s.shared),
    [...s.loops].join(),
    listed(s.last),
  );
  if (s.dropped) parts.push(`${s.dropped.pos}`);
  return parts.join('|');
}

function listed(map: ReadonlyMap<string | number, string | number | boolean>): string {
  return map.size === 0 ? '' : listing(map);
}

function named(set: ReadonlySet<string>): string {
  return set.size === 0 ? '' : naming(set);
}

// The parts of a state are shared with those before it.
const listing = remembered((map: ReadonlyMap<string | number, string | number | boolean>): string => {
  const out: string[] = [];
  for (const [k, v] of map) out.push(`${k}>${v}`);
  return out.sort().join();
});
const naming = remembered((set: ReadonlySet<string>): string => [...set].sort().join());
