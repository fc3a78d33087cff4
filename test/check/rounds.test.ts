/** What a path cannot do: leave a loop early by its end, get on from a call that only fails, lose what somebody else is at work on. */
import { describe, expect, it } from 'vitest';
import { vectorLibrary } from '../survey/vector.js';
import { accepts, complains, pathsOf } from './findings.js';

const described = (test: string, loop = 'for (i = 0; i < n; i++)') => `struct desc { struct req *req; struct desc *next; };
struct req { struct page *pages[8]; int n; };
int start(struct desc *desc, struct scatterlist *sgl, unsigned long a, int n)
{
	struct req *req = kmalloc(sizeof(*req), GFP_KERNEL);
	struct scatterlist *sg;
	int i;

	req->n = pin_user_pages_fast(a, 8, 0, req->pages);
	if (req->n != 8)
		goto unpin;
	${loop} {
		if (${test})
			desc->req = req;
		desc = desc->next;
	}
	return 0;
unpin:
	if (req->n > 0)
		unpin_user_pages(req->pages, req->n);
	kfree(req);
	return -EFAULT;
}
void done(struct desc *desc)
{
	unpin_user_pages(desc->req->pages, desc->req->n);
	kfree(desc->req);
}
`;
describe('a request that the last round of a loop hands over', () => {
  accepts('leak-on-path', 'what the last index hands over', described('i == n - 1'));
  accepts('leak-on-path', 'what the last index hands over, tested the other way', described('!(i < n - 1)'));
  accepts('leak-on-path', 'what the last entry hands over', described('i == n - 1', 'for_each_sg(sgl, sg, n, i)'));
  accepts('leak-on-path', 'what both of two tests hand over', described('i == n - 1 && i >= n - 1'));
  complains('leak-on-path', 'what some other round hands over', described('i == 8 - 1'), 'start:for (i = 0; i < n; i++) {');
  complains('leak-on-path', 'what a test of another variable hands over', described('a == n - 1'), 'start:if (a == n - 1)');
  complains(
    'leak-on-path',
    'what is not handed over where the loop is left',
    described('i == n - 1').replace('desc = desc->next;', 'if (!desc->next)\n\t\t\tbreak;\n\t\tdesc = desc->next;'),
    'start:if (!desc->next)',
  );
});

const later = (result: string) => `static void *later(struct obj *o)
{
	schedule_work(&o->work);
	return ${result};
}
int get(struct obj *o, unsigned long a)
{
	struct page **p = kvmalloc_array(8, sizeof(*p), GFP_KERNEL);
	void *st;
	int n = pin_user_pages_fast(a, 8, 0, p);

	if (n < 0) {
		st = ERR_PTR(n);
		n = 0;
	} else if (n < 8) {
		st = later(o);
	} else {
		st = ERR_PTR(-EIO);
	}
	if (IS_ERR(st))
		unpin_user_pages(p, n);
	kvfree(p);
	return PTR_ERR_OR_ZERO(st);
}
`;

describe('a call of a function that is handed nothing', () => {
  accepts('partial-pin-leak', 'one that only fails', later('ERR_PTR(-EAGAIN)'));
  complains('partial-pin-leak', 'one that may succeed', later('o->st ?: ERR_PTR(-EAGAIN)'), 'get:if (IS_ERR(st))');
});

const waited = (wait: string) => `struct io { struct page *pages[8]; int n; };
struct dev { struct io *io; struct completion done; };
int transfer(struct dev *d, unsigned long a)
{
	struct io *io = kmalloc(sizeof(*io), GFP_KERNEL);
	int ret;

	io->n = pin_user_pages_fast(a, 8, 0, io->pages);
	if (io->n != 8) {
		unpin_user_pages(io->pages, io->n > 0 ? io->n : 0);
		kfree(io);
		return -EFAULT;
	}
	d->io = io;
	ret = ${wait}(&d->done);
	if (ret)
		return -EINTR;
	return 0;
}
void complete_io(struct dev *d)
{
	unpin_user_pages(d->io->pages, d->io->n);
	kfree(d->io);
}
`;

