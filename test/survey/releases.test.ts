import { describe } from 'vitest';
import { shows } from './helper.js';

const fill = (more = '') => `int f(struct foo *o, unsigned long a)
{
	o->nr = pin_user_pages_fast(a, 8, 0, o->pages);
	if (o->nr != 8)
		return -EFAULT;
${more}	return 0;
}
`;
const foo = (more = '') => `struct foo { struct page *pages[8]; int nr; ${more} };\n`;
const row = (release: string, scope = 'file') => `pin page-array car=foo.pages bulk@${scope} put:${release}:unpin_user_pages`;
const drop = 'unpin_user_pages(o->pages, o->nr);';

describe('5. another function, another file', () => {
  shows(
    'another function',
    `${foo()}${fill()}void g(struct foo *o)
{
	${drop}
}`,
    row('g'),
  );
  shows(
    'the function above',
    `${foo()}void g(struct foo *o)
{
	${drop}
}
${fill()}`,
    row('g'),
  );
  shows(
    'another file',
    {
      'foo.h': foo(),
      'a.c': `#include "foo.h"\n${fill()}`,
      'b.c': `#include "foo.h"
void g(struct foo *o)
{
	${drop}
}
`,
    },
    row('b.c:g', 'cross-file'),
  );
  shows(
    'a request that an inline setter of a far header fills',
    {
      'include/crypto/aead.h': `struct aead_request { struct scatterlist *src; struct scatterlist *dst; };
static inline void aead_request_set_crypt(struct aead_request *req, struct scatterlist *src, struct scatterlist *dst)
{
	req->src = src;
	req->dst = dst;
}
`,
      'net/a.c': `#include <crypto/aead.h>
int f(struct aead_request *req, struct scatterlist *sg, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	sg_set_page(sg, page, 64, 0);
	aead_request_set_crypt(req, sg, sg);
	return 0;
}
static void done(struct aead_request *req)
{
	struct scatterlist *sg = req->dst;

	unpin_user_page(sg_page(sg));
}
`,
    },
    'pin single→sgl car=aead_request.src,aead_request.dst single@file put:done:unpin_user_page',
  );
  shows(
    'another folder',
    {
      'include/foo.h': foo(),
      'x/a.c': `#include "../include/foo.h"\n${fill()}`,
      'y/b.c': `#include "../include/foo.h"
void g(struct foo *o)
{
	${drop}
}
`,
    },
    row('b.c:g', 'cross-file'),
  );
  shows(
    'this and another file',
    {
      'foo.h': foo(),
      'a.c': `#include "foo.h"\n${fill('\tif (prepare(o)) {\n\t\tunpin_user_pages(o->pages, o->nr);\n\t\treturn -EIO;\n\t}\n')}`,
      'b.c': `#include "foo.h"
void g(struct foo *o)
{
	${drop}
}
`,
    },
    'pin page-array car=foo.pages bulk@cross-file put:f:unpin_user_pages,b.c:g:unpin_user_pages',
  );
  shows(
    'an error way and a teardown of another form: the teardown gives the form',
    `${foo()}${fill('\tif (prepare(o)) {\n\t\tunpin_user_pages(o->pages, o->nr);\n\t\treturn -EIO;\n\t}\n')}void g(struct foo *o)
{
	int i;

	for (i = 0; i < o->nr; i++)
		unpin_user_page(o->pages[i]);
}`,
    'pin page-array car=foo.pages loop-collapsible@file put:f:unpin_user_pages,g:unpin_user_page',
  );
  shows(
    'under a test of a flag',
    `${foo('bool write;')}${fill()}void g(struct foo *o)
{
	if (o->write)
		unpin_user_pages_dirty_lock(o->pages, o->nr, true);
	else
		unpin_user_pages(o->pages, o->nr);
}`,
    'pin page-array car=foo.pages bulk@file put:g:unpin_user_pages_dirty_lock,g:unpin_user_pages dirty=bulk',
  );
  shows(
    'two sites of one field share its releases',
    `${foo()}${fill()}${fill().replace('int f', 'int f2').replace('pin_user_pages_fast', 'pin_user_pages_fast_only')}void g(struct foo *o)
{
	${drop}
}`,
    row('g'),
    row('g'),
  );
});

