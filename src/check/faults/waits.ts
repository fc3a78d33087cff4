/** What a function does behind a wait that has ended without what was waited for: where its paths lead, and what it returns. */
import type { Assume, Graph, Node, Operation } from '../../program/graph.js';
import { rootOf, type Value } from '../../program/path.js';
import { errorCalls, errorOrNullTest, errorOrZeroCalls, errorTests } from '../../protocol/index.js';
import { zero } from '../../syntax/truth.js';

/** The constants that variables and fields are known to have, or {@link changed} for a field that the path has set to something unknown. */
export type Constants = ReadonlyMap<string, string>;

/**
 * Stands for an unknown value that the path itself has set. A path is not followed past a condition on it, as only the code knows how that
 * comes out.
 */
const changed = '?';

/** How a function ends: the constant that it returns, `''` for nothing, and what is known there. */
export interface End {
  result: string;
  known: Constants;
}

/** Where the paths behind a node end. */
export interface Ways {
  /** The nodes at which they are over, the nearest first. */
  over: readonly Node[];
  /** The ends of the function that they reach with a known result. */
  ends: readonly End[];
}

/** The most states that are followed: with more, something that matters is not known. */
const maxWays = 2000;

/**
 * Follows all paths from behind a node, but not past a condition that cannot hold by what is known.
 * @param isOver true for nodes behind which nothing matters
 * @param canBe asked for a condition that may hold by what is known; false ends the path
 */
export function waysBehind(graph: Graph, from: Node, known: Constants, isOver: (n: Node) => boolean, canBe: (o: Assume) => boolean): Ways {
  const over = new Set<Node>();
  const ends = new Map<string, End>();
  const ways = new Map<string, { id: number; before: Constants }>();
  const goOn = ({ successors }: Node, before: Constants): void => {
    for (const id of successors) ways.set(keyOf(String(id), before), { id, before });
  };
  const end = (result: string | undefined, before: Constants): void => {
    if (result !== undefined && result !== changed) ends.set(keyOf(result, before), { result, known: before });
  };
  goOn(from, known);
  for (const { id, before } of ways.values()) {
    if (ways.size > maxWays) break;
    const n = graph.nodes[id] as Node;
    const o = n.operation;
    if (isOver(n)) over.add(n);
    else if (id === graph.exit) end('', before);
    else if (o?.kind === 'return') end(o.value === null ? '' : constantAt(o.value, before), before);
    else if (o?.kind !== 'assume' || (isSo(o, before) && canBe(o))) goOn(n, after(o, before));
  }
  return { over: [...over], ends: [...ends.values()] };
}

/** A text that is the same for the same knowledge. */
function keyOf(first: string, known: Constants): string {
  return [first, ...[...known].map(([path, constant]) => `${path}=${constant}`).sort()].join(' ');
}

/** What is known behind an operation. */
function after(o: Operation | null, known: Constants): Constants {
  if (o?.kind === 'call') return setTo(known, o.result, answerOf(o.name ?? '', o.args[0], known));
  if (o?.kind === 'clear') return setTo(known, o.target, constantOf(o.text) ?? unknownAt(o.target));
  if (o?.kind === 'update') return setTo(known, o.target, unknownAt(o.target));
  if (o?.kind !== 'copy') return known;
  const constant = constantAt(o.source, known);
  if (o.replaces) return setTo(known, o.target, constant ?? unknownAt(o.target));
  return setTo(known, o.target, constant === changed || known.get(o.target) === changed ? changed : unknownAt(o.target));
}

/**
 * What is known of a target behind a store of an unknown value: a field is marked as changed, for code may test what it has set; a variable
 * is forgotten.
 */
function unknownAt(target: string): string | undefined {
  return rootOf(target) === target ? undefined : changed;
}

/** `known` with one path set to a constant, or forgotten. */
function setTo(known: Constants, path: string, constant: string | undefined): Constants {
  if (known.get(path) === constant) return known;
  const next = new Map(known);
  if (constant === undefined) next.delete(path);
  else next.set(path, constant);
  return next;
}

/**
 * The result of a call that turns errors into pointers or back (`ERR_PTR()`), or tests for one; `undefined` for any other call or an
 * unknown argument.
 */
function answerOf(name: string, given: Value | undefined, known: Constants): string | undefined {
  const constant = given && constantAt(given, known);
  if (constant === undefined || constant === changed) return constant;
  const isError = signOf(constant) < 0;
  if (errorTests.test(name)) return isError || (name === errorOrNullTest && constant === '0') ? '1' : '0';
  if (errorOrZeroCalls.test(name)) return isError ? constant : '0';
  return errorCalls.test(name) ? constant : undefined;
}

/** The constant that a value is known to be. */
function constantAt({ path, address, text }: Value, known: Constants): string | undefined {
  if (path === null) return constantOf(text);
  return address ? undefined : known.get(path);
}

/** The text of a number or an error in one spelling (NULL and false are `0`); `undefined` for any other text. */
export function constantOf(text: string): string | undefined {
  if (zero.test(text)) return '0';
  if (text === 'true') return '1';
  return /^-?\s*(\d+|E[A-Z]\w*)$/.test(text) ? text.replace(/\s/g, '') : undefined;
}

/** The sign of a constant: -1, 0 or 1. */
function signOf(constant: string): number {
  if (constant === '0') return 0;
  return constant.startsWith('-') ? -1 : 1;
}

/** False if a condition cannot hold by what is known, or if it is on a value that the path has changed. */
function isSo({ left, op, right }: Assume, known: Constants): boolean {
  const [a, b] = [constantAt(left, known), constantAt(right, known)];
  if (a === changed || b === changed) return false;
  if (a === undefined || b === undefined) return true;
  const order = a === b ? 0 : signOf(a) - signOf(b);
  // Of two errors, or two numbers above zero, it is only known that they differ.
  if (order === 0 && a !== b) return op !== '==';
  if (op === '!=') return order !== 0;
  return (op.includes('=') && order === 0) || (op.startsWith('<') && order < 0) || (op.startsWith('>') && order > 0);
}
