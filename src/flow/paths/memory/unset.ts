/** Numbers and pointers that are zero because nothing can have set them yet. */
import type { Graph, Node } from '../../../program/graph.js';
import type { Value } from '../../../program/path.js';
import { remembered } from '../../../program/remembered.js';
import { no } from '../../../syntax/truth.js';
import { baseOf, isConstant, isHeld, valueIn } from './memory.js';
import { signOf } from './signs.js';
import { type State, sign } from './state.js';

/** A value, or `=0` for a member of memory that was allocated as zeros and to which nothing was stored. */
export function unset(state: State, value: string | null): string | null {
  if (value === null || state.zeroed.size === 0 || !/[.[]/.test(value) || value.includes('@') || value.startsWith('&')) return value;
  return state.zeroed.has(baseOf(value)) && !isHeld(state, value) ? '=0' : value;
}

/**
 * True if a condition comes out so that a loop has no first iteration, though the number that it counts to is zero only because nothing
 * has set it yet: `while (n--)` with `n` still zero, `i < obj->n` with `obj` just allocated as zeros.
 * @param isTold true for a function that is told what its caller knows: there, constants on both sides decide, too
 */
export function isNone(graph: Graph, state: State, { operation: o }: Node, isTold: boolean): boolean {
  if (o?.kind !== 'assume' || o.call !== null) return false;
  if (isTold && [o.left, o.right].every((side) => isOwnConstant(graph, state, side))) return true;
  if ((o.op === '<=' || o.op === '==') && isConstant(valueIn(state, o.right), no)) return isStillZero(graph, state, o.left);
  return o.op === '>=' && signOf(state, valueIn(state, o.left)) === sign.zero && isUnset(state, o.right);
}

/** True for a constant: written as one, or a variable's value that only the function itself can have set. */
function isOwnConstant(graph: Graph, state: State, value: Value): boolean {
  return valueIn(state, value)?.startsWith('=') === true && (value.path === null || !isHandedOut(graph, value.path));
}

function isUnset(state: State, value: Value): boolean {
  const stands = valueIn(state, value);
  return stands?.startsWith('=') === false && unset(state, stands) === '=0';
}

/** True for a variable that is still zero and that only the function itself can have set. */
export function isStillZero(graph: Graph, state: State, value: Value): boolean {
  return value.path !== null && graph.types.has(value.path) && isConstant(valueIn(state, value), no) && !isHandedOut(graph, value.path);
}

/** The paths whose address is taken in a graph, by a call's argument or a copy. */
export const handedOut = remembered(
  (graph: Graph) =>
    new Set(
      graph.nodes.flatMap(({ operation: o }) => {
        const values = o?.kind === 'call' ? o.args : o?.kind === 'copy' ? [o.source] : [];
        return values.flatMap((v) => (v.address && v.path !== null ? [v.path] : []));
      }),
    ),
);

/** True for a path whose address is taken. */
function isHandedOut(graph: Graph, variable: string): boolean {
  return handedOut(graph).has(variable);
}
