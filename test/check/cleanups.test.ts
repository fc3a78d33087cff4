/** Variables with a cleanup: what runs on each way out of their scopes. */
import { describe } from 'vitest';
import type { Files } from '../survey/helper.js';
import { accepts, complains } from './findings.js';

const head = 'DEFINE_FREE(unpin, struct page *, if (_T) unpin_user_page(_T))\n';

/** Pages of which each is pinned in the scope of one round. */
const rounds = (way: string, clean = ' __free(unpin)'): string => `${head}
int scan(unsigned long a, int n)
{
	int i, ret = 0;

	for (i = 0; i < n; i++) {
		struct page *page${clean} = NULL;

		if (pin_user_pages_fast(a + i, 1, 0, &page) != 1)
			return -EFAULT;
		if (is_odd(a))
			${way};
		use(page);
		${clean === '' ? 'unpin_user_page(page);' : ''}
	}
out:
	return ret;
}`;

const said = 'scan:if (is_odd(a))';
const round = 'scan:for (i = 0; i < n; i++) {';
const failed = 'scan:if (pin_user_pages_fast(a + i, 1, 0, &page) != 1)';

describe('a way out of a scope', () => {
  for (const [way, ...places] of [
    ['continue', round, failed],
    ['break', said],
    ['goto out', said],
    ['return -EIO', said],
  ] as const) {
    accepts('leak-on-path', `a variable with a cleanup by ${way}`, rounds(way));
    complains('leak-on-path', `a variable without one by ${way}`, rounds(way, ''), ...places);
  }
});

/** A `goto` within the scope, to a label at which the variable is still open. */
const inside = (drop: string): string => `${head}
int f(unsigned long a)
{
	struct page *page __free(unpin) = NULL;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	if (is_odd(a))
		goto busy;
	use(page);
	return 0;
busy:
	${drop}
	return -EBUSY;
}`;

describe('a jump that stays in the scope', () => {
  accepts('use-after-release', 'a variable that is used behind the label', inside('mark(page_address(page));'));
  accepts('double-release', 'a variable whose scope ends once', inside(''));
  complains('double-release', 'a variable that is dropped and cleaned up', inside('unpin_user_page(page);'), 'f:return -EBUSY;');
});

/** One page that goes with its scope, NULL at first or not. */
const scoped = (first: string): string => `${head}
int f(unsigned long a)
{
	struct page *page __free(unpin)${first};

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	use(page);
	return 0;
}`;

describe('a cleanup where nothing was taken', () => {
  accepts('unchecked-count', 'a variable that was NULL', scoped(' = NULL'));
  complains('unchecked-count', 'a variable that was nothing', scoped(''), 'f:return -EFAULT;');
});

/** A request whose pages go with its scope, by some declaration of it and what a header defines for that. */
const request = (declared: string, end = ''): Files => ({
  'req.h': `int hw_run(struct page *p);
struct req { struct page *page; };
static inline void req_free(struct req *r)
{
	if (r->page)
		unpin_user_page(r->page);
	kfree(r);
}
static inline void req_free_at(struct req **r)
{
	if (*r)
		req_free(*r);
}
static inline void req_note(struct req **r)
{
	pr_debug("%p", *r);
}
DEFINE_FREE(req_free, struct req *, if (_T) req_free(_T))
`,
  'f.c': `#include "req.h"
int f(unsigned long a)
{
	${declared} = kzalloc(sizeof(struct req), GFP_KERNEL);
	int err;

	if (!r)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 1, 0, &r->page) != 1)
		return -EFAULT;
	err = hw_run(r->page);
	if (err)
		return err;
	${end}
	return 0;
}`,
});

describe('an object that ends with its scope', () => {
  for (const declared of [
    'struct req *r __free(req_free)',
    '__free(req_free) struct req *r',
    'struct req *r __cleanup(req_free_at)',
    '__cleanup(req_free_at) struct req *r',
    '__attribute__((cleanup(req_free_at))) struct req *r',
  ]) {
    accepts('leak-on-path', declared, request(declared));
    accepts('needs-longterm', declared, request(declared));
  }
  for (const declared of ['__free(kfree) struct req *r', 'struct req *r __cleanup(req_note)', '__cleanup(req_note) struct req *r'])
    complains('leak-on-path', declared, request(declared, 'req_free(r);'), 'f:err = hw_run(r->page);');
});

/** Pages of a class of variables. */
const classed = (exit: string, end = ''): string => `struct pin { struct page **pages; int n; };
static struct pin pin_range(unsigned long a, int n)
{
	struct pin p = { };

	p.pages = kvcalloc(n, sizeof(*p.pages), GFP_KERNEL);
	if (p.pages)
		p.n = pin_user_pages_fast(a, n, 0, p.pages);
	return p;
}
static void pin_drop(struct pin *p)
{
	if (p->n > 0)
		unpin_user_pages(p->pages, p->n);
	kvfree(p->pages);
}
DEFINE_CLASS(pin, struct pin, ${exit}, pin_range(a, n), unsigned long a, int n)
int f(unsigned long a, int n)
{
	CLASS(pin, p)(a, n);

	if (p.n != n)
		return -EFAULT;
	${end}
	return 0;
}`;

describe('a variable of a class', () => {
  accepts('leak-on-path', 'that drops its pages', classed('pin_drop(&_T)'));
  complains('leak-on-path', 'that keeps them', classed('kvfree(_T.pages)'), 'f:CLASS(pin, p)(a, n);');
});
