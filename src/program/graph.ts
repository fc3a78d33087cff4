/**
 * A function as a control-flow graph of page operations: plain data, made by {@link file://./lower/lower.ts} and walked by
 * `flow/`. Nothing here knows a kernel name.
 */
import type { CType, Expression, Parameter } from '../syntax/ast.js';
import { swapped } from '../syntax/comparisons.js';
import { noPointer } from '../syntax/truth.js';
import type { FunctionReference } from './file.js';
import type { Value } from './path.js';
import { remembered } from './remembered.js';

/** A loop in the source; nodes inside it list it. */
export interface Loop {
  id: number;
  pos: number;
  end: number;
  /** The loop's keyword or macro name. */
  name: string;
  /** Where the body begins: what stands before it controls the loop. */
  bodyPos: number;
  /** Where the test begins, of a loop that has it behind the body. */
  testPos?: number;
  /** How many conditions hold around the loop: a node in it with more is reached only in some rounds. */
  guards: number;
  /** Names in the loop's control part: what it counts with. */
  variables: string[];
}

/** A condition that holds where a node stands, from the enclosing `if`s and `switch`es. */
export interface Guard {
  /** The tested value, or the call that tests it. */
  path: string | null;
  /** Name of the called test (`user_backed_iter`), or `''`. */
  call: string;
  /** Paths of the call's arguments. */
  args: (string | null)[];
  /** What the value is (or, with `negated`, is not) one of; empty for a plain truth test. */
  values: string[];
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
  /** Only what the value itself is: a number or address, not the memory behind it. */
  valueOnly?: true;
  /** The target as it is written, for people; not where no assignment is. */
  written?: Expression;
}
/** A call. `through` is the field or variable of a call by pointer, then `name` is `null`. */
export interface CallOperation {
  kind: 'call';
  name: string | null;
  through: string | null;
  /** Path of the object in whose member `through` the pointer stands, where it is plain. */
  memberOf?: string;
  /** The functions of which a call through a member is one. */
  among?: readonly FunctionReference[];
  args: Value[];
  /** The argument expressions as written. */
  expressions: Expression[];
  /** Path of the temporary that holds the result. */
  result: string;
  pos: number;
  end: number;
  /** Made from a macro followed by a statement. */
  iterates: boolean;
  /** The macro that stands for the call at this place, `null` if the call is written out. */
  macro: string | null;
  /** What the macro is given. */
  written?: Pick<CallOperation, 'args' | 'expressions'>;
}
/** Both sides of a condition as they are written: `right` is `null` for that of a plain value. */
export interface Comparison {
  left: Expression;
  right: Expression | null;
  /** The condition's left is what is written on the right. */
  isTurned: boolean;
}
/** The condition `left op right` came out as `truth`. A plain value is `value != 0`. */
export interface Assume {
  kind: 'assume';
  left: Value;
  op: string;
  right: Value;
  truth: boolean;
  /** The call under test, if the condition is one. */
  call: CallOperation | null;
  /** As it is written, for people. */
  written?: Comparison;
}
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
/** A place where the parser could not read what stands there. */
export interface Unread {
  kind: 'unread';
  why: string;
}

/** What gives a place another value. */
export type Store = Copy | Clear | Update;

export type Operation = Copy | CallOperation | Assume | ReturnOperation | Clear | Update | Unread;

/** True for an operation that gives a place another value. */
export function isStore(operation: Operation | null | undefined): operation is Store {
  return operation?.kind === 'copy' || operation?.kind === 'clear' || operation?.kind === 'update';
}

/** What an operation reads: of a call, its arguments. */
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

export interface Node {
  id: number;
  pos: number;
  operation: Operation | null;
  successors: number[];
  loops: readonly Loop[];
  guards: readonly Guard[];
}

export interface Graph {
  nodes: Node[];
  entry: number;
  exit: number;
  params: Parameter[];
  /** Declared types of parameters and locals by name. */
  types: ReadonlyMap<string, CType>;
  /** `target = source` copies of pointers, for finding other names of the same memory. */
  aliases: {
    target: string;
    source: Value;
    /** Where the copy is made. */
    pos: number;
    /** One of several operands: a name only if it is a pointer. */
    operand?: true;
  }[];
  /** A function's name stored below a path, or passed with an argument: who may call it back, with what. */
  callbacks: { owner: string; functionName: string }[];
  /** Every assignment, with the text of what is assigned: how flags and counts are looked up. */
  assigned: { target: string; text: string; pos: number }[];
  /** Every path that an operation names. */
  paths: string[];
  assumptions: string[];
}

