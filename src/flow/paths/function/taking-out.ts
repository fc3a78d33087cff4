/** Calls that take an object from where others find it and return it: those of the tables, and functions near by that do the same. */
import { onlyFunction } from '../../../program/definitions.js';
import { type Graph, leadsTo, type Node } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { type Removal, removals } from '../../../protocol/index.js';
import { noPointer } from '../../../syntax/truth.js';
import type { InGraph } from './text.js';

/** A call that returns what it has taken out. */
export interface Taker extends Removal {
  /** True if it takes the object out by a member of it, `list_del(&obj->node)`. */
  byMember: boolean;
}

/** Matches a call in a text that may take out an object. */
export const removing = new RegExp(`\\b(?:${[...removals.keys()].join('|')})\\s*\\(`);

/** The call whose result a path is, if it takes an object from where others find it and returns it. */
export function removingCall({ program, reference, graph }: InGraph, path: string | null): Taker | null {
  const call = path?.startsWith('%')
    ? graph.nodes.find(({ operation: o }) => o?.kind === 'call' && o.result === path)?.operation
    : undefined;
  if (call?.kind !== 'call' || call.name === null) return null;
  return tabled(call.name) ?? takersIn(program, reference.file).get(call.name) ?? takerElsewhere(program, reference.file, call.name);
}

/** The function of another file of the folder that a call means, if it returns an object which it has taken out. */
function takerElsewhere(program: Program, file: string, name: string): Taker | null {
  const callee = onlyFunction(program.resolveNear(name, file));
  if (callee === null || callee.file === file || !removing.test(program.textOf(callee))) return null;
  return takersIn(program, callee.file).get(name) ?? null;
}

function tabled(name: string): Taker | null {
  const by = removals.get(name);
  return by?.member === null ? { ...by, byMember: false } : null;
}

/** By name, the functions of a file that return an object which they have taken out. */
export function takersIn(program: Program, file: string): ReadonlyMap<string, Taker> {
  const known = takers(program);
  return known.get(file) ?? known.work(file, () => new Map(takersOf(program, file)));
}

const takers = remembered((program: Program) => program.ledger.memo<ReadonlyMap<string, Taker>>());

function takersOf(program: Program, file: string): (readonly [name: string, Taker])[] {
  return program.searched(file, removing).flatMap((reference) => {
    if (reference.macro || program.variants(reference)[0]?.returns.pointers !== 1) return [];
    const found = program.graphs(reference).map(handedOutIn);
    const [first] = found;
    return first && found.every((taker) => taker?.byMember === first.byMember)
      ? [[reference.name, { ...first, name: reference.name, member: null }] as const]
      : [];
  });
}

/** How a function takes out the object that it returns, on every path on which it returns one; `null` if it does not. */
function handedOutIn(graph: Graph): Taker | null {
  const returned = graph.nodes.flatMap(({ operation: o }) =>
    o?.kind === 'return' && o.value?.path != null && !noPointer.test(o.value.text) ? [o.value] : [],
  );
  const [value] = returned;
  const path = value?.path;
  if (!value || !path || rootOf(path) !== path || returned.some((other) => other.path !== path || other.address)) return null;
  const isOut = (n: Node): boolean => outBy(graph, n, path) !== null;
  const by = graph.nodes.find(isOut);
  const isReturn = ({ operation: o }: Node): boolean => o?.kind === 'return' && o.value?.path === path;
  const isSet = (n: Node): boolean => n.operation?.kind === 'copy' && n.operation.target === path && !isOut(n);
  const isNone = ({ operation: o }: Node): boolean =>
    (o?.kind === 'clear' && o.target === path) ||
    (o?.kind === 'assume' && o.op === '==' && o.left.path === path && noPointer.test(o.right.text));
  const isLeft = graph.nodes.some((n) => isSet(n) && leadsTo(graph, n, isReturn, (m) => isOut(m) || isNone(m)));
  return by === undefined || isLeft || graph.params.some((p) => p.name === path) ? null : outBy(graph, by, path);
}

/** How a statement takes out an object that a variable, or its own result, then leads to; `null` for any other statement. */
function outBy({ nodes }: Graph, { operation: o }: Node, variable: string): Taker | null {
  if (o?.kind === 'copy' && o.target === variable) {
    const call = nodes.find((n) => n.operation?.kind === 'call' && n.operation.result === o.source.path)?.operation;
    return call?.kind === 'call' ? tabled(call.name ?? '') : null;
  }
  if (o?.kind !== 'call') return null;
  if (o.result === variable) return tabled(o.name ?? '');
  const by = removals.get(o.name ?? '');
  const given = by?.member != null ? o.args[by.member] : undefined;
  return by && given?.address && given.path !== null && given.path !== variable && rootOf(given.path) === variable
    ? { ...by, byMember: true }
    : null;
}
