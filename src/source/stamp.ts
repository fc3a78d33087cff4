import type { Stats } from 'node:fs';

/** How many numbers a stamp has: size, mtime, ctime (milliseconds, to about a quarter of a microsecond) and inode. */
export const STAMP = 4;

/** A file that changed this shortly before it was read may change again without another time. */
const RACY_MS = 50;

/** What a file is recognised by. */
export type Stamp = ArrayLike<number>;

/** True if both stamps are there and the same. */
export function areSameStamps(one: Stamp | null | undefined, other: Stamp | null | undefined): boolean {
  return one != null && other != null && isSameStamp(one, 0, other, 0);
}

/** True if two stamps, given by their indexes in two lists, are the same. */
export function isSameStamp(one: ArrayLike<number>, first: number, other: ArrayLike<number>, second: number): boolean {
  for (let k = 0; k < STAMP; k++) if (one[first * STAMP + k] !== other[second * STAMP + k]) return false;
  return true;
}

/** Writes a stamp at an offset of a list; leaves the zeros there if it would not be reliable. */
export function note(stat: Stats, stamps: Float64Array, at: number): void {
  if (Date.now() - stat.ctimeMs < RACY_MS) return;
  stamps[at] = stat.size;
  stamps[at + 1] = stat.mtimeMs;
  stamps[at + 2] = stat.ctimeMs;
  stamps[at + 3] = stat.ino;
}