describe('5. a page that is looked up, and held once more', () => {
  const lent = (get: string): string => `${foo()}${fill()}static struct page *lend(struct foo *o, int i)
{
	struct page *page = o->pages[i];

	${get}
	return page;
}
int h(struct foo *o)
{
	struct page *page = lend(o, 0);

	copy_from(page);
	put_page(page);
	return 0;
}
void g(struct foo *o)
{
	${drop}
}
`;
  shows('what the caller drops is the other reference', lent('get_page(page);'), row('g'));
  shows('without that it is the one that was taken first', lent(''), row('g').replace('put:', 'put:h:put_page,'));
});

describe('5. callbacks', () => {
  shows(
    'installed in an ops structure of another file, where it alone can be meant',
    {
      'net/foo.h': `struct transport { void *(*get_mr)(struct scatterlist *sg, int n); };
struct mr { struct scatterlist *sg; int n; };
void *foo_ib_get_mr(struct scatterlist *sg, int n);
`,
      'net/map.c': `#include "foo.h"
int map(struct transport *t, unsigned long a, struct scatterlist *sg)
{
	struct page *pages[8];
	int i;

	if (pin_user_pages_fast(a, 8, 0, pages) != 8)
		return -EFAULT;
	for (i = 0; i < 8; i++)
		sg_set_page(&sg[i], pages[i], PAGE_SIZE, 0);
	t->get_mr(sg, 8);
	return 0;
}
`,
      'net/ib.c': `#include "foo.h"
struct transport ib = { .get_mr = foo_ib_get_mr, };
`,
      'net/mr.c': `#include "foo.h"
void *foo_ib_get_mr(struct scatterlist *sg, int n)
{
	struct mr *mr = kzalloc(sizeof(*mr), GFP_KERNEL);

	mr->sg = sg;
	mr->n = n;
	return mr;
}
void foo_ib_free_mr(struct mr *mr)
{
	int i;

	for (i = 0; i < mr->n; i++)
		put_page(sg_page(&mr->sg[i]));
}
`,
      'other/ops.c': 'struct transport elsewhere = { .get_mr = something_else };\n',
    },
    'pin page-array→sgl car=mr.sg loop-other@cross-file put:mr.c:foo_ib_free_mr:put_page',
  );
  shows(
    'installed in an ops structure',
    `${foo()}${fill()}static void foo_put(struct foo *o)
{
	${drop}
}
const struct foo_ops foo_ops = {
	.put = foo_put,
};`,
    row('foo_put'),
  );
  shows(
    'called through the ops structure',
    {
      'foo.h': `struct foo_ops;
${foo('const struct foo_ops *ops;')}struct foo_ops { void (*put)(struct foo *o); };
`,
      'core.c': `#include "foo.h"
void core_close(struct foo *o)
{
	o->ops->put(o);
}
`,
      'a.c': `#include "foo.h"
${fill()}static void foo_put(struct foo *o)
{
	${drop}
}
static const struct foo_ops ops = { .put = foo_put };
void setup(struct foo *o) { o->ops = &ops; }
`,
    },
    row('foo_put'),
  );
  shows(
    'a local handed to a call through a pointer that one function is behind',
    {
      'a.c': `struct ops { void (*drop)(struct page **p, int n); };
static void drop_all(struct page **p, int n)
{
	unpin_user_pages(p, n);
}
static const struct ops ops = { .drop = drop_all };
int f(unsigned long a, const struct ops *o)
{
	struct page *pages[8];

	if (pin_user_pages_fast(a, 8, 0, pages) != 8)
		return -1;
	o->drop(pages, 8);
	return 0;
}
`,
    },
    'pin page-array bulk@file put:drop_all:unpin_user_pages',
  );
  shows(
    'a file operation',
    `${foo()}${fill()}static int foo_release(struct inode *inode, struct file *file)
{
	struct foo *o = file->private_data;

	${drop}
	return 0;
}
static const struct file_operations foo_fops = { .release = foo_release };`,
    row('foo_release'),
  );
  shows(
    'a work item',
    `${foo('struct work_struct work;')}static void foo_work(struct work_struct *work)
{
	struct foo *o = container_of(work, struct foo, work);

	${drop}
}
${fill('\tINIT_WORK(&o->work, foo_work);\n\tschedule_work(&o->work);\n')}`,
    row('foo_work'),
  );
  shows(
    'a delayed work item',
    `${foo('struct delayed_work work;')}static void foo_work(struct work_struct *work)
{
	struct foo *o = container_of(to_delayed_work(work), struct foo, work);

	${drop}
}
${fill('\tINIT_DELAYED_WORK(&o->work, foo_work);\n')}`,
    row('foo_work'),
  );
  shows(
    'a kref release function',
    `${foo('struct kref ref;')}${fill()}static void foo_free(struct kref *ref)
{
	struct foo *o = container_of(ref, struct foo, ref);

	${drop}
	kfree(o);
}
void foo_put(struct foo *o)
{
	kref_put(&o->ref, foo_free);
}`,
    row('foo_free'),
  );
  shows(
    'an RCU callback',
    `${foo('struct rcu_head rcu;')}${fill()}static void foo_rcu(struct rcu_head *rcu)
{
	struct foo *o = container_of(rcu, struct foo, rcu);

	${drop}
}
void foo_retire(struct foo *o)
{
	call_rcu(&o->rcu, foo_rcu);
}`,
    row('foo_rcu'),
  );
  shows(
    'a timer',
    `${foo('struct timer_list timer;')}static void foo_timeout(struct timer_list *t)
{
	struct foo *o = from_timer(o, t, timer);

	${drop}
}
${fill('\ttimer_setup(&o->timer, foo_timeout, 0);\n')}`,
    row('foo_timeout'),
  );
  shows(
    'a completion with a void pointer',
    `${foo()}static void foo_complete(void *data)
{
	struct foo *o = data;

	${drop}
}
${fill('\tdesc->callback = foo_complete;\n\tdesc->callback_param = o;\n')}`,
    row('foo_complete'),
  );
  shows(
    'a managed action',
    `${foo()}static void foo_action(void *data)
{
	struct foo *o = data;

	${drop}
}
${fill('\treturn devm_add_action_or_reset(dev, foo_action, o);\n')}`,
    row('foo_action'),
  );
  shows(
    'the end of a bio',
    `${foo()}static void foo_end(struct bio *bio)
{
	struct foo *o = bio->bi_private;

	${drop}
}
${fill('\tbio->bi_private = o;\n\tbio->bi_end_io = foo_end;\n')}`,
    row('foo_end'),
  );
  shows(
    'a list is walked',
    `${foo('struct list_head link;')}${fill('\tlist_add(&o->link, &all);\n')}void g(void)
{
	struct foo *o, *next;

	list_for_each_entry_safe(o, next, &all, link) {
		list_del(&o->link);
		${drop}
		kfree(o);
	}
}`,
    row('g'),
  );
  shows(
    'a macro from the embedded member back to the struct',
    `${foo('struct base base;')}#define to_foo(b) container_of(b, struct foo, base)
${fill()}static void g(struct base *b)
{
	struct foo *o = to_foo(b);

	${drop}
}`,
    row('g'),
  );
  shows(
    'an inline function from the embedded member back to the struct',
    `${foo('struct base base;')}static inline struct foo *to_foo(struct base *b)
{
	return container_of(b, struct foo, base);
}
${fill()}static void g(struct base *b)
{
	struct foo *o = to_foo(b);

	${drop}
}`,
    row('g'),
  );
  shows(
    'the field goes straight to a helper',
    `${foo()}static void helper(struct page **p, int n, bool dirty)
{
	unpin_user_pages_dirty_lock(p, n, dirty);
}
${fill()}void g(struct foo *o)
{
	helper(o->pages, o->nr, true);
}`,
    'pin page-array car=foo.pages bulk@file put:helper:unpin_user_pages_dirty_lock dirty=bulk',
  );
});

