/** Binary search. */

/**
 * Returns the first index below `count` at which a test is true; `count` if there is none.
 * @param isBehind must be true at every index behind one at which it is
 */
export function firstWhere(count: number, isBehind: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBehind(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
