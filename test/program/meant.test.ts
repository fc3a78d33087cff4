import { describe, expect, it } from 'vitest';
import { mayMean } from '../../src/program/meant.js';

/** Members of the structs below that are structs. */
const members: Readonly<Record<string, string>> = { 'outer.in': 'ctx', 'outer.sub': 'other', 'outer.alias': 'ctx_t' };
const memberTag = (tag: string, member: string): string | null => members[`${tag}.${member}`] ?? null;
const means = (text: string): boolean => mayMean(text, 'pages', 'ctx', memberTag);

describe("whose field a path names, before it is parsed: ctx's own", () => {
  for (const text of [
    'void f(struct ctx *c) { g(c->pages); }',
    'void f(struct other *o, struct ctx *c) { g(c->pages); }',
    'struct other *o = g(1, 2), *p; struct ctx *c; return c->pages;',
    'void f(struct outer *o) { g(o->in.pages); }',
    'void f(struct other *o) { struct ctx c = { .nr = 1, .pages = p }; }',
    'g((struct ctx){ .pages = p });',
  ])
    it(text, () => expect(means(text)).toBe(true));
});

describe('what is not seen for sure may be anyone’s', () => {
  for (const text of [
    'g(x->pages);',
    'g(((struct other *)x)->pages);',
    'g(get(o)->pages);',
    'void f(struct outer *o) { g(o->unknown->pages); }',
    'struct other o = { .in = { .pages = p } };',
    '#define two(a, b) (a)->pages',
    'void f(struct other *a, my_ctx b) { g(b->pages); }',
  ])
    it(text, () => expect(means(text)).toBe(true));
});

describe("another struct's", () => {
  for (const text of [
    'void f(struct other *o) { return o->pages; }',
    'void f(struct other *o) { g(i - o->pages, a > o->pages); }',
    'struct other *o, *second; g(second->pages);',
    'struct other *o = g(1, 2), *second[2]; g(second[i + 1]->pages);',
    'struct other list[2]; g(list[h(i)].pages);',
    'void f(struct outer *o) { g(o->sub.pages, o->alias->pages); }',
    'void f(struct outer *o) { g(o->sub[i].pages); }',
    'struct other o = { .nr = f(1, 2), .pages = p };',
    'g((struct other){ .pages = p });',
  ])
    it(text, () => expect(means(text)).toBe(false));
});