describe('5. said out loud', () => {
  shows('never dropped', `${foo()}${fill()}`, 'pin page-array car=foo.pages none@function');
  shows(
    'handed to a function that is not in the tree',
    `int f(unsigned long a)
{
	struct page *pages[8];

	if (pin_user_pages_fast(a, 8, 0, pages) != 8)
		return -1;
	vendor_submit(pages, 8);
	return 0;
}`,
    'pin page-array none@function gap',
  );
  const looks = [
    'container_of(pages, struct head, rest)',
    'container_of_const(pages, struct head, rest)',
    'list_first_entry(pages, struct head, rest)',
    'rb_entry_safe(pages, struct head, rest)',
    'clamp(pages, low, high)',
    'prefetchw(pages)',
    'sendpage_ok(pages[0])',
    'VM_BUG_ON_PAGE(wrong, pages[0])',
    'thp_size(pages[0])',
    'set_pages_uc(pages[0], 1)',
    'test_and_set_bit(0, pages)',
  ];
  for (const look of looks)
    shows(
      `what every kernel has and a driver's tree has not: ${look}`,
      `struct head { int n; void *rest[]; };
int f(unsigned long a)
{
	struct page *pages[8];

	if (pin_user_pages_fast(a, 8, 0, pages) != 8)
		return -1;
	keep_in_mind(${look});
	return 0;
}`,
      'pin page-array none@function',
    );
  shows(
    'handed to a call through a pointer that several could be behind',
    `struct ops { void (*drop)(struct page **p, int n); };
void d1(struct page **p, int n) { unpin_user_pages(p, n); }
void d2(struct page **p, int n) { while (n--) unpin_user_page(p[n]); }
const struct ops o1 = { .drop = d1 };
const struct ops o2 = { .drop = d2 };
int f(unsigned long a, const struct ops *o)
{
	struct page *pages[8];

	if (pin_user_pages_fast(a, 8, 0, pages) != 8)
		return -1;
	o->drop(pages, 8);
	return 0;
}`,
    'pin page-array none@function gap',
  );
});

