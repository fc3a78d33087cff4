/** Tests of what was set to a constant by its name, `job->state = JOB_READY`, or was found to be one. */
import type { Assume } from '../../../program/graph.js';
import type { Value } from '../../../program/path.js';
import type { Called } from '../context.js';
import { equalOf } from '../memory/conditions.js';
import { compare, flagsOf, worthOf } from '../memory/constants.js';
import { maskOf } from '../memory/masks.js';
import { valueIn } from '../memory/memory.js';
import { signOf } from '../memory/signs.js';
import { type State, sign } from '../memory/state.js';

/** False for a test that compares a constant with one of another number, or, where the numbers are not known, of another name. */
export function mayHold(local: Called, { op, left, right }: Assume, state: State): boolean {
  const { program, reference } = local;
  const constantOf = (value: Value): number | string | null => {
    const mask = maskOf(value);
    if (mask !== undefined) return masked(local, state, value, mask);
    // A sum is another number.
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

/** What bits of a number are, where it is a constant. */
function masked({ program, reference }: Called, state: State, value: Value, mask: string): number | null {
  const constant = valueIn(state, value);
  if (constant?.startsWith('=') !== true) return null;
  const worth = worthOf(program, reference.file, constant);
  const bits = typeof worth === 'number' ? flagsOf(program, reference.file, mask) : null;
  return bits === null ? null : (worth as number) & bits;
}
