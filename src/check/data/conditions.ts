/** What is known, at a node, of variables and members that were compared with constants: on every path to it, and not changed since. */
import { forward } from '../../flow/forward.js';
import { type Assume, type CallOperation, type Graph, isStore, type Node, type Operation } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import type { Program } from '../../program/program.js';
import { remembered } from '../../program/remembered.js';
import { plainPath, sourceName } from '../../program/text.js';
import { directions } from '../../protocol/index.js';
import type { Expression } from '../../syntax/ast.js';
import { no, zero } from '../../syntax/truth.js';

/** That a path has a constant as its value or, with `is` false, has not. A plain truth test says that it is not `0`. */
export interface Said {
  path: string;
  value: string;
  is: boolean;
}

type Facts = ReadonlyMap<string, Said>;

/** By node id, what is known before each node. */
export const knownIn = remembered((graph: Graph): readonly (readonly Said[])[] =>
  forward<Facts>(graph, new Map(), after, meet).map((facts) => [...(facts?.values() ?? [])]),
);

/** What an expression says of the paths in it where it is true or, with `truth` false, where it is not. */
export function saidBy(e: Expression, truth: boolean): Said[] {
  if (e.kind === 'cast') return saidBy(e.operand, truth);
  if (e.kind === 'unary' && e.op === '!') return saidBy(e.operand, !truth);
  if (e.kind === 'binary' && e.op === (truth ? '&&' : '||')) return [...saidBy(e.left, truth), ...saidBy(e.right, truth)];
  if (e.kind === 'binary' && (e.op === '==' || e.op === '!='))
    return saidOf(plainPath(e.left), sourceName(e.right), (e.op === '==') === truth);
  return e.kind === 'identifier' || e.kind === 'member' ? saidOf(plainPath(e), '0', !truth) : [];
}

/** True if no value is as both say. */
export function areExclusive(program: Program, file: string, a: Said, b: Said): boolean {
  if (a.value === b.value) return a.is !== b.is;
  return a.is && b.is && areDifferent(program, file, a.value, b.value);
}

function areDifferent(program: Program, file: string, a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => (/^\d+$/.test(text) ? Number(text) : program.constant(text, file)));
  if (one != null && other != null) return one !== other;
  return directions.some((words) => words.includes(a) && words.includes(b));
}

function saidOf(path: string | null, value: string, is: boolean): Said[] {
  if (path === null || path.includes('[]') || !/^\w+$/.test(value)) return [];
  if (value === 'true') return [{ path, value: '0', is: !is }];
  return [{ path, value: zero.test(value) ? '0' : value, is }];
}

function after({ operation: o }: Node, before: Facts): Facts {
  const kept = [...before].filter(([, { path }]) => !mayChange(o, path));
  const told = o?.kind === 'assume' ? saidIn(o) : [];
  return new Map([...kept, ...told.map((said): [string, Said] => [`${said.path} ${said.value} ${said.is}`, said])]);
}

function saidIn({ left, right, op }: Assume): Said[] {
  const isConstant = right.path === null || constant.test(right.text);
  return (op === '==' || op === '!=') && isConstant && !left.address ? saidOf(left.path, right.text, op === '==') : [];
}

/** The name of a constant. */
const constant = /^[A-Z][A-Z\d_]+$/;

/** True for a store to a path or to what leads to it, and for a call that is given its address. */
function mayChange(o: Operation | null, path: string): boolean {
  const leads = (to: string | null): boolean => to !== null && (to === path || path.startsWith(`${to}.`));
  if (isStore(o)) return leads(o.target);
  return o?.kind === 'unread' || (o?.kind === 'call' && isGivenAddress(o, path));
}

function isGivenAddress({ args }: CallOperation, path: string): boolean {
  return args.some((a) => a.address && a.path === path);
}

function meet(older: Facts, other: Facts): Facts {
  const both = [...older].filter(([key]) => other.has(key));
  return both.length === older.size ? older : new Map(both);
}

/** True for a parameter that a function does not change, and for a local variable that it sets once. */
export function isSteady(graph: Graph, path: string): boolean {
  if (rootOf(path) !== path || path.startsWith('::')) return false;
  const isGiven = graph.params.some((p) => p.name === path);
  const stores = graph.nodes.filter(
    ({ operation: o }) =>
      (isStore(o) && o.target === path && !(o.kind === 'clear' && o.text === '')) || (o?.kind === 'call' && isGivenAddress(o, path)),
  );
  return stores.length <= (isGiven ? 0 : 1);
}

/** True for the constant of a flag that is not set. */
export function isNo(e: Expression): boolean {
  return no.test(sourceName(e));
}
