/** Who may store to a member of an object, by the texts. */
import type { FunctionReference } from '../../../program/file.js';
import { type Graph, isStore, type Node, nodesBehind } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { predecessorsOf } from '../function/live.js';
import { backwards } from '../function/shape.js';
import { mayName } from './around.js';

/** What a store to a member looks like, or its address where it is given away; not that of what it leads to. */
export function storeTo(member: string): RegExp {
  const assigned = `[.>]${member}\\s*(?:\\[[^\\]]*\\]\\s*)?(?:[-+|&^]?=(?!=)|\\+\\+|--)`;
  return new RegExp(`(?:\\+\\+|--|&)[\\w.>-]*[.>]${member}\\b(?!\\s*(?:->|\\.))|${assigned}`);
}

/** Asks of nodes of a file's function whether they may store to a member, themselves or by what they call near. */
export function mayStore(program: Program, file: string, member: string): (n: Node) => boolean {
  const store = storeTo(member);
  return ({ pos, operation: o }) => {
    if (isStore(o)) return o.target.endsWith(`.${member}`);
    if (o?.kind !== 'call') return false;
    return o.name === null || store.test(program.between(file, pos, o.end)) || mayName(program, o.name, file, store);
  };
}

/** True if a caller of a function, or one so many further up, may store to a member. */
export function mayStoreAbove(program: Program, reference: FunctionReference, member: string, levels: number): boolean {
  const store = storeTo(member);
  const above = (of: FunctionReference, left: number): boolean =>
    left > 0 && program.callers(of).some((caller) => store.test(program.textOf(caller)) || above(caller, left - 1));
  return above(reference, levels);
}

/** The nodes on ways through some, these among them. */
export function waysThrough(graph: Graph, some: readonly Node[]): readonly Node[] {
  const marked = new Uint8Array(graph.nodes.length);
  for (const n of some) marked[n.id] = 1;
  const before = backwards(marked, predecessorsOf(graph));
  const behind = new Set(some.flatMap((n) => [...nodesBehind(graph, n, () => false)]));
  return graph.nodes.filter((n) => before[n.id] === 1 || behind.has(n));
}
