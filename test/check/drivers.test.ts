/** What drivers outside the kernel do their own way. */
import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/index.js';
import { withTree } from '../survey/helper.js';
import { accepts, complains } from './findings.js';

const unwound = (undo: string): Record<string, string> => ({
  'side.h': `struct side { struct page **pages; int n; };
int copy_side_init(struct side *s, unsigned long a, int n);
void copy_side_fini(struct side *s);
`,
  'side.c': `#include "side.h"
int copy_side_init(struct side *s, unsigned long a, int n)
{
	int got = pin_user_pages_fast(a, n, FOLL_LONGTERM, s->pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(s->pages, got);
		return -EFAULT;
	}
	s->n = n;
	return 0;
}
void copy_side_fini(struct side *s)
{
	unpin_user_pages(s->pages, s->n);
}
`,
  'job.c': `#include "side.h"
struct job { struct side src, dst; };
int submit(struct request *r)
{
	struct job *j = kzalloc(sizeof(*j), GFP_KERNEL);
	int ret;

	ret = copy_side_init(&j->src, r->src, r->n);
	if (ret)
		goto free;
	ret = copy_side_init(&j->dst, r->dst, r->n);
	if (ret)
		goto src;
	list_add(&j->list, &r->jobs);
	return 0;
src:
	${undo}
free:
	kfree(j);
	return ret;
}
`,
});

describe('a helper in another file of the driver that is named as a family of the kernel is', () => {
  accepts('leak-on-path', 'what it drops', unwound('copy_side_fini(&j->src);'));
  complains('leak-on-path', 'what it does not', unwound(''), 'submit:if (ret)');
});

const scoped = (head: string, undo: string): string => `int f(struct obj *o, unsigned long a, int n)
{
	struct page **pages = kvcalloc(n, sizeof(*pages), GFP_KERNEL);
	int ret = pin_user_pages_fast(a, n, FOLL_LONGTERM, pages);

	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		kvfree(pages);
		return -EFAULT;
	}
	${head} {
		ret = enable(o);
		if (ret) {
			${undo}
			kvfree(pages);
			return ret;
		}
	}
	unpin_user_pages(pages, n);
	kvfree(pages);
	return 0;
}
`;

describe('a statement under a lock that runs once', () => {
  const undo = 'unpin_user_pages(pages, n);';
  for (const head of ['scoped_guard(mutex, &o->lock)', 'scoped_guard(mutex_try, &o->lock)']) {
    accepts('leak-on-path', `a drop in ${head}`, scoped(head, undo));
    complains('leak-on-path', `none in ${head}`, scoped(head, ''), 'f:if (ret) {');
  }
  complains('double-release', 'a second drop behind it', scoped('scoped_guard(mutex, &o->lock)', `${undo} ${undo}`), `f:${undo} ${undo}`);
});

const managed = (promise: string): string => `struct win { struct page **pages; int n; };
static void win_unpin(void *data)
{
	struct win *w = data;

	unpin_user_pages(w->pages, w->n);
}
int win_attach(struct device *dev, unsigned long a, int n)
{
	struct win *w = devm_kzalloc(dev, sizeof(*w), GFP_KERNEL);
	int ret;

	w->pages = devm_kcalloc(dev, n, sizeof(*w->pages), GFP_KERNEL);
	ret = pin_user_pages_fast(a, n, FOLL_LONGTERM, w->pages);
	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(w->pages, ret);
		return -EFAULT;
	}
	w->n = n;
	ret = ${promise}(dev, win_unpin, w);
	if (ret)
		return ret;
	return start(dev);
}
`;

describe('pages in memory that goes with the device', () => {
  accepts('leak-on-path', 'what the device drops at its end, or the call that could not promise it', managed('devm_add_action_or_reset'));
  complains(
    'leak-on-path',
    'what nobody drops where it could not be promised',
    managed('devm_add_action'),
    `win_attach:ret = devm_add_action(dev, win_unpin, w);`,
  );
});

const attached = (failed: string): string => `struct shm { struct device *dev; struct page *pages[16]; int n; };
static void shm_unpin(void *data)
{
	struct shm *s = data;

	unpin_user_pages_dirty_lock(s->pages, s->n, true);
}
int shm_attach(struct shm *s, unsigned long a)
{
	int ret;

	ret = pin_user_pages_fast(a, 16, FOLL_WRITE | FOLL_LONGTERM, s->pages);
	if (ret < 0)
		return ret;
	s->n = ret;
	ret = devm_add_action_or_reset(s->dev, shm_unpin, s);
	if (ret)
		${failed}
	return ret;
}
`;

