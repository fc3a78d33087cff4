import type { Stats } from 'node:fs';

/** A stamp is size, mtime, ctime (milliseconds, to about a quarter of a microsecond) and inode. */
export const STAMP = 4;

/** What changed this shortly before it was read may change again without its times telling so. */
const RACY_MS = 50;

/** One stamp. */
export type Stamp = ArrayLike<number>;

/** Whether both are one stamp; none is like none. */
export function areSameStamps(one: Stamp | null | undefined, other: Stamp | null | undefined): boolean {
  return one != null && other != null && isSameStamp(one, 0, other, 0);
}

/** Whether two of the stamps in two lists are the same. */
export function isSameStamp(one: ArrayLike<number>, first: number, other: ArrayLike<number>, second: number): boolean {
  for (let k = 0; k < STAMP; k++) if (one[first * STAMP + k] !== other[second * STAMP + k]) return false;
  return true;
}

/** Writes a stamp; leaves it alone, all zero, if it is not to be relied on. */
export function note(stat: Stats, stamps: Float64Array, at: number): void {
  if (Date.now() - stat.ctimeMs < RACY_MS) return;
  stamps[at] = stat.size;
  stamps[at + 1] = stat.mtimeMs;
  stamps[at + 2] = stat.ctimeMs;
  stamps[at + 3] = stat.ino;
}
