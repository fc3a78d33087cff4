/** Binary search, beside a search from the front. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstWhere } from '../../src/syntax/sorted.js';

describe('the first of sorted numbers that is not below another', () => {
  it('is found at any place, and behind the end if there is none', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), fc.integer({ min: -1, max: 21 }), (numbers, least) => {
        const sorted = numbers.sort((a, b) => a - b);
        const found = sorted.findIndex((number) => number >= least);
        expect(firstWhere(sorted.length, (i) => (sorted[i] as number) >= least)).toBe(found < 0 ? sorted.length : found);
      }),
    );
  });
});
