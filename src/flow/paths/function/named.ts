/** Named constants, and what a test against one says. */
import { type Graph, type Operation, turnedOver } from '../../../program/graph.js';
import type { Value } from '../../../program/path.js';
import type { Program } from '../../../program/program.js';

/** Where a name is used. */
export interface Naming {
  /** The program. */
  program: Program;
  /** The graph. */
  graph: Graph;
  /** The file. */
  file: string;
}

/** An operation with named constants of zero or below replaced by their numbers: `return STATUS_OK` then differs from a failure. */
export function numbered(at: Naming, o: Operation | null): Operation | null {
  switch (o?.kind) {
    case 'copy': {
      // A further operand is mostly a flag, and no flag is zero.
      if (!o.replaces) return o;
      const source = asNumber(at, o.source);
      return source === o.source ? o : { ...o, source };
    }
    case 'assume': {
      const left = asNumber(at, o.left);
      const right = asNumber(at, o.right);
      if (left === o.left && right === o.right) return o;
      const said = { ...o, left, right };
      return left.path === null && right.path !== null ? turnedOver(said) : said;
    }
    case 'return': {
      const value = o.value && asNumber(at, o.value);
      return value === o.value ? o : { ...o, value };
    }
    default:
      return o;
  }
}

function asNumber(at: Naming, value: Value): Value {
  if (!isName(at, value)) return value;
  const number = at.program.constant(value.path as string, at.file);
  return number === null || number > 0 ? value : { path: null, address: false, text: `${number}` };
}

/** True if a call's result is compared with a name that is not known to be zero or below: which side is the failure is not known. */
export function isToldByName(at: Naming, result: string): boolean {
  const { nodes } = at.graph;
  const names = new Set([result]);
  for (const { operation: o } of nodes) if (o?.kind === 'copy' && o.source.path === result) names.add(o.target);
  const isIt = ({ path }: Value): boolean => path !== null && names.has(path);
  const isUnknown = (value: Value): boolean => isName(at, value) && asNumber(at, value) === value;
  return nodes.some(
    ({ operation: o }) =>
      o?.kind === 'assume' && o.call === null && ((isIt(o.left) && isUnknown(o.right)) || (isIt(o.right) && isUnknown(o.left))),
  );
}

function isName({ graph }: Naming, { path, address }: Value): boolean {
  return path !== null && !address && /^[A-Z][A-Z\d_]+$/.test(path) && !graph.types.has(path);
}
