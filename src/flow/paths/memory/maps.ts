/**
 * Maps that are never changed, only copied with a change. Walks go through so many that the way counts: `forEach` allocates nothing,
 * while an iterator allocates a pair and a result for each entry, also the one inside of `new Map(map)`.
 */

/** A copy that may be changed. */
export function copyOf<K, V>(map: ReadonlyMap<K, V>): Map<K, V> {
  const copy = new Map<K, V>();
  map.forEach((value, key) => {
    copy.set(key, value);
  });
  return copy;
}

/** A map with one entry added or replaced. */
export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return copyOf(map).set(key, value);
}

/** A map with only those entries that pass; the map itself if all do. */
export function keptOf<K, V>(map: ReadonlyMap<K, V>, isKept: (key: K, value: V) => boolean): ReadonlyMap<K, V> {
  let kept = null as Map<K, V> | null;
  let seen = 0;
  map.forEach((value, key) => {
    if (!isKept(key, value)) kept ??= firstOf(map, seen);
    else if (kept !== null) kept.set(key, value);
    seen++;
  });
  return kept ?? map;
}

/** The first `count` entries of a map: adding what is kept costs less than copying all and deleting the rest. */
function firstOf<K, V>(map: ReadonlyMap<K, V>, count: number): Map<K, V> {
  const first = new Map<K, V>();
  if (count === 0) return first;
  map.forEach((value, key) => {
    if (first.size < count) first.set(key, value);
  });
  return first;
}

/** True for maps with the same entries. */
export function isSameMap<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  let same = true;
  a.forEach((value, key) => {
    same &&= b.get(key) === value;
  });
  return same;
}

/** True for sets with the same elements. */
export function isSameSet<K>(a: ReadonlySet<K>, b: ReadonlySet<K>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  let same = true;
  a.forEach((key) => {
    same &&= b.has(key);
  });
  return same;
}
