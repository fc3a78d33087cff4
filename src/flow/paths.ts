/**
 * Paths that end wrongly: a path-sensitive walk from where a reference is taken, into the functions that it is handed to and
 * back to those that it is handed to by. See paths/walk.ts for one function, paths/engine.ts for many.
 */
import type { Analysis } from './flow.js';
import type { Start } from './follow.js';
import { engineOf, type Witness } from './paths/engine.js';

export type { Witness } from './paths/engine.js';
export type { PathStep } from './paths/state.js';

/** Every wrong end of a path from the site, one for each place and kind. */
export function walkPaths(analysis: Analysis, start: Start): Witness[] {
  return engineOf(analysis).witnesses(start);
}

/** True if the acquiring function leaves the pages in memory that outlives it where it succeeds. */
export function keepsPages(analysis: Analysis, start: Start): boolean {
  return engineOf(analysis).keeps(start);
}
