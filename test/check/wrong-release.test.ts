/** wrong-release: a drop of the other kind is told, and where two kinds come to one place, the one that is meant is not. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

describe('in one function', () => {
  complains(
    'wrong-release',
    'one error path of several',
    `int f(unsigned long a, int n)
{
	struct page *pages[16];
	int ret = pin_user_pages_fast(a, n, FOLL_WRITE, pages);

	if (ret != n) {
		if (ret > 0)
			release_pages(pages, ret);
		return -EFAULT;
	}
	use(pages, n);
	unpin_user_pages(pages, n);
	return 0;
}`,
    'f:release_pages(pages, ret);',
  );
  complains(
    'wrong-release',
    'a plain reference unpinned though the page has others',
    `int f(struct iov_iter *i, struct page **pages, size_t size)
{
	size_t off;
	ssize_t got = iov_iter_get_pages2(i, pages, size, 16, &off);

	if (got <= 0)
		return got;
	unpin_user_page(pages[0]);
	return 0;
}`,
    'f:unpin_user_page(pages[0]);',
  );
  complains(
    'wrong-release',
    'a user page given to the allocator',
    `int f(struct device *dev, unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	if (start(dev, a)) {
		__free_page(page);
		return -EIO;
	}
	put_page(page);
	return 0;
}`,
    'f:__free_page(page);',
  );
  accepts(
    'wrong-release',
    'a flag that tells a pin from a page of the driver',
    `static void drop(struct page *page, u16 pinned)
{
	if (pinned)
		unpin_user_page(page);
	else
		__free_page(page);
}

int f(unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	drop(page, 1);
	return 0;
}

int g(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (page)
		drop(page, 0);
	return 0;
}`,
  );
});

const bound = (release: string): Record<string, string> => ({
  'd/box.h': 'struct box { struct page *page; struct page **pages; int n; bool user; };\n',
  'd/take.c': `#include "box.h"
int box_take(struct box *b, unsigned long a)
{
	int ret = pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &b->page);

	if (ret != 1)
		return -EFAULT;
	if (box_start(b)) {
		unpin_user_page(b->page);
		return -EIO;
	}
	return 0;
}`,
  'd/drop.c': `#include "box.h"
void box_drop(struct box *b)
{
	if (b->page)
		${release}(b->page);
}`,
});

describe('across files, through a field', () => {
  complains('wrong-release', 'a put in the other file', bound('put_page'), 'box_drop:put_page(b->page);');
  accepts('wrong-release', 'an unpin in the other file', bound('unpin_user_page'));
});

const skb = (api: string): string => `int f(struct sk_buff *skb, unsigned long a)
{
	struct page *page;

	if (${api}(a, 1, 0, &page) != 1)
		return -EFAULT;
	skb_fill_page_desc(skb, 0, page, 0, PAGE_SIZE);
	kfree_skb(skb);
	return 0;
}`;

describe('in an skb, whose frags are put', () => {
  complains('wrong-release', 'a pin', skb('pin_user_pages_fast'), 'f:kfree_skb(skb);');
  accepts('wrong-release', 'a plain reference', skb('get_user_pages_fast'));
});

describe('beside bounce pages from the allocator', () => {
  const bounced = (
    target: string,
    release: string,
  ): string => `struct box { struct page *map[16]; struct page *bounce[16]; struct scatterlist sgl[16]; };
static int box_fill(struct box *b, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (PageHighMem(b->map[i])) {
			b->${target}[i] = alloc_page(GFP_KERNEL);
			if (!b->${target}[i])
				return -ENOMEM;
			sg_set_page(&b->sgl[i], b->${target}[i], PAGE_SIZE, 0);
		} else {
			sg_set_page(&b->sgl[i], b->map[i], PAGE_SIZE, 0);
		}
	}
	return 0;
}
int box_take(struct box *b, unsigned long a, int n)
{
	int ret = pin_user_pages_fast(a, n, 0, b->map);

	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(b->map, ret);
		return -EFAULT;
	}
	if (box_fill(b, n)) {
		${release}(b->map, n);
		return -ENOMEM;
	}
	return 0;
}
void box_drop(struct box *b, int n)
{
	unpin_user_pages(b->map, n);
}`;
  complains(
    'wrong-release',
    'a put of the array that the call has just filled',
    bounced('bounce', 'release_pages'),
    'box_take:release_pages(b->map, n);',
  );
  accepts('wrong-release', 'an unpin of it', bounced('bounce', 'unpin_user_pages'));
  accepts('wrong-release', 'a put of an array in which bounce pages stand, too', bounced('map', 'release_pages'));
});

/** A helper that hands back an array of pinned pages. */
const take = `static struct page **take(unsigned long a, int n)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	int ret;

	if (!pages)
		return NULL;
	ret = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, pages);
	if (ret == n)
		return pages;
	if (ret > 0)
		unpin_user_pages(pages, ret);
	kfree(pages);
	return NULL;
}
`;

