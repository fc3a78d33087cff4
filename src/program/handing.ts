/** Macros of a driver's own that hand their argument through: hints for the compiler, and errors that are noted on their way. */
import type { Expression, FunctionVariant } from '../syntax/ast.js';

/** Hints for the compiler, which are worth what they are given. */
export const hints: ReadonlySet<string> = new Set(['likely', 'unlikely', '__builtin_expect']);
/** Who is told where it is called takes note of it. */
const places = new Set(['__LINE__', '__FILE__', '__func__', '__FUNCTION__']);

/** True if a macro's body is worth what its first argument is: `(note(__LINE__, err), err)`, `__builtin_expect(!!(x), 0)`. */
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
