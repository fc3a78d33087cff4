/** What a way out of a function says of the numbers that it was given: with others it is not come to. */
import type { Graph } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { holds } from '../../outcome.js';
import { constantName } from './conditions.js';
import { withEntry } from './maps.js';
import { signOfText, withSign } from './signs.js';
import { altered, type Requirement, type State, sign } from './state.js';

/** What a path has found of parameters, given by their numbers: signs, and comparisons with constants. */
export function requiredOf({ signs, conditions }: State, { params }: Graph, modes: readonly number[]): Requirement[] {
  return modes.flatMap((of): Requirement[] => {
    const name = params[of]?.name ?? '';
    const found: Requirement[] = [];
    const bits = signs.get(name);
    if (bits !== undefined && bits !== sign.any) found.push({ of, op: null, right: '', bits });
    conditions.forEach((truth, key) => {
      const [left, op, right] = key.split(' ') as [string, string, string];
      if (left === name && constantName.test(right)) found.push({ of, op, right, truth });
    });
    return found;
  });
}

/** The state in which a value is as a way out requires; `null` where it is not. */
export function withRequired(program: Program, file: string, state: State, value: string | null, required: Requirement): State | null {
  if (value === null) return state;
  if (required.op === null) {
    const number = constantName.test(value) ? numberOf(program, file, value) : null;
    const isRuledOut = number !== null && (signOfText(String(number)) & required.bits) === 0;
    return isRuledOut ? null : withSign(state, value, required.bits);
  }
  const { op, right, truth } = required;
  if (constantName.test(value)) return mayCompare(program, file, value, op, right) === !truth ? null : state;
  const key = `${value} ${op} ${right}`;
  const known = state.conditions.get(key);
  if (known !== undefined) return known === truth ? state : null;
  return altered(state, { conditions: withEntry(state.conditions, key, truth) });
}

/** How two constants compare; `null` for a name of which the number is not known. */
function mayCompare(program: Program, file: string, left: string, op: string, right: string): boolean | null {
  if (left.replace(/^=/, '') === right.replace(/^=/, '')) return /^(==|<=|>=)$/.test(op);
  const a = numberOf(program, file, left);
  const b = numberOf(program, file, right);
  return a === null || b === null ? null : holds(a, op, b);
}

/** The number that a constant stands for; `null` for a name of which it is not known. */
function numberOf(program: Program, file: string, constant: string): number | null {
  const text = constant.replace(/^=/, '');
  if (/^-?\d+$/.test(text)) return Number(text);
  return text === 'true' ? 1 : text === 'false' || text === 'NULL' ? 0 : program.constant(text, file);
}

/** What a way out requires, in one word. */
export function requirementText(required: Requirement): string {
  return required.op === null ? `${required.of}:${required.bits}` : `${required.of} ${required.op} ${required.right} ${required.truth}`;
}
