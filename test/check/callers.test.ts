/** What the callers of a function that takes pages make of them: many callers, failures that are handed on, memory with two names. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';
import { region } from './region.js';

const user = (name: string, undo: string): string => `struct ${name} { struct region *r; int id; };
int ${name}_make(struct ${name} **out, unsigned long a, int n)
{
	struct ${name} *u = kzalloc(sizeof(*u), GFP_KERNEL);
	int ret;

	if (!u)
		return -ENOMEM;
	u->r = region_get(a, n);
	if (IS_ERR(u->r)) {
		ret = PTR_ERR(u->r);
		goto free;
	}
	ret = ${name}_register(u);
	if (ret)
		goto put;
	*out = u;
	return 0;
put:
	${undo}
free:
	kfree(u);
	return ret;
}
`;

const many = Array.from({ length: 70 }, (_, i) => user(`user${i}`, 'region_put(u->r);')).join('');

describe('a function with many callers', () => {
  complains('leak-on-path', 'the last of them', region + many + user('late', ''), 'late_make:ret = late_register(u);');
  accepts('leak-on-path', 'all of them', region + many + user('late', 'region_put(u->r);'));
});

const queue = (undo: string): string => `${region}struct queue { struct region *r; void *table; int id; };
struct adapter { struct queue send; struct queue done; };
static int queue_map(struct queue *q)
{
	q->id = id_alloc(64);
	return q->id < 0 ? -ENOSPC : 0;
}
static int queue_init(struct queue *q, unsigned long a, int n)
{
	int ret;

	q->r = region_get(a, n);
	if (IS_ERR(q->r))
		return PTR_ERR(q->r);
	q->table = kzalloc(64, GFP_KERNEL);
	if (!q->table) {
		ret = -ENOMEM;
		goto put;
	}
	ret = queue_map(q);
	if (ret)
		${undo};
	return 0;
put:
	region_put(q->r);
	return ret;
}
static int pair_init(struct adapter *d, unsigned long a, int n)
{
	int ret = queue_init(&d->send, a, n);

	if (ret)
		return ret;
	d->done.r = region_get(a + 4096, n);
	if (IS_ERR(d->done.r)) {
		region_put(d->send.r);
		return PTR_ERR(d->done.r);
	}
	return 0;
}
int adapter_open(struct adapter *d, unsigned long a, int n)
{
	if (pair_init(d, a, n))
		return -EINVAL;
	return 0;
}
void adapter_close(struct adapter *d)
{
	region_put(d->send.r);
	region_put(d->done.r);
}
`;

describe('a failure that is handed on as it is', () => {
  complains('leak-on-path', 'the function that fails with the pages, alone', queue('return ret'), 'queue_init:ret = queue_map(q);');
  accepts('leak-on-path', 'one that drops them', queue('goto put'));
});

/** A function that fails with what it has taken so far in its caller's array, for its caller to drop. */
const filling = (
  answer: string,
  drop = 'unpin_user_pages(pages, n);',
): string => `static int own_fill(struct buf *bufs, int num, struct page **pages, int room, int *pinned)
{
	int i, got;

	for (i = 0; i < num; i++) {
		if (bufs[i].pages > room)
			return -ENOSPC;
		got = pin_user_pages_fast(bufs[i].start, bufs[i].pages, FOLL_WRITE, pages);
		if (got <= 0)
			return got ? got : -EFAULT;
		*pinned += got;
		room -= got;
		pages += got;
	}
	return 0;
}
static void own_drop(struct page **pages, int n)
{
	int i;

	${drop}
}
int run(struct buf *bufs, int num, int room)
{
	struct page **pages = kcalloc(room, sizeof(*pages), GFP_KERNEL);
	int pinned = 0, ret;

	if (!pages)
		return -ENOMEM;
	ret = own_fill(bufs, num, pages, room, &pinned);
	if (ret < 0) {
		${answer}
	}
	hw_run(num);
	own_drop(pages, pinned);
out:
	kfree(pages);
	return ret;
}
`;

