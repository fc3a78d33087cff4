/** Spells expressions and paths as C, for messages. */
import type { CType, Expression } from '../syntax/ast.js';
import { rootOf, stepsOf } from './path.js';
import { type StructLookup, typeAt } from './types.js';

/** Operators by how strongly they bind, weakest first. */
const binding: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];

const strengthOf = (op: string): number => binding.findIndex((operators) => operators.includes(op));

/** Returns an expression as C on one line, without casts; for an assignment, its target. `''` for an expression that has no short form. */
export function asWritten(e: Expression): string {
  switch (e.kind) {
    case 'identifier':
      return e.name;
    case 'literal':
    case 'sizeof':
      return e.text.replace(/\s+/g, ' ').trim();
    case 'member':
      return `${operand(e.object)}${e.arrow ? '->' : '.'}${e.field}`;
    case 'index':
      return `${operand(e.object)}[${asWritten(e.index)}]`;
    case 'cast':
      return asWritten(e.operand);
    case 'unary':
      return `${e.op}${operand(e.operand)}`;
    case 'update':
      return e.prefix ? `${e.op}${operand(e.operand)}` : `${operand(e.operand)}${e.op}`;
    case 'binary':
      return comparisonOf(asOperand(e.left, e.op), e.op, asOperand(e.right, e.op, true));
    case 'assign':
      return asWritten(e.left);
    case 'call':
      return `${operand(e.callee)}(${e.args.map(asWritten).join(', ')})`;
    case 'conditional':
      return `${asWritten(e.test)} ? ${e.then ? `${asWritten(e.then)} ` : ''}: ${asWritten(e.otherwise)}`;
    default:
      return '';
  }
}

/** Returns an operand as C, in parentheses where it needs them. */
export function asOperand(e: Expression, op: string, isRight = false): string {
  const bare = uncast(e);
  const text = asWritten(bare);
  if (bare.kind === 'conditional') return `(${text})`;
  if (bare.kind !== 'binary') return text;
  const [own, around] = [strengthOf(bare.op), strengthOf(op)];
  // As in the kernel, operators whose precedence few know by heart get parentheses too.
  const isPlain = own > around || (own === around && !isRight && own >= strengthOf('+'));
  return isPlain ? text : `(${text})`;
}

/** Returns `left op right`; `''` if one side is empty. */
export function comparisonOf(left: string, op: string, right: string): string {
  return left === '' || right === '' ? '' : `${left} ${op} ${right}`;
}

/** What a member, an index or a unary operator applies to. */
function operand(e: Expression): string {
  const bare = uncast(e);
  const text = asWritten(bare);
  const isBare =
    bare.kind === 'identifier' || bare.kind === 'member' || bare.kind === 'index' || bare.kind === 'call' || bare.kind === 'literal';
  return isBare ? text : `(${text})`;
}

function uncast(e: Expression): Expression {
  return e.kind === 'cast' ? uncast(e.operand) : e;
}

/**
 * Returns a path as C, without what a container holds and without an index at its end: `umem.sgt_append@sgl` is `umem->sgt_append`. `null`
 * for a path whose root has no name.
 */
export function spelled(path: string, types: ReadonlyMap<string, CType>, lookup: StructLookup): string | null {
  const root = rootOf(path);
  if (root.startsWith('%')) return null;
  let text = root.replace(/^::/, '');
  let at = root;
  for (const next of stepsOf(path)) {
    if (next.startsWith('@')) break;
    if (next.startsWith('.')) text += `${isPointer(at, typeAt(at, types, lookup)) ? '->' : '.'}${next.slice(1)}`;
    at += next;
  }
  return text;
}

/** True if a member of this place is reached by `->`. A variable of unknown type mostly is a pointer. */
function isPointer(path: string, type: CType | null): boolean {
  return type === null ? /^\w+$/.test(path) : type.pointers > 0 && type.dims.length === 0;
}
