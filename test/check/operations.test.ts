/** Pages that are taken and dropped through members of a driver's own tables of operations. */
import { describe } from 'vitest';
import { shows } from '../survey/helper.js';
import { accepts, complains } from './findings.js';

const head = `struct pin_ops {
	int (*get)(unsigned long a, int n, struct page **pages);
	void (*put)(struct page **pages, int n);
};
`;
const pinning = `static int new_get(unsigned long a, int n, struct page **pages)
{
	return pin_user_pages_fast(a, n, FOLL_LONGTERM, pages);
}
static void new_put(struct page **pages, int n)
{
	unpin_user_pages(pages, n);
}
`;
const getting = (drop: string): string => `static int old_get(unsigned long a, int n, struct page **pages)
{
	return get_user_pages_fast(a, n, 0, pages);
}
static void old_put(struct page **pages, int n)
{
	while (n--)
		${drop}
}
`;
const using = (undo = 'ops.put(m->pages, got);') => `struct mem { struct page **pages; int n; };
int mem_init(struct mem *m, unsigned long a, int n)
{
	int got;

	m->pages = kvcalloc(n, sizeof(struct page *), GFP_KERNEL);
	if (!m->pages)
		return -ENOMEM;
	got = ops.get(a, n, m->pages);
	if (got != n) {
		if (got > 0)
			${undo}
		kvfree(m->pages);
		return -EFAULT;
	}
	m->n = n;
	return 0;
}
void mem_fini(struct mem *m)
{
	ops.put(m->pages, m->n);
	kvfree(m->pages);
}
`;
const one = (table: string, undo?: string): string => `${head}${pinning}static const struct pin_ops ops = ${table};\n${using(undo)}`;

describe('a table of operations', () => {
  for (const table of ['{ .get = new_get, .put = new_put }', '{ new_get, new_put }']) {
    shows(table, one(table), 'wrapper pin LT page-array car=mem.pages caller@caller put:new_put:unpin_user_pages via=new_get');
    accepts('partial-pin-leak', table, one(table));
    complains('partial-pin-leak', `${table} that is not used for a short count`, one(table, 'note(got);'), 'mem_init:if (got != n) {');
  }
});

/** A table for each kernel. */
const arms = (drop: string): string => `${head}#include <linux/version.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
${pinning}static const struct pin_ops ops = { .get = new_get, .put = new_put };
#else
${getting(drop)}static const struct pin_ops ops = { .get = old_get, .put = old_put };
#endif
${using()}`;

describe('a table of operations in each arm', () => {
  shows(
    'that takes and drops as its kernels do',
    arms('put_page(pages[n]);'),
    'wrapper pin LT page-array car=mem.pages caller@caller put:new_put:unpin_user_pages via=new_get',
    'wrapper get page-array car=mem.pages caller@caller put:old_put:put_page via=old_get',
  );
  accepts('wrong-release', 'that takes and drops as its kernels do', arms('put_page(pages[n]);'));
  complains(
    'wrong-release',
    'of which one drops as the other does',
    arms('unpin_user_page(pages[n]);'),
    'old_put:unpin_user_page(pages[n]);',
  );
});

/** An object with a count of its users, ended through its base. */
const based = (table: string): string => `struct base { const struct base_ops *ops; refcount_t refs; };
struct base_ops { void (*destroy)(struct base *b); };
struct umem { struct base base; struct page *page; };
int hw_add(struct umem *u);
static void umem_destroy(struct base *b)
{
	struct umem *u = container_of(b, struct umem, base);

	unpin_user_page(u->page);
	kfree(u);
}
static const struct base_ops umem_ops = ${table};
static void base_put(struct base *b)
{
	if (b && refcount_dec_and_test(&b->refs))
		b->ops->destroy(b);
}
struct umem *umem_new(unsigned long a)
{
	struct umem *u = kzalloc(sizeof(*u), GFP_KERNEL);

	if (!u)
		return NULL;
	u->base.ops = &umem_ops;
	refcount_set(&u->base.refs, 1);
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &u->page) != 1) {
		kfree(u);
		return NULL;
	}
	if (hw_add(u)) {
		base_put(&u->base);
		return NULL;
	}
	return u;
}
`;

describe('an object whose end stands in a table', () => {
  accepts('leak-on-path', 'by its name', based('{ .destroy = umem_destroy }'));
  accepts('leak-on-path', 'by its position', based('{ umem_destroy }'));
});