describe('a failure with pages that a caller drops more than once', () => {
  const twice = 'own_drop(pages, pinned);\n\t\town_drop(pages, pinned);\n\t\tgoto out;';
  const each = 'for (i = 0; i < n; i++)\n\t\tunpin_user_page(pages[i]);';
  complains('double-release', 'a second drop', filling(twice), 'run:own_drop(pages, pinned);');
  accepts('leak-on-path', 'pages that are dropped twice', filling(twice));
  accepts('leak-on-path', 'pages that are dropped twice, each by itself', filling(twice, each));
  accepts('leak-on-path', 'pages that are dropped', filling('own_drop(pages, pinned);\n\t\tgoto out;'));
  accepts('leak-on-path', 'pages that are dropped by a call of the kernel', filling('unpin_user_pages(pages, pinned);\n\t\tgoto out;'));
  complains('leak-on-path', 'pages that are not', filling('goto out;'), 'own_fill:if (bufs[i].pages > room)');
});

const named = (drop: string): string => `${region}struct view { struct region *r; int id; };
static void view_free(struct view *v)
{
	view_forget(v->id);
	kfree(v);
}
struct view *view_get(unsigned long a, int n)
{
	struct region *r = region_get(a, n);
	struct view *v;

	if (IS_ERR(r))
		return NULL;
	v = kzalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		goto put;
	v->r = r;
	if (view_setup(v->id)) {
		view_free(v);
		goto put;
	}
	return v;
put:
	${drop}
	return NULL;
}
`;

describe('memory that a function has another name for than the object which it frees', () => {
  accepts('leak-on-path', 'pages that it drops by that name', named('region_put(r);'));
  complains('leak-on-path', 'pages that it does not drop', named(''), 'view_get:if (!v)', 'view_get:if (view_setup(v->id)) {');
});

const failing = (
  undo: string,
  clean: string,
): string => `struct buf { struct page **pages; int n; struct sg_table sgt; struct device *dev; };
static void buf_unpin(struct buf *b)
{
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
	kvfree(b->pages);
}
static int buf_map(struct buf *b)
{
	int ret = dma_map_sgtable(b->dev, &b->sgt, DMA_BIDIRECTIONAL, 0);

	if (ret) {
		sg_free_table(&b->sgt);
		buf_unpin(b);
		${clean}
	}
	return ret;
}
int buf_create(struct buf *b, unsigned long a, int n)
{
	int got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, b->pages);
	int ret;

	if (got != n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		return -EFAULT;
	}
	b->n = n;
	ret = buf_map(b);
	if (ret)
		${undo};
	return ret;
}
`;
const short = (undo: string, clean: string): string => `struct buf { struct page **pages; int n; int id; };
static int buf_pin(struct buf *b, unsigned long a, int n)
{
	int got;

	b->n = n;
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, b->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		${clean}
		return -EFAULT;
	}
	return 0;
}
static void buf_unpin(struct buf *b)
{
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
}
int buf_create(struct buf *b, unsigned long a, int n)
{
	int ret = buf_pin(b, a, n);

	if (ret)
		${undo};
	b->id = id_alloc(b->n);
	if (b->id < 0) {
		buf_unpin(b);
		return b->id;
	}
	return 0;
}
`;
const one = `static int page_pin(unsigned long a, int n, struct page **pages)
{
	int got = pin_user_pages_fast(a, n, FOLL_LONGTERM, pages);

	if (got >= 0 && got < n) {
		unpin_user_pages(pages, got);
		got = -EFAULT;
	}
	return got;
}
int use(unsigned long a)
{
	struct page *page = NULL;
	int ret = page_pin(a, 1, &page);

	if (ret == 1)
		look_at(page);
	if (page)
		unpin_user_page(page);
	return ret;
}
`;

describe('a function that drops the pages as it fails, and leaves what leads to them', () => {
  complains('double-release', 'an array that was freed with them, too', failing('buf_unpin(b)', ''), 'buf_create:buf_unpin(b);');
  accepts('double-release', 'a caller that leaves it at that', failing('b->n = 0', ''));
  accepts('double-release', 'a pointer that was cleared', failing('if (b->pages)\n\t\t\tbuf_unpin(b)', 'b->pages = NULL;'));
  complains('double-release', 'what it has taken itself', short('buf_unpin(b)', ''), 'buf_create:buf_unpin(b);');
  accepts('double-release', 'a caller that does not', short('return ret', ''));
  accepts('double-release', 'an object that knows that it has none', short('buf_unpin(b)', 'b->n = 0;'));
  accepts('double-release', 'one page, of which none is not a few', one);
});

const run = (undo: string): string => `struct req { struct page **pages; int n; };
int req_run(struct req *r, unsigned long a, int n)
{
	int got = pin_user_pages_fast(a, n, FOLL_WRITE, r->pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(r->pages, got);
		return -EFAULT;
	}
	if (hw_run(n) < 0) {
		${undo}
		return -EIO;
	}
	unpin_user_pages_dirty_lock(r->pages, n, true);
	return 0;
}
`;

