/** A mutant that was never judged is not found, and a number that is none is refused. */
import { expect, it } from 'vitest';
import { tally, wholeNumber } from './tally.mjs';

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

it.each(['0', 'abc', '', '1.5', '-1'])('takes no %j threads', (told) => {
  expect(() => wholeNumber('jobs', told, 1)).toThrow('--jobs takes a number from 1');
});

it('takes a number', () => {
  expect(wholeNumber('jobs', '2', 1)).toBe(2);
});
