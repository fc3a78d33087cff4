/**
 * The 32-bit names of the index. An identifier has a different hash in each role that it can play, so that one flat list of numbers per
 * file answers all questions. A collision only makes the index report a file too many.
 */

/** Role of a name before `(`. */
export const CALL = 0x811c9dc5;
/** Role of a name before `(`, or right behind one, on a line that begins in column one: where definitions are. */
export const DEFINITION = 0x3c6ef372;
/** Role of a name after `->` or `.`. */
export const FIELD = 0x2f0b4f37;
/** Role of a name between `struct` or `union` and `{`. */
export const STRUCT = 0x5bd1e995;

/** In the list of a file that must be reported for every question. No identifier has this hash. */
export const ANYTHING = 0;

/** Class bits of a byte. */
export const WORD = 1;
export const BLANK = 2;
export const DIGIT = 4;

/** The class of each byte. `$` and bytes from 0x80 on are no word bytes: see `hashName`. */
export const CLASS: Uint8Array = classes();

function classes(): Uint8Array {
  const table = new Uint8Array(256);
  for (const word of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_') table[word.charCodeAt(0)] = WORD;
  for (const digit of '0123456789') table[digit.charCodeAt(0)] = WORD | DIGIT;
  for (const blank of ' \t\n\v\f\r') table[blank.charCodeAt(0)] = BLANK;
  return table;
}

const FIRST = [0x01000193, 0x2c1b3c6d, 0x297a2d39, 0x1b873593];
const SECOND = [0x165667b1, 0x0f4d7a35, 0x4cf5ad43, 0x27d4eb2f];

/**
 * Hashes a word in the role that `seed` stands for: 16 bytes at a time from its end, the first piece filled up with zeros in front, as four
 * numbers side by side. A processor can do these at once, as fast.as does.
 */
export function hashWord(text: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  let i = end;
  for (;;) {
    const piece = Math.min(16, i - start);
    let sum = 0;
    for (let lane = 0; lane < 4; lane++) {
      let mix = 0;
      for (let byte = 0; byte < 4; byte++) {
        const at = i - 16 + 4 * lane + byte;
        if (at >= i - piece) mix |= (text[at] as number) << (8 * byte);
      }
      mix = Math.imul(mix ^ hash, FIRST[lane] as number);
      mix = Math.imul(mix ^ (mix >>> 15), SECOND[lane] as number);
      sum = (sum + (mix ^ (mix >>> 13))) | 0;
    }
    hash = sum;
    i -= piece;
    if (piece < 16) return hash === ANYTHING ? 1 : hash >>> 0;
  }
}

/**
 * Returns the hash of a name that is asked for; `null` if the index cannot tell it apart, so that every file must be reported. Of a name
 * with bytes that are no word bytes (`$`, UTF-8), the index sees only the part next to the punctuation that it looks at.
 */
export function hashName(name: string, role: number): number | null {
  const part = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? name
    : (role === FIELD ? /^[A-Za-z_][A-Za-z0-9_]*/ : /[A-Za-z0-9_]+$/).exec(name)?.[0];
  if (part === undefined || /^[0-9]/.test(part)) return null;
  const length = part.length;
  if (scratch.length < length) scratch = new Uint8Array(2 * length);
  for (let k = 0; k < length; k++) scratch[k] = part.charCodeAt(k);
  return hashWord(scratch, 0, length, role);
}

/** Buffer for the bytes of a name. */
let scratch = new Uint8Array(256);
