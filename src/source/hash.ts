/**
 * The 32-bit names of the index. An identifier gets another hash in each role that it can play, so that one flat
 * list of numbers per file answers all questions. A collision only makes the index report a file too many.
 */

/** Before `(`. */
export const CALL = 0x811c9dc5;
/** Before `(`, or next behind one, on a line that begins in column one: where definitions stand. */
export const DEFINITION = 0x3c6ef372;
/** After `->` or `.`. */
export const FIELD = 0x2f0b4f37;
/** Between `struct` or `union` and `{`. */
export const STRUCT = 0x5bd1e995;

/** In the list of a file that has to be reported for every question (no identifier hashes to it). */
export const ANYTHING = 0;

/** Class bits of a byte. */
export const WORD = 1;
export const BLANK = 2;
export const DIGIT = 4;

/** What each byte is. Bytes from 0x80 and `$` are no word bytes: see `hashName`. */
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
 * Hashes a word in the role that `seed` names: 16 bytes at a time from its end, the first piece filled up with zeros in
 * front, as four numbers side by side. That is how a processor can do it at once: fast.as has the same.
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
 * The hash of a name that is asked for, or `null` if the index cannot tell it apart and every file has to be
 * reported. Of a name with bytes that the index does not take for word bytes (`$`, UTF-8), the index sees only the part
 * next to the punctuation that it looks at.
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

/** For the bytes of a name. */
let scratch = new Uint8Array(256);
