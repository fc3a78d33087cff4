/** Calls that take an object from where others find it, and give it: those that the tables know, and functions of the file that hand out what they have taken. */
import { type Graph, leadsTo, type Node } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';
import { remembered } from '../../../program/remembered.js';
import { type Removal, removals } from '../../../protocol/index.js';
import { noPointer } from '../../../syntax/truth.js';
import type { InGraph } from './text.js';

/** A call that takes out what it gives. */
export interface Taker extends Removal {
  /** It has found the object by a member of that. */
  byMember: boolean;
}

/** What a text matches that may take an object out of something. */
export const removing = new RegExp(`\\b(?:${[...removals.keys()].join('|')})\\s*\\(`);

/** The call of which a path is the result, if that takes an object from where others find it and gives it. */
export function removingCall({ program, reference, graph }: InGraph, path: string | null): Taker | null {
  const call = path?.startsWith('%')
    ? graph.nodes.find(({ operation: o }) => o?.kind === 'call' && o.result === path)?.operation
    : undefined;
  if (call?.kind !== 'call' || call.name === null) return null;
  return tabled(call.name) ?? takersIn(program, reference.file).get(call.name) ?? null;
}

function tabled(name: string): Taker | null {
  const by = removals.get(name);
  return by?.member === null ? { ...by, byMember: false } : null;
}

/** The functions of a file that hand out an object which they have taken out, whatever they return but nothing. */
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

/** What takes out the one object that a function returns, on each way on which it has found one; `null` if nothing does. */
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
  const isEmptied = ({ operation: o }: Node): boolean => o?.kind === 'clear' && o.target === path;
  const isLeft = graph.nodes.some((n) => isSet(n) && leadsTo(graph, n, isReturn, (m) => isOut(m) || isEmptied(m)));
  return by === undefined || isLeft || graph.params.some((p) => p.name === path) ? null : outBy(graph, by, path);
}

/** What a statement takes an object out by, which a variable leads to then, or a result; `null` for any other. */
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
