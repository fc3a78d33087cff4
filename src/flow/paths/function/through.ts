/** Reads and writes through a pointer: on a path that has done that, the pointer is not NULL, whatever tests follow. */
import { type Graph, isStore, type Operation, readBy } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import { noPointer } from '../../../syntax/truth.js';
import { placeAt, valueAt } from '../memory/memory.js';
import { withSign } from '../memory/signs.js';
import { type State, sign, theReference } from '../memory/state.js';

/** The state in which the pointers that a node dereferences are not NULL. */
export function wentThrough(graph: Graph, node: number, state: State): State {
  let next = state;
  for (const pointer of throughIn(graph).get(node) ?? none) {
    const place = placeAt(next, pointer);
    const value = place === null ? null : valueAt(next, place);
    if (value !== null && value !== theReference) next = withSign(next, value, sign.positive) ?? next;
  }
  return next;
}

const none: readonly string[] = [];

/** By node id, the pointers that are compared with NULL somewhere and that the node dereferences. */
const throughIn = remembered((graph: Graph): ReadonlyMap<number, readonly string[]> => {
  const asked = askedIn(graph);
  const found = new Map<number, readonly string[]>();
  if (asked.size === 0) return found;
  for (const { id, operation } of graph.nodes) {
    const through = new Set(
      reachedBy(operation).flatMap((path) => (path !== rootOf(path) && asked.has(rootOf(path)) ? [rootOf(path)] : [])),
    );
    if (through.size > 0) found.set(id, [...through]);
  }
  return found;
});

/** Pointers that are compared with NULL; not those set in loops, or whose address is taken, as it is not known which value is meant. */
function askedIn({ nodes, types }: Graph): ReadonlySet<string> {
  const asked = new Set<string>();
  for (const { operation: o } of nodes)
    if (o?.kind === 'assume' && o.call === null && noPointer.test(o.right.text) && (types.get(o.left.path ?? '')?.pointers ?? 0) > 0)
      asked.add(o.left.path as string);
  for (const { operation: o, loops } of asked.size > 0 ? nodes : []) {
    if (isStore(o) && loops.length > 0) asked.delete(o.target);
    for (const { address, path } of readBy(o)) if (address && path !== null) asked.delete(path);
  }
  return asked;
}

/** What an operation reads or stores to. An address, `&p->f`, does not dereference. */
function reachedBy(o: Operation | null): string[] {
  const read = readBy(o).flatMap(({ path, address }) => (path === null || address ? [] : [path]));
  return isStore(o) ? [...read, o.target] : read;
}
