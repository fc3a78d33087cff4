/** What a finding names as its evidence is of pages that may be its own, and the drop that it shows is the one which it means. */
import { describe, expect, it } from 'vitest';
import { accepts, complains, evidenceOf, pathsOf } from './findings.js';

/** Pages taken by a helper for two callers, of which the second keeps them and drops them clean. */
const shared = (more = '', flags = 'FOLL_WRITE'): string => `struct box { struct page **pages; int n; };
static struct page **take(unsigned long a, int n, unsigned int flags)
{
	struct page **pages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL);

	if (pin_user_pages_fast(a, n, ${flags}, pages) != n)
		return NULL;
	return pages;
}
static void ring_fill(struct page *page)
{
	memset(page_address(page), 0, 64);
}
int ring_once(unsigned long a)
{
	struct page **p = take(a, 1, FOLL_WRITE);

	if (!p)
		return -EFAULT;
	ring_fill(p[0]);
	unpin_user_pages(p, 1);
	return 0;
}
int box_add(struct box *b, unsigned long a)
{
	b->pages = take(a, 4, FOLL_LONGTERM | FOLL_WRITE);
	return b->pages ? 0 : -EFAULT;
}
void box_drop(struct box *b)
{
	unpin_user_pages(b->pages, 4);
}
${more}`;

describe('the evidence of dirty-lost', () => {
  it('is the flag where the write is to the pages of another caller', async () => {
    expect(await evidenceOf(shared(), 'dirty-lost')).toEqual([
      ['take: if (pin_user_pages_fast(a, n, FOLL_WRITE, pages) != n): taken with FOLL_WRITE'],
    ]);
  });
  it('is the write where it is to the pages of the same field', async () => {
    const own = 'void box_clear(struct box *b)\n{\n	memset(page_address(b->pages[0]), 0, 64);\n}';
    expect(await evidenceOf(shared(own), 'dirty-lost')).toEqual([
      [
        'box_clear: memset(page_address(b->pages[0]), 0, 64);: found in b->pages',
        'box_clear: memset(page_address(b->pages[0]), 0, 64);: its address is taken by page_address()',
        'box_clear: memset(page_address(b->pages[0]), 0, 64);: written to by memset()',
      ],
    ]);
  });
  it('is the flag of the caller whose pages are dropped', async () => {
    expect(await evidenceOf(shared('', 'flags'), 'dirty-lost')).toEqual([
      ['box_add: b->pages = take(a, 4, FOLL_LONGTERM | FOLL_WRITE);: taken with FOLL_WRITE'],
    ]);
  });
  it('stands behind the drop', async () => {
    expect((await pathsOf(shared(), 'dirty-lost')).map((path) => path.slice(-2))).toEqual([
      ['box_drop: dropped by unpin_user_pages()', 'take: evidence: taken with FOLL_WRITE'],
    ]);
  });
  const set = (value: string): string => `struct box { struct page **pages; int n; };
int box_add(struct box *b, unsigned long a, bool ro)
{
	unsigned int flags = FOLL_LONGTERM;

	${value}
	return pin_user_pages_fast(a, 4, flags, b->pages) == 4 ? 0 : -EFAULT;
}
void box_drop(struct box *b)
{
	unpin_user_pages(b->pages, 4);
}
`;
  it('is the place where the flag is set', async () => {
    expect(await evidenceOf(set('if (!ro)\n		flags |= FOLL_WRITE;'), 'dirty-lost')).toEqual([
      ['box_add: flags |= FOLL_WRITE;: taken with FOLL_WRITE'],
    ]);
  });
  const slots = (fill: string): string => `struct slots { struct page *page[4]; };
int slots_add(struct slots *s, unsigned long a)
{
	return pin_user_pages_fast(a, 1, FOLL_WRITE, &s->page[0]) == 1 ? 0 : -EFAULT;
}
${fill}
void slots_clear(struct slots *s)
{
	memset(page_address(s->page[0]), 0, 64);
}
void slots_drop(struct slots *s)
{
	unpin_user_page(s->page[0]);
}
`;
  it('is the flag where the write may be to a page of the kernel in the same field', async () => {
    const own = 'void slots_spare(struct slots *s)\n{\n	s->page[0] = alloc_page(GFP_KERNEL);\n}';
    expect(await evidenceOf(slots(own), 'dirty-lost')).toEqual([
      ['slots_add: return pin_user_pages_fast(a, 1, FOLL_WRITE, &s->page[0]) == 1 ? 0 : -EFAULT;: taken with FOLL_WRITE'],
    ]);
    expect(await evidenceOf(slots(''), 'dirty-lost')).toEqual([
      [
        'slots_clear: memset(page_address(s->page[0]), 0, 64);: found in s->page',
        'slots_clear: memset(page_address(s->page[0]), 0, 64);: its address is taken by page_address()',
        'slots_clear: memset(page_address(s->page[0]), 0, 64);: written to by memset()',
      ],
    ]);
  });
  const iterators = `struct job { struct page *pages[16]; };
static ssize_t job_pages(struct iov_iter *it, struct page **pages)
{
	size_t at;

	return iov_iter_get_pages2(it, pages, 65536, 16, &at);
}
ssize_t other_read(struct other *o, unsigned long a, size_t n)
{
	struct iov_iter it;

	iov_iter_ubuf(&it, ITER_DEST, a, n);
	return job_pages(&it, o->pages);
}
ssize_t job_read(struct job *j, unsigned long a, size_t n)
{
	struct iov_iter it;

	import_ubuf(ITER_DEST, a, n, &it);
	return job_pages(&it, j->pages);
}
void job_drop(struct job *j)
{
	int i;

	for (i = 0; i < 16; i++)
		put_page(j->pages[i]);
}
`;
  it('is the iterator of the caller whose pages are dropped', async () => {
    expect(await evidenceOf(iterators, 'dirty-lost')).toEqual([
      ['job_read: import_ubuf(ITER_DEST, a, n, &it);: import_ubuf() makes the iterator a destination: data is read into it'],
    ]);
  });
});

