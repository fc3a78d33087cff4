import { describe, expect, it } from 'vitest';
import { rowsOf, shows } from './helper.js';

const low = `int low(unsigned long a, int n, struct page **p)
{
	return pin_user_pages_fast(a, n, FOLL_WRITE, p);
}
`;
const mid = `int mid(unsigned long a, struct page **p)
{
	int n = low(a, 4, p);

	return n == 4 ? 0 : -EFAULT;
}
`;
const user = (name: string, call: string, drop: string) => `int ${name}(unsigned long a)
{
	struct page *p[4];
	int i;

	if (${call})
		return -1;
	${drop}
	return 0;
}
`;

describe('6. wrappers', () => {
  shows(
    'one deep, two callers in other files',
    {
      'low.c': low,
      'b.c': user('b', 'low(a, 4, p) != 4', 'unpin_user_pages(p, 4);'),
      'c.c': user('c', 'low(a, 4, p) != 4', 'for (i = 0; i < 4; i++)\n\t\tunpin_user_page(p[i]);'),
    },
    'wrapper pin page-array caller@caller put:b.c:b:unpin_user_pages,c.c:c:unpin_user_page via=low',
  );
  shows(
    'two deep',
    { 'low.c': low, 'mid.c': mid, 'c.c': user('c', 'mid(a, p)', 'unpin_user_pages(p, 4);') },
    'wrapper pin page-array caller@caller put:c.c:c:unpin_user_pages via=low,mid',
  );
  shows(
    'three deep, released at every depth',
    {
      'low.c': low,
      'mid.c': mid,
      'top.c': `int top(unsigned long a, struct page **p)
{
	int ret = mid(a, p);

	if (ret)
		return ret;
	if (check(p)) {
		unpin_user_pages(p, 4);
		return -EINVAL;
	}
	return 0;
}
`,
      'use1.c': user('use1', 'low(a, 4, p) != 4', 'unpin_user_pages(p, 4);'),
      'use3.c': user('use3', 'top(a, p)', 'unpin_user_pages_dirty_lock(p, 4, true);'),
    },
    'wrapper pin page-array caller@caller put:top.c:top:unpin_user_pages,use1.c:use1:unpin_user_pages,use3.c:use3:unpin_user_pages_dirty_lock dirty=bulk via=low,mid,top',
  );
  shows(
    'static, in the same file, callers of two forms',
    `static ${low}${user('b', 'low(a, 4, p) != 4', 'unpin_user_pages(p, 4);')}${user('c', 'low(a, 4, p) != 4', 'for (i = 0; i < 4; i++)\n\t\tunpin_user_page(p[i]);')}`,
    'wrapper pin page-array caller@caller put:b:unpin_user_pages,c:unpin_user_page via=low',
  );
  shows(
    'undoes a short pin itself',
    {
      'a.c': `int all(unsigned long a, int n, struct page **p)
{
	int got = pin_user_pages_fast(a, n, 0, p);

	if (got == n)
		return 0;
	if (got > 0)
		unpin_user_pages(p, got);
	return -EFAULT;
}
`,
      'b.c': user('b', 'all(a, 4, p)', 'for (i = 0; i < 4; i++)\n\t\tunpin_user_page(p[i]);'),
    },
    'wrapper pin page-array caller@caller put:all:unpin_user_pages,b.c:b:unpin_user_page via=all',
  );
  const locked = (head: string, count: string): string => `${head}
{
	struct page **pages = kvcalloc(count, sizeof(*pages), GFP_KERNEL);
	unsigned long i, pinned = 0;
	long ret;

	if (!pages)
		return -ENOMEM;
	ret = pin_user_pages_fast(a, ${count}, FOLL_WRITE, pages);
	if (ret > 0)
		pinned = ret;
	if (pinned < count) {
		for (i = 0; i < pinned; i++)
			unpin_user_page(pages[i]);
		kvfree(pages);
		return -EINVAL;
	}
	*out = pages;
	return 0;
}
`;
  shows(
    'hands out an array of its own, of which it drops a part where it was short; nobody in the tree calls it',
    locked('int lock(unsigned long a, unsigned long count, struct page ***out)', 'count'),
    'wrapper pin page-array caller@caller put:lock:unpin_user_page via=lock gap',
  );
  shows(
    'the same behind a pointer to anything, where the drop may be of all',
    locked('int lock(unsigned long a, unsigned long count, void **out)', 'count - 1'),
    'wrapper pin page-array caller@caller put:lock:unpin_user_page via=lock gap',
  );
  shows(
    'a caller that drops what it gave on from its field',
    {
      'low.c': low,
      'x.h': 'struct ring { struct page **pages; };\n',
      'b.c': `#include "x.h"
int ring_map(struct ring *r, unsigned long a)
{
	r->pages = kcalloc(4, sizeof(*r->pages), GFP_KERNEL);
	return low(a, 4, r->pages) == 4 ? 0 : -1;
}
void ring_unmap(struct ring *r)
{
	unpin_user_pages(r->pages, 4);
}
`,
      'c.c': user('c', 'low(a, 4, p) != 4', 'unpin_user_pages_dirty_lock(p, 4, true);'),
    },
    'wrapper pin page-array car=ring.pages caller@caller put:b.c:ring_unmap:unpin_user_pages,c.c:c:unpin_user_pages_dirty_lock dirty=bulk via=low',
  );
  shows(
    'the page is returned, its callers in other files',
    {
      'a.c': `struct page *grab(unsigned long a)
{
	struct page *p;

	return get_user_pages_fast(a, 1, 0, &p) == 1 ? p : NULL;
}
`,
      'b.c': `int b(unsigned long a)
{
	struct page *p = grab(a);

	if (!p)
		return -1;
	set_page_dirty_lock(p);
	put_page(p);
	return 0;
}
`,
      'c.c': `void c(unsigned long a)
{
	struct page *q = grab(a);

	if (q)
		folio_put(page_folio(q));
}
`,
    },
    'wrapper get single caller@caller put:b.c:b:put_page,c.c:c:folio_put dirty=set_page_dirty_lock via=grab',
  );
  shows(
    'fills a struct of its caller: the struct is the carrier, its teardown the release',
    `struct vec { struct page **p; int n; };
static int vec_pin(struct vec *v, unsigned long a)
{
	v->n = pin_user_pages_fast(a, 4, 0, v->p);
	return v->n == 4 ? 0 : -1;
}
static void vec_unpin(struct vec *v)
{
	unpin_user_pages(v->p, v->n);
}
int b(struct vec *v, unsigned long a)
{
	int ret = vec_pin(v, a);

	if (!ret)
		vec_unpin(v);
	return ret;
}`,
    'pin page-array car=vec.p bulk@file put:vec_unpin:unpin_user_pages',
  );
  shows(
    'calls itself',
    {
      'a.c': `int rec(unsigned long a, int n, struct page **p)
{
	int got;

	if (n > 64)
		return rec(a, 64, p) + rec(a + 64 * PAGE_SIZE, n - 64, p + 64);
	got = pin_user_pages_fast(a, n, 0, p);
	return got;
}
`,
      'b.c': user('b', 'rec(a, 4, p) != 4', 'unpin_user_pages(p, 4);'),
    },
    'wrapper pin page-array caller@caller put:b.c:b:unpin_user_pages via=rec',
  );
  shows(
    'an array of bvecs is handed on as an array of pages is',
    `static int get_bvecs(struct iov_iter *i, struct bio_vec *bv)
{
	struct page *pages[8];
	size_t off;
	int k, n = iov_iter_get_pages2(i, pages, 8 * PAGE_SIZE, 8, &off) / PAGE_SIZE;

	for (k = 0; k < n; k++)
		bv[k].bv_page = pages[k];
	return n;
}
void f(struct iov_iter *i)
{
	struct bio_vec bv[8];
	int k, n = get_bvecs(i, bv);

	for (k = 0; k < n; k++)
		put_page(bv[k].bv_page);
}`,
    'wrapper get page-array→bvec caller@caller put:f:put_page mixed via=get_bvecs',
  );
  shows(
    'the address of a page that was dropped before is no reference',
    `static int lookup(unsigned long a, unsigned long *paddr, unsigned long *copy)
{
	struct page *page;
	unsigned long at;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	at = page_to_phys(page);
	*paddr = at;
	*copy = at;
	put_page(page);
	return 0;
}
int f(unsigned long a, unsigned long *copy) { unsigned long p; return lookup(a, &p, copy); }`,
    'get single single@function put:lookup:put_page',
  );
  shows(
    'a wrapper nobody calls hands on to whoever will',
    { 'a.c': `${low}EXPORT_SYMBOL_GPL(low);\n` },
    'wrapper pin page-array caller@caller via=low gap',
  );
  it('the release by a wrapper for the release is the statement inside', async () => {
    const rows = await rowsOf(`void my_unpin(struct page **p, int n)
{
	unpin_user_pages(p, n);
}
${user('f', 'pin_user_pages_fast(a, 4, 0, p) != 4', 'my_unpin(p, 4);')}`);
    expect(rows[0]?.releases).toEqual([{ file: 'a.c', line: 3, function: 'my_unpin', api: 'unpin_user_pages' }]);
    expect(rows[0]?.releaseScope).toBe('file');
  });
  it('the trace goes from the site through each call to the release', async () => {
    const rows = await rowsOf({ 'low.c': low, 'mid.c': mid, 'c.c': user('c', 'mid(a, p)', 'unpin_user_pages(p, 4);') });
    const trace = rows[0]?.trace ?? [];
    expect(trace.map((s) => s.function)).toEqual(expect.arrayContaining(['low', 'mid', 'c']));
    expect([trace[0]?.file, trace[0]?.line]).toEqual(['low.c', 3]);
    expect([trace.at(-1)?.file, trace.at(-1)?.line]).toEqual(['c.c', 8]);
  });
});

