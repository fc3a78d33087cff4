/** Pages that are taken in the iterations of a loop, until there are as many as it wants. */
import { resultsOf } from '../../flow/paths/function/results.js';
import { type Assume, type Graph, type Node, turnedOver } from '../../program/graph.js';
import { remembered } from '../../program/remembered.js';
import { controlsOf } from './bounds.js';
import { addedIn } from './symbols.js';
import type { Taking } from './taking.js';

/** The variables and members to which a function adds the result of the call. */
export function sumsIn({ graph, call }: Pick<Taking, 'graph' | 'call'>): Set<string> {
  const results = resultsOf(graph, call);
  const isAdded = (path: string | null): boolean => path !== null && results.has(path);
  return new Set(
    graph.nodes.flatMap(({ operation: o }) =>
      o?.kind === 'copy' && !o.replaces && isAdded(o.source.path) && !o.target.startsWith('%') ? [o.target] : [],
    ),
  );
}

/** What the loops around a call take pages up to: `done < total`. */
export interface Wanted {
  /** Variables and members that say how many were taken (`done`). */
  sums: ReadonlySet<string>;
  /** Variables and members that say how many are wanted (`total`). */
  totals: ReadonlySet<string>;
}

/** The sums and totals in the conditions that keep the loops around a call going. */
export const wantedIn = remembered((taking: Taking): Wanted => {
  const { graph, start } = taking;
  const sums = sumsIn(taking);
  const controls = sums.size === 0 ? [] : start.loops.flatMap((loop) => controlsOf(graph, loop));
  return { sums, totals: new Set(controls.flatMap(({ condition }) => totalIn(condition, sums, ['<', '!=']) ?? [])) };
});

/** True for a condition which says that as many were taken as are wanted: `done >= total`. */
export function isComplete(o: Assume, { sums, totals }: Wanted): boolean {
  const total = totals.size === 0 ? null : totalIn(o, sums, ['>=', '==']);
  return total !== null && totals.has(total);
}

/** What a condition compares a sum with by one of the operators; `null` if it does no such thing. */
function totalIn(condition: Assume, sums: ReadonlySet<string>, ops: readonly string[]): string | null {
  const o = sums.has(condition.left.path ?? '') ? condition : turnedOver(condition);
  const isSum = sums.has(o.left.path ?? '') && addedIn(o.left) === 0 && ops.includes(o.op);
  return isSum && o.right.path !== null && !o.right.path.startsWith('%') && addedIn(o.right) === 0 ? o.right.path : null;
}

/** The members that a function sets to exactly one of some numbers. */
export function setTo({ nodes }: Graph, numbers: ReadonlySet<string>): string[] {
  return nodes.flatMap(({ operation: o }: Node) =>
    o?.kind === 'copy' && o.replaces && o.target.includes('.') && numbers.has(o.source.path ?? '') && addedIn(o.source) === 0
      ? [o.target]
      : [],
  );
}
