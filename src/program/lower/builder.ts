/** The state of a graph while it is built. */
import type { Block, CType, Expression, FunctionVariant } from '../../syntax/ast.js';
import type { Graph, Guard, Loop, Node, Operation } from '../graph.js';
import type { Value } from '../path.js';

/** What lowering must know about names: which calls hand their argument through, which macros are expanded, and so on. */
export interface Names {
  /** True for a call whose value is its first argument, `likely(x)`. */
  isTransparent(name: string): boolean;
  /** True for a call whose second argument is the struct that its result points at: `container_of(p, struct foo, m)`. */
  isCast(name: string): boolean;
  /** True for a call that returns its argument and leaves NULL in it: `no_free_ptr(p)`. */
  isTaking(name: string): boolean;
  /** True for a call that is a `return` statement of its value: `return_ptr(p)`. */
  isReturning(name: string): boolean;
  /** True for a call that stores its second argument in its first: `WRITE_ONCE(x, v)`. */
  isStoring(name: string): boolean;
  /** True for a name declared at file scope: its path begins with `::`. */
  isGlobal(name: string): boolean;
  /** True for a function that the file defines. */
  isFunction(name: string): boolean;
  /** True for a function that DEFINE_FREE() or DEFINE_CLASS() has defined: it is given a variable's value. */
  isScopeEnd(name: string): boolean;
  /** Returns which argument of a call is the condition that it waits for, and how its result compares with zero if that held. */
  waits(name: string): { condition: number; met: string | null } | null;
  /** Returns the macro of this kind that a name means, which is expanded where it is used; `null` if it means none. */
  written(kind: WrittenKind, name: string): FunctionVariant | null;
}

/**
 * What a macro that is expanded where it is used contains: statements that jump, a test, the head of a loop, a place below its argument, a
 * statement expression that jumps or takes pages, or statements that drop what a member of its argument leads to or take pages.
 */
export type WrittenKind = 'jump' | 'test' | 'loop' | 'member' | 'value' | 'drop';

/** The target of a jump. */
export interface Target {
  node: number;
  /** How many variables with a cleanup are open there. The others are cleaned up by the jump. */
  open: number;
}

/** The graph under construction, and the position in it. The helpers of this folder change it in place. */
export interface Builder {
  nodes: Node[];
  /** The node that the next one is linked to; -1 behind a jump. */
  current: number;
  loops: readonly Loop[];
  guards: readonly Guard[];
  /** Targets of `break`, innermost last. */
  breaks: readonly Target[];
  /** Targets of `continue`, innermost last. */
  continues: readonly Target[];
  /**
   * The enclosing switches, innermost last. `dispatch` is the node from which cases are tested, `otherwise` the node of `default`, if there
   * is one.
   */
  switches: { head: Value; value: Expression; dispatch: number; otherwise: number | null; seen: string[]; guardBase: number }[];
  /** Variables with a cleanup in the open scopes, outermost first. */
  cleanups: { variable: string; call: string }[];
  /** Nodes of labels by name. */
  labels: Map<string, number>;
  /** Returns how many variables with a cleanup are open at a label. */
  openAt(label: string): number;
  types: Map<string, CType>;
  aliases: Graph['aliases'];
  callbacks: Graph['callbacks'];
  assigned: Graph['assigned'];
  exit: number;
  names: Names;
  /** The macros whose statements are being lowered, outermost first. */
  writing: string[];
  temporaries: number;
  loopIds: number;
  /** Lowers the statements of a statement expression, and returns their value. */
  block(b: Builder, body: Block): Value;
}

/** The value of an expression that leads to no page. */
export const nothing: Value = { path: null, address: false, text: '' };

/** Adds a node, and links it behind the current one unless `link` is false. */
export function node(b: Builder, pos: number, operation: Operation | null, link = true): number {
  const id = b.nodes.length;
  b.nodes.push({ id, pos, operation, successors: [], loops: b.loops, guards: b.guards });
  if (link) {
    connect(b, id);
    b.current = id;
  }
  return id;
}

/** Adds an edge from the current node to `target`; none behind a jump. */
export function connect(b: Builder, target: number): void {
  const from = b.nodes[b.current];
  // A new array has no spare room, unlike one that grew by push(): with a survey's many graphs that saves memory.
  if (from && !from.successors.includes(target)) from.successors = [...from.successors, target];
}

/** Adds an empty node where paths will meet, not linked yet. */
export function join(b: Builder, pos: number): number {
  return node(b, pos, null, false);
}

/** Returns the node of a label, which is made when it is first named. */
export function label(b: Builder, name: string, pos: number): number {
  let target = b.labels.get(name);
  if (target === undefined) {
    target = join(b, pos);
    b.labels.set(name, target);
  }
  return target;
}

/** Returns a new temporary. */
export function temporary(b: Builder): string {
  return `%${b.temporaries++}`;
}

/** Runs something with part of the state changed, and restores it after. */
export function within<T>(b: Builder, change: Partial<Pick<Builder, 'loops' | 'guards' | 'breaks' | 'continues'>>, run: () => T): T {
  const saved = { loops: b.loops, guards: b.guards, breaks: b.breaks, continues: b.continues };
  Object.assign(b, change);
  const result = run();
  Object.assign(b, saved);
  return result;
}
