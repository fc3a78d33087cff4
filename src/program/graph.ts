/**
 * A function as a control-flow graph of page operations: plain data, made by {@link file://./lower/lower.ts} and walked by `flow/`. Nothing
 * here knows a kernel name.
 */
import type { CType, Expression, Parameter } from '../syntax/ast.js';
import { swapped } from '../syntax/comparisons.js';
import { noPointer } from '../syntax/truth.js';
import type { FunctionReference } from './file.js';
import type { Value } from './path.js';
import { remembered } from './remembered.js';

/** A loop in the source. Every node inside it lists it. */
export interface Loop {
  /** Its index among the function's loops. */
  id: number;
  pos: number;
  end: number;
  /** The loop's keyword, or the name of its macro. */
  name: string;
  /** Where the body begins; what comes before it controls the loop. */
  bodyPos: number;
  /** Where the test begins, if it comes after the body. */
  testPos?: number;
  /** How many conditions hold around the loop. A node inside with more guards than this is not reached in every iteration. */
  guards: number;
  /** Names in the loop's control part: the variables it counts with. */
  variables: string[];
}

/** A condition that holds at a node because of an enclosing `if` or `switch`. */
export interface Guard {
  /** Path of the tested value; `null` if it has none, as the result of a call. */
  path: string | null;
  /** Name of the called test (`user_backed_iter`), or `''`. */
  call: string;
  /** Paths of the call's arguments. */
  args: (string | null)[];
  /** The values of which the tested one is one (or, with `negated`, is none); empty for a plain truth test. */
  values: string[];
  /** True if the value is not one of `values` or, without any, if the value is false. */
  negated: boolean;
  /** The tested expression as text. */
  text: string;
}

/** `target` gets what `source` holds. */
export interface Copy {
  kind: 'copy';
  target: string;
  source: Value;
  /** False for a copy that does not replace what was there. */
  replaces: boolean;
  /** Set if only the value itself is copied, a number or address, and not what the memory behind it holds. */
  valueOnly?: true;
  /** The target as it is written, for messages; absent where the source has no assignment. */
  written?: Expression;
}
/** A call. In a call by pointer, `through` is the field or variable with the pointer, and `name` is `null`. */
export interface CallOperation {
  kind: 'call';
  /** The called function, or `null`. */
  name: string | null;
  /** The field or variable with the pointer to the function, or `null`. */
  through: string | null;
  /** Path of the object whose member `through` has the pointer, where it is plain. */
  memberOf?: string;
  /** The functions that a call through a member may be of; it is a call of one of them. */
  among?: readonly FunctionReference[];
  args: Value[];
  /** The argument expressions as written. */
  expressions: Expression[];
  /** Path of the temporary that holds the result. */
  result: string;
  pos: number;
  end: number;
  /** True if it is made from a macro that is followed by a statement, `for_each_sg(…) { … }`. */
  iterates: boolean;
  /** The macro that stands for the call here; `null` if the call is written out. */
  macro: string | null;
  /** The arguments that the macro is given. */
  written?: Pick<CallOperation, 'args' | 'expressions'>;
}
/** Both sides of a condition as written; `right` is `null` where a plain value is tested. */
export interface Comparison {
  left: Expression;
  right: Expression | null;
  /** True if the condition's left side is the one that is written on the right. */
  isTurned: boolean;
}
/** The condition `left op right` came out as `truth`. A plain value is tested as `value != 0`. */
export interface Assume {
  kind: 'assume';
  left: Value;
  op: string;
  right: Value;
  truth: boolean;
  /** The call under test, if the condition is one. */
  call: CallOperation | null;
  /** As written, for messages. */
  written?: Comparison;
}
/** The function returns, with a value or without one. */
export interface ReturnOperation {
  kind: 'return';
  value: Value | null;
}
/** A store of something that holds no page: a constant or NULL. */
export interface Clear {
  kind: 'clear';
  target: string;
  text: string;
}
/** `target++`, `target -= n` and the like on a number. */
export interface Update {
  kind: 'update';
  target: string;
}
/** A place that the parser could not read. */
export interface Unread {
  kind: 'unread';
  why: string;
}