describe('who fails with the pages where others reach them', () => {
  accepts('leak-on-path', 'a wait that was interrupted', waited('wait_for_completion_interruptible'));
  complains('leak-on-path', 'a start that failed', waited('start_engine'), 'transfer:if (ret)');
});

const library = (drop: string) => ({
  ...vectorLibrary,
  'drivers/media/buf.c': `#include <linux/vec.h>
struct buf { struct vec *vec; struct page **pages; };
int buf_get(struct buf *b, unsigned long a)
{
	if (vec_get(b->vec, a) != 8)
		return -EFAULT;
	b->pages = vec_pages(b->vec);
	return 0;
}
static void forget(struct vec *v)
{
	kvfree(v);
}
static void destroy(struct vec *v)
{
	vec_put(v);
	kvfree(v);
}
void buf_put(void *priv)
{
	struct buf *b = priv;

	set_page_dirty_lock(b->pages[0]);
	${drop}
	kfree(b);
}
void buf_free(void *priv)
{
	struct buf *b = priv;

	for (int i = 0; i < 8; i++)
		put_page(b->pages[i]);
	kfree(b);
}
`,
});

describe('an object that ends with what a library keeps for it', () => {
  accepts('leak-on-path', 'what is given back to it', library('destroy(b->vec);'));
  complains('leak-on-path', 'what is not', library('forget(b->vec);'), 'buf_put:kfree(b);');
});

const parts = (drop: string) => `int take(struct box *box, unsigned long a, unsigned long all)
{
	unsigned long have = 0;
	int ret = 0;

	while (have < all) {
		unsigned long more = min(all - have, 512UL);

		if (pin_user_pages_fast(a + have * PAGE_SIZE, more, 0, box->pages + have) != more) {
			ret = -EFAULT;
			goto undo;
		}
		have += more;
	}
	return 0;
undo:
	${drop}
	kfree(box->pages);
	return ret;
}
`;
describe('pages that are taken in parts', () => {
  // The last part alone is lost where it is short; there are earlier ones, where it is not the first.
  const short = 'take:if (pin_user_pages_fast(a + have * PAGE_SIZE, more, 0, box->pages + have) != more) {';
  complains('partial-pin-leak', 'a short part', parts('if (have)\n\t\tunpin_user_pages(box->pages, have);'), short);
});

const queued = (undo: string, put = 'slot.page = pages[i];', give = '&slot') => `struct slot { struct page *page; int len; };
static int queue_add(struct queue *q, struct slot *slot)
{
	if (q->full) {
		put_page(slot->page);
		return -EAGAIN;
	}
	put_page(slot->page);
	return 0;
}
int queue_fill(struct queue *q, unsigned long a)
{
	struct page *pages[8];
	struct slot slot = {};
	int i, ret = get_user_pages_fast(a, 8, 0, pages);

	if (ret != 8)
		return -EFAULT;
	for (i = 0; i < 8; i++) {
		${put}
		slot.len = q->len;
		ret = queue_add(q, ${give});
		if (ret < 0) {
			${undo}
			return ret;
		}
	}
	return 0;
}
`;
describe('a round that hands its element on in a struct, and fails', () => {
  complains('leak-on-path', 'the elements of later rounds', queued(';'), 'queue_fill:ret = queue_add(q, &slot);');
  accepts('leak-on-path', 'those that are dropped there', queued('while (++i < 8)\n\t\t\t\tput_page(pages[i]);'));
  accepts('leak-on-path', 'another element than that of the round', queued(';', 'slot.page = pages[7 - i];'));
});

const grabbed = (undo: string) => `struct ring { struct page **pages; int n; };
static int grab(unsigned long a, struct page **page)
{
	return pin_user_pages_fast(a, 1, 0, page) == 1 ? 0 : -EFAULT;
}
int ring_fill(struct ring *r, unsigned long a, int n)
{
	struct page **pages = kmalloc_array(n, sizeof(*pages), GFP_KERNEL);
	int i, ret;

	for (i = 0; i < n; i++) {
		ret = grab(a + i * PAGE_SIZE, &pages[i]);
		if (ret < 0) {
			${undo}
			kfree(pages);
			return ret;
		}
	}
	r->pages = pages;
	r->n = n;
	return 0;
}
void ring_drain(struct ring *r)
{
	unpin_user_pages(r->pages, r->n);
	kfree(r->pages);
}
`;
describe('a helper that takes a page in each round, and fails in a later one', () => {
  complains('leak-on-path', 'the pages of the rounds before', grabbed(''), 'ring_fill:ret = grab(a + i * PAGE_SIZE, &pages[i]);');
  accepts('leak-on-path', 'those that are dropped one by one', grabbed('while (--i >= 0)\n\t\t\t\tunpin_user_page(pages[i]);'));
  accepts('leak-on-path', 'those that are dropped at once', grabbed('unpin_user_pages(pages, i);'));
});

