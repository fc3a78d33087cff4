/** Expressions as text: the names and constants by which conditions, flags and loops are decided. */
import type { Expression } from '../syntax/ast.js';
import { step } from './path.js';

/** Returns the variables and member paths named in an expression. */
export function namesIn(e: Expression): string[] {
  switch (e.kind) {
    case 'identifier':
      return [e.name];
    case 'member': {
      const path = plainPath(e);
      return path === null ? [] : [path];
    }
    case 'index':
      return [...namesIn(e.object), ...namesIn(e.index)];
    case 'unary':
    case 'update':
    case 'cast':
      return namesIn(e.operand);
    case 'binary':
    case 'assign':
      return [...namesIn(e.left), ...namesIn(e.right)];
    case 'call':
      return e.args.flatMap(namesIn);
    case 'conditional':
      return [e.test, e.otherwise, ...(e.then ? [e.then] : [])].flatMap(namesIn);
    case 'comma':
      return e.items.flatMap(namesIn);
    default:
      return [];
  }
}

/** A decimal number without its type suffix: `1UL` is `1`. */
function withoutSuffix(literal: string): string {
  return /^\d+[uUlL]+$/.test(literal) ? literal.replace(/[uUlL]+$/, '') : literal;
}

/** Returns a short text for an expression: the name or number by which a condition or flag is decided. Casts, `*` and `&` are left out. */
export function sourceName(e: Expression): string {
  switch (e.kind) {
    case 'identifier':
      return e.name;
    case 'literal':
      return withoutSuffix(e.text);
    case 'member':
      return `${sourceName(e.object)}.${e.field}`;
    case 'index':
      return `${sourceName(e.object)}[]`;
    case 'cast':
      return sourceName(e.operand);
    case 'unary':
      return e.op === '*' || e.op === '&' ? sourceName(e.operand) : `${e.op}${sourceName(e.operand)}`;
    case 'binary':
      return `${sourceName(e.left)} ${e.op} ${sourceName(e.right)}`;
    case 'assign':
      return sourceName(e.left);
    case 'call':
      return `${sourceName(e.callee)}(${e.args.map(sourceName).join(', ')})`;
    case 'conditional':
      return `${sourceName(e.test)} ? ${e.then ? sourceName(e.then) : ''} : ${sourceName(e.otherwise)}`;
    case 'sizeof':
      return e.text;
    default:
      return '';
  }
}

/** Returns the path of a variable, member or element that is named without a call; `null` for any other expression. */
export function plainPath(e: Expression): string | null {
  switch (e.kind) {
    case 'identifier':
      return e.name;
    case 'member': {
      const object = plainPath(e.object);
      return object === null ? null : step(object, `.${e.field}`);
    }
    case 'index': {
      const object = plainPath(e.object);
      return object === null ? null : step(object, '[]');
    }
    case 'unary':
      return e.op === '*' || e.op === '&' ? plainPath(e.operand) : null;
    case 'cast':
      return plainPath(e.operand);
    default:
      return null;
  }
}