/** An operation that gives a place another value. */
export type Store = Copy | Clear | Update;

/** What a node does. */
export type Operation = Copy | CallOperation | Assume | ReturnOperation | Clear | Update | Unread;

/** True for an operation that gives a place another value. */
export function isStore(operation: Operation | null | undefined): operation is Store {
  return operation?.kind === 'copy' || operation?.kind === 'clear' || operation?.kind === 'update';
}

/** Returns the values that an operation reads; of a call, its arguments. */
export function readBy(operation: Operation | null): readonly Value[] {
  switch (operation?.kind) {
    case 'call':
      return operation.args;
    case 'copy':
      return [operation.source];
    case 'assume':
      return [operation.left, operation.right];
    case 'return':
      return operation.value === null ? [] : [operation.value];
    default:
      return [];
  }
}

/** A node of the graph: at most one operation, where it is in the file, and the loops and guards around it. */
export interface Node {
  /** Its index in the graph's list of nodes. */
  id: number;
  pos: number;
  operation: Operation | null;
  /** The nodes that may run next. */
  successors: number[];
  /** The loops around it, outermost first. */
  loops: readonly Loop[];
  /** The conditions that hold because of enclosing `if`s and `switch`es. */
  guards: readonly Guard[];
}

/** A function's control-flow graph, in one variant. */
export interface Graph {
  nodes: Node[];
  /** The first node. */
  entry: number;
  /** The node at which all returns end. */
  exit: number;
  params: Parameter[];
  /** Declared types of parameters and locals, by name. */
  types: ReadonlyMap<string, CType>;
  /** Copies of pointers, `target = source`, from which other names of the same memory are found. */
  aliases: {
    target: string;
    source: Value;
    /** Where the copy is made. */
    pos: number;
    /** Set if the source is one of several operands: then it is an alias only if it is a pointer. */
    operand?: true;
  }[];
  /** Functions whose name is stored below a path, or passed with an argument: who may be called back, and with what object. */
  callbacks: { owner: string; functionName: string }[];
  /** Every assignment, with the text of the assigned value: flags and counts are looked up in it. */
  assigned: { target: string; text: string; pos: number }[];
  /** Every path that an operation names. */
  paths: string[];
  /** The preprocessor conditions under which the function has this variant. */
  assumptions: string[];
}

/** A call of a function by name. */
export interface NamedCall extends CallOperation {
  name: string;
}

/** Returns the node's call if it is one by name, else `null`. */
export function namedCall({ operation: o }: Node): NamedCall | null {
  return o?.kind === 'call' && o.name !== null ? (o as NamedCall) : null;
}

/** Returns a graph's calls of the named function, with their nodes. */
export function callsOf(graph: Graph, name: string): { node: Node; call: CallOperation }[] {
  return graph.nodes.flatMap((node) => {
    const call = node.operation?.kind === 'call' ? asCallOf(node.operation, name) : null;
    return call ? [{ node, call }] : [];
  });
}

/**
 * Returns a call as a call of the named function: also where that name is a macro which stands for another call on other kernels, and where
 * the function is one of several that the call may be of. `null` if it is no call of it.
 */
export function asCallOf(call: CallOperation, name: string): CallOperation | null {
  if (call.name === name) return call;
  if (call.among?.some((r) => r.name === name)) return { ...call, name };
  return call.macro === name && call.written ? { ...call, ...call.written, name } : null;
}

/** Returns a graph's calls at a position: one, unless a macro stands for several. */
export function callsAt(graph: Graph, pos: number): CallOperation[] {
  return graph.nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && o.pos === pos ? [o] : []));
}

/** Returns the first node of a graph's calls at a position. */
export function callNodeAt({ nodes }: Graph, pos: number): Node | undefined {
  return nodes.find((n) => n.pos === pos && n.operation?.kind === 'call');
}

/**
 * True for an argument that is printed: it comes after a format string. (What is handed to a callback comes before the format of its name,
 * as in `kthread_run()`.)
 */