const vectors = (undo: string) => `struct op { struct page *pages[64]; unsigned int nents; };
static int take(unsigned long a, unsigned int n, struct page **pages)
{
	int ret = pin_user_pages_fast(a, n, FOLL_LONGTERM, pages);

	if (ret >= 0 && ret < n) {
		unpin_user_pages(pages, ret);
		ret = -EFAULT;
	}
	return ret;
}
struct op *op_make(struct part *parts, int n)
{
	struct op *op = kzalloc(sizeof(*op), GFP_KERNEL);
	struct page *pages[8];
	int i, j, ret, at = 0;

	if (!op)
		return NULL;
	for (i = 0; i < n; i++) {
		ret = take(parts[i].addr, parts[i].n, pages);
		if (ret < 0)
			goto fail;
		for (j = 0; j < ret; j++)
			op->pages[at++] = pages[j];
	}
	op->nents = at;
	return op;
fail:
	${undo}
	kfree(op);
	return NULL;
}
void op_end(struct op *op)
{
	unpin_user_pages(op->pages, op->nents);
	kfree(op);
}
`;
describe('a helper that gives the number of what it has taken, and fails in a later iteration', () => {
  complains('leak-on-path', 'the pages of the rounds before', vectors(''), 'op_make:for (i = 0; i < n; i++) {');
  complains(
    'leak-on-path',
    'those of which the number is not set yet',
    vectors('unpin_user_pages(op->pages, op->nents);'),
    'op_make:for (i = 0; i < n; i++) {',
  );
  accepts('leak-on-path', 'those that are dropped', vectors('unpin_user_pages(op->pages, at);'));
});

const walked = (undo: string) => `struct list { struct scatterlist *sgl; int n; };
static int add_one(struct scatterlist *sg, unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	sg_set_page(sg, page, PAGE_SIZE, 0);
	return 1;
}
static int list_fill(struct list *l, struct scatterlist *sg, unsigned long a, int n)
{
	struct scatterlist *p = sg;
	int ret;

	while (n--) {
		ret = add_one(sg, a);
		if (ret < 0) {
			while (p < sg) {
				${undo}
				p++;
			}
			return ret;
		}
		sg += ret;
	}
	return 0;
}
int list_start(struct list *l, unsigned long a, int n)
{
	struct scatterlist *sgl = kcalloc(n, sizeof(*sgl), GFP_KERNEL);
	int ret = list_fill(l, sgl, a, n);

	if (ret) {
		kfree(sgl);
		return ret;
	}
	l->sgl = sgl;
	l->n = n;
	return 0;
}
void list_end(struct list *l)
{
	int i;

	for (i = 0; i < l->n; i++)
		put_page(sg_page(&l->sgl[i]));
	kfree(l->sgl);
}
`;
describe('a list that is undone from its beginning up to where a pointer has come', () => {
  complains('leak-on-path', 'a loop that drops nothing', walked('l->n++;'), 'list_start:int ret = list_fill(l, sgl, a, n);');
  accepts('leak-on-path', 'one that drops each', walked('put_page(sg_page(p));'));
  complains(
    'leak-on-path',
    'a helper that fails with its own page, which the loop does not come to',
    walked('put_page(sg_page(p));').replace('\treturn 1;\n', '\tif (bad(page))\n\t\treturn -EIO;\n\treturn 1;\n'),
    'add_one:if (bad(page))',
  );
});

