import { describe } from 'vitest';
import { accepts, complains } from '../check/findings.js';
import { shows } from './helper.js';

/** One page is taken two functions deep, and stored through a pointer that stands in a struct of the caller's. */
const lookup = `struct lookup {
	unsigned long uaddr;
	struct page **out;
};
static unsigned long lookup_result(struct lookup *l, struct page *page)
{
	*l->out = page;
	return page_to_pfn(page);
}
static unsigned long lookup_page(struct lookup *l)
{
	struct page *page;

	if (pin_user_pages_fast(l->uaddr, 1, FOLL_WRITE, &page) != 1)
		return 0;
	return lookup_result(l, page);
}
`;
const find = `static unsigned long find_page(unsigned long uaddr, struct page **out)
{
	struct lookup l = {
		.uaddr = uaddr,
		.out = out,
	};

	*out = NULL;
	return lookup_page(&l);
}
`;
const map = (drop: string) => `int map_page(struct table *t, unsigned long uaddr)
{
	struct page *page;
	unsigned long pfn = find_page(uaddr, &page);

	if (!pfn)
		return -EFAULT;
	t->entry = pfn;
	${drop}
	return 0;
}
`;

describe('pages stored through a pointer in a struct', () => {
  shows(
    'of a caller that handed it on as a parameter',
    `${lookup}${find}${map('unpin_user_page(page);')}`,
    'wrapper pin single→page-array car=lookup.out caller@caller put:map_page:unpin_user_page via=lookup_page,find_page',
  );
  shows(
    'of a caller whose own variable it is',
    `${lookup}
struct page *find_any(unsigned long uaddr)
{
	struct page *page = NULL;
	struct lookup l = { .uaddr = uaddr, .out = &page };

	lookup_page(&l);
	return page;
}
int poke(unsigned long uaddr)
{
	struct page *page = find_any(uaddr);

	if (!page)
		return -EFAULT;
	poke_at(uaddr);
	unpin_user_page(page);
	return 0;
}
`,
    'wrapper pin single car=lookup.out caller@caller put:poke:unpin_user_page via=lookup_page,find_any',
  );
  shows(
    'are not those of a struct that goes where nothing is stored in it',
    `${lookup}${find}${map('unpin_user_page(page);')}
static void show(struct lookup *l)
{
	print_page(*l->out);
}
void unrelated(struct page **pages)
{
	struct lookup l = { .out = pages };

	show(&l);
	put_page(pages[0]);
}
`,
    'wrapper pin single→page-array car=lookup.out caller@caller put:map_page:unpin_user_page via=lookup_page,find_page',
  );
  accepts('never-released', 'a frame number that outlives the page', `${lookup}${find}${map('unpin_user_page(page);')}`);
  complains(
    'leak-on-path',
    'the same function without the drop',
    `${lookup}${find}${map('').replace('t->entry = pfn;', 't->hits++;')}`,
    'map_page:unsigned long pfn = find_page(uaddr, &page);',
  );
  shows(
    'of a caller in another folder',
    {
      'core/find.h': 'unsigned long find_page(unsigned long uaddr, struct page **out);\n',
      'core/find.c': `${lookup}${find.replace('static ', '')}`,
      'arch/map.c': `#include "../core/find.h"
struct fault { unsigned long pfn; struct page *page; };
void fault_in(struct fault *f, unsigned long uaddr)
{
	f->pfn = find_page(uaddr, &f->page);
}
void fault_done(struct fault *f)
{
	unpin_user_page(f->page);
}
`,
    },
    'wrapper pin single→page-array car=lookup.out,fault.page caller@caller put:map.c:fault_done:unpin_user_page via=lookup_page,find_page',
  );
});

/** What a flag of the object says is taken, is dropped by who knows it. */
const byFlag = (drop: string) => `struct map { unsigned long uaddr; bool pin; struct page *page; };
static bool map_take(struct map *m)
{
	struct page *page;
	bool ok;

	if (m->pin)
		ok = pin_user_pages_fast(m->uaddr, 1, FOLL_WRITE, &page) == 1;
	else
		ok = get_user_page_fast_only(m->uaddr, FOLL_WRITE, &page);
	if (ok)
		m->page = page;
	return ok;
}
void map_read_done(struct map *m)
{
	put_page(m->page);
}
void map_write_done(struct map *m)
{
	${drop}
}
`;

describe('a reference of the kind that a flag says', () => {
  accepts('unchecked-count', 'a result that is stored as whether it is the count', byFlag('unpin_user_page(m->page);'));
  accepts('leak-on-path', 'a result that is stored as whether it is the count', byFlag('unpin_user_page(m->page);'));
  complains(
    'leak-on-path',
    'a result that is stored as whether it is another count',
    byFlag('unpin_user_page(m->page);').replace('&page) == 1;', '&page) != 1;'),
    'map_take:ok = pin_user_pages_fast(m->uaddr, 1, FOLL_WRITE, &page) != 1;',
  );
  accepts('mixed-release', 'pages for which there are drops of both kinds', byFlag('unpin_user_page(m->page);'));
  complains(
    'mixed-release',
    'pages for which there are drops of one kind alone',
    byFlag('put_page(m->page);'),
    'map_read_done:put_page(m->page);',
    'map_write_done:put_page(m->page);',
  );
});

