/** release-count: one page less or more is dropped than was taken, where a sum says so that names the number. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'release-count';

/** A function that pins pages, undoes a short count, and goes on. */
const whole = (then: string, helpers = ''): string => `${helpers}
int f(unsigned long a, int n, struct page **pages)
{
	int i, ret = pin_user_pages_fast(a, n, FOLL_WRITE, pages);

	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		return -EFAULT;
	}
	fill(pages[0]);
${then}
	return 0;
}
`;

describe('the number asked for', () => {
  for (const [what, drop, line = drop] of [
    ['one less', 'unpin_user_pages(pages, n - 1);'],
    ['one less, in brackets', 'unpin_user_pages(pages, (n) - 1);'],
    ['one more', 'unpin_user_pages(pages, n + 1);'],
    ['one less of the result', 'unpin_user_pages(pages, ret - 1);'],
    ['one less, by a variable', 'i = n - 1;\n	unpin_user_pages(pages, i);', 'unpin_user_pages(pages, i);'],
    ['one round less', 'for (i = 0; i < n - 1; i++)\n		unpin_user_page(pages[i]);', 'unpin_user_page(pages[i]);'],
    ['one round more', 'for (i = 0; i < n + 1; i++)\n		unpin_user_page(pages[i]);', 'unpin_user_page(pages[i]);'],
  ] as const)
    complains(rule, what, whole(`	${drop}`), `f:${line}`);
  for (const [what, drop] of [
    ['all', 'unpin_user_pages(pages, n);'],
    ['the first one by itself', 'unpin_user_page(pages[0]);\n	unpin_user_pages(pages + 1, n - 1);'],
    ['the last one by itself', 'unpin_user_page(pages[n - 1]);\n	unpin_user_pages(pages, n - 1);'],
    ['all rounds', 'for (i = 0; i <= n - 1; i++)\n		unpin_user_page(pages[i]);'],
    ['the last one behind the rounds', 'for (i = 0; i < n - 1; i++)\n		unpin_user_page(pages[i]);\n	unpin_user_page(pages[i]);'],
    [
      'one on the way out of a loop over the others',
      'for (i = 1; i < n; i++)\n		if (!fill(pages[i])) {\n			unpin_user_page(pages[i]);\n			return -EIO;\n		}\n	unpin_user_pages(pages, n);',
    ],
    ['a number that is computed in another way', 'unpin_user_pages(pages, n << order);'],
  ] as const)
    accepts(rule, what, whole(`	${drop}`));
});

describe('a helper', () => {
  const helper = (count: string): string =>
    `static void done(struct page **pages, unsigned long n)\n{\n	unpin_user_pages(pages, ${count});\n}`;
  complains(rule, 'that drops one less', whole('	done(pages, n);', helper('n - 1')), 'f:done(pages, n);');
  complains(rule, 'that is given one more', whole('	done(pages, n + 1);', helper('n')), 'f:done(pages, n + 1);');
  accepts(rule, 'that is given one more, and drops one less', whole('	done(pages, n + 1);', helper('n - 1')));
  accepts(rule, 'that is given the pages behind the first', whole('	unpin_user_page(pages[0]);\n	done(pages + 1, n - 1);', helper('n')));
});

/** Pages that an object keeps with their number, and that another function drops. */
const kept = (count: string, after = '', keep = 'o->n = n;'): string => `
struct obj {
	struct page **pages;
	int n;
	int size;
};
int obj_pin(struct obj *o, unsigned long a, int n)
{
	int ret = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, o->pages);

	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(o->pages, ret);
		return -EFAULT;
	}
	${keep}
	return 0;
}
void obj_unpin(struct obj *o)
{
	unpin_user_pages_dirty_lock(o->pages, ${count}, true);
${after}
	kfree(o->pages);
}
`;