const polled = (test: string) => `int poll(void *dev, unsigned long a)
{
	struct page *p;
	int seen = 0, prev = 0;
	int st;

	if (get_user_pages_fast(a, 1, 0, &p) != 1)
		return -EFAULT;
	for (;;) {
		st = readl(dev);
		if (prev == 7)
			udelay(1);
		if (${test}) {
			if (seen == 1)
				return -EIO;
			put_page(p);
			return 0;
		}
		seen = 1;
		prev = st;
	}
}
`;
const listed = (alloc: string) => `struct obj { struct page *page; int n; };
int list(struct dev *d, unsigned long a)
{
	struct obj *first = NULL;
	struct obj *o;

	for (;;) {
		o = ${alloc}(sizeof(*o), GFP_KERNEL);
		if (!o)
			break;
		if (first) {
			d->o = o;
			break;
		}
		if (get_user_pages_fast(a, 1, 0, &o->page) != 1) {
			kfree(o);
			return -EFAULT;
		}
		first = o;
	}
	if (!first)
		return -ENOMEM;
	if (first->n) {
		kfree(first);
		return -EIO;
	}
	put_page(first->page);
	kfree(first);
	return 0;
}
`;
describe('what a call gives in the next round', () => {
  complains('leak-on-path', 'a value that compares otherwise then', polled('st == 2'), 'poll:if (st == 2) {');
  complains('leak-on-path', 'a value of which other bits are set then', polled('(st & 3) == 2'), 'poll:if ((st & 3) == 2) {');
  accepts('leak-on-path', 'memory beside which the first one still is zero', listed('kzalloc'));
  complains('leak-on-path', 'memory beside which the first one is anything', listed('kmalloc'), 'list:if (first->n) {');
});

const chunked = (body: string, test: string) => `struct dev { struct page **pages; };
static int dev_pin(struct dev *dev, unsigned long a, unsigned int n)
{
	unsigned int pinned = 0;

	dev->pages = kcalloc(n, sizeof(struct page *), GFP_KERNEL);
	while (pinned < n) {
		int got = pin_user_pages_fast(a + pinned * PAGE_SIZE, n - pinned, 0, dev->pages + pinned);

		if (got < 1) {
			${body}
		}
		pinned += got;
	}
	if (${test}) {
		kfree(dev->pages);
		return -EFAULT;
	}
	return 0;
}
void dev_unpin(struct dev *dev, unsigned int n)
{
	unpin_user_pages(dev->pages, n);
	kfree(dev->pages);
}
`;
describe('a loop that takes pages until there are as many as are wanted', () => {
  const undone = 'unpin_user_pages(dev->pages, pinned);\n\t\t\tkfree(dev->pages);\n\t\t\treturn -EFAULT;';
  accepts('leak-on-path', 'an end by its condition, at which there are no more than that', chunked(undone, 'pinned != n'));
  complains('leak-on-path', 'a way out of it with fewer', chunked('break;', 'pinned != n'), 'dev_pin:if (pinned != n) {');
  complains('leak-on-path', 'another test behind it', chunked(undone, 'a != n'), 'dev_pin:if (a != n) {');
});

const filled = (call: string, failed = 'return -EINVAL;', end = 'return 0;') => `int fill(unsigned long addr, int nents)
{
	struct scatterlist *sg, *list = sgl_alloc(nents, GFP_KERNEL, &nents);
	struct page *page = NULL;
	int i;

	for_each_sg(list, sg, nents, i) {
		if (${call} < 0)
			${failed}
		sg_set_page(sg, page, 4096, 0);
		addr += 4096;
	}
	${end}
}
`;
const one = 'pin_user_pages_fast(addr, 1, 1, &page)';
const dropped = 'for_each_sg(list, sg, nents, i)\n\t\tunpin_user_page(sg_page(sg));\n\tsgl_free(list);\n\treturn 0;';

describe('a page that is taken in each round', () => {
  it('is told as lost in the round that took it', async () =>
    expect(await pathsOf(filled(one), 'leak-on-path')).toEqual([
      [`fill: taken by pin_user_pages_fast()`, `fill: where ${one} >= 0`, 'fill: returns here with the pages still held'],
    ]));
  it('is lost where a later round fails', async () =>
    expect((await pathsOf(filled(one, undefined, dropped), 'leak-on-path')).map((path) => path.slice(-3))).toEqual([
      ['fill: nothing taken by pin_user_pages_fast()', `fill: where ${one} < 0`, 'fill: returns here with the pages still held'],
    ]));
  accepts('unchecked-count', 'one that is asked for by itself', filled(one, undefined, dropped));
  complains('leak-on-path', 'what rounds before an error took', filled(one, undefined, dropped), `fill:if (${one} < 0)`);
  accepts('leak-on-path', 'what the failure of a round drops', filled(one, `goto out;`, `out:\n\t${dropped}`));
});

