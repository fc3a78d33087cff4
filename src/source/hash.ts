/**
 * The 32-bit names of the index. An identifier gets another hash in each role that it can play, so that one flat
 * list of numbers per file answers all questions. A collision only makes the index report a file too many.
 */

/** Before `(`. */
export const CALL = 0x811c9dc5;
/** After `->` or `.`. */
export const FIELD = 0x2f0b4f37;
/** Between `struct` or `union` and `{`. */
export const STRUCT = 0x5bd1e995;

/** In the list of a file that has to be reported for every question (no identifier hashes to it). */
export const ANYTHING = 0;

const PRIME = 0x01000193;

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

/** Hashes a word reading backwards, as a scanner meets it that comes from the `(`. */
export function hashBack(text: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  for (let i = end - 1; i >= start; i--) hash = Math.imul(hash ^ (text[i] as number), PRIME);
  return finish(hash);
}

/** Hashes a word reading forwards. */
export function hashOn(text: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (text[i] as number), PRIME);
  return finish(hash);
}

/** Spreads the bits, and keeps `ANYTHING` for itself. */
function finish(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = (hash ^ (hash >>> 13)) >>> 0;
  return hash === ANYTHING ? 1 : hash;
}

/**
 * The hash of a name that is asked for, or `null` if the index cannot tell it apart and every file has to be
 * reported. Of a name with bytes that the index does not take for word bytes (`$`, UTF-8), the index sees only the part
 * next to the punctuation that it looks at.
 */
export function hashName(name: string, role: number): number | null {
  const part = (role === FIELD ? /^[A-Za-z_][A-Za-z0-9_]*/ : /[A-Za-z0-9_]+$/).exec(name)?.[0];
  if (part === undefined || /^[0-9]/.test(part)) return null;
  const bytes = Buffer.from(part, 'latin1');
  return (role === FIELD ? hashOn : hashBack)(bytes, 0, bytes.length, role);
}