describe('a member that keeps the number', () => {
  const drop = (count: string): string => `obj_unpin:unpin_user_pages_dirty_lock(o->pages, ${count}, true);`;
  complains(rule, 'one less', kept('o->n - 1'), drop('o->n - 1'));
  complains(rule, 'one more', kept('o->n + 1'), drop('o->n + 1'));
  complains(rule, 'one less than the result', kept('o->n - 1', '', 'o->n = ret;'), drop('o->n - 1'));
  accepts(rule, 'all', kept('o->n'));
  accepts(rule, 'another member', kept('o->size - 1'));
  accepts(rule, 'a member that keeps one more', kept('o->n - 1', '', 'o->n = n + 1;'));
  accepts(rule, 'the last one by itself', kept('o->n - 1', '	unpin_user_page(o->pages[o->n - 1]);'));
});

/** Pages that several calls take. */
const summed = (undo: string): string => `
int f(unsigned long a, int n, struct page **pages)
{
	int ret, pinned = 0;

	while (pinned < n) {
		ret = pin_user_pages_fast(a, n - pinned, FOLL_WRITE, pages + pinned);
		if (ret <= 0)
			goto undo;
		pinned += ret;
		a += ret * PAGE_SIZE;
	}
	return fill(pages, n);
undo:
	unpin_user_pages(pages, ${undo});
	return -EFAULT;
}
`;

describe('the sum of what several calls took', () => {
  complains(rule, 'one less', summed('pinned - 1'), 'f:unpin_user_pages(pages, pinned - 1);');
  complains(rule, 'one more', summed('pinned + 1'), 'f:unpin_user_pages(pages, pinned + 1);');
  accepts(rule, 'all', summed('pinned'));
});

/** Pages that an object keeps with their number, and which are dropped one by one where it ends. */
const ended = (end: string): string => `struct obj { struct page **pages; int n; };
int obj_pin(struct obj *o, unsigned long a, int n)
{
	int ret = pin_user_pages_fast(a, n, FOLL_LONGTERM, o->pages);

	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(o->pages, ret);
		return -EFAULT;
	}
	o->n = n;
	return 0;
}
void obj_unpin(struct obj *o)
{
	int i;

	${end}
	kfree(o->pages);
}
`;

describe('the rounds in which an object’s pages are dropped', () => {
  const drop = 'unpin_user_page(o->pages[i]);';
  for (const head of [
    'for (i = 1; i < o->n; i++)',
    'for (i = 0; i < o->n - 1; i++)',
    'for (i = 0; i < o->n + 1; i++)',
    'for (i = 2; i < o->n; ++i)',
  ])
    complains(rule, head, ended(`${head}\n\t\t${drop}`), `obj_unpin:${drop}`);
  for (const head of ['for (i = 0; i < o->n; i++)', 'for (i = first(o); i < o->n; i++)'])
    accepts(rule, head, ended(`${head}\n\t\t${drop}`));
  accepts(rule, 'with the first by itself', ended(`unpin_user_page(o->pages[0]);\n\tfor (i = 1; i < o->n; i++)\n\t\t${drop}`));
  accepts(rule, 'with a test of each', ended(`for (i = 1; i < o->n; i++)\n\t\tif (o->pages[i])\n\t\t\t${drop}`));
  accepts(rule, 'with another element in each', ended('for (i = 1; i < o->n; i++)\n\t\tunpin_user_page(o->pages[i - 1]);'));
  accepts(rule, 'that go back on a way', ended(`for (i = 1; i < o->n; i++) {\n\t\tif (odd(o))\n\t\t\ti = 0;\n\t\t${drop}\n\t}`));
});

/** Pages that an object keeps, each of which a helper drops by itself: where fewer were taken than asked for, and as the object ends. */
const each = ({
  drop = 'unpin_user_page(page);',
  failed = 'for (i = 0; i < got; i++)\n\t\t\tdrop_one(r->pages[i]);',
  end = 'for (i = 0; i < r->n; i++)\n\t\tdrop_one(r->pages[i]);',
}): string => `static inline void drop_one(struct page *page)
{
	${drop}
}
struct run { struct page **pages; int n; };
int run_take(struct run *r, unsigned long a, int n)
{
	int got, i;

	r->pages = kvcalloc(n, sizeof(*r->pages), GFP_KERNEL);
	if (!r->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_LONGTERM, r->pages);
	if (got != n) {
		${failed}
		kvfree(r->pages);
		return -EFAULT;
	}
	r->n = n;
	return 0;
}
void run_end(struct run *r)
{
	int i;

	${end}
	kvfree(r->pages);
	kfree(r);
}
`;

