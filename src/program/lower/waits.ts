/**
 * Waits for a condition that stores something, `wait_event_interruptible(queue, (b = take(q)) != NULL)`: the result tells how the condition
 * came out when it was evaluated last.
 */
import type { Expression } from '../../syntax/ast.js';
import { negated } from '../../syntax/comparisons.js';
import { type Builder, connect, join, node, nothing } from './builder.js';
import { valueAt } from './values.js';

/** A call that waits for a condition. */
export interface Awaited {
  condition: Expression;
  /** How the result compares with zero if the condition held; `null` if there is no result, as it always did. */
  met: string | null;
}

/** Returns the condition that a call waits for, if that may store to a variable; `null` for any other call. */
export function awaitedBy(b: Builder, name: string | null, args: readonly Expression[]): Awaited | null {
  const waits = name === null ? null : b.names.waits(name);
  const condition = waits === null ? undefined : args[waits.condition];
  return waits !== null && condition && mayStore(b, condition) ? { condition, met: waits.met } : null;
}

/** True for an expression with an assignment, or with a call that is given the address of a variable. */
function mayStore(b: Builder, e: Expression): boolean {
  switch (e.kind) {
    case 'assign':
      return true;
    case 'binary':
      return mayStore(b, e.left) || mayStore(b, e.right);
    case 'unary':
    case 'cast':
      return mayStore(b, e.operand);
    case 'call':
      return e.args.some((a) => isVariable(b, a) || mayStore(b, a));
    default:
      return false;
  }
}

/** True for the address of a local variable. */
function isVariable(b: Builder, e: Expression): boolean {
  return e.kind === 'unary' && e.op === '&' && e.operand.kind === 'identifier' && b.types.has(e.operand.name);
}

/**
 * Adds the condition, behind the call, and what its outcome says of the call's result.
 * @param branches adds the edges to where the condition is true and where it is not
 */
export function waitFor(b: Builder, { condition, met }: Awaited, result: string, branches: (yes: number, no: number) => void): void {
  const { pos, end } = condition;
  const again = node(b, pos, null);
  const yes = join(b, pos);
  const no = join(b, pos);
  const after = join(b, end);
  branches(yes, no);
  if (met === null) {
    b.current = yes;
    connect(b, after);
    b.current = no;
    connect(b, again);
  } else
    for (const [at, op, truth] of [
      [yes, met, true],
      [no, negated[met] ?? met, false],
    ] as const) {
      b.current = at;
      node(b, pos, { kind: 'assume', left: valueAt(result), op, right: { ...nothing, text: '0' }, truth, call: null });
      connect(b, after);
    }
  b.current = after;
}
