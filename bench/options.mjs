/** What a bench is told on its command line: what it does not know is refused, with how it is used. */

/**
 * Gives what `read` makes of the command line; ends the bench with 2 if that throws.
 * @template T
 * @param {string} usage
 * @param {() => T} read
 * @returns {T}
 */
export function readOptions(usage, read) {
  try {
    return read();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return process.exit(2);
  }
}

/**
 * An option's whole number.
 * @param {string} name
 * @param {string} told
 * @param {number} least
 */
export function wholeNumber(name, told, least) {
  const value = /^\d+$/.test(told) ? Number(told) : Number.NaN;
  if (!(value >= least)) throw new Error(`--${name} takes a number from ${least}`);
  return value;
}
