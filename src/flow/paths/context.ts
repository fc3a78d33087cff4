/** What a walk and its parts know of where they are, and of the world around. */
import type { FunctionReference } from '../../program/file.js';
import type { Graph, Loop } from '../../program/graph.js';
import type { Program } from '../../program/program.js';
import type { Entry, Known } from './entry.js';
import type { Nodes } from './function/callee.js';
import type { Modes } from './function/modes.js';
import type { Shape } from './function/shape.js';
import type { Exit } from './memory/state.js';
import type { Trail } from './memory/trail.js';

/** What comes too late, and the way to it. */
export interface Late {
  kind: 'double' | 'more' | 'use' | 'over';
  trail: Trail;
  pos: number;
}

/** What a walk asks of the world around the function. */
export interface Context {
  program: Program;
  /** True if a function of this name, as seen from a file, may drop references. */
  mayDrop(name: string, file: string): boolean;
  /** As {@link mayDrop}, or gives back to a library far away what it keeps for its users. */
  mayGiveBack(name: string, file: string): boolean;
  /** What a function's graph says before any path is walked. */
  shapeOf(graph: Graph, reference: FunctionReference): Shape;
  /** What is known of a graph's nodes on whatever path they are come to. */
  nodesOf(graph: Graph, reference: FunctionReference): Nodes;
  /** True if what a function does with what it is handed may matter. */
  matters(callee: FunctionReference, suffix: string, from: FunctionReference): boolean;
  /** True if a function of this name, as seen from a file, may keep what it is given: it stores or lists it, or is not known. */
  mayKeep(name: string, file: string): boolean;
  /** What a function does with a reference below its parameters, given as paths. */
  /** Numbers of the parameters of which its callers' constants decide on which ways a function is left. */
  modesOf: Modes;
  effects(callee: FunctionReference, facts: readonly string[], known?: readonly Known[]): readonly Exit[];
}

export interface Called extends Context {
  reference: FunctionReference;
  graph: Graph;
  shape: Shape;
  nodes: Nodes;
  entry: Entry;
  /** Numbers of the parameters of which a way out is to tell what it has found of them. */
  modes: readonly number[];
  /** Loops in which the reference is taken, or handed back by what takes it. */
  taking: readonly Loop[];
  /** How many nodes may hand the reference in. */
  seeds: number;
  late(found: Late): void;
  /** Notes that some way on from here is not followed. */
  unfollowed(): void;
  /** Notes that the object with the pages may have been given up here, and they with it. */
  givenUp(): void;
}
