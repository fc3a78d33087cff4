/** A mutant that was never judged is not found. */
import { expect, it } from 'vitest';
import { tally } from './tally.mjs';

const mutant = (/** @type {readonly string[] | null} */ found, /** @type {string | null} */ equivalent = null) => ({
  id: 'm',
  equivalent,
  verdict: found === null ? null : { found },
});

it('counts what was found, of the real bugs alone', () => {
  expect(tally([mutant(['a.c:1']), mutant([]), mutant(null, 'the same')])).toEqual({ made: 3, real: 2, found: 1 });
});

it('refuses to count a real bug that was never judged', () => {
  expect(() => tally([mutant(['a.c:1']), mutant(null)])).toThrow('1 of 2 were never judged');
});