const cached = (before: string): string => `struct io { struct page **pages; int n; };
int io_direct(struct io *io, unsigned long a)
{
	if (get_user_pages_fast(a, io->n, 0, io->pages) != io->n)
		return -EFAULT;
	return 0;
}
void io_cached(struct io *io)
{
	struct page *page;
	int i;

	for (i = 0; i < io->n; i++) {
		page = io->pages[i];
		${before}
		put_page(page);
	}
}
void io_done(struct io *io)
{
	release_pages(io->pages, io->n);
}
`;
const both = 'get page-array car=io.pages bulk@file put:io_cached:put_page,io_done:release_pages';
const own = 'get page-array car=io.pages bulk@file put:io_done:release_pages';

describe('a field that pages of other origins come to, too', () => {
  shows('a drop after nothing that tells', cached(''), both);
  shows('a drop of what was written back', cached('end_page_writeback(page);'), own);
  shows('a drop of what came locked', cached('unlock_page(page);'), own);
  shows('a drop of what was locked here', cached('lock_page(page); unlock_page(page);'), both);
  shows('a drop of what was allocated here', cached('page = alloc_page(GFP_KERNEL); io->pages[i] = page;'), `${own} mixed`);
});

const shared = (first: string) => `static void share(struct page **to, struct page **from, int n)
{
	to[0] = ${first};
	from = pages_behind(n);
	look(from, n);
}
int f(unsigned long a)
{
	struct page *own[1], *other[1];

	if (get_user_pages_fast(a, 1, 0, own) != 1)
		return -EFAULT;
	share(other, own, 1);
	put_page(own[0]);
	return 0;
}`;
describe('an array that is given to a function which goes on with another', () => {
  shows('one that is left as it was', shared('NULL'), 'get single single@function put:f:put_page');
  shows('one of which the page is in another parameter, too', shared('from[0]'), 'get single single@function put:f:put_page');
});
