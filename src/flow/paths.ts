/**
 * Paths that end wrongly: a path-sensitive walk from where a reference is taken, into the functions that it is handed to and
 * back to those that it is handed to by. See paths/walk.ts for one function, paths/climb.ts for its callers, paths/engine.ts for all
 * that is asked.
 */
export { type Given, type Kept, keepsPages, witnesses as walkPaths } from './paths/engine.js';
export type { Dropping } from './paths/keeping.js';
export type { PathStep } from './paths/state.js';
export type { Witness } from './paths/witness.js';
