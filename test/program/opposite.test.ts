/** Tests of the same expression that deny each other. */
import { describe, expect, it } from 'vitest';
import { areOpposite, type Guard } from '../../src/program/graph.js';

const guard = (given: Partial<Guard>): Guard => ({ path: 'n', call: '', args: [], values: [], negated: false, text: 'n', ...given });

describe('two tests of one expression', () => {
  it('are opposite if one says what the other denies', () => {
    expect(areOpposite(guard({}), guard({ negated: true }))).toBe(true);
    expect(areOpposite(guard({ values: ['A'] }), guard({ values: ['A'], negated: true }))).toBe(true);
  });

  it('are not if they agree, or compare with different values: `n == A` and `n != B` may both hold', () => {
    expect(areOpposite(guard({ values: ['A'] }), guard({ values: ['A'] }))).toBe(false);
    expect(areOpposite(guard({ values: ['A'] }), guard({ values: ['B'], negated: true }))).toBe(false);
    expect(areOpposite(guard({ values: ['A'] }), guard({ negated: true }))).toBe(false);
  });
});
