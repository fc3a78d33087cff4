/** Mutants that are no bugs: a list that was written by reading each of them. */
import { readFileSync } from 'node:fs';

/**
 * One mutant that is no bug. `was` is the line before, as in the record, so that an entry holds wherever the line moves.
 * Without a class it is for every mutant of that line. `about`, the beginning of the
 * record's, and `nth` tell those apart that have the same line before.
 * @typedef {{ class?: string, file: string, function: string, was: string, about?: string, nth?: number, why: string }} Entry
 */

/** @type {Entry[]} */
const entries = JSON.parse(readFileSync(new URL('./equivalent.json', import.meta.url), 'utf8'));

/**
 * Why a mutant is no bug, `null` if it is one.
 * @param {import('./make.mjs').Mutant} mutant
 */
export function equivalent(mutant) {
  const entry = entries.find(
    (e) =>
      (e.class === undefined || e.class === mutant.class) &&
      e.file === mutant.file &&
      e.function === mutant.function &&
      e.was === mutant.was &&
      (e.nth === undefined || e.nth === mutant.nth) &&
      (e.about === undefined || mutant.about.startsWith(e.about)),
  );
  return entry?.why ?? null;
}
