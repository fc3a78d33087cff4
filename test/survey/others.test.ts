/** What is not the site's own, though it stands near: other pages, other rounds, other drivers' operations. */
import { describe, expect, it } from 'vitest';
import { line, rowsOf, shows } from './helper.js';
import { vectorLibrary } from './vector.js';

describe('an operation that several drivers define', () => {
  const obj = `struct obj;
struct obj_ops { void (*put_pages)(struct obj *o, struct sg_table *st); };
struct obj { const struct obj_ops *ops; struct sg_table *pages; unsigned long start; };
`;
  const generic = `#include "obj.h"
void obj_put_pages(struct obj *o)
{
	struct sg_table *st = o->pages;

	o->pages = NULL;
	o->ops->put_pages(o, st);
}
`;
  const user = (ops: string) => `#include "obj.h"
static int user_get_pages(struct obj *o, struct page **p, struct sg_table *st)
{
	if (pin_user_pages_fast(o->start, 8, 0, p) != 8)
		return -EFAULT;
	if (sg_alloc_table_from_pages(st, p, 8, 0, 8 << PAGE_SHIFT, GFP_KERNEL)) {
		unpin_user_pages(p, 8);
		return -ENOMEM;
	}
	o->pages = st;
	return 0;
}
static void user_put_pages(struct obj *o, struct sg_table *st)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(st->sgl, sg, st->nents, i)
		unpin_user_page(sg_page(sg));
}
${ops}`;
  const other = `#include "obj.h"
static void own_put_pages(struct obj *o, struct sg_table *st)
{
	__free_page(sg_page(st->sgl));
}
static const struct obj_ops own_ops = { .put_pages = own_put_pages };
`;
  const files = (ops: string) => ({ 'obj.h': obj, 'generic.c': generic, 'other.c': other, 'user.c': user(ops) });
  const ops = 'static const struct obj_ops user_ops = { .put_pages = user_put_pages };\n';
  shows(
    'is the one that the site’s file installs',
    files(ops),
    'pin page-array→sgl car=obj.pages loop-other@file put:user_get_pages:unpin_user_pages,user_put_pages:unpin_user_page',
  );
  shows(
    'comes by a macro of another folder, which takes out what stood there',
    {
      'gem/obj.h': obj,
      'utils.h': '#define fetch_and_zero(ptr) ({ typeof(*ptr) __T = *(ptr); *(ptr) = (typeof(*ptr))0; __T; })\n',
      'gem/generic.c': `#include "../utils.h"\n${generic.replace(/st = o->pages;[\s\S]*NULL;/, 'st = fetch_and_zero(&o->pages);')}`,
      'gem/other.c': other,
      'gem/user.c': user(ops),
    },
    'pin page-array→sgl car=obj.pages loop-other@file put:user_get_pages:unpin_user_pages,user_put_pages:unpin_user_page',
  );
  shows(
    'is none of a file that installs two',
    files(`static void user_put_none(struct obj *o, struct sg_table *st) {}
static const struct obj_ops user_ops = { .put_pages = user_put_pages }, more_ops = { .put_pages = user_put_none };
`),
    'pin page-array→sgl car=obj.pages bulk@function put:user_get_pages:unpin_user_pages',
  );
});

describe('a loop of which some rounds drop', () => {
  const rows = (last: string) =>
    rowsOf(`struct req { struct page *pages[8]; int nr; int spare; };
int take(struct req *r, unsigned long a)
{
	r->nr = get_user_pages_fast(a, 8, 0, r->pages);
	return r->nr;
}
void drop_all(struct req *r)
{
	int i;

	for (i = 0; i < r->nr; i++)
		put_page(r->pages[i]);
}
void trim(struct req *r, int len)
{
	int i;

	for (i = 0; i < 8; i++) {
		r->spare--;
		${last}
	}
}
`);
  it('does not decide the form', async () =>
    expect((await rows('if (len <= 0) {\n\t\t\tput_page(r->pages[i]);\n\t\t\tcontinue;\n\t\t}\n\t\tlen--;'))[0]?.releaseForm).toBe(
      'loop-collapsible',
    ));
  it('decides it where only an empty place is passed over', async () =>
    expect((await rows('if (!r->pages[i])\n\t\t\tcontinue;\n\t\tput_page(r->pages[i]);'))[0]?.releaseForm).toBe('loop-other'));
});

