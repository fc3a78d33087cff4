/** Patterns for what C names. */
import { describe, expect, it } from 'vitest';
import { memberText } from '../../src/program/patterns.js';

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
