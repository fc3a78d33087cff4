/** Flags that are known to be set in a number. Functions tell each other of them as `@FLAG`, where they tell a constant as `=3`. */
import { bitsOf } from './masks.js';
import { signOf, withSign } from './signs.js';
import { type State, sign } from './state.js';

/** The signs of a number with some bit set: anything but zero. */
export const set = sign.negative | sign.positive;

/** The flags that are known to be set in a value on this path. */
export function flagsIn({ signs }: State, value: string): readonly string[] {
  const found: string[] = [];
  signs.forEach((bits, key) => {
    if ((bits & sign.zero) === 0 && key.startsWith(value) && key[value.length] === '@') found.push(key.slice(value.length));
  });
  return found;
}

/** True if the bits of a mask, as written, are known to be set in a value: the masked number is not zero. */
export function areSet(state: State, value: string, mask: string): boolean {
  return (signOf(state, bitsOf(value, mask)) & sign.zero) === 0;
}

/** True for `@FLAG`; false for a constant. */
export function isFlag(value: string): boolean {
  return value.startsWith('@');
}

/** The state in which a flag is set in a value. Nothing in the state may say the contrary. */
export function withFlag(state: State, value: string, flag: string): State {
  const next = withSign(state, value, set) ?? state;
  return withSign(next, value + flag, set) ?? next;
}
