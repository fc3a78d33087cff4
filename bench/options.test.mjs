/** A number that is none is refused. */
import { expect, it } from 'vitest';
import { wholeNumber } from './options.mjs';

it.each(['', '0', '-1', '1.5', '2x', 'many'])('takes no %j for a number of threads', (told) => {
  expect(() => wholeNumber('jobs', told, 1)).toThrow('--jobs takes a number from 1');
});

it('takes a number', () => {
  expect(wholeNumber('jobs', '2', 1)).toBe(2);
});
