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

const bufHeader = `struct buf;
struct buf_ops {
	int (*pin)(struct buf *b, unsigned long a, int n);
	void (*unpin)(struct buf *b);
};
struct buf { const struct buf_ops *ops; struct page **pages; int n; void *cpu; struct list_head link; };
extern const struct buf_ops user_ops, own_ops;
`;
/** The operations of pinned buffers, which other files know by their table alone. */
const user = `#include "buf.h"
static int user_pin(struct buf *b, unsigned long a, int n)
{
	int got;

	b->pages = kvcalloc(n, sizeof(struct page *), GFP_KERNEL);
	if (!b->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_LONGTERM, b->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		kvfree(b->pages);
		return -EFAULT;
	}
	b->n = n;
	return 0;
}
static void user_unpin(struct buf *b)
{
	unpin_user_pages(b->pages, b->n);
	kvfree(b->pages);
}
const struct buf_ops user_ops = { .pin = user_pin, .unpin = user_unpin };
`;
/** Those of buffers with memory of their own. */
const own = `#include "buf.h"
static int own_pin(struct buf *b, unsigned long a, int n)
{
	b->cpu = vmalloc(n << PAGE_SHIFT);
	return b->cpu ? 0 : -ENOMEM;
}
static void own_unpin(struct buf *b)
{
	vfree(b->cpu);
}
const struct buf_ops own_ops = { .pin = own_pin, .unpin = own_unpin };
`;
/** Who makes buffers; \`undo\` is what follows a failed mapping. */
const core = (undo: string): string => `#include "buf.h"
static void buf_free(struct buf *b)
{
	b->ops->unpin(b);
	kfree(b);
}
struct buf *buf_import(struct dev *d, const struct buf_ops *ops, unsigned long a, int n)
{
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int ret;

	if (!b)
		return ERR_PTR(-ENOMEM);
	b->ops = ops;
	ret = b->ops->pin(b, a, n);
	if (ret)
		goto free;
	ret = map_buffer(d, b);
	if (ret) {
		${undo}
	}
	list_add(&b->link, &d->bufs);
	return b;
free:
	kfree(b);
	return ERR_PTR(ret);
}
void bufs_free(struct dev *d)
{
	struct buf *b, *next;

	list_for_each_entry_safe(b, next, &d->bufs, link) {
		list_del(&b->link);
		buf_free(b);
	}
}
`;
/** Objects of another struct, with a member of the same name. */
const stranger = `struct obj;
struct obj_ops { int (*pin)(struct obj *o, unsigned long a, int n); };
struct obj { const struct obj_ops *ops; struct page **pages; };
static int obj_pin(struct obj *o, unsigned long a, int n)
{
	return map_object(o, a, n);
}
static const struct obj_ops obj_ops = { .pin = obj_pin };
int obj_use(struct obj *o, unsigned long a, int n)
{
	int ret = o->ops->pin(o, a, n);

	if (ret)
		return ret;
	kfree(o);
	return 0;
}
`;

