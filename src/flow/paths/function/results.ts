/** The variables that have a call's result, and the tests that find it to be no success. */
import type { CallOperation, Graph, Node } from '../../../program/graph.js';

/** The result of a call, and the variables that are set to it. */
export function resultsOf({ nodes }: Graph, { result }: CallOperation): ReadonlySet<string> {
  const set = nodes.flatMap(({ operation: o }) => (o?.kind === 'copy' && o.replaces && o.source.path === result ? [o.target] : []));
  return new Set([result, ...set]);
}

/** True on an edge where one of some results is not zero, or is below something: `err != 0`, `ret < 0`. */
export function isFailure({ operation: o }: Node, results: ReadonlySet<string>): boolean {
  return o?.kind === 'assume' && results.has(o.left.path ?? '') && (o.op === '!=' || o.op === '<');
}
