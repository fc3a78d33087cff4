/**
 * Sorts names in place by their bytes in UTF-8, as a tree lists its files. JavaScript's own order is that of UTF-16, which differs beyond
 * U+FFFF.
 */
export function inOrder(names: string[]): string[] {
  // Mostly they are sorted already, and checking that is much cheaper than sorting.
  if (names.some((name, k) => k > 0 && (names[k - 1] as string) > name)) names.sort();
  return names.some((name) => /[\uD800-\uDFFF]/.test(name)) ? names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) : names;
}

/** Compares texts by their UTF-16 code units, as a sort does that is given no comparison: the same in every locale. */
export function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