describe('an end that could not be promised, and has come', () => {
  const drop = 'unpin_user_pages(s->pages, s->n);';
  complains('double-release', 'with another drop behind it', attached(drop), `shm_attach:${drop}`);
  accepts('double-release', 'with none behind it', attached('dev_err(s->dev, "no action");'));
  accepts('leak-on-path', 'with none behind it', attached('dev_err(s->dev, "no action");'));
});

const prepared = (undo: string): string => `struct xfer { struct sg_table sgt; struct page **pages; int n; };
int submit(struct chan *c, unsigned long a, int n)
{
	struct xfer *x = kzalloc(sizeof(*x), GFP_KERNEL);
	struct descriptor *d;

	x->pages = kcalloc(n, sizeof(*x->pages), GFP_KERNEL);
	x->n = n;
	if (pin_user_pages_fast(a, n, 0, x->pages) != n || sg_alloc_table_from_pages(&x->sgt, x->pages, n, 0, n << 12, GFP_KERNEL)) {
		give_up(x);
		return -EFAULT;
	}
	d = prepare(c, x->sgt.sgl);
	if (!d) {
		${undo}
		return -EBUSY;
	}
	d->param = x;
	issue(d);
	return 0;
}
`;

describe('a call that gives no object where it fails', () => {
  accepts('leak-on-path', 'a drop then', prepared('unpin_user_pages(x->pages, n);'));
  complains('leak-on-path', 'none then', prepared(''), 'submit:d = prepare(c, x->sgt.sgl);');
});

const mapped = (undo: string): string => `struct range { unsigned long *pfns; unsigned long at; };
static void put_pfn(unsigned long pfn)
{
	unpin_user_page(pfn_to_page(pfn));
}
static int get_pfn(unsigned long a, unsigned long *pfn)
{
	struct page *page;
	int ret = pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page);

	if (ret != 1)
		return -EFAULT;
	*pfn = page_to_pfn(page);
	return 0;
}
int range_map(struct iommu_domain *d, struct range *r, unsigned long n)
{
	unsigned long i;
	int ret = 0;

	r->pfns = kvcalloc(n, sizeof(*r->pfns), GFP_KERNEL);
	for (i = 0; i < n; i++) {
		ret = get_pfn(r->at + i * PAGE_SIZE, &r->pfns[i]);
		if (ret)
			break;
		ret = iommu_map(d, i * PAGE_SIZE, PFN_PHYS(r->pfns[i]), PAGE_SIZE, IOMMU_READ, GFP_KERNEL);
		if (ret) {
			${undo}
			break;
		}
	}
	if (ret) {
		while (i--)
			put_pfn(r->pfns[i]);
		kvfree(r->pfns);
	}
	return ret;
}
`;

describe('a frame number that could not be mapped', () => {
  const site = 'range_map:ret = iommu_map(d, i * PAGE_SIZE, PFN_PHYS(r->pfns[i]), PAGE_SIZE, IOMMU_READ, GFP_KERNEL);';
  accepts('leak-on-path', 'its drop', mapped('put_pfn(r->pfns[i]);'));
  complains('leak-on-path', 'the undoing of the rounds before', mapped(''), site);
});

const through = (clean: string, calls: string): string => `struct buf { struct page **pages; int n; struct sg_table *sgt; };
static void put_dirty(struct page *page)
{
	set_page_dirty_lock(page);
	put_page(page);
}
static void put_clean(struct page *page)
{
	${clean}
}
static void buf_put(struct buf *b, void (*put)(struct page *page))
{
	int i;

	for (i = 0; i < b->n; i++)
		put(b->pages[i]);
	kvfree(b->pages);
	kfree(b);
}
struct buf *buf_get(unsigned long a, int n)
{
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int got;

	b->pages = kvcalloc(n, sizeof(*b->pages), GFP_KERNEL);
	got = get_user_pages_fast(a, n, FOLL_WRITE, b->pages);
	if (got != n) {
		release_pages(b->pages, got);
		return NULL;
	}
	b->n = n;
	if (buf_map(b)) {
		${calls}
		return NULL;
	}
	return b;
}
void buf_done(struct buf *b, bool wrote)
{
	buf_put(b, wrote ? put_dirty : put_clean);
}
`;