/** A fault that is tried again from the beginning: by the page, by the number of its frame, or by an object that holds it. */
const retried = (given: 'page' | 'frame' | 'object', retry: string): string => {
  const { type, made, none, asked, drop } = {
    page: { type: 'struct page *', made: 'page', none: 'NULL', asked: '!got', drop: 'put_page(got);' },
    frame: {
      type: 'unsigned long ',
      made: 'page_to_pfn(page)',
      none: '-EFAULT',
      asked: 'is_error_pfn(got)',
      drop: 'put_page(pfn_to_page(got));',
    },
    object: { type: 'struct got *', made: 'got_new(page)', none: 'NULL', asked: '!got', drop: 'put_page(got->page);\n\tkfree(got);' },
  }[given];
  return `struct got { struct page *page; };
static struct got *got_new(struct page *page)
{
	struct got *got = kmalloc(sizeof(*got), GFP_KERNEL | __GFP_NOFAIL);

	got->page = page;
	return got;
}
static ${type}get_one(unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return ${none};
	return ${made};
}
int fault(struct vm *vm, unsigned long a)
{
	unsigned long seq;
	${type}got;

again:
	seq = vm->seq;
	got = get_one(a);
	if (${asked})
		return -EFAULT;
	spin_lock(&vm->lock);
	if (vm_changed(vm, seq)) {
		spin_unlock(&vm->lock);
		${retry}
		goto again;
	}
	vm->faults++;
	spin_unlock(&vm->lock);
	${drop}
	return 0;
}
`;
};
describe('what a call hands on once more', () => {
  complains('leak-on-path', 'a page', retried('page', ''), 'fault:if (vm_changed(vm, seq)) {');
  accepts('leak-on-path', 'a page that is put before', retried('page', 'put_page(got);'));
  complains('leak-on-path', "a frame's number", retried('frame', ''), 'fault:if (vm_changed(vm, seq)) {');
  accepts('leak-on-path', "a frame's number of which the page is put before", retried('frame', 'put_page(pfn_to_page(got));'));
  complains('leak-on-path', 'an object', retried('object', ''), 'fault:if (vm_changed(vm, seq)) {');
  accepts('leak-on-path', 'an object that is ended before', retried('object', 'put_page(got->page);\n\t\tkfree(got);'));
  accepts('leak-on-path', 'an object that is kept in a list', retried('object', 'list_add(&got->list, &vm->gots);'));
});

const reread = (undo: string, made = '') => `int pin_current(struct space *s, unsigned long a)
{
	struct page *page;
	unsigned long seq;
	int ret;

	${made}
	for (;;) {
		seq = s->seq;
		if (get_user_pages_fast(a, 1, 0, &page) != 1)
			return -EFAULT;
		if (seq == s->seq)
			break;
		${undo}
	}
	ret = space_note(s, page_to_nid(page));
	put_page(page);
	return ret;
}
`;
describe('a number that is read once more from where it was read before', () => {
  complains(
    'leak-on-path',
    'who takes the page again where it is another one by now',
    reread(''),
    'pin_current:if (get_user_pages_fast(a, 1, 0, &page) != 1)',
  );
  accepts('leak-on-path', 'who drops it first', reread('put_page(page);'));
  accepts(
    'leak-on-path',
    'a number that says how far it has come since',
    `int pin_some(struct space *s, unsigned long a)
{
	unsigned long left = s->size;
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	if (!space_busy(s->number)) {
		put_page(page);
		left -= PAGE_SIZE;
	}
	if (left != s->size)
		return 0;
	put_page(page);
	return -EBUSY;
}
`,
  );
  accepts('leak-on-path', 'a number that nobody else knows of', reread('', 's = kzalloc(sizeof(*s), GFP_KERNEL);'));
});
