/** The conditions that a path has assumed about values which the walk does not track otherwise. */
import { type Live, liveness } from '../../flow/paths/function/live.js';
import { keptOf, withEntry } from '../../flow/paths/memory/maps.js';
import type { Graph } from '../../program/graph.js';
import { rootOf } from '../../program/path.js';
import { escaped } from '../../program/patterns.js';
import { remembered } from '../../program/remembered.js';
import { plain } from '../../syntax/comparisons.js';

/** `known` and one more condition; `null` if the path has assumed the opposite. A condition on a temporary (`%…`) is not kept. */
export function assumed(known: ReadonlyMap<string, boolean>, left: string, op: string, right: string): ReadonlyMap<string, boolean> | null {
  if (left === '' || left.startsWith('%')) return known;
  const { truth } = plain(op);
  const key = keyOf(left, op, right);
  const before = known.get(key);
  if (before !== undefined) return before === truth ? known : null;
  return withEntry(known, key, truth);
}

/** True if the path has assumed this condition. */
export function isSaid(known: ReadonlyMap<string, boolean>, left: string, op: string, right: string): boolean {
  return known.get(keyOf(left, op, right)) === plain(op).truth;
}

/** The key of a condition: the same for the condition and its opposite. */
function keyOf(left: string, op: string, right: string): string {
  return `${left} ${plain(op).op} ${right}`;
}

/** Which conditions may be tested again from a node on: liveness of their keys. */
const askedIn = remembered(
  (graph: Graph): Live =>
    liveness(
      graph,
      (o) => (o?.kind === 'assume' ? [keyOf(o.left.path ?? '', o.op, o.right.path ?? o.right.text)] : []),
      () => [],
    ),
);

/** `known` without the conditions that no later node tests. */
export function askedFrom(known: ReadonlyMap<string, boolean>, graph: Graph, node: number): ReadonlyMap<string, boolean> {
  if (known.size === 0) return known;
  const isAsked = askedIn(graph);
  return keptOf(known, (key) => isAsked(node, key));
}

/** `known` without the conditions that name the root variable of `target`, to which something is assigned. */
export function without(known: ReadonlyMap<string, boolean>, target: string): ReadonlyMap<string, boolean> {
  const root = rootOf(target);
  return keptOf(known, (key) => !names(key, root));
}

/** True if a text, such as a condition's key, names a variable or member. */
export function names(text: string, name: string): boolean {
  return text.includes(name) && new RegExp(`(^|\\W)${escaped(name)}\\b`).test(text);
}
