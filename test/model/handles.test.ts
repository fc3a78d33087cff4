import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  bvec,
  bvecSetPage,
  bvPage,
  countsOf,
  createMemory,
  designs,
  getUserPage,
  type Page,
  type Pinned,
  pinUserPage,
  putPage,
  scatterlist,
  sgPage,
  sgSetPage,
  skb,
  skbFillPage,
  skbFragPage,
  unpinUserPage,
} from '../../src/model/index.js';

const bias = designs.find(({ name }) => name === 'bias')!;

describe('typed handles', () => {
  it('count as the design says', () => {
    for (const design of designs) {
      const memory = createMemory(design);
      const plain = getUserPage(memory, 0);
      const before = countsOf(memory, plain);
      const pin = pinUserPage(memory, 0);
      expect(countsOf(memory, pin).ref).toBeGreaterThan(before.ref);
      unpinUserPage(memory, pin);
      expect(countsOf(memory, plain)).toEqual(before);
      putPage(memory, plain);
      expect(countsOf(memory, plain)).toEqual({ ref: 1, pins: 0, allocated: true });
    }
    const memory = createMemory(bias);
    expect(countsOf(memory, pinUserPage(memory, 0)).ref).toBe(1025);
  });

  it('are two types, neither of which is the other', () => {
    const memory = createMemory(bias, 2);
    const plain = getUserPage(memory, 0);
    const pin = pinUserPage(memory, 1);
    expectTypeOf(plain).toEqualTypeOf<Page>();
    expectTypeOf(pin).toEqualTypeOf<Pinned<Page>>();
    expectTypeOf(pin).not.toExtend<Page>();
    expectTypeOf(plain).not.toExtend<Pinned<Page>>();
    // @ts-expect-error put_page() takes no pin
    const wrongPut = () => putPage(memory, pin);
    // @ts-expect-error the unpin takes no plain reference
    const wrongUnpin = () => unpinUserPage(memory, plain);
    expect([wrongPut, wrongUnpin]).toHaveLength(2);
    putPage(memory, plain);
    unpinUserPage(memory, pin);
    expect([countsOf(memory, plain).ref, countsOf(memory, pin).ref]).toEqual([1, 1]);
  });

  it('keep their type through a scatterlist, an skb and a bvec', () => {
    const memory = createMemory(bias);
    const pin = pinUserPage(memory, 0);
    const plain = getUserPage(memory, 0);
    const [list, buffer, vec] = [scatterlist<Pinned<Page>>(), skb<Pinned<Page>>(), bvec<Page>()];
    sgSetPage(list, pin);
    skbFillPage(buffer, pin);
    bvecSetPage(vec, plain);
    expectTypeOf(sgPage(list, 0)).toEqualTypeOf<Pinned<Page>>();
    expectTypeOf(skbFragPage(buffer, 0)).toEqualTypeOf<Pinned<Page>>();
    expectTypeOf(bvPage(vec, 0)).toEqualTypeOf<Page>();
    // @ts-expect-error a pinned page from the scatterlist is still no plain one
    const refetchedPut = () => putPage(memory, sgPage(list, 0));
    // @ts-expect-error nor does a plain page go in
    const mixed = () => sgSetPage(list, plain);
    // @ts-expect-error the same for an skb
    const skbPut = () => putPage(memory, skbFragPage(buffer, 0));
    // @ts-expect-error and the other way round for a bvec
    const bvecUnpin = () => unpinUserPage(memory, bvPage(vec, 0));
    expect([refetchedPut, mixed, skbPut, bvecUnpin]).toHaveLength(4);
    unpinUserPage(memory, sgPage(list, 0));
    putPage(memory, bvPage(vec, 0));
    expect(countsOf(memory, plain).ref).toBe(1);
    expect(() => sgPage(list, 1)).toThrow(RangeError);
  });
});
