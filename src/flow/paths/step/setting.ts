/** Finds stores to a member of an object, by the texts of functions. */
import type { FunctionReference } from '../../../program/file.js';
import { type Graph, isStore, type Node, nodesBehind } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { predecessorsOf } from '../function/live.js';
import { backwards } from '../function/shape.js';
import { mayName } from './around.js';

/** Matches a store to a member, or its address being taken; not that of what it points at. */
export function storeTo(member: string): RegExp {
  const assigned = `[.>]${member}\\s*(?:\\[[^\\]]*\\]\\s*)?(?:[-+|&^]?=(?!=)|\\+\\+|--)`;
  return new RegExp(`(?:\\+\\+|--|&)[\\w.>-]*[.>]${member}\\b(?!\\s*(?:->|\\.))|${assigned}`);
}

/**
 * Makes a test for nodes of a file's functions that may store to a member, themselves or by a callee near by.
 * @param isOther true for the path of a member of another struct
 */
export function mayStore(
  program: Program,
  file: string,
  member: string,
  isOther: (path: string) => boolean = () => false,
): (n: Node) => boolean {
  const store = storeTo(member);
  return ({ pos, operation: o }) => {
    if (isStore(o)) return o.target.endsWith(`.${member}`) && !isOther(o.target);
    if (o?.kind !== 'call') return false;
    return o.name === null || store.test(program.between(file, pos, o.end)) || mayName(program, o.name, file, store);
  };
}

/** True if a caller, up to some levels above a function, may store to a member. */
export function mayStoreAbove(program: Program, reference: FunctionReference, member: string, levels: number): boolean {
  const store = storeTo(member);
  const above = (of: FunctionReference, left: number): boolean =>
    left > 0 && program.callers(of).some((caller) => store.test(program.textOf(caller)) || above(caller, left - 1));
  return above(reference, levels);
}

/** The nodes on paths through some nodes, with these. */
export function waysThrough(graph: Graph, some: readonly Node[]): readonly Node[] {
  const marked = new Uint8Array(graph.nodes.length);
  for (const n of some) marked[n.id] = 1;
  const before = backwards(marked, predecessorsOf(graph));
  const behind = new Set(some.flatMap((n) => [...nodesBehind(graph, n, () => false)]));
  return graph.nodes.filter((n) => before[n.id] === 1 || behind.has(n));
}
