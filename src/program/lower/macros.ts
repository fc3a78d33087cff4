/** What macros hold, written out where they are used. */
import type { Call, Expression } from '../../syntax/ast.js';
import { repeats, statementsFor } from '../macro-bodies.js';
import type { Builder, WrittenKind } from './builder.js';

/** What a macro stands for that is an expression. */
export interface Written {
  name: string;
  value: Expression;
}

/** What a call of a macro stands for that is a place below its argument, or statements with a value; `null` if it is neither. */
export function valueFor(b: Builder, e: Call): Written | null {
  return expressionFor(b, e, 'member') ?? expressionFor(b, e, 'value');
}

/** The test that a call of a macro is; `null` for any other expression. */
export function testFor(b: Builder, e: Expression): Written | null {
  return e.kind === 'call' ? expressionFor(b, e, 'test') : null;
}

function expressionFor(b: Builder, e: Call, kind: WrittenKind): Written | null {
  if (e.callee.kind !== 'identifier') return null;
  const { name } = e.callee;
  const macro = b.writing.includes(name) || b.types.has(name) ? null : b.names.written(kind, name);
  if (!macro || (kind === 'test' && repeats(macro, e))) return null;
  const [only] = statementsFor(macro, e) ?? [];
  return only?.kind === 'return' && only.value ? { name, value: only.value } : null;
}

/** Lowers what a macro holds; within itself its name means nothing more. */
export function asWritten<Result>(b: Builder, name: string, lowered: () => Result): Result {
  b.writing.push(name);
  const result = lowered();
  b.writing.pop();
  return result;
}

/** An argument of a call, in which what macros name below theirs is written out: `FLAGS(u) | FOLL_WRITE` as `u->flags | FOLL_WRITE`. */
export function writtenOut(b: Builder, e: Expression): Expression {
  switch (e.kind) {
    case 'call': {
      const place = expressionFor(b, e, 'member');
      return place ? asWritten(b, place.name, () => writtenOut(b, place.value)) : e;
    }
    case 'binary': {
      const [left, right] = [writtenOut(b, e.left), writtenOut(b, e.right)];
      return left === e.left && right === e.right ? e : { ...e, left, right };
    }
    case 'unary':
    case 'cast': {
      const operand = writtenOut(b, e.operand);
      return operand === e.operand ? e : { ...e, operand };
    }
    case 'member':
    case 'index': {
      const object = writtenOut(b, e.object);
      return object === e.object ? e : { ...e, object };
    }
    default:
      return e;
  }
}
