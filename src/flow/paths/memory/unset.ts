/** Numbers and pointers that are zero because nothing can have set them yet. */
import type { Graph } from '../../../program/graph.js';
import { remembered } from '../../../program/remembered.js';
import { baseOf, isHeld } from './memory.js';
import type { State } from './state.js';

/** A value, or `=0` for a member of memory that was allocated as zeros and to which nothing was stored. */
export function unset(state: State, value: string | null): string | null {
  if (value === null || state.zeroed.size === 0 || !/[.[]/.test(value) || value.includes('@') || value.startsWith('&')) return value;
  return state.zeroed.has(baseOf(value)) && !isHeld(state, value) ? '=0' : value;
}

/** The paths whose address is taken in a graph, by a call's argument or a copy. */
export const handedOut = remembered(
  (graph: Graph) =>
    new Set(
      graph.nodes.flatMap(({ operation: o }) => {
        const values = o?.kind === 'call' ? o.args : o?.kind === 'copy' ? [o.source] : [];
        return values.flatMap((v) => (v.address && v.path !== null ? [v.path] : []));
      }),
    ),
);
