/** Flags that are known to be set in a number, as functions tell each other of them: `@FLAG`, where of another number its constant stands. */
import { bitsOf } from './masks.js';
import { signOf, withSign } from './signs.js';
import { type State, sign } from './state.js';

/** The signs of a number of which some bits are set. */
export const set = sign.negative | sign.positive;

/** The flags that a path has found, or made, to be set in a value. */
export function flagsIn({ signs }: State, value: string): readonly string[] {
  const found: string[] = [];
  signs.forEach((bits, key) => {
    if ((bits & sign.zero) === 0 && key.startsWith(value) && key[value.length] === '@') found.push(key.slice(value.length));
  });
  return found;
}

/** True if bits that are asked for, as they are written, are known to be set in a value. */
export function areSet(state: State, value: string, mask: string): boolean {
  return (signOf(state, bitsOf(value, mask)) & sign.zero) === 0;
}

/** True for what says that a flag is set; for a constant it is false. */
export function isFlag(value: string): boolean {
  return value.startsWith('@');
}

/** The state in which a flag is set in a value: of which nothing else is known that says the contrary. */
export function withFlag(state: State, value: string, flag: string): State {
  const next = withSign(state, value, set) ?? state;
  return withSign(next, value + flag, set) ?? next;
}