describe('a helper that drops the page which it is handed', () => {
  const [taken, ended] = ['run_take:drop_one(r->pages[i]);', 'run_end:drop_one(r->pages[i]);'];
  const failing = (head: string) => each({ failed: `for (${head}; i++)\n\t\t\tdrop_one(r->pages[i]);` });
  const ending = (head: string, drop?: string) => each({ end: `for (${head}; i++)\n\t\tdrop_one(r->pages[i]);`, ...(drop && { drop }) });
  accepts(rule, 'each of those that were taken', each({}));
  accepts('unchecked-count', 'each of those that were taken', each({}));
  complains(rule, 'each of those asked for', failing('i = 0; i < n'), taken);
  complains(rule, 'one more than were taken', failing('i = 0; i <= got'), taken);
  complains(rule, 'all taken but the first', failing('i = 1; i < got'), taken);
  complains(rule, 'one more than the object keeps', ending('i = 0; i <= r->n'), ended);
  complains(rule, 'all that the object keeps but the first', ending('i = 1; i < r->n'), ended);
  complains(rule, 'one of a bulk call, all but the first', ending('i = 1; i < r->n', 'unpin_user_pages(&page, 1);'), ended);
  const last = 'for (i = 0; i < got - 1; i++)\n\t\t\tdrop_one(r->pages[i]);\n\t\tif (got > 0)\n\t\t\tdrop_one(r->pages[got - 1]);';
  const once = 'for (i = 0; i < r->n; i++)\n\t\tdrop_one(r->pages[i]);';
  complains('double-release', 'each of those that were handed to it before', each({ end: `${once}\n\t${once}` }), ended);
  for (const r of [rule, 'double-release']) accepts(r, 'the last one behind the others', each({ failed: last }));
  for (const drop of ['if (page)\n\t\tunpin_user_page(page);', 'if (!page)\n\t\treturn;\n\tunpin_user_page(page);'])
    for (const r of [rule, 'unchecked-count'])
      accepts(r, 'each of those asked for that is there', each({ drop, failed: 'for (i = 0; i < n; i++)\n\t\t\tdrop_one(r->pages[i]);' }));
});

describe('a helper that drops an array for several', () => {
  const helper =
    'static void drop_all(struct page **pages, int n)\n{\n\tint i;\n\n\tfor (i = 0; i < n; i++)\n\t\tunpin_user_page(pages[i]);\n}';
  const several = (n: string): string =>
    `${helper}\n${each({ failed: 'if (got > 0)\n\t\t\tdrop_all(r->pages, got);', end: `drop_all(r->pages, ${n});` })}`;
  accepts(rule, 'as many as each has', several('r->n'));
  complains(rule, 'one less for the last of them', several('r->n - 1'), 'run_end:drop_all(r->pages, r->n - 1);');
});

/** A stack of pages, each put in by a number that is stepped on. */
const stack = (drop: string, put = 's->pages[s->n++] = page;'): string => `struct stack { struct page *pages[64]; unsigned int n; };
int stack_push(struct stack *s, unsigned long a)
{
	struct page *page;
	int ret = pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page);

	if (ret != 1)
		return ret < 0 ? ret : -EFAULT;
	${put}
	return 0;
}
void stack_end(struct stack *s)
{
	${drop}
}
`;

describe('pages that are put in by a number before it is stepped on', () => {
  const [one, bulk] = ['unpin_user_page(s->pages[s->n--]);', 'unpin_user_pages_dirty_lock(&s->pages[s->n--], 1, true);'];
  for (const drop of [one, bulk])
    complains(rule, 'and dropped before it is stepped back', stack(`while (s->n)\n\t\t${drop}`), `stack_end:${drop}`);
  accepts(rule, 'and dropped behind that', stack('while (s->n)\n\t\tunpin_user_page(s->pages[--s->n]);'));
  accepts(rule, 'and dropped from the last one on', stack(`s->n--;\n\twhile ((int)s->n >= 0)\n\t\t${one}`));
  accepts(rule, 'where others are put in behind the step', stack(`while (s->n)\n\t\t${one}`, 's->pages[++s->n] = page;'));
});
