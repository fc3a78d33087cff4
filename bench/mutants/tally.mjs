/** What is counted of judged mutants, and the numbers that the bench is told. */

/** @typedef {{ id: string, equivalent: string | null, verdict: { found: readonly string[] } | null }} Counted */

/**
 * How many mutants there are, how many of them are real bugs, and how many of these were found.
 * @param {readonly Counted[]} mutants
 * @throws {Error} if a real bug was never judged: it is neither found nor missed
 */
export function tally(mutants) {
  const real = mutants.filter((m) => m.equivalent === null);
  const unjudged = real.filter((m) => m.verdict === null);
  if (unjudged.length > 0) throw new Error(`${unjudged.length} of ${real.length} were never judged, the first is ${unjudged[0]?.id}`);
  return { made: mutants.length, real: real.length, found: real.filter((m) => !isMiss(m)).length };
}

/**
 * Whether a real bug was judged and not found.
 * @param {Counted} mutant
 */
export function isMiss({ verdict }) {
  return verdict !== null && verdict.found.length === 0;
}
