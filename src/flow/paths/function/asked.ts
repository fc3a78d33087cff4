/** What the conditions of a function test, and which numbers it sets. */
import type { Graph } from '../../../program/graph.js';
import { rootOf } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import { fromUserName } from '../../../protocol/index.js';
import { noPointer } from '../../../syntax/truth.js';
import type { Holder } from '../memory/state.js';
import { belowParameter } from './parameter.js';

/** The paths with a field in them that a condition compares with something. */
export const askedFor = remembered(({ nodes }: Graph): readonly string[] => {
  const paths = nodes.flatMap(({ operation: o }) => (o?.kind === 'assume' && o.call === null ? [o.left.path, o.right.path] : []));
  return [...new Set(paths)].flatMap((path) => (path?.includes('.') ? [path] : []));
});

/** The places below parameters to which a function stores a number other than zero, or counts. */
export const numbersSetIn = remembered((graph: Graph): readonly Holder[] => {
  const found = new Map<string, Holder>();
  for (const { operation: o } of graph.nodes) {
    const target = o?.kind === 'copy' || o?.kind === 'update' || (o?.kind === 'clear' && !noPointer.test(o.text)) ? o.target : '';
    const holder = rootOf(target) === target ? null : belowParameter(graph, target);
    if (holder !== null) found.set(target, holder);
  }
  return [...found.values()];
});

/** Local structs that the user writes to, by `copy_from_user()` and the like: they say what this request asks for. */
export const writtenByUser = remembered(
  ({ nodes, types }: Graph): ReadonlySet<string> =>
    new Set(
      nodes.flatMap(({ operation: o }) => {
        const to = o?.kind === 'call' && fromUserName.test(o.name ?? '') ? o.args[0] : undefined;
        const isOwn = to?.address === true && to.path !== null && rootOf(to.path) === to.path && types.get(to.path)?.pointers === 0;
        return isOwn ? [to.path as string] : [];
      }),
    ),
);