describe('who drops the pages where all went well', () => {
  complains('leak-on-path', 'a failure that leaves them in the memory of a caller', run(''), 'req_run:if (hw_run(n) < 0) {');
  accepts('leak-on-path', 'one that drops them', run('unpin_user_pages(r->pages, n);'));
});

const anew = (clear: string, before: string, end: string): string => `${region}struct mr { struct region *r; int key; };
static struct mr *mr_of(struct handle *h)
{
	return container_of(h, struct mr, handle);
}
int mr_again(struct handle *h, unsigned long a, int n)
{
	struct mr *mr = mr_of(h);
	int ret;

	${before}
	mr->r = region_get(a, n);
	if (IS_ERR(mr->r)) {
		mr->r = NULL;
		return -EFAULT;
	}
	ret = hw_write(mr->key);
	if (ret) {
		region_put(mr->r);
		${clear}
		return -EIO;
	}
	return 0;
}
void mr_end(struct handle *h)
{
	struct mr *mr = mr_of(h);

	${end}
	kfree(mr);
}
`;

describe('an object that is given other pages', () => {
  const release = 'region_put(mr->r);';
  complains('double-release', 'one that still leads to those which were dropped', anew('', release, release), `mr_again:${release}`);
  accepts('double-release', 'one that is told that it has none', anew('mr->r = NULL;', release, release));
  accepts('double-release', 'one that had none, and may end with the failure', anew('', '', release));
  accepts('double-release', 'one that nobody looks into again', anew('', release, ''));
});

/** A page that six functions hand on, the last one in a struct of its caller's. */
const mapped = (early: string): string => `struct map { struct page *page; void *data; };
struct cpu { int ready; };
static int find_slow(unsigned long a, struct page **out)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	*out = page;
	return 0;
}
static struct page *find(unsigned long a)
{
	struct page *page;

	return find_slow(a, &page) ? NULL : page;
}
static struct page *find_in(unsigned long a) { return find(a); }
static struct page *find_at(unsigned long a) { return find_in(a << 1); }
static struct page *find_for(unsigned long a) { return find_at(a << 1); }
static int map(unsigned long a, struct map *m)
{
	struct page *page = find_for(a);

	if (!page)
		return -EINVAL;
	m->page = page;
	m->data = page_address(page);
	return 0;
}
static void unmap(struct map *m)
{
	put_page(m->page);
	m->page = NULL;
}
int run(struct cpu *cpu, unsigned long a)
{
	struct map m;

	if (map(a, &m))
		return 1;
	if (!cpu->ready)
		${early}
	use(m.data);
	unmap(&m);
	return 0;
}
`;

describe('a page that comes to a variable by many results', () => {
  complains('leak-on-path', 'a way out by the state of another object', mapped('return -EINVAL;'), 'run:if (!cpu->ready)');
  accepts('leak-on-path', 'a way out that drops it', mapped('goto out;').replace('\tunmap(&m);\n', 'out:\n\tunmap(&m);\n'));
});

const session = (kept: string): string => `struct session { struct page **pages; };
static int map(struct session *s, unsigned long a)
{
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, s->pages) != 1)
		return -EFAULT;
	return 0;
}
static void unmap(struct session *s)
{
	unpin_user_pages(s->pages, 1);
}
static int session_close(struct inode *inode, struct file *file)
{
	unmap(file->private_data);
	return 0;
}
static long session_ioctl(struct file *file, unsigned int cmd, unsigned long a)
{
	${kept}
}
`;

describe('pages that go into an object of which nothing is known but where it stands', () => {
  accepts('leak-on-path', 'the object of a file', session('return map(file->private_data, a);'));
  complains(
    'leak-on-path',
    'an array of its own',
    session('struct page *page;\n\tstruct session s = { .pages = &page };\n\treturn map(&s, a);'),
    'session_ioctl:return map(&s, a);',
  );
});

