import type { Stats } from 'node:fs';

/** A stamp is size, mtime, ctime (milliseconds, to about a quarter of a microsecond) and inode. */
export const STAMP = 4;

/** What changed this shortly before it was read may change again without its times telling so. */
const RACY_MS = 50;

/** Writes a stamp; leaves it alone, all zero, if it is not to be relied on. */
export function note(stat: Stats, stamps: Float64Array, at: number): void {
  if (Date.now() - stat.ctimeMs < RACY_MS) return;
  stamps[at] = stat.size;
  stamps[at + 1] = stat.mtimeMs;
  stamps[at + 2] = stat.ctimeMs;
  stamps[at + 3] = stat.ino;
}
