/** Patterns for what C names. */
import { describe, expect, it } from 'vitest';
import { memberStoreText, memberText } from '../../src/program/patterns.js';

describe('the pattern for a member', () => {
  it('matches it behind `->` and `.`, by each of its names', () => {
    const pattern = new RegExp(memberText('pages', 'bvec'));
    for (const text of ['obj->pages', 'obj.pages[0]', '{ .bvec = b }', 'obj->\n\tpages']) expect(text).toMatch(pattern);
    for (const text of ['pages', 'obj->pages_nr', 'obj->npages', 'obj>pages']) expect(text).not.toMatch(pattern);
  });

  it('takes a name as it is written', () => {
    expect('obj->a.b').toMatch(new RegExp(memberText('a.b')));
    expect('obj->a_b').not.toMatch(new RegExp(memberText('a.b')));
  });
});

describe('the pattern for a store to any member', () => {
  it('matches an element too, but no store to a variable', () => {
    for (const text of ['obj->page = p', 'obj.pages[i] = p']) expect(text).toMatch(new RegExp(memberStoreText));
    expect('page = p').not.toMatch(new RegExp(memberStoreText));
  });
});
