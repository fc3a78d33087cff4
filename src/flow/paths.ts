/**
 * Finds paths that end wrongly: a path-sensitive walk from where a reference is taken, into the functions that it is handed to and up
 * to the callers that it is handed to. paths/walk/walk.ts walks one function, paths/faults/climb.ts its callers;
 * paths/faults/engine.ts asks all the questions.
 */
export { type Given, type Kept, keepsPages, witnesses as walkPaths } from './paths/faults/engine.js';
export type { Witness } from './paths/faults/witness.js';
export type { PathStep } from './paths/memory/trail.js';
export type { Dropping } from './paths/walk/keeping.js';
