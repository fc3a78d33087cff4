/** A graph while it is made. */
import type { Block, CType, Expression, FunctionVariant } from '../../syntax/ast.js';
import type { Graph, Guard, Loop, Node, Operation } from '../graph.js';
import type { Value } from '../path.js';

/** What lowering must know of names: which calls hand their argument through, which macros iterate. */
export interface Names {
  isTransparent(name: string): boolean;
  /** True for a call whose second argument is the struct that its result points at. */
  isCast(name: string): boolean;
  /** True for a call that hands its argument through and leaves NULL in it. */
  isTaking(name: string): boolean;
  /** True for a call that is a statement by itself, and returns what it gives. */
  isReturning(name: string): boolean;
  /** True for a call that stores its second argument in its first. */
  isStoring(name: string): boolean;
  /** True for a name declared outside the function: its path is the program's, not the function's. */
  isGlobal(name: string): boolean;
  isFunction(name: string): boolean;
  /** True for what DEFINE_FREE() or DEFINE_CLASS() has defined: it gets a variable's value. */
  isScopeEnd(name: string): boolean;
  /** The macro of a name that is of a kind: what it holds stands where it is used. `null` if the name means none. */
  written(kind: WrittenKind, name: string): FunctionVariant | null;
}

/**
 * What a macro holds that is written out where it is used: statements that jump, a test, the head of a loop, a place below its argument, statements
 * with a value of which some jump or take pages, or statements that drop what a member of its argument leads to or take pages.
 */
export type WrittenKind = 'jump' | 'test' | 'loop' | 'member' | 'value' | 'drop';

/** A place that a jump leads to. */
export interface Target {
  node: number;
  /** How many variables with a cleanup are open there: the others are cleaned up before. */
  open: number;
}

export interface Builder {
  nodes: Node[];
  current: number;
  loops: readonly Loop[];
  guards: readonly Guard[];
  breaks: readonly Target[];
  continues: readonly Target[];
  /** With where each begins, and its way past all cases, `null` as long as it has none of its own. */
  switches: { head: Value; value: Expression; dispatch: number; otherwise: number | null; seen: string[]; guardBase: number }[];
  /** Variables with a cleanup in the scopes that are open, outermost first. */
  cleanups: { variable: string; call: string }[];
  labels: Map<string, number>;
  /** How many variables with a cleanup are open at a label. */
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
  /** Lowers the statements that stand in an expression, and gives their value. */
  block(b: Builder, body: Block): Value;
}

export const nothing: Value = { path: null, address: false, text: '' };

export function node(b: Builder, pos: number, operation: Operation | null, link = true): number {
  const id = b.nodes.length;
  b.nodes.push({ id, pos, operation, successors: [], loops: b.loops, guards: b.guards });
  if (link) {
    connect(b, id);
    b.current = id;
  }
  return id;
}

/** An edge from where we stand to `target`; nothing if we stand nowhere (after a `goto`). */
export function connect(b: Builder, target: number): void {
  const from = b.nodes[b.current];
  // A list that grows keeps room for more than any node has, in every graph of a survey.
  if (from && !from.successors.includes(target)) from.successors = [...from.successors, target];
}

export function join(b: Builder, pos: number): number {
  return node(b, pos, null, false);
}

export function label(b: Builder, name: string, pos: number): number {
  let target = b.labels.get(name);
  if (target === undefined) {
    target = join(b, pos);
    b.labels.set(name, target);
  }
  return target;
}

export function temporary(b: Builder): string {
  return `%${b.temporaries++}`;
}

export function within<T>(b: Builder, change: Partial<Pick<Builder, 'loops' | 'guards' | 'breaks' | 'continues'>>, run: () => T): T {
  const saved = { loops: b.loops, guards: b.guards, breaks: b.breaks, continues: b.continues };
  Object.assign(b, change);
  const result = run();
  Object.assign(b, saved);
  return result;
}