describe('the loop that takes', () => {
  it('is not the loop that drops, though its function looks at the field too', async () => {
    const rows = await rowsOf(`struct entry { struct page *page; };
static void drop(struct page *page)
{
	unpin_user_page(page);
}
int map(struct entry *e, unsigned long a, int n)
{
	struct page *page;
	int i;

	for (i = 0; i < n; i++) {
		if (lookup(a))
			e[i].page = NULL;
		else if (pin_user_pages_fast(a, 1, 0, &page) != 1)
			return -EFAULT;
		e[i].page = page;
		if (map_it(e))
			drop(e[i].page);
	}
	return 0;
}
void unmap(struct entry *e, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		writeq(0, e);
		drop(e[i].page);
	}
}
`);
    expect(rows.map((r) => r.releaseReason)).toEqual(['also calls writeq()']);
  });
});

describe('what a pointer points at, at different times', () => {
  const recv = (use: string) => `struct sgl { struct scatterlist sg[8]; struct page *pages[8]; int n; };
struct req { struct sgl rx; struct scatterlist *tx; int tx_n; };
int make(struct req *r, struct iov_iter *i, size_t len, size_t *off)
{
	int k;
	ssize_t n = iov_iter_get_pages(i, r->rx.pages, len, 8, off);

	if (n < 0)
		return n;
	for (k = 0; k < 8; k++)
		sg_set_page(r->rx.sg + k, r->rx.pages[k], PAGE_SIZE, 0);
	return 0;
}
void free_rx(struct req *r)
{
	int k;

	for (k = 0; k < r->rx.n; k++)
		put_page(r->rx.pages[k]);
}
void free_tx(struct req *r)
{
	struct scatterlist *sg;
	int k;

	for_each_sg(r->tx, sg, r->tx_n, k)
		put_page(sg_page(sg));
}
void recv(struct req *r, int aad)
{
	struct scatterlist *src;

	${use}
	crypt(src);
}
`;
  const rx = 'get page-array→sgl car=sgl.pages,sgl.sg loop-collapsible@file put:free_rx:put_page mixed';
  const puts = async (use: string) => (await rowsOf(recv(use))).map((r) => r.releases.map((x) => x.function).join());
  it('is one list or the other', async () => expect(await puts('src = r->rx.sg;\n\tif (aad)\n\t\tsrc = r->tx;')).toEqual(['free_rx']));
  it('is not what a list is chained to', async () =>
    expect(await puts('src = r->rx.sg;\n\tsg_chain(r->rx.sg, 8, r->tx);')).toEqual(['free_rx']));
  it('is both where the one is stored in the other', async () =>
    expect(await puts('src = r->rx.sg;\n\tr->tx = src;')).toEqual(['free_rx,free_tx']));
  it('has one row', async () => expect((await rowsOf(recv('src = r->tx;'))).map(line)).toEqual([rx]));
});

describe('references of others on the same page', () => {
  shows(
    'those of its mappings',
    `int f(unsigned long a)
{
	struct page *page;
	int n;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	note(page_to_pfn(page));
	if (page_mapped(page)) {
		n = page_mapcount(page);
		page_mapcount_reset(page);
		page_ref_sub(page, n);
	}
	put_page(page);
	return 0;
}`,
    'get single single@function put:f:put_page',
  );
});

describe('a page that is looked up by the number that was handed on', () => {
  const files = (lookup: string) => `struct poisoned { struct page *page; };
static struct poisoned *list;
static void keep(struct poisoned *p, unsigned long pfn)
{
	struct page *page = pfn_to_page(pfn);

	p->page = page;
}
${lookup}void drop(struct poisoned *p)
{
	put_page(p->page);
}
int f(struct poisoned *p, unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	keep(p, page_to_pfn(page));
	return 0;
}
`;
  it('is the site’s own', async () => expect((await rowsOf(files(''))).map((r) => r.mixed)).toEqual([false]));
  it('is another one in a function that finds the number itself', async () =>
    expect(
      (await rowsOf(files('void scan(struct poisoned *p, struct zone *z)\n{\n\tp->page = pfn_to_page(z->first);\n}\n'))).map(
        (r) => r.mixed,
      ),
    ).toEqual([true]));
});

