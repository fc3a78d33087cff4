/** Expands macros where they are used. */
import { elementsMacro } from '../../protocol/index.js';
import type { Call, Expression } from '../../syntax/ast.js';
import { repeats, statementsFor } from '../macro-bodies.js';
import type { Builder, WrittenKind } from './builder.js';

/** The expression that a macro call stands for. */
export interface Written {
  name: string;
  value: Expression;
}

/** Returns what a macro call stands for that is a place below its argument, or a statement expression; `null` if it is neither. */
export function valueFor(b: Builder, e: Call): Written | null {
  return expressionFor(b, e, 'member') ?? expressionFor(b, e, 'value');
}

/** Returns the test that a macro call stands for; `null` for any other expression. */
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

/** Lowers what a macro contains. Inside it the macro's name is not expanded again. */
export function asWritten<Result>(b: Builder, name: string, lowered: () => Result): Result {
  b.writing.push(name);
  const result = lowered();
  b.writing.pop();
  return result;
}

/**
 * Returns an argument with the macros in it that name a place below theirs expanded: `FLAGS(u) | FOLL_WRITE` as `u->flags | FOLL_WRITE`.
 */
export function writtenOut(b: Builder, e: Expression): Expression {
  switch (e.kind) {
    case 'call': {
      const place = expressionFor(b, e, 'member');
      return place ? asWritten(b, place.name, () => writtenOut(b, place.value)) : (elementsOf(b, e) ?? e);
    }
    case 'binary': {
      const elements = elementsOf(b, e);
      if (elements) return elements;
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

/**
 * Returns the declared length of an array where an expression asks for it: `ARRAY_SIZE(pages)`, or `sizeof(pages) / sizeof(pages[0])`.
 * `null` for any other expression, and if the length is not a plain number or name.
 */
export function elementsOf(b: Builder, e: Expression): Expression | null {
  const name = arrayAsked(e);
  const dims = name === null ? [] : (b.types.get(name) ?? b.types.get(`::${name}`))?.dims;
  const [text] = dims ?? [];
  if (text === undefined) return null;
  const { pos, end } = e;
  if (/^\d+$/.test(text)) return { kind: 'literal', text, pos, end };
  return /^[A-Za-z_]\w*$/.test(text) ? { kind: 'identifier', name: text, pos, end } : null;
}

/** The array whose number of elements an expression asks for. */
function arrayAsked(e: Expression): string | null {
  if (e.kind === 'call') {
    const [array] = e.args;
    return e.callee.kind === 'identifier' && e.callee.name === elementsMacro && array?.kind === 'identifier' ? array.name : null;
  }
  if (e.kind !== 'binary' || e.op !== '/' || e.left.kind !== 'sizeof' || e.right.kind !== 'sizeof') return null;
  const [, array, element] = /^sizeof\(?(\w+)\)?\/sizeof\(?([\w*[\]]+)\)?$/.exec(`${e.left.text}/${e.right.text}`.replace(/\s/g, '')) ?? [];
  return array !== undefined && (element === `${array}[0]` || element === `*${array}`) ? array : null;
}
