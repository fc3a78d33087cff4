/** Pages that are taken and dropped through members of a driver's own tables of operations. */
import { describe } from 'vitest';
import { shows } from '../survey/helper.js';
import { based } from './based.js';
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

/** One whose end stands in a table that its base leads to. */
const tabled = (table: string): string =>
  based({
    members: 'const struct base_ops *ops; ',
    more: `struct base_ops { void (*destroy)(struct base *b); };\n`,
    table: `static const struct base_ops umem_ops = ${table};\n`,
    set: 'u->base.ops = &umem_ops;\n\t',
    end: 'b->ops->destroy(b);',
  });

describe('an object whose end stands in a table', () => {
  accepts('leak-on-path', 'by its name', tabled('{ .destroy = umem_destroy }'));
  accepts('leak-on-path', 'by its position', tabled('{ umem_destroy }'));
});
