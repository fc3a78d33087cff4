import { describe } from 'vitest';
import { shows } from './helper.js';

const hold = (take: string, put: string): string => `#include "my_mm.h"
int hold(unsigned long a, int n, struct page **pages)
{
	int i, ret = ${take};

	if (ret < 0)
		return ret;
	look_at(pages);
	for (i = 0; i < ret; i++)
		${put}(pages[i]);
	return 0;
}
`;

const ladder = `#ifdef HAVE_PIN
#define MY_PIN pin_user_pages
#define MY_UNPIN unpin_user_page
#else
#define MY_PIN get_user_pages
#define MY_UNPIN put_page
#endif
`;

const held = `typedef struct HELD {
	size_t count;
	struct page *pages[];
} HELD, *PHELD;

int take(PHELD held, unsigned long a, int n)
{
	int ret = pin_user_pages_fast(a, n, FOLL_LONGTERM, held->pages);

	held->count = ret < 0 ? 0 : ret;
	return ret == n ? 0 : -EFAULT;
}
`;

describe('drivers outside the kernel', () => {
  shows(
    'macros of a header that only the build knows how to find',
    { 'common/inc/my_mm.h': ladder, 'driver/hold.c': hold('MY_PIN(a, n, FOLL_WRITE, pages)', 'MY_UNPIN') },
    'pin page-array loop-collapsible@function put:hold:unpin_user_page',
    'get page-array loop-collapsible@function put:hold:put_page',
  );
  shows(
    'of headers with the same name the nearer one',
    {
      'one/inc/my_mm.h': ladder,
      'two/inc/my_mm.h': ladder.replace(/MY_UNPIN \w+/g, 'MY_UNPIN my_own_put'),
      'one/driver/hold.c': hold('MY_PIN(a, n, FOLL_WRITE, pages)', 'MY_UNPIN'),
    },
    'pin page-array loop-collapsible@function put:hold:unpin_user_page',
    'get page-array loop-collapsible@function put:hold:put_page',
  );
  shows(
    'a header of a header, which stands beside that',
    {
      'inc/my_mm.h': '#include "sub/calls.h"\n',
      'inc/sub/calls.h': '#include "ladder.h"\n',
      'inc/sub/ladder.h': ladder,
      'driver/hold.c': hold('MY_PIN(a, n, FOLL_WRITE, pages)', 'MY_UNPIN'),
    },
    'pin page-array loop-collapsible@function put:hold:unpin_user_page',
    'get page-array loop-collapsible@function put:hold:put_page',
  );
  shows(
    'a macro on a line that is set in',
    {
      'inc/my_mm.h': '#ifdef MY_DEBUG\n\t#define MY_PUT(p) my_put(p, #p)\n#else\n\t#define MY_PUT(p) my_put(p, NULL)\n#endif\n',
      'driver/put.c': 'void my_put(struct page *page, const char *name)\n{\n\tput_page(page);\n}\n',
      'driver/hold.c': hold('get_user_pages(a, n, FOLL_WRITE, pages)', 'MY_PUT'),
    },
    'get page-array loop-collapsible@cross-file put:put.c:my_put:put_page',
  );
  shows(
    'a pointer to a struct with a name of its own',
    `${held}void drop(void *object)
{
	PHELD held = (PHELD)object;

	unpin_user_pages(held->pages, held->count);
}
`,
    'pin LT page-array car=HELD.pages bulk@file put:drop:unpin_user_pages',
  );
  shows(
    'which is named in another typedef',
    `${held.replace('HELD, *PHELD;', 'HELD;\ntypedef HELD *PHELD;')}void drop(PHELD held)
{
	unpin_user_pages(held->pages, held->count);
}
`,
    'pin LT page-array car=HELD.pages bulk@file put:drop:unpin_user_pages',
  );
});

const locked = (unlock: string): string => `typedef struct entry { unsigned long vpn; unsigned long mpn; } entry_t;
${unlock}
int lock_entry(struct tracker *t, unsigned long a, unsigned long *mpn)
{
	struct page *page;
	entry_t *e = tracker_find(t, a);

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	*mpn = page_to_pfn(page);
	if (tracker_full(t)) {
		UNLOCK(t, *mpn);
		return -ENOSPC;
	}
	e->mpn = *mpn;
	return 0;
}
void unlock_entry(struct tracker *t, unsigned long a)
{
	entry_t *e = tracker_find(t, a);

	if (e->mpn)
		UNLOCK(t, e->mpn);
	e->mpn = 0;
}
`;

describe('what drops a page both where it was taken and from where it was kept', () => {
  shows(
    'a macro',
    locked('#define UNLOCK(t, mpn) do { t = t; put_page(pfn_to_page(mpn)); } while (0)'),
    'get single→pfn car=entry.mpn single@file put:UNLOCK:put_page',
  );
  shows(
    'a function',
    locked('static void UNLOCK(struct tracker *t, unsigned long mpn)\n{\n\tput_page(pfn_to_page(mpn));\n}'),
    'get single→pfn car=entry.mpn single@file put:UNLOCK:put_page',
  );
});

