/** Tests of what was set to a constant by its name, `job->state = JOB_READY`, or was found to be one. */
import type { Assume } from '../../../program/graph.js';
import type { Value } from '../../../program/path.js';
import { holds } from '../../outcome.js';
import type { Called } from '../context.js';
import { equalOf } from '../memory/conditions.js';
import { valueIn } from '../memory/memory.js';
import { signOf } from '../memory/signs.js';
import { type State, sign } from '../memory/state.js';

/** False for a test that compares a constant with one of another number, or, where the numbers are not known, of another name. */
export function mayHold({ program, reference }: Called, { op, left, right }: Assume, state: State): boolean {
  const constantOf = (value: Value): number | string | null => {
    // Bits of a number and sums are another number.
    if (!/^[\w.>[\]-]*$/.test(value.text)) return null;
    const worth = valueIn(state, value);
    if (signOf(state, worth) === sign.zero) return 0;
    const [, digits, name] = /^=?(?:(-?\d+)|([A-Z]\w*))$/.exec(equalOf(state, worth) ?? '') ?? [];
    if (digits !== undefined) return Number(digits);
    return name === undefined ? null : (program.constant(name, reference.file) ?? name);
  };
  const constant = constantOf(left);
  if (constant === null) return true;
  const other = constantOf(right);
  if (typeof constant === 'number' && typeof other === 'number') return holds(constant, op, other);
  if (typeof constant !== 'string' || typeof other !== 'string') return true;
  return op === '==' ? constant === other : op !== '!=' || constant !== other;
}
