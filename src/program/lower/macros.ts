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
