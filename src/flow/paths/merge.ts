/** When two states are one: what no later statement reads is forgotten, and the rest is compared as text. */
import { rootOf } from '../../program/path.js';
import { remembered } from '../../program/remembered.js';
import { baseOf } from './memory.js';
import type { Shape } from './shape.js';
import { altered, type State, theReference } from './state.js';

/** What no later statement reads is forgotten. */
export function forgetting(state: State, shape: Shape, node: number): State {
  let store = null as Map<string, string> | null;
  // At every join of every path: this way of going through a map makes nothing on the heap.
  state.store.forEach((value, place) => {
    if (value === theReference || place === '%return' || rootOf(place) !== place || place.startsWith('::')) return;
    if (shape.isLive(node, place) && !(isNumber(value) && !shape.isTested(node, place) && isLeaf(state, place))) return;
    store ??= new Map(state.store);
    store.delete(place);
  });
  if (state.signs.size === 0 && state.conditions.size === 0) return store ? altered(state, { store }) : state;
  const wordOf = wordsOf(shape);
  const bases = new Set<string>();
  const values = new Set<string>();
  (store ?? state.store).forEach((value, place) => {
    values.add(value);
    const root = wordOf(place).root;
    const isVariable = root === place && !place.startsWith('::');
    if (!isVariable) bases.add(root);
    if (!isVariable || place === '%return' || shape.isTested(node, place)) bases.add(wordOf(value).base);
  });
  if (state.result !== null) bases.add(state.result);
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
export function keptOf<V>(map: ReadonlyMap<string, V>, isKept: (key: string) => boolean): ReadonlyMap<string, V> {
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
  root: string;
  field: string | null;
}

/** The values that are met in a function are few, and asked about at every join. */
const wordsOf = remembered((_shape: Shape): ((value: string) => Word) => {
  const known = new Map<string, Word>();
  return (value) => {
    let found = known.get(value);
    if (!found) {
      found = { base: baseOf(value), root: rootOf(value), field: /\.[^.@[\]]+(?=[@[\]\w]*$)/.exec(value)?.[0] ?? null };
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

/** What the parts of a state are as text stands with them, since states share them: a weak map of so many costs more than the text. */
const asText = Symbol('as text');

function listed(map: ReadonlyMap<string | number, string | number | boolean> & { [asText]?: string }): string {
  if (map.size === 0) return '';
  if (map[asText] === undefined) {
    const out: string[] = [];
    map.forEach((value, key) => {
      out.push(`${key}>${value}`);
    });
    map[asText] = out.length === 1 ? (out[0] as string) : out.sort().join();
  }
  return map[asText];
}

function named(set: ReadonlySet<string> & { [asText]?: string }): string {
  if (set.size === 0) return '';
  set[asText] ??= [...set].sort().join();
  return set[asText];
}
