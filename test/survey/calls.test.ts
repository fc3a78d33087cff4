import { describe, expect, it } from 'vitest';
import { line, rowsOf, shows, surveyOf } from './helper.js';

/** A function around one call of an API and one release. */
const one = (call: string, release: string) => `
int f(struct task_struct *tsk, struct mm_struct *mm, unsigned long a)
{
	struct vm_area_struct *vma;
	struct page *page;
	int locked = 1;
	long n = ${call};

	if (n != 1)
		return -EFAULT;
	use(page);
	${release};
	return 0;
}`;

describe('1. every call, in every era', () => {
  const taken: [era: string, call: string, release: string, row: string][] = [
    [
      'to 4.5',
      'get_user_pages(tsk, mm, a, 1, 1, 0, &page, NULL)',
      'page_cache_release(page)',
      'get single single@function put:f:page_cache_release',
    ],
    ['4.6', 'get_user_pages(a, 1, 1, 0, &page, NULL)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['4.9', 'get_user_pages(a, 1, FOLL_WRITE, &page, &vma)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['6.5', 'get_user_pages(a, 1, FOLL_WRITE, &page)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['all', 'get_user_pages_fast(a, 1, 1, &page)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['to 5.7', '__get_user_pages_fast(a, 1, 1, &page)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['5.8', 'get_user_pages_fast_only(a, 1, 0, &page)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['4.6', 'get_user_pages_remote(tsk, mm, a, 1, 1, 0, &page, NULL)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['4.9', 'get_user_pages_remote(tsk, mm, a, 1, 0, &page, &vma)', 'put_page(page)', 'get single single@function put:f:put_page'],
    [
      '4.10',
      'get_user_pages_remote(tsk, mm, a, 1, 0, &page, &vma, &locked)',
      'put_page(page)',
      'get single single@function put:f:put_page',
    ],
    ['5.9', 'get_user_pages_remote(mm, a, 1, 0, &page, &vma, &locked)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['6.5', 'get_user_pages_remote(mm, a, 1, 0, &page, &locked)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['4.0', 'get_user_pages_unlocked(tsk, mm, a, 1, 1, 0, &page)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['4.6', 'get_user_pages_unlocked(a, 1, 1, 0, &page)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['4.9', 'get_user_pages_unlocked(a, 1, &page, FOLL_WRITE)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['4.0', 'get_user_pages_locked(tsk, mm, a, 1, 1, 0, &page, &locked)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['4.6', 'get_user_pages_locked(a, 1, 1, 0, &page, &locked)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['4.9', 'get_user_pages_locked(a, 1, 0, &page, &locked)', 'put_page(page)', 'get single single@function put:f:put_page'],
    ['4.15', 'get_user_pages_longterm(a, 1, FOLL_WRITE, &page, NULL)', 'put_page(page)', 'get LT single single@function put:f:put_page'],
    ['5.2', 'get_user_pages_fast(a, 1, FOLL_LONGTERM, &page)', 'put_user_page(page)', 'get LT single single@function put:f:put_user_page'],
    ['5.6', 'pin_user_pages(a, 1, FOLL_WRITE, &page, NULL)', 'unpin_user_page(page)', 'pin single single@function put:f:unpin_user_page'],
    [
      '6.5',
      'pin_user_pages(a, 1, FOLL_WRITE | FOLL_LONGTERM, &page)',
      'unpin_user_page(page)',
      'pin LT single single@function put:f:unpin_user_page',
    ],
    ['5.6', 'pin_user_pages_fast(a, 1, FOLL_WRITE, &page)', 'unpin_user_page(page)', 'pin single single@function put:f:unpin_user_page'],
    [
      '5.9',
      'pin_user_pages_fast_only(a, 1, FOLL_WRITE, &page)',
      'unpin_user_page(page)',
      'pin single single@function put:f:unpin_user_page',
    ],
    [
      '5.6',
      'pin_user_pages_remote(tsk, mm, a, 1, 0, &page, NULL, &locked)',
      'unpin_user_page(page)',
      'pin single single@function put:f:unpin_user_page',
    ],
    [
      '5.9',
      'pin_user_pages_remote(mm, a, 1, 0, &page, NULL, &locked)',
      'unpin_user_page(page)',
      'pin single single@function put:f:unpin_user_page',
    ],
    [
      '6.5',
      'pin_user_pages_remote(mm, a, 1, 0, &page, &locked)',
      'unpin_user_page(page)',
      'pin single single@function put:f:unpin_user_page',
    ],
    [
      '5.6',
      'pin_user_pages_unlocked(a, 1, &page, FOLL_LONGTERM)',
      'unpin_user_page(page)',
      'pin LT single single@function put:f:unpin_user_page',
    ],
    ['5.9', 'pin_user_pages_locked(a, 1, 0, &page, &locked)', 'unpin_user_page(page)', 'pin single single@function put:f:unpin_user_page'],
    ['5.16', 'get_user_pages_fast(a, 1, 0, &page)', 'folio_put(page_folio(page))', 'get single single@function put:f:folio_put'],
  ];
  for (const [era, call, release, row] of taken) shows(`${era}: ${call}`, one(call, release), row);
});

describe('1. every release', () => {
  const many = (call: string, release: string) => `
int f(unsigned long a, int want, struct page **pages)
{
	int n = ${call};

	if (n <= 0)
		return -EFAULT;
	${release};
	return 0;
}`;
  const get = 'get_user_pages_fast(a, want, FOLL_WRITE, pages)';
  const pin = 'pin_user_pages_fast(a, want, FOLL_WRITE, pages)';
  const dropped: [call: string, release: string, row: string][] = [
    [get, 'release_pages(pages, n)', 'get page-array bulk@function put:f:release_pages'],
    [get, 'release_pages(pages, n, 0)', 'get page-array bulk@function put:f:release_pages'],
    [get, 'put_user_pages(pages, n)', 'get page-array bulk@function put:f:put_user_pages'],
    [get, 'put_user_pages_dirty(pages, n)', 'get page-array bulk@function put:f:put_user_pages_dirty dirty=bulk'],
    [get, 'put_user_pages_dirty_lock(pages, n, true)', 'get page-array bulk@function put:f:put_user_pages_dirty_lock dirty=bulk'],
    [pin, 'unpin_user_pages(pages, n)', 'pin page-array bulk@function put:f:unpin_user_pages'],
    [pin, 'unpin_user_pages_dirty_lock(pages, n, true)', 'pin page-array bulk@function put:f:unpin_user_pages_dirty_lock dirty=bulk'],
    [pin, 'unpin_user_pages_dirty_lock(pages, n, false)', 'pin page-array bulk@function put:f:unpin_user_pages_dirty_lock'],
    [
      pin,
      'unpin_user_page_range_dirty_lock(pages[0], n, true)',
      'pin page-array bulk@function put:f:unpin_user_page_range_dirty_lock dirty=bulk',
    ],
  ];
  for (const [call, release, row] of dropped) shows(release, many(call, release), row);

  const folios = (release: string) => `
long f(struct file *memfd, struct folio **folios, int max)
{
	pgoff_t offset;
	long i, n = memfd_pin_folios(memfd, 0, ~0ULL, folios, max, &offset);

	if (n < 0)
		return n;
	${release};
	return 0;
}`;
  shows('unpin_folios', folios('unpin_folios(folios, n)'), 'pin page-array bulk@function put:f:unpin_folios');
  shows(
    'unpin_folio',
    folios('for (i = 0; i < n; i++) unpin_folio(folios[i])'),
    'pin page-array loop-collapsible@function put:f:unpin_folio',
  );
  shows(
    'unpin_user_folio',
    folios('for (i = 0; i < n; i++) unpin_user_folio(folios[i], 1)'),
    'pin page-array loop-collapsible@function put:f:unpin_user_folio',
  );
});

describe('1. iterators', () => {
  shows(
    'iov_iter_get_pages and its successor',
    `
ssize_t f(struct iov_iter *i, struct page **pages, int max)
{
	size_t off;
	ssize_t n = iov_iter_get_pages(i, pages, LONG_MAX, max, &off);

	if (n > 0)
		release_pages(pages, DIV_ROUND_UP(n + off, PAGE_SIZE));
	return n;
}
ssize_t g(struct iov_iter *i)
{
	struct page *page;
	size_t off;
	ssize_t n = iov_iter_get_pages2(i, &page, PAGE_SIZE, 1, &off);

	if (n <= 0)
		return n;
	put_page(page);
	return 0;
}`,
    'get page-array bulk@function put:f:release_pages mixed',
    'get single single@function put:g:put_page mixed',
  );
  shows(
    'iov_iter_get_pages_alloc: the array comes back through a pointer to it',
    `
ssize_t f(struct iov_iter *i)
{
	struct page **pages = NULL;
	size_t off;
	ssize_t k, n = iov_iter_get_pages_alloc2(i, &pages, SIZE_MAX, &off);

	if (n < 0)
		return n;
	for (k = 0; k < DIV_ROUND_UP(n + off, PAGE_SIZE); k++)
		put_page(pages[k]);
	kvfree(pages);
	return 0;
}`,
    'get page-array loop-collapsible@function put:f:put_page mixed',
  );
  shows(
    'iov_iter_extract_pages pins only what is user backed',
    `
ssize_t f(struct iov_iter *i)
{
	struct page *stack[8], **pages = stack;
	size_t off;
	ssize_t n = iov_iter_extract_pages(i, &pages, SIZE_MAX, 8, 0, &off);

	if (n <= 0)
		return n;
	if (iov_iter_extract_will_pin(i))
		unpin_user_pages(pages, DIV_ROUND_UP(n + off, PAGE_SIZE));
	return 0;
}`,
    'conditional page-array bulk@function put:f:unpin_user_pages mixed',
  );
  shows(
    'where the code makes sure that the iterator is user backed, it is a pin, and not mixed',
    `
ssize_t f(struct iov_iter *i)
{
	struct page *stack[8], **pages = stack;
	size_t off;
	ssize_t n;

	if (!user_backed_iter(i))
		return -EINVAL;
	n = iov_iter_extract_pages(i, &pages, SIZE_MAX, 8, 0, &off);
	if (n <= 0)
		return n;
	unpin_user_pages(pages, DIV_ROUND_UP(n + off, PAGE_SIZE));
	return 0;
}`,
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
});

describe('1. wherever the call stands', () => {
  const single = 'get single single@function put:f:put_page';
  const body = (text: string) => `
int f(unsigned long a, int b)
{
	struct page *page;
	int n;

${text}
}`;
  shows(
    'over several lines, with comments between',
    body(`n = get_user_pages_fast /* one */ (
 a,
 1, // one
 0,
 &page);
 if (n == 1) put_page(page);
 return n;`),
    single,
  );
  shows('as a condition', body('if (get_user_pages_fast(a, 1, 0, &page) != 1) return -1; put_page(page); return 0;'), single);
  shows(
    'as an assignment in a condition',
    body('if ((n = get_user_pages_fast(a, 1, 0, &page)) < 1) return n; put_page(page); return 0;'),
    single,
  );
  shows('behind &&', body('if (b && get_user_pages_fast(a, 1, 0, &page) == 1) { put_page(page); return 1; } return 0;'), single);
  shows(
    'in a while condition',
    body('while (get_user_pages_fast(a, 1, 0, &page) == 1) { a += PAGE_SIZE; put_page(page); } return 0;'),
    single,
  );
  shows('in a ternary', body('n = b ? get_user_pages_fast(a, 1, 0, &page) : 0; if (n == 1) put_page(page); return n;'), single);
  shows('as an initialiser', body('int m = get_user_pages_fast(a, 1, 0, &page); if (m == 1) put_page(page); return m;'), single);
  shows('in a cast', body('n = (int)get_user_pages_fast(a, 1, 0, &page); if (n == 1) put_page(page); return n;'), single);
  shows(
    'in a switch',
    body('switch (get_user_pages_fast(a, 1, 0, &page)) { case 1: put_page(page); return 0; default: return -1; }'),
    single,
  );
  shows('behind a comma', body('if (b = 0, get_user_pages_fast(a, 1, 0, &page) == 1) put_page(page); return b;'), single);
  shows(
    'as the argument of unlikely()',
    body('if (unlikely(get_user_pages_fast(a, 1, 0, &page) != 1)) return -1; put_page(page); return 0;'),
    single,
  );
  shows(
    'as the argument of a macro that nothing defines',
    body('CHECKED(n, get_user_pages_fast(a, 1, 0, &page)); put_page(page); return 0;'),
    single,
  );
  shows(
    "as the value of return, the array its caller's",
    {
      'a.c': 'int take(unsigned long a, int n, struct page **p) { return get_user_pages_fast(a, n, 0, p); }',
      'b.c': 'void g(unsigned long a, struct page **p) { int n = take(a, 4, p); if (n > 0) release_pages(p, n); }',
      'c.c': 'void h(unsigned long a) { struct page *p[2]; int n = take(a, 2, p); while (n-- > 0) put_page(p[n]); }',
    },
    'wrapper get page-array caller@caller put:b.c:g:release_pages,c.c:h:put_page via=take',
  );
});

describe('1. macros', () => {
  shows(
    'a function-like macro that is the call',
    `
#define my_pin(addr, count, array) \\
	pin_user_pages_fast((addr), (count), FOLL_WRITE | FOLL_LONGTERM, (array))
int f(unsigned long a)
{
	struct page *pages[4];
	int n = my_pin(a, 4, pages);

	if (n > 0)
		unpin_user_pages(pages, n);
	return n;
}`,
    'pin LT page-array bulk@function put:f:unpin_user_pages',
  );
  shows(
    'an alias of an alias, arguments in another order',
    `
#define inner(p, a, n) get_user_pages_fast(a, n, 0, p)
#define outer(n, p) inner(p, current->mm->start_stack, n)
int f(void)
{
	struct page *pages[4];
	int n = outer(4, pages);

	if (n > 0)
		release_pages(pages, n);
	return n;
}`,
    'get page-array bulk@function put:f:release_pages',
  );
  shows(
    'one that takes the address of its argument',
    `
#define hold(addr, page) get_user_pages_fast((unsigned long)(addr), 1, FOLL_WRITE, &(page))
struct where { struct page *page; };
int f(unsigned long a, struct where *w)
{
	struct page *page;

	if (hold(a, page) != 1)
		return -EFAULT;
	w->page = page;
	return 0;
}
void g(struct where *w)
{
	set_page_dirty_lock(w->page);
	put_page(w->page);
}`,
    'get single car=where.page single@file put:g:put_page dirty=set_page_dirty_lock',
  );
  shows(
    'an object-like macro for the name',
    `
#define OUR_GUP get_user_pages_fast
int f(unsigned long a)
{
	struct page *page;

	if (OUR_GUP(a, 1, 0, &page) != 1)
		return -EFAULT;
	put_page(page);
	return 0;
}`,
    'get single single@function put:f:put_page',
  );
  shows(
    'an object-like macro of a header, by way of another, in a ladder of versions',
    {
      'compat.h': `
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
#define OUR_PIN pin_user_pages /* takes a pin */
#define OUR_UNPIN unpin_user_page
#else
#define OUR_PIN OUR_GUP
#define OUR_UNPIN put_page
#endif
#if defined(OUR_GUP_TAKES_FLAGS)
#define OUR_GUP get_user_pages
#else
#define OUR_GUP(start, count, write, pages, vmas) \\
	get_user_pages(current, current->mm, start, count, write, 0, pages, vmas)
#endif
`,
      'lock.c': `
#include "compat.h"
int lock(unsigned long a, struct page **pages, int n)
{
	int i, got = OUR_PIN(a, n, FOLL_WRITE, pages);

	for (i = 0; i < got; i++)
		OUR_UNPIN(pages[i]);
	return 0;
}`,
    },
    'pin page-array loop-collapsible@function put:lock:unpin_user_page',
    'get page-array loop-collapsible@function put:lock:put_page',
  );
  shows(
    'a macro that hands on whatever arguments it is given',
    `
#define our_gup(addr, ...) get_user_pages_fast(addr, __VA_ARGS__)
#define our_put(args...) release_pages(args)
int f(unsigned long a)
{
	struct page *pages[4];
	int n = our_gup(a, 4, 0, pages);

	if (n > 0)
		our_put(pages, n);
	return n;
}`,
    'get page-array bulk@function put:f:release_pages',
  );
  shows(
    'a macro for the release is the release',
    `
#define our_put(p, n) release_pages(p, n)
int f(unsigned long a, struct page **pages)
{
	int n = get_user_pages_fast(a, 8, 0, pages);

	if (n > 0)
		our_put(pages, n);
	return n;
}`,
    'get page-array bulk@function put:f:release_pages',
  );
  shows(
    'an object-like macro for the release',
    `
#define OUR_PUT put_page
int f(unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	OUR_PUT(page);
	return 0;
}`,
    'get single single@function put:f:put_page',
  );
  it('a macro in another file of the tree', async () => {
    const rows = await rowsOf({
      'h/compat.h': '#define compat_gup(a, n, w, p) get_user_pages(current, current->mm, a, n, w, 0, p, NULL)\n',
      'a.c': `#include "h/compat.h"
int f(unsigned long a)
{
	struct page *p;
	if (compat_gup(a, 1, 1, &p) != 1)
		return -1;
	put_page(p);
	return 0;
}
`,
    });
    expect(rows.map((r) => `${r.id} ${line(r)}`)).toEqual(['a.c:f:get_user_pages#1 get single single@function put:f:put_page']);
  });
  it('a macro of several statements: its call is a row, or said to be in a macro', async () => {
    const { sites, coverage } = await surveyOf(`
#define GRAB(r, a, p) do { (r) = get_user_pages_fast((a), 1, 0, (p)); if ((r) < 0) goto out; } while (0)
int f(unsigned long a)
{
	struct page *page;
	int r;

	GRAB(r, a, &page);
	if (r == 1)
		put_page(page);
out:
	return r;
}`);
    expect(coverage.unaccounted).toEqual([]);
    expect(sites.map((r) => `${r.function} ${line(r)}`)).toEqual(['f get single single@function put:f:put_page']);
  });
});

describe('1. nothing taken', () => {
  const body = (argument: string) =>
    `long f(struct mm_struct *mm, unsigned long a) { return get_user_pages_remote(mm, a, 1, FOLL_WRITE, ${argument}, NULL); }`;
  shows('NULL for the pages', body('NULL'), 'none - none@function');
  shows('0 for the pages', body('0'), 'none - none@function');
  const tested = (test: string, otherwise: string) => `long f(unsigned long a, long n, struct page **pages)
{
	long got = 0;

	if (${test})
		got = pin_user_pages(a, n, FOLL_WRITE, pages);
	else
		${otherwise}got = get_user_pages(a, n, FOLL_WRITE, pages);
	return got;
}`;
  const pinned = 'wrapper pin page-array caller@caller via=f gap';
  const gotten = 'wrapper get page-array caller@caller via=f gap';
  shows('an array that was found to be NULL', tested('pages != NULL', ''), pinned, 'none - none@function');
  shows('an array that was found to be there', tested('!pages', ''), 'none - none@function', gotten);
  shows(
    'an array that was NULL before',
    tested('pages', 'if ((pages = my_pages(n)))\n			'),
    'pin page-array none@function',
    'get page-array none@function',
  );
});

describe('1. nothing taken, as no array was made', () => {
  const made = (begin: string, when: string) => `long f(unsigned long a, long n, bool touch, bool write)
{
	struct page **pages${begin};
	long i, got;

	if (${when})
		pages = my_pages(n);
	if (touch)
		got = pin_user_pages(a, n, FOLL_WRITE, pages);
	else
		got = get_user_pages(a, n, FOLL_WRITE, pages);
	for (i = 0; touch && i < got; i++)
		unpin_user_page(pages[i]);
	return got;
}`;
  const pinned = 'pin page-array loop-collapsible@function put:f:unpin_user_page';
  const gotten = 'get page-array loop-collapsible@function put:f:unpin_user_page';
  shows('where the same test made one for the other call', made(' = NULL', 'touch'), pinned, 'none - none@function');
  shows('nor where that had more tests', made(' = NULL', 'write && touch'), pinned, 'none - none@function');
  shows('but where another test did', made(' = NULL', 'write'), pinned, gotten);
  shows('or where there was one before', made(' = my_pages(1)', 'touch'), pinned, gotten);
});

describe('1. flags', () => {
  const body = (flags: string, before = '') => `
struct ctx { unsigned int flags; };
int f(struct ctx *c, unsigned long a, bool w)
{
	struct page *page;
	unsigned int flags = FOLL_FORCE;

	${before}
	if (pin_user_pages_fast(a, 1, ${flags}, &page) != 1)
		return -1;
	unpin_user_page(page);
	return 0;
}`;
  const [longterm, not] = ['pin LT single single@function put:f:unpin_user_page', 'pin single single@function put:f:unpin_user_page'];
  shows('in an expression', body('FOLL_LONGTERM | (w ? FOLL_WRITE : 0)'), longterm);
  shows('in a variable', body('flags', 'flags |= FOLL_LONGTERM;'), longterm);
  shows('in a variable, on one way only', body('flags', 'if (w)\n\t\tflags |= FOLL_WRITE | FOLL_LONGTERM;'), longterm);
  shows('not that one', body('flags', 'flags |= FOLL_WRITE;'), not);
  shows('in a field', `void init(struct ctx *c) { c->flags = FOLL_LONGTERM; }${body('c->flags')}`, longterm);
  const combined = (flags: string) => `#define MY_PINS ${flags}
void init(struct ctx *c) { c->flags = MY_PINS; }${body('c->flags')}`;
  shows('in a field, by a macro for several', combined('(FOLL_WRITE | FOLL_LONGTERM)'), longterm);
  shows('in a field, by a macro for others', combined('(FOLL_WRITE | FOLL_FORCE)'), not);
  shows(
    'passed by a caller',
    `
static int take(unsigned long a, unsigned int flags)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, flags, &page) != 1)
		return -1;
	unpin_user_page(page);
	return 0;
}
int g(unsigned long a) { return take(a, FOLL_WRITE | FOLL_LONGTERM); }`,
    'pin LT single single@function put:take:unpin_user_page',
  );
});
