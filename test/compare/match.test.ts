import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { likeness, match } from '../../src/compare/match.js';
import type { Row } from '../../src/survey/row.js';
import { row } from '../report/rows.js';

const at = (file: string, name: string, api: string, n = 1, given: Partial<Row> = {}): Row =>
  row({ file, function: name, api, id: `${file}:${name}:${api}#${n}`, ...given });
const ids = (rows: readonly Row[]): string[] => rows.map((one) => one.id).sort();

/** Few names, so that everything that can be confused is. */
const anyRow = fc
  .record({
    file: fc.constantFrom('a/x.c', 'b/x.c', 'a/y.c'),
    function: fc.constantFrom('pin', 'hold', 'map'),
    api: fc.constantFrom('get_user_pages', 'get_user_pages_fast', 'pin_user_pages_fast'),
    line: fc.integer({ min: 1, max: 60 }),
    containers: fc.subarray(['single', 'page-array', 'sgl'] as const).map((kinds) => [...kinds]),
    carrier: fc.subarray(['ctx.pages', 'buf.sg']).map((fields) => [...fields]),
    releaseForm: fc.constantFrom('single', 'bulk', 'loop-other'),
  })
  .map((given) => row(given));

/** A survey's rows: ids numbered as the survey numbers them. */
const anyRows = fc.array(anyRow, { maxLength: 14 }).map((rows) => {
  const counted = new Map<string, number>();
  return rows
    .sort((a, b) => a.line - b.line)
    .map((one) => {
      const stem = `${one.file}:${one.function}:${one.api}`;
      const n = (counted.get(stem) ?? 0) + 1;
      counted.set(stem, n);
      return { ...one, id: `${stem}#${n}` };
    });
});

describe('the matching', () => {
  it('has every site of both surveys exactly once', () => {
    fc.assert(
      fc.property(anyRows, anyRows, (before, after) => {
        const { pairs, gone, added } = match(before, after);
        expect(ids([...pairs.map((pair) => pair.before), ...gone])).toEqual(ids(before));
        expect(ids([...pairs.map((pair) => pair.after), ...added])).toEqual(ids(after));
      }),
    );
  });

  it('finds every site again, wherever its lines went', () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 0, max: 500 }), (rows, shift) => {
        const { pairs, gone, added } = match(
          rows,
          rows.map((one) => ({ ...one, line: one.line + shift, column: 1 })),
        );
        expect([gone, added]).toEqual([[], []]);
        for (const pair of pairs) expect(likeness(pair.before, pair.after)).toBe(1);
      }),
    );
  });

  it('does not depend on the order of the rows', () => {
    const said = ({ pairs, gone, added }: ReturnType<typeof match>): unknown => [
      pairs.map((pair) => [pair.before.id, pair.after.id, pair.by]),
      ids(gone),
      ids(added),
    ];
    fc.assert(
      fc.property(anyRows, anyRows, (before, after) => {
        expect(said(match([...before].reverse(), [...after].reverse()))).toEqual(said(match(before, after)));
      }),
    );
  });

  it('is the same with before and after exchanged', () => {
    const pairsOf = (pairs: readonly [Row, Row][]): string[] => pairs.map(([a, b]) => `${a.id} ${b.id}`).sort();
    fc.assert(
      fc.property(anyRows, anyRows, (before, after) => {
        const there = match(before, after).pairs.map((pair): [Row, Row] => [pair.before, pair.after]);
        const back = match(after, before).pairs.map((pair): [Row, Row] => [pair.after, pair.before]);
        expect(pairsOf(there)).toEqual(pairsOf(back));
      }),
    );
  });

  it('misses exactly the sites that were taken out, where names tell them apart', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{6,8}$/), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(names, fc.func(fc.boolean()), (functions, keep) => {
        // Files of their own too: a function that is renamed in its file is found again on purpose.
        const rows = functions.map((name) => at(`${name}.c`, name, 'get_user_pages'));
        const kept = rows.filter((one) => keep(one.id));
        const { pairs, gone, added } = match(rows, kept);
        expect([pairs.length, gone.length, added.length]).toEqual([kept.length, rows.length - kept.length, 0]);
      }),
    );
  });

  it.each([
    ['id', at('a.c', 'f', 'get_user_pages'), at('a.c', 'f', 'get_user_pages', 1, { line: 99 })],
    ['place', at('a.c', 'f', 'get_user_pages'), at('a.c', 'f', 'pin_user_pages')],
    ['function', at('misc/a.c', 'f', 'get_user_pages', 1, { releases: [] }), at('accel/a.c', 'f', 'get_user_pages', 1, { releases: [] })],
    ['file', at('a.c', 'f', 'get_user_pages', 1, { releases: [] }), at('a.c', '__f', 'get_user_pages', 1, { releases: [] })],
    ['name', at('a.c', 'io_pin', 'pin_user_pages'), at('b.c', 'io_pin', 'pin_user_pages_fast')],
  ])('knows a site by its %s', (by, before, after) => {
    expect(match([before], [after]).pairs).toEqual([{ before, after, by }]);
  });

  it('does not take another site for it that goes another way', () => {
    const before = at('a.c', 'f', 'get_user_pages', 1, { containers: ['sgl'], carrier: ['x.sg'], releaseForm: 'bulk' });
    const after = at('a.c', 'g', 'get_user_pages', 1, { containers: ['single'], releases: [] });
    expect(match([before], [after]).pairs).toEqual([]);
  });

  it('keeps twins apart when the first of them goes', () => {
    const one = at('a.c', 'f', 'get_user_pages', 1, { line: 10, containers: ['single'] });
    const two = at('a.c', 'f', 'get_user_pages', 2, { line: 20, containers: ['sgl'], carrier: ['x.sg'] });
    const left = { ...two, id: one.id, line: 12 };
    expect(match([one, two], [left])).toMatchObject({ pairs: [{ before: two, after: left }], gone: [one], added: [] });
  });
});
