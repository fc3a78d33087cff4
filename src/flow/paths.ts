/**
 * Paths that end wrongly: a path-sensitive walk from where a reference is taken, into the functions that it is handed to and
 * back to those that it is handed to by. See paths/walk.ts for one function, paths/engine.ts for many.
 */
import type { Analysis } from './flow.js';
import { engineOf, type Kept, type Witness } from './paths/engine.js';
import type { Start } from './visit.js';

export type { Given, Kept, Witness } from './paths/engine.js';
export type { Dropping } from './paths/keeping.js';
export type { PathStep } from './paths/state.js';

/** Every wrong end of a path from the site, and of the objects that keep its pages, one for each place and kind. */
export function walkPaths(analysis: Analysis, start: Start, kept: Kept): Witness[] {
  return engineOf(analysis).witnesses(start, kept);
}

/** True if the acquiring function leaves the pages in memory that outlives it where it succeeds. */
export function keepsPages(analysis: Analysis, start: Start): boolean {
  return engineOf(analysis).keeps(start);
}