describe('of what a helper hands back', () => {
  const handed = (second: string): string => `struct box { struct page **pages; int n; bool mapped; };
${take}int box_make(struct box *b, int n)
{
	b->pages = kcalloc(n, sizeof(*b->pages), GFP_KERNEL);
	b->pages[0] = alloc_page(GFP_KERNEL);
	return b->pages[0] ? 0 : -ENOMEM;
}
int box_take(struct box *b, unsigned long a, int n)
{
	struct page **pages = take(a, n);

	if (!pages)
		return -EFAULT;
	${second}
	if (box_start(b)) {
		release_pages(pages, n);
		return -EIO;
	}
	b->pages = pages;
	b->n = n;
	return 0;
}
void box_drop(struct box *b)
{
	if (!b->mapped)
		unpin_user_pages(b->pages, b->n);
	else
		put_page(b->pages[0]);
}`;
  complains('wrong-release', 'a put of it', handed(''), 'box_take:release_pages(pages, n);');
  accepts('wrong-release', 'a put where another page stands there, too', handed('pages[0] = alloc_page(GFP_KERNEL);'));
});

describe('of two objects whose pages one helper takes', () => {
  /** Pages of the kernel's own come to rings, which drop them by a flag; none comes to windows. */
  const two = (drop: string): string => `struct ring { struct page **pages; int n; bool own; };
struct win { struct page **pages; int n; };
${take}int ring_map(struct ring *r, unsigned long a)
{
	r->pages = take(a, r->n);
	return r->pages ? 0 : -EFAULT;
}
void ring_fill(struct ring *r)
{
	int i;

	for (i = 0; i < r->n; i++)
		r->pages[i] = alloc_page(GFP_KERNEL);
	r->own = true;
}
void ring_end(struct ring *r)
{
	int i;

	if (!r->own)
		unpin_user_pages(r->pages, r->n);
	else
		for (i = 0; i < r->n; i++)
			put_page(r->pages[i]);
}
int win_map(struct win *w, unsigned long a)
{
	w->pages = take(a, w->n);
	return w->pages ? 0 : -EFAULT;
}
void win_end(struct win *w)
{
	int i;

	for (i = 0; i < w->n; i++)
		${drop}(w->pages[i]);
}`;
  complains('wrong-release', 'a put of pages of the second', two('put_page'), 'win_end:put_page(w->pages[i]);');
  accepts('never-released', 'the same', two('put_page'));
  accepts('wrong-release', 'an unpin of them', two('unpin_user_page'));
});

describe('of a list of pages that a function makes itself', () => {
  /** A function that unwinds what it has put into bio_vecs, which an object gets that has pages of the allocator otherwise. */
  const listed = (drop: string, more = '') => `struct io { struct bio_vec *bv; int n; bool bounce; };
int io_take(struct io *io, unsigned long a, int n)
{
	struct bio_vec *bv = kvcalloc(n, sizeof(*bv), GFP_KERNEL);
	struct page *page;
	int i, got;

	if (!bv)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		got = pin_user_pages_fast(a + i * PAGE_SIZE, 1, FOLL_LONGTERM, &page);
		if (got != 1)
			goto fail;
		${more}
		bvec_set_page(&bv[i], page, PAGE_SIZE, 0);
	}
	io->bv = bv;
	io->n = n;
	return 0;
fail:
	while (i--)
		${drop}(bv[i].bv_page);
	kvfree(bv);
	return -EFAULT;
}
int io_bounce(struct io *io, int n)
{
	int i;

	for (i = 0; i < n; i++)
		bvec_set_page(&io->bv[i], alloc_page(GFP_KERNEL), PAGE_SIZE, 0);
	io->bounce = true;
	io->n = n;
	return 0;
}
void io_end(struct io *io)
{
	int i;

	for (i = 0; i < io->n; i++) {
		if (io->bounce)
			put_page(io->bv[i].bv_page);
		else
			unpin_user_page(io->bv[i].bv_page);
	}
}`;
  const swapped = 'if (wants_copy(page)) {\n\t\t\tunpin_user_page(page);\n\t\t\tpage = alloc_page(GFP_KERNEL);\n\t\t}';
  complains('wrong-release', 'a put of its pages', listed('put_page'), 'io_take:put_page(bv[i].bv_page);');
  accepts('wrong-release', 'an unpin of them', listed('unpin_user_page'));
  accepts('wrong-release', 'a put where it puts other pages there, too', listed('put_page', swapped));
});
