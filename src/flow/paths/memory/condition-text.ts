/** Conditions in words. */
import type { Node } from '../../../program/graph.js';

/** A condition as a person reads it; `null` for one that has no words. */
export function conditionText(n: Node): string | null {
  const o = n.operation;
  if (o?.kind !== 'assume') return null;
  if (o.call?.name) return `where ${o.call.name}() is ${o.op === '!=' ? 'true' : 'false'}`;
  const tested = o.left.text || o.left.path || '';
  if (tested === '' || tested.startsWith('%')) return null;
  return `where ${tested} ${o.op} ${o.right.text || o.right.path || '0'}`;
}
