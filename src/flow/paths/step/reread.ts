/** Members that are read once more, and compared with a copy: that test expects that others may have changed them in between. */
import { type Assume, type Graph, isStore, type Operation } from '../../../program/graph.js';
import { rootOf, type Value } from '../../../program/path.js';
import type { WalkContext } from '../context.js';
import { baseOf, placeAt, valueIn } from '../memory/memory.js';
import type { State } from '../memory/state.js';

/**
 * True for `obj->seq != seq` after `seq = obj->seq`, of an object that others know: it may come out either way, although this path has
 * changed neither.
 */
export function isReread({ graph }: WalkContext, state: State, { op, left, right, call }: Assume): boolean {
  if (call !== null || (op !== '==' && op !== '!=')) return false;
  return isReadFrom(graph, state, left, right) || isReadFrom(graph, state, right, left);
}

function isReadFrom(graph: Graph, state: State, variable: Value, member: Value): boolean {
  const isOwn = variable.path !== null && rootOf(variable.path) === variable.path && !graph.params.some((p) => p.name === variable.path);
  if (!isOwn || member.path === null || member.address || rootOf(member.path) === member.path) return false;
  const place = placeAt(state, member.path);
  if (place === null || /[[@]/.test(place) || valueIn(state, variable) !== place || valueIn(state, member) !== place) return false;
  return (!state.fresh.has(baseOf(place)) || state.shared.has(baseOf(place))) && isCopyOnly(graph, variable.path as string, member.path);
}

/** True for a variable that is only ever a copy of the member: one that is counted on is compared to see how far it has come. */
function isCopyOnly({ nodes }: Graph, variable: string, member: string): boolean {
  const isOther = (o: Operation | null): boolean => o?.kind === 'update' || (o?.kind === 'copy' && o.source.path !== member);
  return nodes.every(({ operation: o }) => !isStore(o) || o.target !== variable || !isOther(o));
}
