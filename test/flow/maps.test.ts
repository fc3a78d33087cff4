/** What a path's maps do when they are copied with a change. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyOf, isSameMap, isSameSet, keptOf, withEntry } from '../../src/flow/paths/memory/maps.js';

const key = fc.constantFrom('a', 'a.b', 'a[]', 'c');
const entries = fc.array(fc.tuple(key, fc.nat(2)));

describe('maps of a path', () => {
  it('are the same if they have the same entries, in whatever order they came', () => {
    fc.assert(
      fc.property(entries, entries, (some, others) => {
        const [a, b] = [new Map(some), new Map(others)];
        const isLike = JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
        expect(isSameMap(a, b)).toBe(isLike);
        expect(isSameMap(a, copyOf(a))).toBe(true);
        expect(isSameSet(new Set(a.keys()), new Set(b.keys()))).toBe(`${[...a.keys()].sort()}` === `${[...b.keys()].sort()}`);
      }),
    );
  });

  it('are left as they were where a copy is changed', () => {
    fc.assert(
      fc.property(entries, key, fc.nat(2), (some, name, value) => {
        const before = new Map(some);
        const after = withEntry(before, name, value);
        expect([...after].sort()).toEqual([...new Map([...some, [name, value] as [string, number]])].sort());
        expect(before).toEqual(new Map(some));
      }),
    );
  });

  it('are the very same where all entries are kept', () => {
    fc.assert(
      fc.property(entries, key, (some, gone) => {
        const before = new Map(some);
        const after = keptOf(before, (name) => name !== gone);
        expect(after === before).toBe(!before.has(gone));
        expect([...after]).toEqual([...before].filter(([name]) => name !== gone));
      }),
    );
  });
});