describe('a field that has the name of the field that it stands in', () => {
  shows(
    'of a union',
    `struct ubuf {
	bool foreign;
	union {
		struct { int n; struct page **pages; struct sg_table *sgt; } pages;
		struct { void *map; } foreign;
	} priv;
};
int ubuf_get(struct ubuf *u, unsigned long a, int n)
{
	u->priv.pages.n = get_user_pages_fast(a, n, FOLL_WRITE, u->priv.pages.pages);
	if (u->priv.pages.n != n)
		return -EFAULT;
	return sg_alloc_table_from_pages(u->priv.pages.sgt, u->priv.pages.pages, n, 0, n * PAGE_SIZE, GFP_KERNEL);
}
void ubuf_put(struct ubuf *u)
{
	release_pages(u->priv.pages.pages, u->priv.pages.n);
}
`,
    'get page-array→sgl car=ubuf.priv.pages.pages,ubuf.priv.pages.sgt bulk@file put:ubuf_put:release_pages',
  );
});

describe('what is printed', () => {
  const kept = (more: string): string => `struct box { struct page *page; };
int box_fill(struct box *b, unsigned long a)
{
	if (get_user_pages_fast(a, 1, 0, &b->page) != 1)
		return -EFAULT;
	${more};
	return 0;
}
`;
  shows('is handed to nobody', kept('my_debug("page %p at %lx", b->page, a)'), 'get single car=box.page none@function');
  shows('is not what stands before the format', kept('my_start(run, b->page, "box/%lx", a)'), 'get single car=box.page none@function gap');
});

const arms = (first: string, second: string): string => `struct mem { int n; struct page *pages[8]; };
int lock(struct mem *mem, unsigned long a, int n, int write)
{
	int ret;

#if MY_API >= KERNEL_VERSION(4, 6, 0)
	ret = get_user_pages(a, n,
# if MY_API >= KERNEL_VERSION(4, 9, 0)
		write ? FOLL_WRITE : 0,
# else
		write, write,
# endif
		&mem->pages[0]
# if MY_API < KERNEL_VERSION(6, 5, 0) && !MY_BACKPORT(15, 6)
		, NULL
# endif
		);
#else
	ret = get_user_pages(current, current->mm, a, n, write, 0, &mem->pages[0], NULL);
#endif
	if (ret == n) {
		mem->n = n;
		return 0;
	}
	while (ret-- > 0)
		${first}(mem->pages[ret]);
	return -EFAULT;
}
void unlock(struct mem *mem)
{
	int i;

	for (i = 0; i < mem->n; i++)
		${second}(mem->pages[i]);
}
`;

describe('calls whose arguments are chosen by the kernel', () => {
  shows(
    'also where a backport leaves an argument out',
    arms('put_page', 'put_page'),
    'get page-array car=mem.pages loop-collapsible@file put:lock:put_page,unlock:put_page',
    'get page-array car=mem.pages loop-collapsible@file put:lock:put_page,unlock:put_page',
  );
});

describe('arms of two tests', () => {
  const choose = (one: string, other: string) => `#ifdef MY_TABLES
	${one}
#else
	${other}
#endif`;
  shows(
    'which a few variants show together',
    `struct map { struct page **pages; long n; struct my_table table; };
long take(struct map *map, unsigned long a)
{
	struct page **pages = map->pages;
	long got;

#if LINUX_VERSION_CODE > KERNEL_VERSION(5, 6, 0)
	got = pin_user_pages(a, map->n,
#elif LINUX_VERSION_CODE < KERNEL_VERSION(4, 6, 0)
	got = get_user_pages(current, current->mm, a, map->n,
#else
	got = get_user_pages(a, map->n,
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 9, 0)
			FOLL_WRITE, pages, NULL);
#else
			1, 0, pages, NULL);
#endif
${choose('my_table_make(&map->table, map->n);', 'my_list_make(&map->table, map->n);')}
	return got;
}

void drop(struct map *map)
{
	long i;

${choose('my_table_end(&map->table);', 'my_list_end(&map->table);')}
	for (i = 0; i < map->n; i++) {
#if LINUX_VERSION_CODE > KERNEL_VERSION(5, 6, 0)
		unpin_user_page(map->pages[i]);
#else
		put_page(map->pages[i]);
#endif
	}
}
`,
    'pin page-array car=map.pages loop-collapsible@file put:drop:unpin_user_page',
    'get page-array car=map.pages loop-collapsible@file put:drop:put_page',
    'get page-array car=map.pages loop-collapsible@file put:drop:put_page',
  );
  shows(
    'one of which leaves the function',
    `struct map { struct page **pages; long n; };
long take(struct map *map, unsigned long a)
{
#ifdef MY_PINS
	return pin_user_pages(a, map->n, FOLL_WRITE, map->pages, NULL);
#else
	return get_user_pages(a, map->n, FOLL_WRITE, map->pages, NULL);
#endif
}

void drop(struct map *map)
{
	long i;

#ifdef MY_PINS
	unpin_user_pages(map->pages, map->n);
	return;
#endif
	for (i = 0; i < map->n; i++)
		put_page(map->pages[i]);
}
`,
    'pin page-array car=map.pages bulk@file put:drop:unpin_user_pages',
    'get page-array car=map.pages loop-collapsible@file put:drop:put_page',
  );
});