describe('what a file is for', () => {
  const f = 'int f(unsigned long a, struct page **p)\n{\n\treturn get_user_pages_fast(a, 8, 0, p);\n}\n';
  it('tests, by its name', async () =>
    expect((await rowsOf({ 'mm/gup_benchmark.c': f, 'mm/gup_test.c': f, 'mm/gup_bench.c': f })).map((r) => r.kind)).toEqual([
      'wrapper',
      'test',
      'test',
    ]));
});

describe('a bio that comes back', () => {
  it('is marked by generic code where one of the ways to drop it marks', async () => {
    const rows = await rowsOf(`static void end_io(struct bio *bio)
{
	if (bio->bi_private)
		bio_check_pages_dirty(bio);
	else
		bio_release_pages(bio, false);
	bio_put(bio);
}
int f(struct bio *bio, struct iov_iter *i)
{
	struct page *p[1];
	size_t off;
	ssize_t n = iov_iter_get_pages(i, p, 4096, 1, &off);

	if (n < 0)
		return n;
	bio_add_page(bio, p[0], n, off);
	bio->bi_end_io = end_io;
	submit_bio(bio);
	return 0;
}
`);
    expect(rows.map((r) => `${r.releaseForm} ${r.dirty}`)).toEqual(['container container']);
  });
});

const walked = (body: string) => `struct obj { struct sg_table *pages; };
static unsigned int sizes(struct scatterlist *sg)
{
	unsigned int all = 0;

	while (sg) {
		${body}
		sg = next_of(sg);
	}
	return all;
}
static struct scatterlist *next_of(struct scatterlist *sg)
{
	return sg_is_last(sg) ? NULL : sg + 1;
}
static void keep(struct obj *o, struct sg_table *st)
{
	o->pages = st;
}
int f(struct obj *o, struct page **p, unsigned long a)
{
	struct sg_table *st = kmalloc(sizeof(*st), GFP_KERNEL);

	if (pin_user_pages_fast(a, 8, 0, p) != 8)
		return -EFAULT;
	sg_alloc_table_from_pages(st, p, 8, 0, 8 << PAGE_SHIFT, GFP_KERNEL);
	sizes(st->sgl);
	keep(o, st);
	return 0;
}
void g(struct obj *o)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(o->pages->sgl, sg, 8, i)
		unpin_user_page(sg_page(sg));
}
`;
describe('who walks along a list by its parameter', () => {
  shows('leaves what is in it', walked('all |= sg->length;'), 'pin page-array→sgl car=obj.pages loop-other@file put:g:unpin_user_page');
  shows('drops what is in it', walked('unpin_user_page(sg_page(sg));'), 'pin page-array→sgl loop-other@file put:sizes:unpin_user_page');
});

const vector = (caller: string) => ({
  ...vectorLibrary,
  [caller]: `#include <linux/vec.h>
struct buf { struct vec *vec; };
int buf_get(struct buf *b, unsigned long a)
{
	return vec_get(b->vec, a);
}
`,
  'drivers/media/put.c': `#include <linux/vec.h>
void buf_put(struct buf *b)
{
	struct page **pages = vec_pages(b->vec);
	int i;

	for (i = 0; i < b->vec->nr; i++)
		set_page_dirty_lock(pages[i]);
	vec_put(b->vec);
}
`,
});

describe('pages that a library keeps for its users', () => {
  const row = 'pin page-array car=vec.ptrs bulk@file put:vec_put:unpin_user_pages';
  shows('are dirtied by them', vector('drivers/media/get.c'), `${row} dirty=set_page_dirty_lock`);
  shows('are not looked for far away where it has users near by', vector('mm/get.c'), row);
});