/** A library takes the pages; its header has inline functions around it, and stubs for all where it is not built. */
const library = (drop: string): Record<string, string> => ({
  'include/region.h': `#ifdef CONFIG_REGION
struct region *region_get_for(struct owner *o, unsigned long a, int n);
static inline struct region *region_get_plain(unsigned long a, int n)
{
	return region_get_for(NULL, a, n);
}
void region_put(struct region *r);
#else
static inline struct region *region_get_for(struct owner *o, unsigned long a, int n)
{
	return ERR_PTR(-EOPNOTSUPP);
}
static inline struct region *region_get_plain(unsigned long a, int n)
{
	return region_get_for(NULL, a, n);
}
static inline void region_put(struct region *r) {}
#endif
`,
  'lib/region.c': `#include <region.h>
${region.replace('struct region *region_get(', 'static struct region *region_get(')}
static struct region *region_get_checked(struct owner *o, unsigned long a, int n)
{
	struct region *r = region_get(a, n);

	if (IS_ERR(r))
		return r;
	if (o && o->closed) {
		region_put(r);
		return ERR_PTR(-ENODEV);
	}
	return r;
}
static struct region *region_get_owned(struct owner *o, unsigned long a, int n)
{
	return region_get_checked(o, a, n);
}
static struct region *region_get_any(struct owner *o, unsigned long a, int n)
{
	if (n == 0)
		return NULL;
	return region_get_owned(o, a, n);
}
struct region *region_get_for(struct owner *o, unsigned long a, int n)
{
	return region_get_any(o, a, n);
}
`,
  'drivers/user.c': `#include <region.h>
struct user { struct region *r; int id; };
struct user *user_make(unsigned long a, int n)
{
	struct user *u = kzalloc(sizeof(*u), GFP_KERNEL);

	if (!u)
		return NULL;
	u->r = region_get_plain(a, n);
	if (IS_ERR(u->r))
		goto free;
	if (user_register(u->id))
		goto put;
	return u;
put:
	${drop}
free:
	kfree(u);
	return NULL;
}
`,
});

describe('an object that comes to a driver by many results, through a header with stubs', () => {
  complains('leak-on-path', 'a driver that frees what has it', library(''), 'user_make:if (user_register(u->id))');
  accepts('leak-on-path', 'a driver that drops it', library('region_put(u->r);'));
});

const twoNamed = (first: string, second: string) => {
  const setup = (name: string, more: string) => `#include "lib.h"
static int ${name}(struct obj *o, unsigned long a)
{
	int ret = take(o, a);

	if (ret)
		return ret;
	if (arm(o->n))
		return -EIO;
${more}	return 0;
}
`;
  return {
    'lib.h': `struct obj { struct page *page; int n; };
int take(struct obj *o, unsigned long a);
`,
    'lib.c': `#include "lib.h"
int take(struct obj *o, unsigned long a)
{
	return get_user_pages_fast(a, 1, 0, &o->page) == 1 ? 0 : -EFAULT;
}
void done(struct obj *o)
{
	put_page(o->page);
}
`,
    'a.c': `${setup(first, '')}int open_a(struct obj *o, unsigned long a)
{
	int ret = ${first}(o, a);

	if (ret && o->page)
		put_page(o->page);
	return ret;
}
`,
    'z.c': `${setup(second, '	if (late(o->n)) {\n		put_page(o->page);\n		return -EIO;\n	}\n')}int open_z(struct obj *o, unsigned long a)
{
	return ${second}(o, a);
}
`,
  };
};
describe('two static functions', () => {
  complains('leak-on-path', 'the one whose caller drops nothing', twoNamed('setup', 'prepare'), 'prepare:if (arm(o->n))');
  complains('leak-on-path', 'the one whose caller drops nothing, both of one name', twoNamed('setup', 'setup'), 'setup:if (arm(o->n))');
});

const checked = (test: string) => `#define CHECKED(what) ({ bool bad = (what); if (bad) trace_bad(#what); bad; })
struct map { struct page *page; };
int map_get(unsigned long a, struct map *m)
{
	return pin_user_pages_fast(a, 1, FOLL_WRITE, &m->page) == 1 ? 0 : -EFAULT;
}
void map_put(struct map *m)
{
	unpin_user_page(m->page);
}
int f(unsigned long a)
{
	struct map m;
	int ret;

	${test}
		return -EINVAL;
	ret = use(page_address(m.page));
	map_put(&m);
	return ret;
}
`;

describe('a macro around the call that hands the pages up', () => {
  accepts('leak-on-path', 'of which nobody knows what it makes of the result', checked('if (CHECKED(map_get(a, &m)))'));
  accepts('leak-on-path', 'none', checked('if (map_get(a, &m))'));
  complains(
    'leak-on-path',
    'beside a test of something else',
    checked('if (map_get(a, &m))\n\t\treturn -EFAULT;\n\tif (CHECKED(is_bad(a)))'),
    'f:if (CHECKED(is_bad(a)))',
  );
});