/** A page that is kept in a struct, and reached by functions of other files. */
const kept = {
  'drivers/box/box.h': 'struct box { struct page *page; void *address; };\n',
  'drivers/box/box.c': `#include "box.h"
int box_add(struct box *b, unsigned long a)
{
	return get_user_pages_fast(a, 1, FOLL_WRITE, &b->page) == 1 ? 0 : -EFAULT;
}
void box_drop(struct box *b)
{
	set_page_dirty(b->page);
	put_page(b->page);
}
`,
  'drivers/box/clear.c': `#include "box.h"
static void wipe(void *where)
{
	memset(where, 0, PAGE_SIZE);
}
void box_clear(struct box *b)
{
	struct page *page = b->page;
	void *address = kmap(page);

	wipe(address);
	kunmap(page);
}
`,
};
const keeping = 'box_add: kept in b->page, of struct box';
const clearing = [
  'box_clear: found in b->page',
  'box_clear: mapped by kmap()',
  'box_clear: passed to wipe()',
  'wipe: written to by memset()',
];

const offline = `struct snapshot { unsigned long pfn; };
static int offline(struct snapshot *s, unsigned long pfn)
{
	s->pfn = pfn;
	return 0;
}
int inject(struct snapshot *s, unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	return offline(s, page_to_pfn(page));
}
`;

describe('a frame number that is kept', () => {
  complains('needs-pin', 'by a driver', { 'drivers/offline.c': offline }, 'inject:if (get_user_pages_fast(a, 1, 0, &page) != 1)');
  accepts('needs-pin', 'by the memory manager', { 'mm/offline.c': offline });
  it('is told with where it is', async () =>
    expect(await pathsOf({ 'drivers/offline.c': offline }, 'needs-pin')).toEqual([
      [
        'inject: taken by get_user_pages_fast()',
        'inject: turned into a frame number by page_to_pfn()',
        'inject: kept in pfn of struct snapshot by offline()',
      ],
    ]));
});

