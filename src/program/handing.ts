/**
 * Recognises a driver's own macros that hand their argument through: compiler hints, and macros that note an error on its way,
 * `(note(__LINE__, err), err)`.
 */
import type { Expression, FunctionVariant } from '../syntax/ast.js';

/** Compiler hints, whose value is their argument. */
export const hints: ReadonlySet<string> = new Set(['likely', 'unlikely', '__builtin_expect']);
/** Names of the place in the source: a call that is given one only records where it is. */
const places = new Set(['__LINE__', '__FILE__', '__func__', '__FUNCTION__']);

/** True if the value of a macro's body is its first argument: `(note(__LINE__, err), err)`, `__builtin_expect(!!(x), 0)`. */
export function handsThrough({ params, body }: FunctionVariant): boolean {
  const [only] = body.body;
  const name = params[0]?.name;
  return name !== undefined && body.body.length === 1 && only?.kind === 'return' && only.value !== null && isWorth(only.value, name);
}

function isWorth(e: Expression, name: string): boolean {
  switch (e.kind) {
    case 'identifier':
      return e.name === name;
    case 'unary':
      return e.op === '!' && e.operand.kind === 'unary' && e.operand.op === '!' && isWorth(e.operand.operand, name);
    case 'call':
      return e.callee.kind === 'identifier' && hints.has(e.callee.name) && e.args[0] !== undefined && isWorth(e.args[0], name);
    case 'comma': {
      const last = e.items.at(-1);
      return last !== undefined && e.items.slice(0, -1).every(isNote) && isWorth(last, name);
    }
    default:
      return false;
  }
}

function isNote(e: Expression): boolean {
  return e.kind === 'call' && e.args.some((a) => a.kind === 'identifier' && places.has(a.name));
}
