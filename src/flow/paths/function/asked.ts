/** What the conditions of a function ask for. */
import type { Graph } from '../../../program/graph.js';
import { remembered } from '../../../program/remembered.js';

/** Paths that lead to a member and that a condition compares with something. */
export const askedFor = remembered(({ nodes }: Graph): readonly string[] => {
  const paths = nodes.flatMap(({ operation: o }) => (o?.kind === 'assume' && o.call === null ? [o.left.path, o.right.path] : []));
  return [...new Set(paths)].flatMap((path) => (path?.includes('.') ? [path] : []));
});