describe('how the pages come to where they are reached', () => {
  it('is told without the variables between', async () =>
    expect(await pathsOf(kept, 'needs-pin')).toEqual([['box_add: taken by get_user_pages_fast()', keeping, ...clearing]]));
  it('is told of a mark', async () =>
    expect(await pathsOf(kept, 'dirty-unlocked')).toEqual([
      ['box_add: taken by get_user_pages_fast()', keeping, 'box_drop: found in b->page', 'box_drop: marked dirty by set_page_dirty()'],
    ]));
  it('is told as evidence but for what the path has told', async () =>
    expect((await pathsOf(kept, 'needs-longterm')).map((path) => path.slice(1))).toEqual([
      [
        ...[keeping, 'box_drop: found in b->page', 'box_drop: dropped by put_page()'],
        ...clearing.map((step) => step.replace(': ', ': evidence: ')),
      ],
    ]));
  it('is told to where its address is kept', async () => {
    const address = 'void box_map(struct box *b)\n{\n	b->address = kmap(b->page);\n}\n';
    expect(await pathsOf({ ...kept, 'drivers/box/clear.c': `#include "box.h"\n${address}` }, 'needs-pin')).toEqual([
      [
        ...['box_add: taken by get_user_pages_fast()', keeping, 'box_map: found in b->page', 'box_map: mapped by kmap()'],
        'box_map: kept as an address in b->address, of struct box, for writing',
      ],
    ]);
  });
  it('is told by the way on which the pages of a finding are', async () => {
    const two = shared('void box_clear(struct box *b)\n{\n	ring_fill(b->pages[0]);\n}\n').replace('FOLL_LONGTERM | ', '');
    expect((await evidenceOf(two, 'dirty-lost')).at(-1)).toEqual([
      'box_clear: ring_fill(b->pages[0]);: found in b->pages',
      'box_clear: ring_fill(b->pages[0]);: passed to ring_fill()',
      'ring_fill: memset(page_address(page), 0, 64);: its address is taken by page_address()',
      'ring_fill: memset(page_address(page), 0, 64);: written to by memset()',
    ]);
  });
});

/** A page whose address goes into a table of another file, and is dropped when it comes out. */
const table = (exchange: string): Record<string, string> => ({
  'drivers/box/box.c': `static int box_use(unsigned long a, unsigned long *hpa)
{
	struct page *page = NULL;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	*hpa = __pa((unsigned long)page_address(page));
	return 0;
}
static void box_unuse(unsigned long hpa)
{
	struct page *page = pfn_to_page(hpa >> PAGE_SHIFT);

	unpin_user_page(page);
}
static long box_build(struct table *tbl, unsigned long a, unsigned long entry)
{
	unsigned long hpa;
	long ret = box_use(a, &hpa);

	if (ret)
		return ret;
	ret = table_exchange(tbl, entry, &hpa);
	if (ret || hpa)
		box_unuse(hpa);
	return ret;
}
static void box_clear(struct table *tbl, unsigned long entry)
{
	unsigned long old = 0;

	if (!table_exchange(tbl, entry, &old))
		box_unuse(old);
}
long box_ioctl(struct table *tbl, unsigned int cmd, unsigned long a)
{
	switch (cmd) {
	case 1:
		return box_build(tbl, a, 0);
	case 2:
		box_clear(tbl, 0);
		return 0;
	}
	return -ENOTTY;
}
`,
  'kernel/table.c': `long table_exchange(struct table *tbl, unsigned long entry, unsigned long *hpa)
{
	long ret = tbl->ops->exchange(tbl, entry, hpa);

	if (!ret)
		${exchange}
	return ret;
}
`,
});

describe('a frame number that is told in another file', () => {
  complains(
    'dirty-lost',
    'nobody who marks the page',
    table('count_page(pfn_to_page(*hpa >> PAGE_SHIFT));'),
    'box_unuse:unpin_user_page(page);',
  );
  accepts('dirty-lost', 'who marks the page', table('SetPageDirty(pfn_to_page(*hpa >> PAGE_SHIFT));'));
  it('needs-longterm shows where it is told, and the drop that is reached from outside', async () => {
    expect(await pathsOf(table('count_page(pfn_to_page(*hpa >> PAGE_SHIFT));'), 'needs-longterm')).toEqual([
      [
        'box_use: taken by pin_user_pages_fast()',
        'box_build: handed on by box_use()',
        'box_build: its frame number is given to table_exchange()',
        'box_clear: a frame number is passed to box_unuse()',
        'box_unuse: fetched back by pfn_to_page()',
        'box_unuse: kept in page',
        'box_unuse: dropped by unpin_user_page()',
      ],
    ]);
  });
});

