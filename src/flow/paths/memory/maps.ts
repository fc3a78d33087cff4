/**
 * Maps that are never changed, only copied with a change. Paths make so many that how they are gone through counts: `forEach` makes
 * nothing on the heap, where an iterator makes a pair and a result for each entry, also the one inside of `new Map(map)`.
 */

/** A copy that may be changed. */
export function copyOf<K, V>(map: ReadonlyMap<K, V>): Map<K, V> {
  const copy = new Map<K, V>();
  map.forEach((value, key) => {
    copy.set(key, value);
  });
  return copy;
}

/** A map with one more entry, or another value for one. */
export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return copyOf(map).set(key, value);
}

/** A map with those of its entries that are kept; the map itself where all are. */
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

/** The first entries of a map: to set what is kept is less than to copy all and delete what is not. */
function firstOf<K, V>(map: ReadonlyMap<K, V>, count: number): Map<K, V> {
  const first = new Map<K, V>();
  if (count === 0) return first;
  map.forEach((value, key) => {
    if (first.size < count) first.set(key, value);
  });
  return first;
}

export function isSameMap<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  let same = true;
  a.forEach((value, key) => {
    same &&= b.get(key) === value;
  });
  return same;
}

export function isSameSet<K>(a: ReadonlySet<K>, b: ReadonlySet<K>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  let same = true;
  a.forEach((key) => {
    same &&= b.has(key);
  });
  return same;
}
