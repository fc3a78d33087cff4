/** Conditions of `#if` arms that cannot both hold. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excludes, without } from '../../src/syntax/assumptions.js';
import { type Condition, type Configuration, conditionList, evaluate, negate, parseCondition } from '../../src/syntax/conditions.js';

const versions = [3, 5, 6];
const simple = fc.constantFrom(
  'defined(HAVE_PIN)',
  'defined(BSD)',
  'CONFIG_MMU',
  ...versions.flatMap((v) => ['<', '>='].map((sign) => `LINUX_VERSION_CODE ${sign} KERNEL_VERSION(${v},0,0)`)),
);
const { written } = fc.letrec<{ written: string }>((tie) => ({
  written: fc.oneof(
    { depthSize: 'small' },
    simple,
    tie('written').map((c) => `!(${c})`),
    fc.tuple(tie('written'), fc.constantFrom('&&', '||'), tie('written')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
  ),
}));
const condition = written.map(parseCondition);

/** Every state of the names above that some test tells from others. */
const configurations: readonly Configuration[] = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((bits) =>
  [2, ...versions].map((version): Configuration => {
    const is = (bit: number): number | null => (bits & bit ? 1 : null);
    return new Map([
      ['HAVE_PIN', is(1)],
      ['BSD', is(2)],
      ['CONFIG_MMU', is(4)],
      ['LINUX_VERSION_CODE', version * 65536],
    ]);
  }),
);

const isSo = (c: Condition, config: Configuration): boolean => evaluate(c, config);

describe('what two arms assume', () => {
  it('excludes the other where one of them is the `#else` of the other', () => {
    fc.assert(
      fc.property(condition, (c) => {
        expect(excludes(conditionList(c), conditionList(negate(c)))).toBe(true);
      }),
    );
  });

  it('never excludes what may be together', () => {
    fc.assert(
      fc.property(condition, condition, (a, b) => {
        if (excludes(conditionList(a), conditionList(b))) expect(configurations.filter((c) => isSo(a, c) && isSo(b, c))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('is all that there is, of an arm and its `#else`', () => {
    fc.assert(
      fc.property(condition, (c) => {
        expect(without([conditionList(c), conditionList(negate(c))])).toEqual([]);
      }),
    );
  });
});
