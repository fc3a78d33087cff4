/** What the parts of a walk share: questions about the rest of the program, and the function that is walked. */
import type { FunctionReference } from '../../program/file.js';
import type { Graph, Loop } from '../../program/graph.js';
import type { Program } from '../../program/program.js';
import type { Entry, Known } from './entry.js';
import type { Nodes } from './function/callee.js';
import type { Modes } from './function/modes.js';
import type { Shape } from './function/shape.js';
import type { Exit } from './memory/state.js';
import type { Trail } from './memory/trail.js';

/** An operation that comes too late for the reference: a fault, and the path to it. */
export interface Late {
  /** `double`: dropped again. `more`: more dropped than taken. `use`: used after the drop. `over`: stored over while pages are held. */
  kind: 'double' | 'more' | 'use' | 'over';
  /** The path, with the operation as its last step. */
  trail: Trail;
  /** Offset of the operation. */
  pos: number;
}

/** What a walk asks of the program around the function. */
export interface Context {
  /** The program. */
  program: Program;
  /** True if a function of this name, as seen from a file, may drop references. */
  mayDrop(name: string, file: string): boolean;
  /** As {@link mayDrop}, or true if the function gives back to a library in another folder what that keeps for its users. */
  mayGiveBack(name: string, file: string): boolean;
  /** What is known of a function's graph before any path is walked. */
  shapeOf(graph: Graph, reference: FunctionReference): Shape;
  /** What is known of a graph's nodes on every path. */
  nodesOf(graph: Graph, reference: FunctionReference): Nodes;
  /** True if what a callee does with what it is handed at `suffix` below an argument may matter. */
  matters(callee: FunctionReference, suffix: string, from: FunctionReference): boolean;
  /** True if a function of this name, as seen from a file, may keep what it is given: it stores or lists it, or is not known. */
  mayKeep(name: string, file: string): boolean;
  /** The indices of the parameters for which constants that callers pass decide how the function ends. */
  modesOf: Modes;
  /**
   * The exits of a function that is given the reference.
   * @param facts the paths below its parameters that hold the reference
   * @param known what the caller knows of numbers that the function asks about
   */
  effects(callee: FunctionReference, facts: readonly string[], known?: readonly Known[]): readonly Exit[];
}

/** One walk of one variant of a function: what all its steps are given. */
export interface WalkContext extends Context {
  /** The function. */
  reference: FunctionReference;
  /** The variant. */
  graph: Graph;
  /** What is known of the variant before the walk. */
  shape: Shape;
  /** What is known of its nodes on every path. */
  nodes: Nodes;
  /** How the reference comes into it. */
  entry: Entry;
  /** Indices of the parameters that decide how the function ends ({@link Context.modesOf}): an exit says what its path found of them. */
  modes: readonly number[];
  /** The loops around the calls that take the reference, or that hand it back. */
  taking: readonly Loop[];
  /** The number of nodes at which the reference may come in. */
  seeds: number;
  /** Notes a fault: something that comes too late on this path. */
  late(found: Late): void;
  /** Notes that some path from here on is not followed. */
  unfollowed(): void;
  /**
   * Notes that the object with the pages may be freed here, and the pages dropped by that: the path ends, and proves nothing.
   * @param isEnd true if the called function is known to drop pages
   */
  givenUp(isEnd: boolean): void;
}
