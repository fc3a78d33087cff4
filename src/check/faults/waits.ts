/** What a function does behind a wait that has ended without what was waited for: where it comes to, and what it returns. */
import type { Assume, Graph, Node, Operation } from '../../program/graph.js';
import { rootOf, type Value } from '../../program/path.js';
import { errorCalls, errorOrNullTest, errorOrZeroCalls, errorTests } from '../../protocol/index.js';
import { zero } from '../../syntax/truth.js';

/** The variables and fields of which it is known which constant they are, or that they were {@link changed} on the way. */
export type Known = ReadonlyMap<string, string>;

/** What stands for a value that a way has set without its being known: whether a condition on it is so is for the way to know. */
const changed = '?';

/** How a function comes to its end: the constant that it returns, `''` for nothing, and what is known there. */
export interface End {
  result: string;
  known: Known;
}

/** Where the ways behind a node end. */
export interface Ways {
  /** The nodes at which they are over, nearest first. */
  over: readonly Node[];
  /** The ends of the function that they come to; those of which the result is not known are not among them. */
  ends: readonly End[];
}

/** More are not followed: of so many something is not known that matters. */
const maxWays = 2000;

/**
 * Follows all ways from behind a node, past no condition that is not so by what is known.
 * @param isOver asked for nodes behind which nothing matters
 * @param canBe asked of conditions that may be so by what is known
 */
export function waysBehind(graph: Graph, from: Node, known: Known, isOver: (n: Node) => boolean, canBe: (o: Assume) => boolean): Ways {
  const over = new Set<Node>();
  const ends = new Map<string, End>();
  const ways = new Map<string, { id: number; before: Known }>();
  const goOn = ({ successors }: Node, before: Known): void => {
    for (const id of successors) ways.set(keyOf(String(id), before), { id, before });
  };
  const end = (result: string | undefined, before: Known): void => {
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

function keyOf(first: string, known: Known): string {
  return [first, ...[...known].map(([path, constant]) => `${path}=${constant}`).sort()].join(' ');
}

/** What is known behind an operation. */
function after(o: Operation | null, known: Known): Known {
  if (o?.kind === 'call') return setTo(known, o.result, answerOf(o.name ?? '', o.args[0], known));
  if (o?.kind === 'clear') return setTo(known, o.target, constantOf(o.text) ?? unknownAt(o.target));
  if (o?.kind === 'update') return setTo(known, o.target, unknownAt(o.target));
  if (o?.kind !== 'copy') return known;
  const constant = constantAt(o.source, known);
  if (o.replaces) return setTo(known, o.target, constant ?? unknownAt(o.target));
  return setTo(known, o.target, constant === changed || known.get(o.target) === changed ? changed : unknownAt(o.target));
}

/** What a field is behind a store of what is not known: who has set it may ask for it. Of a variable's value no more is known than before. */
function unknownAt(target: string): string | undefined {
  return rootOf(target) === target ? undefined : changed;
}

function setTo(known: Known, path: string, constant: string | undefined): Known {
  if (known.get(path) === constant) return known;
  const next = new Map(known);
  if (constant === undefined) next.delete(path);
  else next.set(path, constant);
  return next;
}

/** What a call gives that makes an error of a pointer or the other way round, or asks for one. */
function answerOf(name: string, given: Value | undefined, known: Known): string | undefined {
  const constant = given && constantAt(given, known);
  if (constant === undefined || constant === changed) return constant;
  const isError = signOf(constant) < 0;
  if (errorTests.test(name)) return isError || (name === errorOrNullTest && constant === '0') ? '1' : '0';
  if (errorOrZeroCalls.test(name)) return isError ? constant : '0';
  return errorCalls.test(name) ? constant : undefined;
}

function constantAt({ path, address, text }: Value, known: Known): string | undefined {
  if (path === null) return constantOf(text);
  return address ? undefined : known.get(path);
}

/** A text as a number or an error, as all spell it; `undefined` for any other. */
export function constantOf(text: string): string | undefined {
  if (zero.test(text)) return '0';
  if (text === 'true') return '1';
  return /^-?\s*(\d+|E[A-Z]\w*)$/.test(text) ? text.replace(/\s/g, '') : undefined;
}

function signOf(constant: string): number {
  if (constant === '0') return 0;
  return constant.startsWith('-') ? -1 : 1;
}

/** False if a condition is not so by what is known, or that is not for us to say. */
function isSo({ left, op, right }: Assume, known: Known): boolean {
  const [a, b] = [constantAt(left, known), constantAt(right, known)];
  if (a === changed || b === changed) return false;
  if (a === undefined || b === undefined) return true;
  const order = a === b ? 0 : signOf(a) - signOf(b);
  // Of two errors, or two numbers above zero, only that they are not the same.
  if (order === 0 && a !== b) return op !== '==';
  if (op === '!=') return order !== 0;
  return (op.includes('=') && order === 0) || (op.startsWith('<') && order < 0) || (op.startsWith('>') && order > 0);
}