export function isPrinted({ expressions }: CallOperation, argument: number): boolean {
  return expressions.slice(0, argument).some((e) => e.kind === 'literal' && e.text.startsWith('"') && e.text.includes('%'));
}

/**
 * True if a guard says that what it tests is NULL or, with `isNull` false, that it is not NULL. A comparison with anything else says
 * neither.
 */
export function says({ values, negated }: Guard, isNull: boolean): boolean {
  return values.length === 0 ? negated === isNull : negated !== isNull && values.every((value) => noPointer.test(value));
}

/** True for two tests of the same expression, one of which says what the other denies. */
export function areOpposite(a: Guard, b: Guard): boolean {
  return a.text !== '' && a.text === b.text && a.negated !== b.negated && a.values.join() === b.values.join();
}

/** True if some of the guards of one place are opposite to some of another's: a path that goes to both comes to the test twice. */
export function areApart(some: readonly Guard[], others: readonly Guard[]): boolean {
  return some.some((a) => others.some((b) => areOpposite(a, b)));
}

/** Returns the same condition with its sides swapped: `0 == n` is `n == 0`. */
export function turnedOver(o: Assume): Assume {
  const written = o.written && { written: { ...o.written, isTurned: !o.written.isTurned } };
  return { ...o, left: o.right, right: o.left, op: swapped[o.op] ?? o.op, ...written };
}

/** Paths of pointers that are set to a place inside an array, `p = pages + n`. */
export const offsetsOf: (graph: Graph) => ReadonlySet<string> = remembered(
  ({ assigned }: Graph) => new Set(assigned.flatMap(({ target, text }) => (/ [+-] /.test(withoutCalls(text)) ? [target] : []))),
);

/** The text without its calls: a sum in an argument, `alloc(n + 1)`, says nothing of the result. */
function withoutCalls(text: string): string {
  const left = text.replace(/\w+\([^()]*\)/g, '');
  return left === text ? text : withoutCalls(left);
}

/** True if something in the function reads the result of a call, or might: where a statement could not be parsed, it might. */
export function isRead(graph: Graph, result: string): boolean {
  const { paths, unread } = readIn(graph);
  return unread || paths.has(result);
}

const readIn = remembered(({ nodes }: Graph): { paths: ReadonlySet<string>; unread: boolean } => {
  const paths = new Set<string>();
  const add = (value: Value | null): void => {
    if (value !== null && value.path !== null) paths.add(value.path);
  };
  let unread = false;
  for (const { operation: o } of nodes) {
    if (o?.kind === 'copy') add(o.source);
    else if (o?.kind === 'assume') [o.left, o.right].forEach(add);
    else if (o?.kind === 'return') add(o.value);
    else if (o?.kind === 'call') o.args.forEach(add);
    else if (o?.kind === 'unread') unread = true;
  }
  return { paths, unread };
});

/** True if some path from behind `from` leads to a wanted node without passing one that bars it. */
export function leadsTo({ nodes }: Graph, from: Node, isWanted: (n: Node) => boolean, bars: (n: Node) => boolean = () => false): boolean {
  const seen = new Set(from.successors);
  for (const id of seen) {
    const n = nodes[id] as Node;
    if (isWanted(n)) return true;
    if (!bars(n)) for (const next of n.successors) seen.add(next);
  }
  return false;
}

/** True if every path from a function's entry to some nodes passes others. */
export function isBarred(graph: Graph, isWanted: (n: Node) => boolean, bars: (n: Node) => boolean): boolean {
  return !leadsTo(graph, graph.nodes[graph.entry] as Node, isWanted, bars);
}

/** Returns the nodes that paths from behind `from` lead to, up to and including those that bar the path. */
export function nodesBehind({ nodes }: Graph, from: Node, bars: (n: Node) => boolean): ReadonlySet<Node> {
  const found = new Set(from.successors.map((id) => nodes[id] as Node));
  for (const n of found) if (!bars(n)) for (const id of n.successors) found.add(nodes[id] as Node);
  return found;
}
