/** Macros that leave the place where they stand. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const head = `#define ON_ERROR(call) \\
	status = call; \\
	if (status != 0) { \\
		goto failed; \\
	}
#define GO(where, what) do { status = (what); goto where; } while (0)
#define GIVE_UP(what) return (what)
#define SEEN(x) ((x) > 0)
`;
const take = (then: string, folder = 'inc'): Record<string, string> => ({
  [`${folder}/jumps.h`]: head,
  'drv/take.c': `#include "../${folder}/jumps.h"
struct obj { struct page **pages; int n; struct table table; };

int take(struct obj *o, unsigned long a, int n)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	int i, got, status = 0;

	if (!pages)
		GIVE_UP(-ENOMEM);
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, pages);
	if (got < n) {
		for (i = 0; i < got; i++)
			unpin_user_page(pages[i]);
		GO(failed, -EFAULT);
	}
	for (i = 0; i < n; i++)
		flush_dcache_page(pages[i]);
	${then}
	o->pages = pages;
	o->n = n;
	return 0;
undo:
	unpin_user_pages(pages, n);
failed:
	kfree(pages);
	return status;
}

void drop(struct obj *o)
{
	unpin_user_pages_dirty_lock(o->pages, o->n, true);
	kfree(o->pages);
}
`,
});

describe('macros that jump', () => {
  accepts('unchecked-count', 'a count that such a one has looked at', take(''));
  accepts('unchecked-count', "one of a driver's own folder of that name", take('', 'include'));
  accepts('leak-on-path', 'one that is done with', take(''));
  complains(
    'leak-on-path',
    'one that tests what it is given',
    take('ON_ERROR(table_make(&o->table, n));'),
    'take:ON_ERROR(table_make(&o->table, n));',
  );
  accepts('leak-on-path', 'one that is told where to go', take('if (table_make(&o->table, n))\n\t\tGO(undo, -EIO);'));
  complains(
    'leak-on-path',
    'one that is told to go too far',
    take('if (table_make(&o->table, n))\n\t\tGO(failed, -EIO);'),
    'take:if (table_make(&o->table, n))',
  );
});

const never = (loop: string) => `int get(unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	${loop}
		touch(a);
	if (bad(a))
		return -EINVAL;
	put_page(page);
	return 0;
}
`;
describe('a loop that has no round', () => {
  complains('leak-on-path', 'what is left behind `while (0)`', never('while (0)'), 'get:if (bad(a))');
  complains('leak-on-path', 'what is left behind `for (; 0;)`', never('for (; 0;)'), 'get:if (bad(a))');
});

const filled = (define: string, test: string) => `${define}
struct mem { int n; struct page **list; };
void hw_fill(struct page *p);
int mem_create(struct mem *m, unsigned long va, int want)
{
	int rv = 0, i, bad;

	do {
		m->n = pin_user_pages_fast(va, want, FOLL_LONGTERM, m->list);
		${test}
		for (i = 0; i < want; i++)
			hw_fill(m->list[i]);
		return 0;
	} while (0);
	if (m->n > 0)
		unpin_user_pages(m->list, m->n);
	m->n = 0;
	return rv;
}
void mem_destroy(struct mem *m)
{
	unpin_user_pages(m->list, m->n);
}
`;
const unchecked = 'mem_create:hw_fill(m->list[i]);';
const fail = '{ rv = -EFAULT; break; }';

describe('macros that leave a loop', () => {
  const check = 'CHECK(m->n != want, rv, -EFAULT)';
  accepts('unchecked-count', 'one with no semicolon', filled('#define CHECK(c, rv, v) if (c) { rv = (v); break; }', check));
  accepts(
    'unchecked-count',
    'one with an end of its own',
    filled('#define CHECK(c, rv, v) if (unlikely(c)) { rv = (v); break; }', `${check};`),
  );
  accepts(
    'unchecked-count',
    'one by another',
    filled('#define FAIL(rv, v) { rv = (v); break; }\n#define CHECK(c, rv, v) if (c) FAIL(rv, v)', check),
  );
  accepts('unchecked-count', 'one with a value', filled('#define CHECK(c, rv, v) ({ if (c) { rv = (v); break; } 0; })', `${check};`));
  complains(
    'unchecked-count',
    'one that leaves but a block of its own',
    filled('#define CHECK(c, rv, v) do { if (c) { rv = (v); break; } } while (0)', `${check};`),
    unchecked,
  );
  complains(
    'unchecked-count',
    'one that leaves but a switch of its own',
    filled('#define CHECK(c, rv, v) switch (c) { case 1: rv = (v); break; }', check),
    unchecked,
  );
  const rounds = (define: string) => `${define}
int fill(unsigned long va, int want)
{
	struct page *page;
	int i, got;

	for (i = 0; i < want; i++) {
		got = get_user_pages_fast(va + i * PAGE_SIZE, 1, 0, &page);
		NEXT_IF(got != 1);
		hw_fill(page);
		put_page(page);
	}
	return 0;
}
`;
  accepts('unchecked-count', 'to its next round', rounds('#define NEXT_IF(c) if (c) continue'));
  complains('unchecked-count', 'to nowhere', rounds('#define NEXT_IF(c) if (c) note(c)'), 'fill:hw_fill(page);');
});

describe('macros that test', () => {
  const compared = `if (NOT_ALL(m->n, want)) ${fail}`;
  for (const body of [
    '((a) != (b))',
    '((a) < (b))',
    'unlikely((a) != (b))',
    '(__builtin_expect(!!((a) != (b)), 0))',
    '((a) < 0 || (a) < (b))',
    '((a) == (b) ? 0 : 1)',
    '(!((a) == (b)))',
  ])
    accepts('unchecked-count', `two that are compared: ${body}`, filled(`#define NOT_ALL(a, b) ${body}`, compared));
  for (const body of ['((a) < 0)', '((a) != (b) && (b) == 0)', '(a)'])
    complains('unchecked-count', `what says nothing of the count: ${body}`, filled(`#define NOT_ALL(a, b) ${body}`, compared), unchecked);
  accepts('unchecked-count', 'the opposite', filled('#define ALL(a, b) ((a) == (b))', `if (!ALL(m->n, want)) ${fail}`));
  accepts(
    'unchecked-count',
    'what is kept of it',
    filled('#define NOT_ALL(a, b) ((a) != (b))', `bad = NOT_ALL(m->n, want);\n\t\tif (bad) ${fail}`),
  );
  accepts('unchecked-count', 'a member', filled('#define IS_SHORT(m, n) ((m)->n != (n))', `if (IS_SHORT(m, want)) ${fail}`));
  accepts(
    'unchecked-count',
    'one by another',
    filled('#define DIFFER(a, b) ((a) != (b))\n#define IS_SHORT(m, n) (DIFFER((m)->n, n))', `if (IS_SHORT(m, want)) ${fail}`),
  );
  const taken = (define: string) =>
    filled(define, `if (NOT_ALL(m->n = pin_user_pages_fast(va, want, FOLL_LONGTERM, m->list), want)) ${fail}`).replace(
      '\t\tm->n = pin_user_pages_fast(va, want, FOLL_LONGTERM, m->list);\n',
      '',
    );
  accepts('unchecked-count', 'a call', taken('#define NOT_ALL(a, b) ((a) != (b))'));
});
