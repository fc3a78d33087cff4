/** What an exit requires of the function's parameters: with other numbers the function does not end by it. */
import type { Graph } from '../../../program/graph.js';
import type { Program } from '../../../program/program.js';
import { constantName } from './conditions.js';
import { compare, worthOf } from './constants.js';
import { withEntry } from './maps.js';
import { signOfText, withSign } from './signs.js';
import { altered, type Requirement, type State, sign } from './state.js';

/** What a path has found of some parameters, given by index: their signs, and comparisons with constants. */
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

/** The state in which a value is as an exit requires; `null` if it cannot be. */
export function withRequired(program: Program, file: string, state: State, value: string | null, required: Requirement): State | null {
  if (value === null) return state;
  if (required.op === null) {
    const worth = constantName.test(value) ? worthOf(program, file, value) : null;
    const isRuledOut = typeof worth === 'number' && (signOfText(String(worth)) & required.bits) === 0;
    return isRuledOut ? null : withSign(state, value, required.bits);
  }
  const { op, right, truth } = required;
  if (constantName.test(value)) return compare(worthOf(program, file, value), op, worthOf(program, file, right)) === !truth ? null : state;
  const key = `${value} ${op} ${right}`;
  const known = state.conditions.get(key);
  if (known !== undefined) return known === truth ? state : null;
  return altered(state, { conditions: withEntry(state.conditions, key, truth) });
}

/** A requirement as a key. */
export function requirementText(required: Requirement): string {
  return required.op === null ? `${required.of}:${required.bits}` : `${required.of} ${required.op} ${required.right} ${required.truth}`;
}
