/** Names in capitals that stand for numbers, and what a test against them says. */
import type { Value } from '../../program/path.js';
import type { Called } from './context.js';

/** A name that stands for zero or for a number below, as that number: what a function returns so is told from what it does not. */
export function numbered(local: Called, value: Value): Value {
  return isName(local, value) ? local.numbered(value, local.reference) : value;
}

/** True if a call's result is compared with a name that is not known to be zero or below: which side is the failure nobody knows. */
export function isToldByName(local: Called, result: string): boolean {
  const { nodes } = local.graph;
  const names = new Set([result]);
  for (const { operation: o } of nodes) if (o?.kind === 'copy' && o.source.path === result) names.add(o.target);
  const isIt = ({ path }: Value): boolean => path !== null && names.has(path);
  const isUnknown = (value: Value): boolean => isName(local, value) && numbered(local, value).path !== null;
  return nodes.some(
    ({ operation: o }) =>
      o?.kind === 'assume' && o.call === null && ((isIt(o.left) && isUnknown(o.right)) || (isIt(o.right) && isUnknown(o.left))),
  );
}

function isName({ graph }: Called, { path, address }: Value): boolean {
  return path !== null && !address && /^[A-Z][A-Z\d_]+$/.test(path) && !graph.types.has(path);
}