/** A call of a function by its name. */
export interface NamedCall extends CallOperation {
  name: string;
}

/** The call that a node is, if it is one by name. */
export function namedCall({ operation: o }: Node): NamedCall | null {
  return o?.kind === 'call' && o.name !== null ? (o as NamedCall) : null;
}

/** A graph's calls of a function by name, with the nodes that they stand on. */
export function callsOf(graph: Graph, name: string): { node: Node; call: CallOperation }[] {
  return graph.nodes.flatMap((node) => {
    const call = node.operation?.kind === 'call' ? asCallOf(node.operation, name) : null;
    return call ? [{ node, call }] : [];
  });
}

/**
 * A call as one of a function, also where its name is a macro for another call on other kernels, or where it may be one of several; `null`
 * if it is none.
 */
export function asCallOf(call: CallOperation, name: string): CallOperation | null {
  if (call.name === name) return call;
  if (call.among?.some((r) => r.name === name)) return { ...call, name };
  return call.macro === name && call.written ? { ...call, ...call.written, name } : null;
}

/** A graph's calls at a position: one, but where a macro stands for several. */
export function callsAt(graph: Graph, pos: number): CallOperation[] {
  return graph.nodes.flatMap(({ operation: o }) => (o?.kind === 'call' && o.pos === pos ? [o] : []));
}

/** True for an argument that is printed: it stands behind a format. What is handed to a callback stands before the format of its name. */
export function isPrinted({ expressions }: CallOperation, argument: number): boolean {
  return expressions.slice(0, argument).some((e) => e.kind === 'literal' && e.text.startsWith('"') && e.text.includes('%'));
}

/** True if a guard says of what it tests that it is NULL, or with `isNull` false that it is not; a comparison with anything else says neither. */
export function says({ values, negated }: Guard, isNull: boolean): boolean {
  return values.length === 0 ? negated === isNull : negated !== isNull && values.every((value) => noPointer.test(value));
}

/** True for two tests of the same of which one says what the other denies. */
export function areOpposite(a: Guard, b: Guard): boolean {
  return a.text !== '' && a.text === b.text && a.negated !== b.negated;
}

/** The same condition with its sides changed over: `0 == n` is `n == 0`. */
export function turnedOver(o: Assume): Assume {
  const written = o.written && { written: { ...o.written, isTurned: !o.written.isTurned } };
  return { ...o, left: o.right, right: o.left, op: swapped[o.op] ?? o.op, ...written };
}

/** Pointers that were set to a place some way into an array. */
export const offsetsOf: (graph: Graph) => ReadonlySet<string> = remembered(
  ({ assigned }: Graph) => new Set(assigned.flatMap(({ target, text }) => (/ [+-] /.test(withoutCalls(text)) ? [target] : []))),
);

/** A text without its calls: a sum in an argument, `alloc(n + 1)`, says nothing of what comes back. */
function withoutCalls(text: string): string {
  const left = text.replace(/\w+\([^()]*\)/g, '');
  return left === text ? text : withoutCalls(left);
}

/** True if something in a function reads the result of a call, or may. */
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

/** True if a way from behind a node leads to a wanted one, past none that bars it. */
export function leadsTo({ nodes }: Graph, from: Node, isWanted: (n: Node) => boolean, bars: (n: Node) => boolean = () => false): boolean {
  const seen = new Set(from.successors);
  for (const id of seen) {
    const n = nodes[id] as Node;
    if (isWanted(n)) return true;
    if (!bars(n)) for (const next of n.successors) seen.add(next);
  }
  return false;
}

/** The nodes to which ways from behind a node lead, those that bar them among them. */
export function nodesBehind({ nodes }: Graph, from: Node, bars: (n: Node) => boolean): ReadonlySet<Node> {
  const found = new Set(from.successors.map((id) => nodes[id] as Node));
  for (const n of found) if (!bars(n)) for (const id of n.successors) found.add(nodes[id] as Node);
  return found;
}
