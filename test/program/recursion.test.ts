/** What functions that call each other do does not depend on which of them is asked for first. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openLedger, unkept } from '../../src/program/ledger.js';
import { openRecursion } from '../../src/program/recursion.js';

/** Functions by number: which others each calls, and whether it does what is asked for. */
const functions = fc
  .integer({ min: 1, max: 8 })
  .chain((n) =>
    fc.array(fc.record({ calls: fc.array(fc.nat(n - 1), { maxLength: 3 }), does: fc.boolean() }), { minLength: n, maxLength: n }),
  );

type Functions = readonly { calls: readonly number[]; does: boolean }[];

/** The names that a function comes by, itself and through others: what is asked for is which of them do it. */
function asking(all: Functions, maxDepth: number, ledger = unkept): (f: number) => ReadonlySet<number> {
  const worked = openRecursion<ReadonlySet<number>>(ledger, maxDepth);
  const ask = (f: number): ReadonlySet<number> =>
    worked(
      `${f}`,
      () => new Set([...(all[f]?.does ? [f] : []), ...(all[f]?.calls ?? []).flatMap((g) => [...ask(g)])]),
      () => new Set(),
    );
  return ask;
}

it('gives the answer that it gives alone, whatever was asked before', () => {
  fc.assert(
    fc.property(functions, fc.array(fc.nat(7), { maxLength: 12 }), fc.integer({ min: 1, max: 8 }), (all, asked, maxDepth) => {
      const ask = asking(all, maxDepth, openLedger());
      for (const f of asked.map((a) => a % all.length)) expect([...ask(f)].sort()).toEqual([...asking(all, maxDepth)(f)].sort());
    }),
  );
});

it('finds all that a function reaches in a cycle', () => {
  const all: Functions = [
    { calls: [1], does: true },
    { calls: [0, 2], does: false },
    { calls: [1], does: true },
  ];
  const ask = asking(all, 24);
  expect([0, 1, 2].map((f) => [...ask(f)].sort())).toEqual([
    [0, 2],
    [0, 2],
    [0, 2],
  ]);
});
