/** Tests of what was set to a constant by its name, `job->state = JOB_READY`, or was found to be one. */
import type { Assume } from '../../../program/graph.js';
import type { Value } from '../../../program/path.js';
import { holds } from '../../outcome.js';
import type { Called } from '../context.js';
import { equalOf } from '../memory/conditions.js';
import { valueIn } from '../memory/memory.js';
import { signOf } from '../memory/signs.js';
import { type State, sign } from '../memory/state.js';

/** False for a test that compares a constant with one of another number. */
export function mayHold({ program, reference }: Called, { op, left, right }: Assume, state: State): boolean {
  const numberOf = (value: Value): number | null => {
    // Bits of a number and sums are another number.
    if (!/^[\w.>[\]-]*$/.test(value.text)) return null;
    const worth = valueIn(state, value);
    if (signOf(state, worth) === sign.zero) return 0;
    const [, digits, name] = /^=?(?:(-?\d+)|([A-Z]\w*))$/.exec(equalOf(state, worth) ?? '') ?? [];
    if (digits !== undefined) return Number(digits);
    return name === undefined ? null : program.constant(name, reference.file);
  };
  const number = numberOf(left);
  if (number === null) return true;
  const other = numberOf(right);
  return other === null || holds(number, op, other);
}
