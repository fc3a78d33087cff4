/** Conditions in words, for the steps of a path. */
import type { Assume, Node } from '../../../program/graph.js';
import { asOperand, comparisonOf } from '../../../program/written.js';
import { swapped } from '../../../syntax/comparisons.js';

/** A condition as a person reads it; `null` if it has no words. */
export function conditionText(n: Node): string | null {
  const o = n.operation;
  if (o?.kind !== 'assume') return null;
  if (o.call?.name) return `where ${o.call.name}() is ${o.op === '!=' ? 'true' : 'false'}`;
  const tested = o.left.text || o.left.path || '';
  if (tested === '' || tested.startsWith('%')) return null;
  return `where ${writtenOf(o) || `${tested} ${o.op} ${o.right.text || o.right.path || '0'}`}`;
}

/** A comparison as C has it; `''` if it has no words. */
function writtenOf({ op, written }: Assume): string {
  if (!written) return '';
  const { left, right, isTurned } = written;
  const own = isTurned ? (swapped[op] ?? op) : op;
  return comparisonOf(asOperand(left, own), own, right ? asOperand(right, own, true) : '0');
}