describe('a helper that drops by a function which it is given', () => {
  const right = through('put_page(page);', 'buf_put(b, put_clean);');
  accepts('never-released', 'what it drops', right);
  accepts('leak-on-path', 'what it drops as it fails', right);
  complains('leak-on-path', 'what nobody drops as it fails', through('put_page(page);', ''), 'buf_get:if (buf_map(b)) {');
  complains(
    'wrong-release',
    'one function of two that drops wrongly',
    through('unpin_user_page(page);', 'buf_put(b, put_clean);'),
    'put_clean:unpin_user_page(page);',
  );
});

const shimmed = (taken: string): string => `#ifndef FOLL_PIN
static inline long pin_user_pages(unsigned long start, unsigned long n, unsigned int flags, struct page **pages)
{
	return get_user_pages(start, n, flags, pages);
}
static void unpin_user_pages(struct page **pages, unsigned long n)
{
	while (n > 0)
		put_page(pages[--n]);
}
#endif
struct box { struct page **pages; int n; };

int take(struct box *b, unsigned long a, int n)
{
	int got = pin_user_pages(a, n, FOLL_WRITE | FOLL_LONGTERM, b->pages);

	if (got != n) {
		${taken}
		return -EFAULT;
	}
	b->n = n;
	return 0;
}
void drop(struct box *b)
{
	unpin_user_pages(b->pages, b->n);
}
`;

describe('a driver that has calls of its own where a kernel does not have them', () => {
  const undo = 'if (got > 0)\n\t\t\tunpin_user_pages(b->pages, got);';
  complains('dirty-lost', 'what its users drop clean, not of the call itself', shimmed(undo), 'drop:unpin_user_pages(b->pages, b->n);');
  it('tells of a fault that both calls have once, by the call that stands there', () =>
    withTree(shimmed('kfree(b->pages);'), async (tree) => {
      const { findings } = await check(tree, { jobs: 1 });
      const leaks = findings.filter((f) => f.rule === 'partial-pin-leak');
      expect(leaks.map((f) => f.message.split(' ')[0])).toEqual(['pin_user_pages()']);
    }));
});

const registered = (call: string, release: string) => `struct dev { struct page *pages[16]; int n; };
static irqreturn_t dev_irq(int irq, void *data)
{
	return IRQ_HANDLED;
}
int dev_open(struct dev *d, struct device *parent, unsigned long a, int irq)
{
	d->n = pin_user_pages_fast(a, 16, FOLL_WRITE | FOLL_LONGTERM, d->pages);
	if (d->n != 16) {
		if (d->n > 0)
			unpin_user_pages(d->pages, d->n);
		return -EFAULT;
	}
	${call}
	return 0;
}
void dev_close(struct dev *d, int irq)
{
	free_irq(irq, d);
	${release}
}
`;
const drop = 'unpin_user_pages_dirty_lock(d->pages, d->n, true);';

const irq = 'if (request_irq(irq, dev_irq, 0, "dev", d))\n\t\tpr_warn("no interrupt");';
const file = 'debugfs_create_file("dev", 0444, NULL, d, &dev_ops);';

describe('an object that a framework calls its driver back with', () => {
  complains('never-released', 'one with an interrupt', registered(irq, ''), 'dev_open:if (request_irq(irq, dev_irq, 0, "dev", d))');
  accepts('never-released', 'one with an interrupt, and an end', registered(irq, drop));
  complains('never-released', 'one with a file', registered(file, ''), 'dev_open:if (d->n != 16) {');
  accepts('never-released', 'one with a file, and an end', registered(file, drop));
});

const marking = (macro: string): string => `${macro}
int pin(struct dev *d, unsigned long a)
{
	return pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &d->page) == 1 ? 0 : -EFAULT;
}
void unpin(struct dev *d)
{
	set_page_dirty_lock(d->page);
	unpin_user_page(d->page);
}
`;
const plain = '#define set_page_dirty_lock set_page_dirty';

describe("a macro named like one of the kernel's calls", () => {
  accepts('dirty-unlocked', 'what another system has instead of the call', marking(`#if defined(OTHER_SYSTEM)\n${plain}\n#endif`));
  complains('dirty-unlocked', 'what is always there instead', marking(plain), 'unpin:set_page_dirty_lock(d->page);');
  complains(
    'dirty-unlocked',
    'what each system has instead',
    marking(`#ifdef OTHER_SYSTEM\n${plain}\n#else\n${plain}\n#endif`),
    'unpin:set_page_dirty_lock(d->page);',
  );
});
