/**
 * Paths that end wrongly: a path-sensitive walk from where a reference is taken, into the functions that it is handed to and
 * back to those that it is handed to by. See paths/walk/walk.ts for one function,
 * paths/faults/climb.ts for its callers, paths/faults/engine.ts for all that is asked.
 */
export { type Given, type Kept, keepsPages, witnesses as walkPaths } from './paths/faults/engine.js';
export type { Witness } from './paths/faults/witness.js';
export type { PathStep } from './paths/memory/trail.js';
export type { Dropping } from './paths/walk/keeping.js';