describe('functions that other files know by a table alone', () => {
  const [rule, bad] = ['leak-on-path', 'goto free;'];
  const place = 'buf_import:ret = map_buffer(d, b);';
  const others = { 'one table': {}, 'two tables': { 'own.c': own }, "another struct's table": { 'stranger.c': stranger } };
  for (const [name, more] of Object.entries(others)) {
    const files = (undo: string) => ({ 'buf.h': bufHeader, 'user.c': user, 'core.c': core(undo), ...more });
    complains(rule, `${name}, whose pages are left as a later step fails`, files(bad), place);
    accepts(rule, `${name} that drops them there`, files(`b->ops->unpin(b);\n\t\t${bad}`));
    accepts(rule, `${name} that a helper calls there`, files('buf_free(b);\n\t\treturn ERR_PTR(ret);'));
  }
  // A list says by their places alone what goes where.
  const listed = (text: string): string => text.replaceAll(/\.(?:un)?pin = /g, '');
  for (const [name, more] of Object.entries({
    'one list': {},
    'two lists': { 'own.c': listed(own) },
    'a list beside a table': { 'own.c': own },
  })) {
    const files = (undo: string) => ({ 'buf.h': bufHeader, 'user.c': listed(user), 'core.c': core(undo), ...more });
    complains(rule, `${name}, whose pages are left as a later step fails`, files(bad), place);
    accepts(rule, `${name} that drops them there`, files(`b->ops->unpin(b);\n\t\t${bad}`));
  }
  const asked = core('buf_unpin(b);\n\t\tgoto free;').replace(
    'struct buf *buf_import',
    'static void buf_unpin(struct buf *b)\n{\n\tif (b->ops && b->ops->unpin)\n\t\tb->ops->unpin(b);\n}\n$&',
  );
  accepts(rule, 'two tables, of which a helper asks for the member', { 'buf.h': bufHeader, 'user.c': user, 'own.c': own, 'core.c': asked });
  // Its own table is not the only one.
  const [, functions = ''] = own.split('#include "buf.h"\n');
  const beside = core(`b->ops->unpin(b);\n\t\t${bad}`).replace('static void buf_free', `${functions}$&`);
  accepts(rule, 'two tables, one beside the caller', { 'buf.h': bufHeader, 'user.c': user, 'core.c': beside });
  const seen = (text: string): string => text.replaceAll(/^static /gm, '').replace(/^const struct buf_ops.*\n/m, '');
  const tables =
    'static const struct buf_ops tables[] = { { .pin = user_pin, .unpin = user_unpin }, { .pin = own_pin, .unpin = own_unpin } };\n';
  const chosen = (undo: string): string => core(undo).replaceAll('b->ops->', 'tables[b->n].').replace('static void', `${tables}$&`);
  const apart = (undo: string) => ({ 'buf.h': bufHeader, 'user.c': seen(user), 'own.c': seen(own), 'core.c': chosen(undo) });
  complains(rule, 'an array of tables in another file', apart(bad), place);
  accepts(rule, 'an array of tables that drops them there', apart(`tables[b->n].unpin(b);\n\t\t${bad}`));
  const alike = { 'user.c': user.replaceAll('user_pin', 'do_pin'), 'own.c': own.replaceAll('own_pin', 'do_pin') };
  complains(rule, 'two functions of one name', { 'buf.h': bufHeader, ...alike, 'core.c': core(bad) }, place);
});

/** Those of buffers whose pages are taken with plain references, as older kernels had it. */
const plain = `#include "buf.h"
static int plain_pin(struct buf *b, unsigned long a, int n)
{
	b->pages = kvcalloc(n, sizeof(struct page *), GFP_KERNEL);
	if (!b->pages)
		return -ENOMEM;
	b->n = get_user_pages_fast(a, n, FOLL_WRITE, b->pages);
	return b->n < 0 ? b->n : 0;
}
static void plain_unpin(struct buf *b)
{
	while (b->n-- > 0)
		put_page(b->pages[b->n]);
	kvfree(b->pages);
}
const struct buf_ops own_ops = { .pin = plain_pin, .unpin = plain_unpin };
`;

describe('two tables, each of which keeps its pages in the same field', () => {
  const files = (more: string, pins = user) => ({ 'buf.h': bufHeader, 'user.c': pins, 'more.c': more, 'core.c': core('buf_free(b);') });
  accepts('wrong-release', 'each of another kind', files(plain));
  const putting = '\tunpin_user_pages(b->pages, b->n);\n';
  complains(
    'wrong-release',
    'one that drops as the other does',
    files(plain, user.replace(putting, '\twhile (b->n-- > 0)\n\t\tput_page(b->pages[b->n]);\n')),
    'user_unpin:put_page(b->pages[b->n]);',
  );
});
