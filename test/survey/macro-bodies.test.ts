/** Macros of a driver's own that name a member of their argument, or are the head of a loop. */
import { describe } from 'vitest';
import { shows } from './helper.js';

const head = 'struct buf { struct page **pages; struct page *first; int n; };\n';
const taking = (into: string) => `int buf_take(struct buf *b, unsigned long a, int n)
{
	b->n = pin_user_pages_fast(a, n, FOLL_WRITE, ${into});
	return b->n;
}
`;
const giving = (how: string) => `void buf_give(struct buf *b)
{
	struct page *page;
	int i;

	${how}
}
`;
const one = (macro: string, how: string, into = 'b->pages') => head + macro + taking(into) + giving(how);
const held = (form: string, by = 'unpin_user_page') => `pin page-array car=buf.pages ${form}@file put:buf_give:${by}`;

describe('a macro that is the head of a loop', () => {
  const each = '#define for_each_held(b, i, page) \\\n\tfor (i = 0; i < (b)->n && (page = (b)->pages[i]); i++)\n';
  const use = 'for_each_held(b, i, page)\n\t\tunpin_user_page(page);';
  shows('with the page in it', one(each, use), held('loop-collapsible'));
  shows(
    'with an index alone',
    one('#define for_each_slot(b, i) for (i = 0; i < (b)->n; i++)\n', 'for_each_slot(b, i) {\n\t\tunpin_user_page(b->pages[i]);\n\t}'),
    held('loop-collapsible'),
  );
  shows(
    'of a header, in another file',
    { 'buf.h': head + each, 'a.c': `#include "buf.h"\n${taking('b->pages')}`, 'b.c': `#include "buf.h"\n${giving(use)}` },
    'pin page-array car=buf.pages loop-collapsible@cross-file put:b.c:buf_give:unpin_user_page',
  );
});

describe('a macro that is a member of its argument', () => {
  shows(
    'an element',
    one('#define HELD(b, i) ((b)->pages[i])\n', 'for (i = 0; i < b->n; i++)\n\t\tunpin_user_page(HELD(b, i));'),
    held('loop-collapsible'),
  );
  shows(
    'where they are taken',
    one('#define PAGES(b) ((b)->pages)\n', 'unpin_user_pages(b->pages, b->n);', 'PAGES(b)'),
    held('bulk', 'unpin_user_pages'),
  );
  shows(
    'where they are dropped',
    one('#define PAGES(b) ((b)->pages)\n', 'unpin_user_pages(PAGES(b), b->n);'),
    held('bulk', 'unpin_user_pages'),
  );
  shows(
    'of another struct',
    `struct other { struct page **pages; };\n${one('#define PAGES(b) ((b)->pages)\n', 'hold(PAGES(b));')}void other_give(struct other *b)\n{\n\tput_page(PAGES(b)[0]);\n}\n`,
    'pin page-array car=buf.pages none@function gap',
  );
});

describe('a macro that drops what a member leads to', () => {
  shows('one', one('#define DROP(b) unpin_user_page((b)->pages[0])\n', 'DROP(b);'), held('single'));
  shows(
    'all',
    one('#define DROP_ALL(b) do { int k; for (k = 0; k < (b)->n; k++) unpin_user_page((b)->pages[k]); } while (0)\n', 'DROP_ALL(b);'),
    held('loop-collapsible'),
  );
  shows(
    'where one is given to it',
    one('#define DROP(page) do { if (page) unpin_user_page(page); } while (0)\n', 'DROP(b->pages[0]);'),
    held('single'),
  );
});

describe('a macro that calls what it is given', () => {
  const taken = (call: string) =>
    `${head}int buf_take(struct buf *b, unsigned long a, int n)\n{\n\tb->n = ${call};\n\treturn b->n;\n}\nvoid buf_give(struct buf *b)\n{\n\tunpin_user_pages(b->pages, b->n);\n}\n`;
  const bulk = held('bulk', 'unpin_user_pages');
  shows(
    'with the rest of its arguments',
    `#define CALL(fn, ...) fn(__VA_ARGS__)\n${taken('CALL(pin_user_pages_fast, a, n, FOLL_WRITE, b->pages)')}`,
    bulk,
  );
  shows(
    'as the value of statements',
    `#define CALL(fn, args...) ({ \\\n\tfn(args); })\n${taken('CALL(pin_user_pages_fast, a, n, FOLL_WRITE, b->pages)')}`,
    bulk,
  );
  shows(
    'in parentheses, of another place and order',
    `#define CALL(pages, n, a, fn) (fn)(a, n, FOLL_WRITE, pages)\n${taken('CALL(b->pages, n, a, pin_user_pages_fast)')}`,
    bulk,
  );
  shows(
    'that is a function of the driver which drops',
    `#define CALL(fn, ...) fn(__VA_ARGS__)\n${taken('pin_user_pages_fast(a, n, FOLL_WRITE, b->pages)').replace('void buf_give', 'static void buf_drop')}void buf_free(struct buf *b)\n{\n\tCALL(buf_drop, b);\n}\n`,
    held('bulk', 'unpin_user_pages').replace('buf_give', 'buf_drop'),
  );
});

describe('a macro that takes pages among other statements', () => {
  const grab = (body: string): string => `#define GRAB(b, a, cnt) ${body.replaceAll('\n', ' \\\n')}
int buf_take(struct buf *b, unsigned long a, int n)
{
	GRAB(b, a, n);
	return b->n == n ? 0 : -EFAULT;
}
`;
  const put = giving('unpin_user_pages(b->pages, b->n);');
  for (const body of [
    'do {\n(b)->n = pin_user_pages_fast(a, cnt, 0, (b)->pages);\nif ((b)->n < 0)\n(b)->n = 0;\n} while (0)',
    '{ (b)->n = pin_user_pages_fast(a, cnt, 0, (b)->pages); note((b)->n); }',
    '({\nint got = pin_user_pages_fast(a, cnt, 0, (b)->pages);\nif (got > 0 && got < cnt)\nunpin_user_pages((b)->pages, got);\n(b)->n = got;\n})',
  ])
    shows(
      body,
      head + grab(body) + put,
      held('bulk', 'unpin_user_pages').replace('put:', body.includes('unpin') ? 'put:buf_take:unpin_user_pages,' : 'put:'),
    );
});

describe('a macro that hands each page to the function that it is given', () => {
  const each = '#define EACH_HELD(b, fn) do { int _i; for (_i = 0; _i < (b)->n; _i++) { fn((b)->pages[_i]); } } while (0)\n';
  const put = 'static void put_it(struct page *page)\n{\n\tset_page_dirty_lock(page);\n\tunpin_user_page(page);\n}\n';
  shows(
    'which drops it',
    one(`${each}${put}`, 'EACH_HELD(b, put_it);'),
    'pin page-array car=buf.pages loop-collapsible@file put:put_it:unpin_user_page dirty=set_page_dirty_lock',
  );
  shows(
    'which only looks at it',
    one(`${each}static void see_it(struct page *page)\n{\n\tprintk("%p", page);\n}\n`, 'EACH_HELD(b, see_it);'),
    'pin page-array car=buf.pages none@function',
  );
});