describe('6. a helper that drops a part, and whose pages are kept', () => {
  shows(
    'the drop far away of what a helper in a header finds in the field',
    {
      'include/media/vec.h': `struct vec { struct page **ptrs; int n; };
static inline struct page **vec_pages(struct vec *v)
{
	return v->ptrs;
}
`,
      'drivers/media/vec.c': `#include <media/vec.h>
static int own_take(unsigned long a, int n, struct page **pages)
{
	int got = pin_user_pages_fast(a, n, FOLL_LONGTERM, pages);

	if (got == n || got <= 0)
		return got;
	unpin_user_pages(pages, got);
	return -EFAULT;
}
int vec_get(struct vec *v, unsigned long a)
{
	int ret = own_take(a, v->n, v->ptrs);

	return ret < 0 ? ret : 0;
}
void vec_put(struct vec *v)
{
	struct page **pages = vec_pages(v);

	unpin_user_pages(pages, v->n);
}
`,
    },
    'wrapper pin LT page-array car=vec.ptrs caller@caller put:own_take:unpin_user_pages,vec_put:unpin_user_pages via=own_take,vec_pages',
  );
});

/** So many functions above one another that hand the pages on, and one above them that drops them. */
const tower = (height: number) => `int f0(unsigned long a, int n, struct page **p)
{
	return get_user_pages_fast(a, n, 0, p);
}
${Array.from(
  { length: height },
  (_, i) => `int f${i + 1}(unsigned long a, int n, struct page **p)
{
	return f${i}(a, n, p);
}
`,
).join('')}int user(unsigned long a)
{
	struct page *p[4];
	int got = f${height}(a, 4, p);

	if (got > 0)
		release_pages(p, got);
	return 0;
}
`;
/** A loop by whose rounds the page comes through so many variables, one further in each. */
const shifted = (length: number) => `int f(unsigned long a, int n)
{
	struct page *${Array.from({ length: length + 1 }, (_, i) => `p${i} = NULL`).join(', *')};
	int i;

	if (get_user_pages_fast(a, 1, 0, &p0) != 1)
		return -EFAULT;
	for (i = 0; i < n; i++) {
${Array.from({ length }, (_, i) => `		p${length - i} = p${length - i - 1};\n`).join('')}	}
	put_page(p${length});
	return 0;
}
`;
describe('what is far from where it was taken', () => {
  const via = (height: number): string => `via=${Array.from({ length: height + 1 }, (_, i) => `f${i}`).join()}`;
  shows('by many calls', tower(20), `wrapper get page-array caller@caller put:user:release_pages ${via(20)}`);
  shows('by more than are followed', tower(30), `wrapper get page-array caller@caller ${via(24)} gap`);
  shows('by many rounds of a loop', shifted(60), 'get single single@function put:f:put_page');
});
