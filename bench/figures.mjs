/** Figures as the benches print them, and what must hold of them. */

/** What missed its limit; each bench ends with 1 if there is one. */
export const faults = /** @type {string[]} */ ([]);

/** Width of a figure's name on its line. */
const NAME = 58;

/**
 * @param {string} name
 * @param {readonly number[]} values
 * @param {string} unit
 * @param {number} digits
 */
export function say(name, values, unit, digits) {
  const figures = [Math.min(...values), median(values), Math.max(...values)].map((value) => value.toFixed(digits));
  console.log(`${name.padEnd(NAME)} min ${figures[0]}, median ${figures[1]}, max ${figures[2]}${unit} (${values.length})`);
}

/**
 * Says a figure beside what it may be at most; a fault if it is more.
 * @param {string} name
 * @param {number} value
 * @param {number} most
 * @param {string} unit
 * @param {number} digits
 */
export function limit(name, value, most, unit, digits) {
  const met = value <= most;
  console.log(`${name.padEnd(NAME)} ${value.toFixed(digits)}${unit}   at most ${most}${unit}: ${met ? 'met' : 'MISSED'}`);
  if (!met) faults.push(`${name}: ${value.toFixed(digits)}${unit}`);
}

/** Says the faults, and makes them the exit code. */
export function judge() {
  for (const fault of faults) console.error(`FAULT: ${fault}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
