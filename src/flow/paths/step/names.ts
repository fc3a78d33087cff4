/** Tests of values that are known as named constants: `job->state = JOB_READY`, `if (job->state == JOB_READY)`. */
import type { Assume } from '../../../program/graph.js';
import type { Value } from '../../../program/path.js';
import type { WalkContext } from '../context.js';
import { equalOf } from '../memory/conditions.js';
import { compare, flagsOf, worthOf } from '../memory/constants.js';
import { maskOf } from '../memory/masks.js';
import { valueIn } from '../memory/memory.js';
import { signOf } from '../memory/signs.js';
import { type State, sign } from '../memory/state.js';

/** False for a comparison of two constants that cannot hold: by their numbers or, if those are not known, by their names. */
export function mayHold(local: WalkContext, { op, left, right }: Assume, state: State): boolean {
  const { program, reference } = local;
  const constantOf = (value: Value): number | string | null => {
    const mask = maskOf(value);
    if (mask !== undefined) return masked(local, state, value, mask);
    // A sum is another number than the value that its path has.
    if (!/^[\w.>[\]-]*$/.test(value.text)) return null;
    const worth = valueIn(state, value);
    if (signOf(state, worth) === sign.zero) return 0;
    const equal = equalOf(state, worth) ?? '';
    return /^=?(?:-?\d+|[A-Z]\w*)$/.test(equal) ? worthOf(program, reference.file, equal) : null;
  };
  const constant = constantOf(left);
  const other = constant === null ? null : constantOf(right);
  return constant === null || other === null || compare(constant, op, other) !== false;
}

/** The bits of a mask in a value that is a constant; `null` if they are not known. */
function masked({ program, reference }: WalkContext, state: State, value: Value, mask: string): number | null {
  const constant = valueIn(state, value);
  if (constant?.startsWith('=') !== true) return null;
  const worth = worthOf(program, reference.file, constant);
  const bits = typeof worth === 'number' ? flagsOf(program, reference.file, mask) : null;
  return bits === null ? null : (worth as number) & bits;
}
