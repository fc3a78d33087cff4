/** Memory that is zero when it is allocated. */
import type { Graph, Node } from '../program/graph.js';
import { objectCall, zeroingFlag, zeroingName } from '../protocol/index.js';

/** True for a store to a variable of a pointer to an object that is allocated as zeros. */
export function isZeroed({ nodes }: Graph, { operation: o }: Node, variable: string): boolean {
  if (o?.kind !== 'copy' || o.target !== variable) return false;
  return nodes.some(
    ({ operation: c }) =>
      c?.kind === 'call' &&
      c.result === o.source.path &&
      objectCall.test(c.name ?? '') &&
      (zeroingName.test(c.name ?? '') || c.args.some((a) => zeroingFlag.test(a.text))),
  );
}