/** Two arrays that are taken one behind the other; if the second fails, the first is given up. */
const queues = `struct queue { struct page **pages; int n; };
static void queue_drop(struct page **pages, int n)
{
	unpin_user_pages(pages, n);
}
static int queues_take(struct queue *in, struct queue *out, unsigned long a, unsigned long b)
{
	int ret = pin_user_pages_fast(a, in->n, 0, in->pages);

	if (ret != in->n)
		return -EFAULT;
	ret = pin_user_pages_fast(b, out->n, 0, out->pages);
	if (ret != out->n) {
		if (ret > 0)
			queue_drop(out->pages, ret);
		queue_drop(in->pages, in->n);
		return -EFAULT;
	}
	return 0;
}
static void queues_end(struct queue *in, struct queue *out)
{
	queue_drop(in->pages, in->n);
	queue_drop(out->pages, out->n);
}
long queues_ioctl(struct pair *p, unsigned int cmd, unsigned long a, unsigned long b)
{
	if (cmd == 1)
		return queues_take(p->in, p->out, a, b);
	queues_end(p->in, p->out);
	return 0;
}
`;

describe('the drop that needs-longterm shows', () => {
  it('is the one from the field, not the undoing of a failure, and of two the one of the array', async () => {
    const reached = (path: string[]): string[] => path.filter((step) => /found in|passed to/.test(step));
    expect((await pathsOf(queues, 'needs-longterm')).map(reached)).toEqual([
      ['queues_end: found in in->pages', 'queues_end: passed to queue_drop()'],
      ['queues_end: found in out->pages', 'queues_end: passed to queue_drop()'],
    ]);
  });
  it('is the one that such pages want, not one that frees pages of the allocator', async () => {
    const bo = `struct bo { struct page **pages; int n; int user; };
static void free_bulk(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++)
		__free_pages(pages[i], 0);
}
static int bo_alloc(struct bo *bo)
{
	bo->pages[0] = alloc_page(GFP_KERNEL);
	return bo->pages[0] ? 0 : -ENOMEM;
}
static int bo_pin(struct bo *bo, unsigned long a)
{
	return pin_user_pages_fast(a, bo->n, FOLL_WRITE, bo->pages) == bo->n ? 0 : -EFAULT;
}
long bo_ioctl(struct bo *bo, unsigned long a)
{
	return bo->user ? bo_pin(bo, a) : bo_alloc(bo);
}
static void bo_free(struct bo *bo)
{
	free_bulk(bo->pages, bo->n);
}
static void bo_unpin(struct bo *bo)
{
	unpin_user_pages_dirty_lock(bo->pages, bo->n, true);
}
void bo_release(struct bo *bo)
{
	if (bo->user)
		bo_unpin(bo);
	else
		bo_free(bo);
}
`;
    expect((await pathsOf(bo, 'needs-longterm')).map((path) => path.at(-1))).toEqual([
      'bo_unpin: dropped by unpin_user_pages_dirty_lock()',
    ]);
  });
  it('is the one at the end, not that of the page before', async () => {
    const area = `struct area { void *at; };
static void *area_pin(unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return NULL;
	return page_address(page);
}
static void area_unpin(void *at)
{
	struct page *page = virt_to_page(at);

	set_page_dirty_lock(page);
	put_page(page);
}
static long area_set(struct area *area, unsigned long a)
{
	void *at = area_pin(a);

	if (!at)
		return -EFAULT;
	if (area->at)
		area_unpin(area->at);
	area->at = at;
	memset(at, 0, 64);
	return 0;
}
long area_ioctl(struct area *area, unsigned long a)
{
	return area_set(area, a);
}
void area_release(struct area *area)
{
	area_unpin(area->at);
}
long area_try(unsigned long a)
{
	void *at = area_pin(a);

	if (at)
		area_unpin(at);
	return at ? 0 : -EFAULT;
}
`;
    const [path] = await pathsOf(area, 'needs-longterm');
    expect(path?.filter((step) => /found in|passed to|evidence/.test(step))).toEqual([
      'area_release: found in area->at',
      'area_release: passed to area_unpin()',
      'area_set: evidence: written to by memset()',
    ]);
  });
});
