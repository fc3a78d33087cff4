/** What leads to what in one function, as far as names tell. */
import type { Graph } from '../../program/graph.js';
import { rootOf, type Value } from '../../program/path.js';
import { remembered } from '../../program/remembered.js';
import { castCalls } from '../../protocol/index.js';

/** The roots of some values. */
export function rootsOf(values: readonly Value[]): string[] {
  return values.flatMap(({ path }) => (path === null ? [] : [rootOf(path)]));
}

/**
 * Some variables, and those from which they have come: by an assignment, as the element of a list that a loop goes through, or by a call that
 * was given the address of what stands below one, as `list_first_entry(&queue->list, …)`, or asks for what stands around one.
 */
export function sourcesOf(graph: Graph, roots: Iterable<string>): ReadonlySet<string> {
  const made = madeIn(graph);
  const found = new Set(roots);
  for (const root of found) for (const from of made.get(root) ?? []) found.add(from);
  return found;
}

/** The parameters of a function from which some variables have come, by position. */
export function parametersBehind(graph: Graph, roots: Iterable<string>): number[] {
  const sources = sourcesOf(graph, roots);
  return graph.params.flatMap(({ name }, i) => (sources.has(name) ? [i] : []));
}

/** The variables from which each one of a function is made at once. */
const madeIn = remembered(({ nodes }: Graph): ReadonlyMap<string, readonly string[]> => {
  const made = new Map<string, string[]>();
  const add = (to: string, from: readonly string[]): void => {
    made.set(to, [...(made.get(to) ?? []), ...from]);
  };
  for (const { operation: o } of nodes) {
    if (o?.kind === 'copy' && rootOf(o.target) === o.target) add(o.target, rootsOf([o.source]));
    else if (o?.kind === 'call' && o.iterates) for (const to of rootsOf(o.args)) add(to, rootsOf(o.args));
    else if (o?.kind === 'call') add(o.result, rootsOf(o.args.filter((a, i) => a.address || (i === 0 && castCalls.test(o.name ?? '')))));
  }
  return made;
});
