import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Outcome, outcomes } from '../../src/flow/facts.js';
import { type Acquired, refine } from '../../src/flow/outcome.js';
import type { Assume } from '../../src/program/graph.js';
import type { Value } from '../../src/program/path.js';

const asked = 8;
/** Results that an acquiring call which was asked for eight pages can give, by outcome. */
const results: Readonly<Record<Outcome, readonly number[]>> = {
  '?error': [-14, -12, -1],
  '?zero': [0],
  '?short': [1, 2, 7],
  '?all': [asked],
};
const compare: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const acquired: Acquired = { result: 'count', count: 'want', countPath: 'want', bytesPath: null };
const value = (text: string, path: string | null = null): Value => ({ path, address: false, text });
const condition = (op: string, right: Value): Assume => ({ kind: 'assume', left: value('ret', 'ret'), op, right, truth: true, call: null });
const allPossible = () => new Set<string>([...outcomes, '!ret', 'pages[]', '#foo.pages[]']);

describe('what a condition on the result says', () => {
  for (const [right, number] of [
    [value('0'), 0],
    [value('want', 'want'), asked],
  ] as const) {
    for (const [op, holds] of Object.entries(compare)) {
      it(`ret ${op} ${right.text}: outcomes that can be are kept, those that cannot are gone`, () => {
        const after = refine(acquired, condition(op, right), allPossible());
        for (const outcome of outcomes) expect(after.has(outcome), outcome).toBe(results[outcome].some((result) => holds(result, number)));
      });
    }
  }

  it('holds nothing where only an error or nothing came back', () => {
    expect([...refine(acquired, condition('<=', value('0')), allPossible())].filter((fact) => /pages/.test(fact))).toEqual([]);
    expect([...refine(acquired, condition('<', value('0')), allPossible())].filter((fact) => /pages/.test(fact))).toEqual([]);
    expect([...refine(acquired, condition('!=', value('want', 'want')), allPossible())].filter((fact) => /pages/.test(fact))).toHaveLength(
      2,
    );
  });

  it('says nothing if it compares with something unknown', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(compare)), fc.constantFrom('other', 'n + 1', ''), (op, text) => {
        expect(refine(acquired, condition(op, value(text)), allPossible())).toEqual(allPossible());
      }),
    );
  });

  it('knows that one error is an error, and nothing where it is not that one', () => {
    expect([...refine(acquired, condition('==', value('-EFAULT')), allPossible())]).toEqual(['?error', '!ret']);
    for (const op of Object.keys(compare).filter((other) => other !== '=='))
      expect(refine(acquired, condition(op, value('-EFAULT')), allPossible())).toEqual(allPossible());
  });

  it('never gains a fact, and never loses an outcome that can be', () => {
    const right = fc.constantFrom(value('0'), value('want', 'want'), value('other', 'other'));
    const path = fc.array(fc.tuple(fc.constantFrom(...Object.keys(compare)), right), { maxLength: 4 });
    fc.assert(
      fc.property(path, fc.integer({ min: -14, max: asked }), (conditions, result) => {
        const outcome: Outcome = result < 0 ? '?error' : result === 0 ? '?zero' : result < asked ? '?short' : '?all';
        let facts = allPossible();
        for (const [op, against] of conditions) {
          const number = against.text === '0' ? 0 : against.text === 'want' ? asked : null;
          if (number !== null && !compare[op]?.(result, number)) return;
          const next = refine(acquired, condition(op, against), facts);
          for (const fact of next) expect(facts.has(fact)).toBe(true);
          facts = next;
        }
        expect(facts.has(outcome)).toBe(true);
        if (result > 0) expect(facts.has('pages[]')).toBe(true);
      }),
    );
  });

  it('one page is there or it is not', () => {
    const one: Acquired = { result: 'count', count: '1', countPath: null, bytesPath: null };
    expect([...refine(one, condition('!=', value('1')), allPossible())].sort()).toEqual(['!ret', '?error', '?zero']);
    expect(refine(one, condition('==', value('1')), allPossible()).has('pages[]')).toBe(true);
    const bool: Acquired = { result: 'bool', count: '1', countPath: null, bytesPath: null };
    expect([...refine(bool, condition('==', value('0')), allPossible())].some((fact) => /pages/.test(fact))).toBe(false);
    expect(refine(bool, condition('!=', value('0')), allPossible()).has('?all')).toBe(true);
  });
});
