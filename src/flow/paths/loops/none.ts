/** Loops that have no first iteration, though pages are held: what they count to is zero. */
import type { Loop, Node } from '../../../program/graph.js';
import type { Value } from '../../../program/path.js';
import { no } from '../../../syntax/truth.js';
import { isSetBy } from '../function/shape.js';
import type { InGraph } from '../function/text.js';
import { isConstant, valueIn } from '../memory/memory.js';
import { signOf } from '../memory/signs.js';
import { outcome, type State, sign } from '../memory/state.js';
import { handedOut, unset } from '../memory/unset.js';
import { boundOf } from './sweep.js';

/**
 * True if a condition comes out so that a loop has no first iteration, though the number that it counts to is zero only because nothing
 * has set it yet: `while (n--)` with `n` still zero, `i < obj->n` with `obj` just allocated as zeros.
 * @param isTold true for a function that is told what its caller knows: there, constants on both sides decide, too
 */
export function isNone(within: InGraph, state: State, { operation: o }: Node, isTold: boolean): boolean {
  if (o?.kind !== 'assume' || o.call !== null) return false;
  if (isTold && [o.left, o.right].every((side) => isOwnConstant(within, state, side))) return true;
  if ((o.op === '<=' || o.op === '==') && isConstant(valueIn(state, o.right), no)) return isStillZero(within, state, o.left);
  return o.op === '>=' && signOf(state, valueIn(state, o.left)) === sign.zero && isUnset(state, o.right);
}

/**
 * True for a loop that counts to, or down from, what the acquiring call has returned, where that took nothing: what is held was taken
 * before.
 */
export function isOfNone(local: InGraph, loop: Loop, state: State): boolean {
  const { phase, outcomes, result } = state;
  if (phase !== 'held' || result === null || (outcomes & (outcome.short | outcome.all)) !== 0) return false;
  const counts = [boundOf(loop, local), ...loop.variables];
  return counts.some((path) => path !== null && valueIn(state, { path, address: false, text: '' }) === result);
}

/** True for a constant: written as one, or a variable's value that only the function itself can have set. */
function isOwnConstant(within: InGraph, state: State, value: Value): boolean {
  return valueIn(state, value)?.startsWith('=') === true && (value.path === null || !isSetElsewhere(within, value.path));
}

function isUnset(state: State, value: Value): boolean {
  const stands = valueIn(state, value);
  return stands?.startsWith('=') === false && unset(state, stands) === '=0';
}

/** True for a variable that is still zero and that only the function itself can have set. */
export function isStillZero(within: InGraph, state: State, value: Value): boolean {
  const { path } = value;
  return path !== null && within.graph.types.has(path) && isConstant(valueIn(state, value), no) && !isSetElsewhere(within, path);
}

/**
 * True for a path whose value others may set unseen. Behind a call that is passed its address and stores there in any case, what stood
 * there is forgotten ({@link isSetBy}): a constant there was stored later.
 */
function isSetElsewhere({ program, reference, graph }: InGraph, path: string): boolean {
  const isPassed = ({ address, path: given }: Value): boolean => address && given === path;
  return (
    handedOut(graph).has(path) &&
    graph.nodes.some(({ operation: o }) => {
      if (o?.kind === 'copy') return isPassed(o.source);
      return o?.kind === 'call' && o.args.some((a, i) => isPassed(a) && !isSetBy(program, reference.file, o, i));
    })
  );
}
