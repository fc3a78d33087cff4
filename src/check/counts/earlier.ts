/**
 * Pages of an earlier acquiring call that are still in the array when the call is reached: where this one fails, they are what is there.
 */
import { forward } from '../../flow/forward.js';
import { refillsOf } from '../../flow/refill.js';
import { isStore, type Node } from '../../program/graph.js';
import { rootOf, suffixAfter } from '../../program/path.js';
import { releases, transfers } from '../../protocol/index.js';
import type { Taking } from './taking.js';

/** True if on every path to the call another acquiring call has filled the array, and nothing since may have dropped what it took. */
export function holdsEarlier({ subject: { program }, reference, graph, start, call, array }: Taking): boolean {
  const { path, address } = array;
  if (path === null || !refillsOf(graph, call).some(({ value }) => value.path === path)) return false;
  const isHarmless = (name: string | null): boolean => name !== null && (transfers.has(name) || program.isNeutral(name, reference.file));
  const after = (n: Node, before: boolean): boolean => {
    const o = n.operation;
    if (n.id === start.id) return false;
    if (isStore(o)) return before && suffixAfter(o.target, path) === null;
    if (o?.kind !== 'call') return before;
    const isFilled = refillsOf(graph, o).some(({ value }) => value.path === path && value.address === address);
    const isGiven = o.args.some((a) => a.path !== null && rootOf(a.path) === rootOf(path));
    return isFilled || (before && !releases.has(o.name ?? '') && (!isGiven || isHarmless(o.name)));
  };
  return forward(graph, false, after, (older, other) => older && other)[start.id] === true;
}