/** A request on the stack borrows an object's pages for a call; other requests, with pages of their own, are emptied. */
const request = (object: string) => `struct obj { struct page **pages; int n; };
struct request { struct page **pages; int n; };
static int send_one(struct request *requests, int at)
{
	struct request *one = &requests[at];

	return send_pages(one->pages, one->n);
}
int take(struct obj *o, unsigned long a)
{
	o->n = get_user_pages_fast(a, o->n, FOLL_WRITE, o->pages);
	return o->n;
}
int submit(struct obj *o)
{
	${object}
	return send_one(rq, 0);
}
void give(struct obj *o)
{
	int i;

	for (i = 0; i < o->n; i++)
		put_page(o->pages[i]);
}
void request_empty(struct request *rq)
{
	while (rq->n--)
		put_page(rq->pages[rq->n]);
}`;

describe('a pointer to an object', () => {
  shows(
    'that lives on the stack keeps nothing in the struct',
    request('struct request own = { .pages = o->pages, .n = o->n }, *rq = &own;'),
    'get page-array car=obj.pages loop-collapsible@file put:give:put_page',
  );
  shows(
    'that stays has the pages in its field',
    request('struct request *rq = kzalloc(sizeof(*rq), GFP_KERNEL);\n\n\trq->pages = o->pages;\n\trq->n = o->n;'),
    'get page-array car=obj.pages,request.pages loop-collapsible@file put:give:put_page,request_empty:put_page',
  );
});

const ordered = (pages: string, at: string): string => `struct pool { struct page *page, **pages; };
static void pool_set(struct pool *p, int i, struct page *page)
{
	smp_store_release(&p->${at}, page);
}
static struct page *pool_look(struct pool *p, int i)
{
	return smp_load_acquire(&p->${at});
}
int pool_fill(struct pool *p, int i, unsigned long a)
{
	struct page *page;

	${pages}
	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	pool_set(p, i, page);
	return 0;
}
void pool_drop(struct pool *p, int i)
{
	struct page *page = pool_look(p, i);

	if (page)
		put_page(page);
}
`;

describe('a store that others see in order', () => {
  shows('to an element', ordered('', 'pages[i]'), 'get single→page-array car=pool.pages single@file put:pool_drop:put_page');
  shows('to a field', ordered('', 'page'), 'get single car=pool.page single@file put:pool_drop:put_page');
  shows(
    'of pages of another origin, too',
    ordered('page = alloc_page(GFP_KERNEL);\n	pool_set(p, i + 1, page);', 'pages[i]'),
    'get single→page-array car=pool.pages single@file put:pool_drop:put_page mixed',
  );
});

const byPointer = (pick: string) => `static void drop_dirty(struct page *page)
{
	set_page_dirty_lock(page);
	unpin_user_page(page);
}
static void drop_clean(struct page *page)
{
	unpin_user_page(page);
}
int f(unsigned long a, int write)
{
	void (*drop)(struct page *page) = ${pick};
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	drop(page);
	return 0;
}
`;

describe('a call through a variable', () => {
  shows(
    'that holds one of two functions',
    byPointer('write ? drop_dirty : drop_clean'),
    'pin single single@file put:drop_dirty:unpin_user_page,drop_clean:unpin_user_page dirty=set_page_dirty_lock',
  );
  shows('of which nothing is known', byPointer('lookup(write)'), 'pin single none@function gap');
});

const filled = (end: string): string => `struct pin_args { unsigned long addr; struct page **out; int n; };
static int do_pin(struct pin_args *args)
{
	int got = pin_user_pages_fast(args->addr, args->n, FOLL_LONGTERM, args->out);

	if (got < 0)
		return got;
	if (got != args->n) {
		unpin_user_pages(args->out, got);
		return -EFAULT;
	}
	return 0;
}
struct ctx { struct page *page; };
int ctx_init(struct ctx *c, unsigned long a)
{
	struct pin_args args = { .addr = a, .n = 1 };

	args.out = &c->page;
	return do_pin(&args);
}
void ctx_fini(struct ctx *c)
{
	${end}
}
`;

describe('pages that a call takes to where a struct of arguments points', () => {
  shows(
    'of the caller',
    filled('unpin_user_page(c->page);'),
    'pin LT page-array car=pin_args.out,ctx.page single@file put:do_pin:unpin_user_pages,ctx_fini:unpin_user_page',
  );
  accepts('never-released', 'that its end drops', filled('unpin_user_page(c->page);'));
  complains('wrong-release', 'that its end puts', filled('put_page(c->page);'), 'ctx_fini:put_page(c->page);');
});
