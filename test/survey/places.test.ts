import { describe, expect, it } from 'vitest';
import { line, rowsOf, shows } from './helper.js';

const ctx =
  'struct ctx { struct page *page; struct page **pages; struct page *inner[8]; int nr; struct { struct page **upages; } m; struct ctx *parent; };\n';
const take = (into: string) => `if (pin_user_pages_fast(a, 8, 0, ${into}) != 8)\n\t\treturn -EFAULT;`;

describe('3. locals', () => {
  shows(
    'one page',
    `int f(unsigned long a)
{
	struct page *p;

	${'if (pin_user_pages_fast(a, 1, 0, &p) != 1)'}
		return -1;
	unpin_user_page(p);
	return 0;
}`,
    'pin single single@function put:f:unpin_user_page',
  );
  shows(
    'an array of one',
    `int f(unsigned long a)
{
	struct page *p[1];

	if (pin_user_pages_fast(a, 1, 0, p) != 1)
		return -1;
	unpin_user_page(p[0]);
	return 0;
}`,
    'pin single single@function put:f:unpin_user_page',
  );
  shows(
    'an array on the stack',
    `int f(unsigned long a)
{
	struct page *pages[8];

	${take('pages')}
	unpin_user_pages(pages, 8);
	return 0;
}`,
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
  shows(
    'an array on the stack, by the address of its first',
    `int f(unsigned long a)
{
	struct page *pages[8];

	${take('&pages[0]')}
	unpin_user_pages(&pages[0], 8);
	return 0;
}`,
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
  shows(
    'a kmalloc_array',
    `int f(unsigned long a)
{
	struct page **pages = kmalloc_array(8, sizeof(*pages), GFP_KERNEL);

	${take('pages')}
	unpin_user_pages(pages, 8);
	kfree(pages);
	return 0;
}`,
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
  shows(
    'a page of memory as the array',
    `int f(unsigned long a)
{
	struct page **pages = (struct page **)__get_free_page(GFP_KERNEL);

	${take('pages')}
	unpin_user_pages(pages, 8);
	free_page((unsigned long)pages);
	return 0;
}`,
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
  shows(
    'another name for it',
    `int f(unsigned long a, struct page **pages)
{
	struct page **q = pages;

	${take('q')}
	unpin_user_pages(pages, 8);
	return 0;
}`,
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
  shows(
    'an element in a local of its own',
    `int f(unsigned long a, struct page **pages)
{
	struct page *p;
	int i;

	${take('pages')}
	for (i = 0; i < 8; i++) {
		p = pages[i];
		if (p)
			unpin_user_page(p);
	}
	return 0;
}`,
    'pin page-array loop-collapsible@function put:f:unpin_user_page',
  );
  shows(
    'its compound head',
    `int f(unsigned long a)
{
	struct page *p;

	if (get_user_pages_fast(a, 1, 0, &p) != 1)
		return -1;
	put_page(compound_head(p));
	return 0;
}`,
    'get single single@function put:f:put_page',
  );
  shows(
    'its folio',
    `int f(unsigned long a)
{
	struct page *p;
	struct folio *folio;

	if (get_user_pages_fast(a, 1, 0, &p) != 1)
		return -1;
	folio = page_folio(p);
	folio_lock(folio);
	folio_unlock(folio);
	folio_put(folio);
	return 0;
}`,
    'get single single@function put:f:folio_put',
  );
  shows(
    'the stack or the heap',
    `int f(unsigned long a, int n)
{
	struct page *stack[8], **pages = stack;

	if (n > 8)
		pages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL);
	${take('pages')}
	unpin_user_pages(pages, 8);
	if (pages != stack)
		kvfree(pages);
	return 0;
}`,
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
});

describe('3. fields', () => {
  shows(
    'a page',
    `${ctx}int f(struct ctx *c, unsigned long a)
{
	return get_user_pages_fast(a, 1, 0, &c->page) == 1 ? 0 : -1;
}
void g(struct ctx *c)
{
	if (c->page)
		put_page(c->page);
}`,
    'get single car=ctx.page single@file put:g:put_page',
  );
  shows(
    'a page that a local was stored from',
    `${ctx}int f(struct ctx *c, unsigned long a)
{
	struct page *p;

	if (get_user_pages_fast(a, 1, 0, &p) != 1)
		return -1;
	c->page = p;
	return 0;
}
void g(struct ctx *c)
{
	put_page(c->page);
}`,
    'get single car=ctx.page single@file put:g:put_page',
  );
  shows(
    'a pointer to an array',
    `${ctx}int f(struct ctx *c, unsigned long a)
{
	${take('c->pages')}
	return 0;
}
void g(struct ctx *c)
{
	unpin_user_pages(c->pages, 8);
}`,
    'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages',
  );
  shows(
    'an array that a local was stored from',
    `${ctx}int f(struct ctx *c, unsigned long a, struct page **pages)
{
	${take('pages')}
	c->pages = pages;
	c->nr = 8;
	return 0;
}
void g(struct ctx *c)
{
	unpin_user_pages(c->pages, c->nr);
}`,
    'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages',
  );
  shows(
    'an array that a local was stored from before the call',
    `${ctx}int f(struct ctx *c, unsigned long a)
{
	struct page **pages = kcalloc(8, sizeof(*pages), GFP_KERNEL);

	c->pages = pages;
	${take('pages')}
	return 0;
}
void g(struct ctx *c)
{
	unpin_user_pages(c->pages, 8);
}`,
    'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages',
  );
  shows(
    'an array in the struct',
    `${ctx}int f(struct ctx *c, unsigned long a)
{
	${take('c->inner')}
	return 0;
}
void g(struct ctx *c)
{
	unpin_user_pages(c->inner, 8);
}`,
    'pin page-array car=ctx.inner bulk@file put:g:unpin_user_pages',
  );
  shows(
    'one slot of an array in the struct',
    `${ctx}int f(struct ctx *c, unsigned long a)
{
	return get_user_pages_fast(a, 1, 0, &c->inner[c->nr++]) == 1 ? 0 : -1;
}
void g(struct ctx *c)
{
	while (c->nr > 0)
		put_page(c->inner[--c->nr]);
}`,
    'get page-array car=ctx.inner loop-collapsible@file put:g:put_page',
  );
  shows(
    'in an anonymous struct',
    `${ctx}int f(struct ctx *c, unsigned long a)
{
	${take('c->m.upages')}
	return 0;
}
void g(struct ctx *c)
{
	unpin_user_pages(c->m.upages, 8);
}`,
    'pin page-array car=ctx.m.upages bulk@file put:g:unpin_user_pages',
  );
  shows(
    'of a struct inside',
    `struct hold { struct page **pages; };
struct dev { struct hold in; struct hold out; };
int f(struct dev *d, unsigned long a)
{
	${take('d->in.pages')}
	return 0;
}
static void put(struct hold *h)
{
	unpin_user_pages(h->pages, 8);
}
void g(struct dev *d)
{
	put(&d->in);
}`,
    'pin page-array car=hold.pages bulk@file put:put:unpin_user_pages',
  );
  shows(
    'of an object behind a pointer',
    `${ctx}int f(struct ctx *c, unsigned long a)
{
	${take('c->parent->pages')}
	return 0;
}
void g(struct ctx *c)
{
	unpin_user_pages(c->pages, 8);
}`,
    'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages',
  );
  shows(
    'of an element of an array of structs',
    `struct slot { struct page *page; };
struct table { struct slot slots[8]; };
int f(struct table *t, unsigned long a, int i)
{
	return get_user_pages_fast(a, 1, 0, &t->slots[i].page) == 1 ? 0 : -1;
}
void g(struct table *t, int i)
{
	struct slot *slot = &t->slots[i];

	put_page(slot->page);
}`,
    'get single car=slot.page single@file put:g:put_page',
  );
  shows(
    'by a designated initialiser',
    `${ctx}int reg(struct ctx *c);
void g(struct ctx *c)
{
	unpin_user_pages(c->pages, 8);
}
int f(unsigned long a, struct page **pages)
{
	${take('pages')}
	struct ctx c = { .pages = pages, .nr = 8 };
	g(&c);
	return 0;
}`,
    'pin page-array bulk@file put:g:unpin_user_pages',
  );
  shows(
    'only of that name: another field of the struct is none of its',
    `${ctx}int f(struct ctx *c, unsigned long a)
{
	${take('c->pages')}
	return 0;
}
void g(struct ctx *c)
{
	unpin_user_pages(c->inner, 8);
	unpin_user_pages(c->pages, 8);
}`,
    'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages',
  );
  shows(
    'only of that struct: the same field of another struct is none of its',
    `${ctx}struct other { struct page **pages; };
int f(struct ctx *c, unsigned long a)
{
	${take('c->pages')}
	return 0;
}
void h(struct other *o)
{
	unpin_user_pages(o->pages, 8);
}
void g(struct ctx *c)
{
	unpin_user_pages(c->pages, 8);
}`,
    'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages',
  );
  shows(
    'copied by memcpy',
    `${ctx}int f(struct ctx *c, unsigned long a)
{
	struct page *pages[8];

	${take('pages')}
	memcpy(c->inner, pages, sizeof(pages));
	return 0;
}
void g(struct ctx *c)
{
	unpin_user_pages(c->inner, 8);
}`,
    'pin page-array car=ctx.inner bulk@file put:g:unpin_user_pages',
  );
  shows(
    'through private_data',
    `${ctx}int f(struct file *file, unsigned long a)
{
	struct ctx *c = file->private_data;

	${take('c->pages')}
	return 0;
}
int g(struct inode *inode, struct file *file)
{
	struct ctx *c = file->private_data;

	unpin_user_pages(c->pages, 8);
	return 0;
}`,
    'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages',
  );
  shows(
    'through container_of',
    `struct work_struct;
struct c2 { struct page **pages; struct list_head link; };
int f(struct c2 *c, unsigned long a)
{
	${take('c->pages')}
	return 0;
}
void g(struct list_head *link)
{
	struct c2 *c = container_of(link, struct c2, link);

	unpin_user_pages(c->pages, 8);
}`,
    'pin page-array car=c2.pages bulk@file put:g:unpin_user_pages',
  );
  shows(
    'a static array of the file',
    `static struct page *held[8];
int f(unsigned long a)
{
	${take('held')}
	return 0;
}
void g(void)
{
	unpin_user_pages(held, 8);
}`,
    'pin page-array car=held bulk@file put:g:unpin_user_pages',
  );
});

describe('3. passed down, returned up, written through', () => {
  shows(
    'down, to be dropped',
    `static void put(struct page **p, int n)
{
	unpin_user_pages(p, n);
}
int f(unsigned long a)
{
	struct page *pages[8];

	${take('pages')}
	put(pages, 8);
	return 0;
}`,
    'pin page-array bulk@file put:put:unpin_user_pages',
  );
  shows(
    "down, page by page: the loop is the caller's",
    `static void put(struct page *p)
{
	set_page_dirty_lock(p);
	unpin_user_page(p);
}
int f(unsigned long a)
{
	struct page *pages[8];
	int i;

	${take('pages')}
	for (i = 0; i < 8; i++)
		put(pages[i]);
	return 0;
}`,
    'pin page-array loop-collapsible@file put:put:unpin_user_page dirty=set_page_dirty_lock',
  );
  shows(
    'down twice, to be dropped',
    `static void inner(struct page **q)
{
	unpin_user_pages(q, 8);
}
static void put(struct page **p)
{
	inner(p);
}
int f(unsigned long a)
{
	struct page *pages[8];

	${take('pages')}
	put(pages);
	return 0;
}`,
    'pin page-array bulk@file put:inner:unpin_user_pages',
  );
  shows(
    'down, to be kept',
    `struct ctx { struct page **pages; };
static void keep(struct ctx *c, struct page **p)
{
	c->pages = p;
}
int f(struct ctx *c, unsigned long a, struct page **pages)
{
	${take('pages')}
	keep(c, pages);
	return 0;
}
void g(struct ctx *c)
{
	unpin_user_pages(c->pages, 8);
}`,
    'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages',
  );
  shows(
    'the struct down, to be dropped',
    `${ctx}static void put(struct ctx *x)
{
	unpin_user_pages(x->pages, x->nr);
}
int f(unsigned long a, struct page **pages)
{
	struct ctx c;

	c.pages = pages;
	${take('c.pages')}
	c.nr = 8;
	put(&c);
	return 0;
}`,
    'pin page-array bulk@file put:put:unpin_user_pages',
  );
  shows(
    'up: the page',
    {
      'a.c': `struct page *take(unsigned long a)
{
	struct page *p;

	if (get_user_pages_fast(a, 1, 0, &p) != 1)
		return NULL;
	return p;
}
`,
      'b.c': `int g(unsigned long a)
{
	struct page *p = take(a);

	if (!p)
		return -1;
	put_page(p);
	return 0;
}
`,
    },
    'wrapper get single caller@caller put:b.c:g:put_page via=take',
  );
  shows(
    'up: through a parameter',
    {
      'a.c': `int take(unsigned long a, struct page **out)
{
	return get_user_pages_fast(a, 1, 0, out) == 1 ? 0 : -1;
}
`,
      'b.c': `int g(unsigned long a)
{
	struct page *p;

	if (take(a, &p))
		return -1;
	put_page(p);
	return 0;
}
`,
    },
    'wrapper get single caller@caller put:b.c:g:put_page via=take',
  );
  shows(
    'up: an array through a parameter',
    {
      'a.c': `int take(unsigned long a, struct page ***out)
{
	struct page **pages = kcalloc(8, sizeof(*pages), GFP_KERNEL);

	${take('pages')}
	*out = pages;
	return 0;
}
`,
      'b.c': `int g(unsigned long a)
{
	struct page **pages;

	if (take(a, &pages))
		return -1;
	unpin_user_pages(pages, 8);
	kfree(pages);
	return 0;
}
`,
    },
    'wrapper pin page-array caller@caller put:b.c:g:unpin_user_pages via=take',
  );
  shows(
    'up: in a struct of its own, which says who drops',
    `${ctx}struct ctx *take(unsigned long a)
{
	struct ctx *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (pin_user_pages_fast(a, 8, 0, c->inner) != 8) {
		kfree(c);
		return NULL;
	}
	return c;
}
void drop(struct ctx *c)
{
	unpin_user_pages(c->inner, 8);
	kfree(c);
}`,
    'pin page-array car=ctx.inner bulk@file put:drop:unpin_user_pages',
  );
  shows(
    'a static inline helper of a header drops',
    {
      'x.h': `struct ctx { struct page **pages; int nr; };
static inline void ctx_put(struct ctx *c)
{
	int i;

	for (i = 0; i < c->nr; i++)
		put_page(c->pages[i]);
}
`,
      'a.c': `#include "x.h"
int f(struct ctx *c, unsigned long a)
{
	c->nr = get_user_pages_fast(a, 8, 0, c->pages);
	return c->nr > 0 ? 0 : -1;
}
void g(struct ctx *c)
{
	ctx_put(c);
}
`,
    },
    'get page-array car=ctx.pages loop-collapsible@cross-file put:x.h:ctx_put:put_page',
  );
  it('a static inline helper of a header takes', async () => {
    const rows = await rowsOf({
      'x.h': `static inline int take(unsigned long a, struct page **p)
{
	return get_user_pages_fast(a, 8, FOLL_WRITE, p);
}
`,
      'a.c': `#include "x.h"
void f(unsigned long a, struct page **p)
{
	int n = take(a, p);

	if (n > 0)
		release_pages(p, n);
}
`,
    });
    expect(rows.map((r) => `${r.id} ${line(r)}`)).toEqual([
      'x.h:take:get_user_pages_fast#1 wrapper get page-array caller@caller put:a.c:f:release_pages via=take',
    ]);
  });
  shows(
    'a static function of another file, of the same name, is another function',
    {
      'a.c': `static void put(struct page *p)
{
	put_page(p);
}
int f(unsigned long a)
{
	struct page *p;

	if (get_user_pages_fast(a, 1, 0, &p) != 1)
		return -1;
	put(p);
	return 0;
}
`,
      'b.c': `static void put(struct page *p)
{
	folio_put(page_folio(p));
}
void g(struct page *p)
{
	put(p);
}
`,
    },
    'get single single@file put:put:put_page',
  );
});

describe('3. what carries, of the fields that hold', () => {
  const region = (setup: string, teardown: string) => `struct descriptor { unsigned long frame; };
struct region { struct page **pages; struct sg_table sgt; struct descriptor *first; };
int region_map(struct region *r, unsigned long a)
{
	if (pin_user_pages_fast(a, 8, FOLL_WRITE, r->pages) != 8)
		return -EFAULT;
	${setup}
	return 0;
}
void region_unmap(struct region *r)
{
	${teardown}
}
`;
  shows(
    'the device is told a frame number, which nobody looks up again',
    region('r->first->frame = page_to_pfn(r->pages[0]);', 'unpin_user_pages(r->pages, 8);'),
    'pin page-array car=region.pages bulk@file put:region_unmap:unpin_user_pages',
  );
  shows(
    'a scatterlist of the same struct, beside the array that is dropped',
    region('sg_alloc_table_from_pages(&r->sgt, r->pages, 8, 0, 8 * PAGE_SIZE, GFP_KERNEL);', 'unpin_user_pages(r->pages, 8);'),
    'pin page-array→sgl car=region.pages,region.sgt bulk@file put:region_unmap:unpin_user_pages',
  );
  shows(
    'nobody drops them',
    region('r->first->frame = page_to_pfn(r->pages[0]);', 'kfree(r->pages);'),
    'pin page-array car=region.pages none@function',
  );
});

describe('a pointer that a list of one value sets', () => {
  const slot = (drop: string) => `struct slot { struct page *page; };
int slot_take(struct slot *s, unsigned long a)
{
	return pin_user_pages_fast(a, 1, FOLL_WRITE, &s->page) == 1 ? 0 : -EFAULT;
}
void slot_give(struct slot *s)
{
	${drop}
}
`;
  const row = (api: string) => `pin single car=slot.page ${api === 'unpin_user_page' ? 'single' : 'bulk'}@file put:slot_give:${api}`;
  shows('in its declaration', slot('struct page *page = { s->page };\n\n\tunpin_user_page(page);'), row('unpin_user_page'));
  shows('without a name', slot('unpin_user_pages(&(struct page *){ s->page }, 1);'), row('unpin_user_pages'));
  shows('as an array without a name', slot('unpin_user_pages((struct page *[]){ s->page }, 1);'), row('unpin_user_pages'));
});
