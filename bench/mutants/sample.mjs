/** Chance that can be repeated. */

/**
 * Some of the items, in their order; the same for the same seed.
 * @template T
 * @param {readonly T[]} items
 * @param {number} count
 * @param {number} seed
 */
export function sample(items, count, seed) {
  const random = mulberry32(seed);
  return items
    .map((item, at) => ({ item, at, chance: random() }))
    .sort((a, b) => a.chance - b.chance)
    .slice(0, count)
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/**
 * Tommy Ettinger's generator: numbers from 0 to below 1.
 * @param {number} seed
 */
function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
