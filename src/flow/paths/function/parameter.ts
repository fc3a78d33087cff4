/** Which parameter a variable stands for. */
import type { Graph } from '../../../program/graph.js';
import { rootOf, type Value } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import { structName } from '../../../program/types.js';
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
  if (of >= 0) return { of, suffix: path.slice(root.length) };
  const member = path === root ? null : memberOf(graph, root);
  if (member === null) return null;
  return { of: member.of, suffix: member.suffix + path.slice(root.length) };
}

const members = remembered((_graph: Graph) => new Map<string, Holder | null>());

/** The place below a parameter that a pointer to a struct is set to, `seg = &job->seg[i]`; `null` for any other variable. */
function memberOf(graph: Graph, variable: string): Holder | null {
  const answers = members(graph);
  const known = answers.get(variable);
  if (known !== undefined) return known;
  const source = sourceOf(graph, variable);
  const found = source === null || !isObject(graph, variable) ? null : below(graph, source.path);
  answers.set(variable, found);
  return found;
}

/** A path below a parameter as index and suffix; `null` for any other path, and for a parameter itself. */
function below(graph: Graph, path: string): Holder | null {
  const root = rootOf(path);
  const of = root === path ? -1 : parameterOf(graph, root);
  return of < 0 ? null : { of, suffix: path.slice(root.length) };
}

/** True for a pointer to a struct. */
function isObject({ types }: Graph, variable: string): boolean {
  const type = types.get(variable);
  return type !== undefined && type.pointers === 1 && structName(type) !== null;
}

/** The place that a variable is set to, if all that sets it agrees; else `null`. */
function sourceOf({ nodes }: Graph, variable: string): (Value & { path: string }) | null {
  const sources = nodes.flatMap(({ operation: o }) => (o?.kind === 'copy' && o.target === variable ? [o.source] : []));
  const [first] = sources;
  const isOne = first !== undefined && sources.every(({ path, address }) => path === first.path && address === first.address);
  const path = isOne ? first.path : null;
  return path === null || first === undefined ? null : { ...first, path };
}

function find(graph: Graph, variable: string): number {
  const { params } = graph;
  const own = params.findIndex((p) => p.name !== '' && p.name === variable);
  if (own >= 0) return own;
  const source = sourceOf(graph, variable);
  return source === null || source.address ? -1 : params.findIndex((p) => p.name === source.path);
}
