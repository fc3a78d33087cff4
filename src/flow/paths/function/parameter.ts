/** Which parameter a variable stands for. */
import type { Graph } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import type { Holder } from '../memory/state.js';

const known = remembered((_graph: Graph) => new Map<string, number>());

/** Index of the parameter that a variable is, or is only ever set to, as in `struct foo *foo = data`; -1 for any other variable. */
export function parameterOf(graph: Graph, variable: string): number {
  const answers = known(graph);
  const found = answers.get(variable) ?? find(graph, variable);
  answers.set(variable, found);
  return found;
}

/** A path in terms of the function's caller; `null` if it is not below a parameter. */
export function belowParameter(graph: Graph, path: string): Holder | null {
  const root = rootOf(path);
  const of = parameterOf(graph, root);
  return of < 0 ? null : { of, suffix: path.slice(root.length) };
}

function find({ params, nodes }: Graph, variable: string): number {
  const own = params.findIndex((p) => p.name !== '' && p.name === variable);
  if (own >= 0) return own;
  const sources = nodes.flatMap(({ operation: o }) => (o?.kind === 'copy' && o.target === variable ? [o.source] : []));
  const [first] = sources;
  const isOther = first !== undefined && first.path !== null && sources.every(({ path, address }) => path === first.path && !address);
  return isOther ? params.findIndex((p) => p.name === first.path) : -1;
}
