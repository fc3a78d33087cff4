/** Which variables of a function come from which others, as far as names tell. */
import type { Graph } from '../../program/graph.js';
import { rootOf, type Value } from '../../program/path.js';
import { remembered } from '../../program/remembered.js';
import { castCalls } from '../../protocol/index.js';

/** The root variables of some values. */
export function rootsOf(values: readonly Value[]): string[] {
  return values.flatMap(({ path }) => (path === null ? [] : [rootOf(path)]));
}

/**
 * Some variables and those that they come from: by an assignment, as the element of a list that a loop goes through, or as the result of a
 * call that was given the address of something below one, `list_first_entry(&queue->list, …)`, or goes from a member to what is around it
 * (`container_of()`).
 */
export function sourcesOf(graph: Graph, roots: Iterable<string>): ReadonlySet<string> {
  const made = madeIn(graph);
  const found = new Set(roots);
  for (const root of found) for (const from of made.get(root) ?? []) found.add(from);
  return found;
}

/** Indexes of the parameters that some variables come from. */
export function parametersBehind(graph: Graph, roots: Iterable<string>): number[] {
  const sources = sourcesOf(graph, roots);
  return graph.params.flatMap(({ name }, i) => (sources.has(name) ? [i] : []));
}

/** The variables that each variable of a function directly comes from. */
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
