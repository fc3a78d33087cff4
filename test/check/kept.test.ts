/** Pages that are kept in fields, and what has to be understood to say that nothing drops them from there. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const two = (second: string): string => `struct ring { struct page **rx; struct page **tx; int n; };
static int pin(unsigned long a, int n, struct page **pages)
{
	int got = pin_user_pages_fast(a, n, FOLL_LONGTERM, pages);

	if (got == n)
		return 0;
	if (got > 0)
		unpin_user_pages(pages, got);
	return -EFAULT;
}
int ring_receive(struct ring *r, unsigned long a)
{
	return pin(a, r->n, r->rx);
}
int ring_send(struct ring *r, unsigned long a)
{
	return pin(a, r->n, r->tx);
}
void ring_free(struct ring *r)
{
	unpin_user_pages(r->rx, r->n);
	${second}
	kfree(r);
}
`;

describe('two fields of one struct', () => {
  complains('never-released', 'the one that the teardown forgets', two(''), 'ring_send:return pin(a, r->n, r->tx);');
  accepts('never-released', 'both, where both are dropped', two('unpin_user_pages(r->tx, r->n);'));
});

const moved = (drop: string): string => `struct map { struct page **pages; u64 *frames; int n; };
int map_fill(struct map *m, unsigned long a)
{
	int i;

	if (pin_user_pages_fast(a, m->n, FOLL_LONGTERM, m->pages) != m->n)
		return -EFAULT;
	for (i = 0; i < m->n; i++)
		m->frames[i] = page_to_pfn(m->pages[i]);
	return 0;
}
void map_free(struct map *m)
{
	int i;

	for (i = 0; i < m->n; i++)
		${drop}
}
`;

describe('a field from which pages are moved to another', () => {
  accepts('never-released', 'frame numbers by which the pages are dropped', moved('unpin_user_page(pfn_to_page(m->frames[i]));'));
  complains(
    'never-released',
    'frame numbers that nobody turns back',
    moved('forget(m->frames[i]);'),
    'map_fill:for (i = 0; i < m->n; i++)',
  );
});

const unseen = (drop: string): string => `struct ops { int (*attach)(struct shm *shm, struct page **pages, int n); };
struct shm { struct page **pages; int n; const struct ops *ops; };
struct shm *shm_make(unsigned long a, int n, const struct ops *ops)
{
	struct shm *shm = kzalloc(sizeof(*shm), GFP_KERNEL);

	if (!shm)
		return NULL;
	shm->pages = kcalloc(n, sizeof(*shm->pages), GFP_KERNEL);
	if (!shm->pages || pin_user_pages_fast(a, n, FOLL_LONGTERM, shm->pages) != n)
		goto free;
	if (ops->attach(shm, shm->pages, n)) {
		unpin_user_pages(shm->pages, n);
		goto free;
	}
	return shm;
free:
	kfree(shm->pages);
	kfree(shm);
	return NULL;
}
void shm_free(struct shm *shm)
{
	${drop}
	kfree(shm->pages);
	kfree(shm);
}
`;

describe('a callback on the way that nobody can look into', () => {
  complains('never-released', 'pages that only the unwinding drops', unseen(''), 'shm_make:if (ops->attach(shm, shm->pages, n)) {');
  accepts('never-released', 'pages that the teardown drops', unseen('unpin_user_pages(shm->pages, shm->n);'));
  accepts('leak-on-path', 'what the callback may have done with the pages', unseen(''));
});

const reused = (drop: string): string => `struct dma { struct page **pages; int n; };
int dma_map(struct dma *d, unsigned long a)
{
	int rc = pin_user_pages_fast(a, d->n, FOLL_LONGTERM, d->pages);

	if (rc < d->n) {
		if (rc > 0)
			unpin_user_pages(d->pages, rc);
		return -EFAULT;
	}
	rc = look_at(a);
	if (rc) {
		unpin_user_pages(d->pages, d->n);
		return rc;
	}
	return 0;
}
void dma_unmap(struct dma *d)
{
	${drop}
	kfree(d->pages);
}
`;

describe('a variable that was the count and is used again', () => {
  complains('never-released', 'what is kept where it is zero', reused(''), 'dma_map:if (rc) {');
  accepts('never-released', 'what is kept there and dropped later', reused('unpin_user_pages(d->pages, d->n);'));
});

const local = (drop: string, test = ''): string => `struct dev { struct page *stats; int on; int id; };
static void start(struct dev *dev)
{
	dev->on = 1;
}
int dev_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	struct dev *dev = f->private_data;
	struct page *page;

	${test}
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	${drop}
	dev->stats = page;
	return 0;
out:
	unpin_user_page(page);
	return -EBUSY;
}
void dev_end(struct dev *dev)
{
	unpin_user_page(dev->stats);
}
`;

describe('an object that hangs below a file', () => {
  complains('overwritten', 'a field that a second request stores over', local(''), 'dev_ioctl:dev->stats = page;');
  complains('overwritten', 'one that is only told of', local('if (dev->stats)\n\t\tpr_debug("again\\n");'), 'dev_ioctl:dev->stats = page;');
  complains(
    'overwritten',
    'behind a test of what has nothing to do with it',
    local('', 'if (dev->id < 0)\n\t\treturn -EINVAL;'),
    'dev_ioctl:dev->stats = page;',
  );
  accepts('overwritten', 'one that is dropped before', local('if (dev->stats)\n\t\tunpin_user_page(dev->stats);'));
  accepts('overwritten', 'one that is left where there is one', local('if (dev->stats)\n\t\tgoto out;'));
  accepts('overwritten', 'behind a flag', local('start(dev);', 'if (dev->on)\n\t\treturn -EBUSY;'));
  complains(
    'overwritten',
    'behind a test of what only another request sets',
    local('', 'if (!dev->on)\n\t\treturn -ENODEV;'),
    'dev_ioctl:dev->stats = page;',
  );
});

/** A helper of a request, past a test of a state. */
const staged = (after: string): string => `struct dev { struct page *stats; int on; };
static int dev_watch(struct dev *dev, unsigned long a)
{
	struct page *page;

	if (dev->on)
		return -EBUSY;
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	dev->stats = page;
	return 0;
}
int dev_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	struct dev *dev = f->private_data;
	int r;

	switch (cmd) {
	case 1:
		r = dev_watch(dev, a);
		${after}
		return r;
	case 2:
		dev->on = 0;
		return 0;
	}
	return -ENOTTY;
}
void dev_end(struct dev *dev)
{
	unpin_user_page(dev->stats);
}
`;

describe('a state that is tested before pages are kept', () => {
  accepts('overwritten', 'which the caller sets behind that', staged('if (!r)\n\t\t\tdev->on = 1;'));
});

const swapped = (after: string): string => `struct dev { struct page **pages; };
int dev_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	struct dev *dev = f->private_data;
	struct page **pages, **old;

	pages = kcalloc(4, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 4, FOLL_LONGTERM, pages) <= 0) {
		kfree(pages);
		return -EFAULT;
	}
	mutex_lock(&dev->lock);
	old = dev->pages;
	dev->pages = pages;
	mutex_unlock(&dev->lock);
	${after}
	kfree(old);
	return 0;
}
void dev_end(struct dev *dev)
{
	unpin_user_pages(dev->pages, 4);
}
`;

describe('a field that a second request swaps', () => {
  accepts('overwritten', 'pages that are dropped once they stand there no more', swapped('if (old)\n\t\tunpin_user_pages(old, 4);'));
  complains('overwritten', 'pages of which only the array is freed', swapped(''), 'dev_ioctl:dev->pages = pages;');
});

const framed = (after: string): string => `struct frame { struct page **pages; int n; };
struct dev { struct frame *frame; };
static struct frame *frame_get(unsigned long a)
{
	struct frame *fr = kzalloc(sizeof(*fr), GFP_KERNEL);

	if (!fr)
		return NULL;
	fr->pages = kcalloc(4, sizeof(*fr->pages), GFP_KERNEL);
	fr->n = pin_user_pages_fast(a, 4, FOLL_LONGTERM, fr->pages);
	if (fr->n <= 0) {
		kfree(fr->pages);
		kfree(fr);
		return NULL;
	}
	return fr;
}
static void frame_put(struct frame *fr)
{
	if (!fr)
		return;
	unpin_user_pages(fr->pages, fr->n);
	kfree(fr->pages);
	kfree(fr);
}
long dev_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	struct dev *d = f->private_data;
	struct frame *fr = frame_get(a), *old;

	if (!fr)
		return -EFAULT;
	old = d->frame;
	d->frame = fr;
	${after}
	return 0;
}
void dev_end(struct dev *d)
{
	frame_put(d->frame);
}
`;

describe('an object with pages that a second request puts in place of another', () => {
  accepts('overwritten', 'one that is ended', framed('frame_put(old);'));
  complains('overwritten', 'one that is forgotten', framed(''), 'dev_ioctl:d->frame = fr;');
});

const data = (drop: string): string => `int send(unsigned long a, void *to, int n)
{
	struct page *page;
	void *from;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	from = page_address(page);
	send_words(to, from, n);
	${drop}
	return 0;
}
`;

describe('a function that is not written in C', () => {
  complains('leak-on-path', 'the address of a page that it copies', data(''), 'send:if (pin_user_pages_fast(a, 1, 0, &page) != 1)');
  accepts('leak-on-path', 'a page that is dropped behind it', data('unpin_user_page(page);'));
});

const assembled = (
  drop: string,
): string => `#define outs_N(op, inputs...) ({ int ret; asm volatile("x" : "=a"(ret) : "a"(op), inputs); ret; })
#define outs_2(op, b, c) ({ outs_N(op, "b"(b), "c"(c)); })
int load(unsigned long a, void *to)
{
	struct { void *from; } info;
	struct page *page;
	int ret;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	info.from = kmap_local_page(page);
	ret = outs_2(1, &info, to);
	kunmap_local(info.from);
	${drop}
	return ret;
}
`;

describe('operands of asm that go through a macro', () => {
  complains('leak-on-path', 'a page that they lead to', assembled(''), 'load:if (get_user_pages_fast(a, 1, 0, &page) != 1)');
  accepts('leak-on-path', 'one that is dropped behind them', assembled('put_page(page);'));
});

const allocated = (drop: string): string => `struct read { struct page **pages; };
static struct read *read_make(struct page **pages)
{
	struct read *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (r)
		r->pages = pages;
	return r;
}
int read_start(struct iov_iter *iter, struct list_head *reads)
{
	struct page **pages;
	struct read *r;
	size_t start;
	ssize_t got = iov_iter_get_pages_alloc2(iter, &pages, 4096, &start);

	if (got < 0)
		return got;
	r = read_make(pages);
	if (!r) {
		${drop}
		return -ENOMEM;
	}
	list_add(&r->list, reads);
	return 0;
}
void read_end(struct read *r)
{
	put_page(r->pages[0]);
	kvfree(r->pages);
}
`;

describe('an array that the call allocates', () => {
  complains(
    'leak-on-path',
    'one that a function which fails does not keep',
    allocated('kvfree(pages);'),
    'read_start:r = read_make(pages);',
  );
  accepts('leak-on-path', 'one of which the pages are dropped then', allocated('put_page(pages[0]);\n\t\tkvfree(pages);'));
});

const vector = (drop: string): string => `struct io { struct bio_vec *bv; int n; };
int io_fill(struct io *io, unsigned long a)
{
	struct page *pages[16];
	int i, n = pin_user_pages_fast(a, 16, FOLL_LONGTERM, pages);

	if (n <= 0)
		return -EFAULT;
	for (i = 0; i < n; i++)
		bvec_set_page(&io->bv[i], pages[i], PAGE_SIZE, 0);
	io->n = n;
	return 0;
}
void io_free(struct io *io)
{
	int i;

	for (i = 0; i < io->n; i++) {
		${drop}
	}
	kfree(io->bv);
}
`;

describe('pages in bio_vecs of a struct', () => {
  complains('never-released', 'those that nothing drops', vector(''), 'io_fill:for (i = 0; i < n; i++)');
  accepts('never-released', 'those that the teardown drops', vector('unpin_user_page(io->bv[i].bv_page);'));
});

/** Bio_vecs of a struct that a helper is given. */
const given = (drop: string, call = 'put_vecs(io->bv, io->n);', member = '*bv'): string => `struct io { struct bio_vec ${member}; int n; };
static void put_vecs(struct bio_vec *bv, int n)
{
	int i;

	for (i = 0; i < n; i++)
		${drop}
}
static void put_all(struct bio_vec *bv, int n)
{
	put_vecs(bv, n);
}
static struct bio_vec *vecs_of(struct io *io)
{
	return io->bv;
}
int io_fill(struct io *io, unsigned long a)
{
	struct page *pages[16];
	int i, n = pin_user_pages_fast(a, 16, FOLL_LONGTERM, pages);

	if (n <= 0)
		return -EFAULT;
	for (i = 0; i < n; i++)
		bvec_set_page(&io->bv[i], pages[i], PAGE_SIZE, 0);
	io->n = n;
	return 0;
}
void io_free(struct io *io)
{
	${call}
	kfree(io);
}
`;

describe('pages in bio_vecs of a struct, for a helper that is given these', () => {
  const [never, drop] = ['never-released', 'unpin_user_page(bv[i].bv_page);'];
  complains(never, 'one that only counts them', given('total += bv[i].bv_len;'), 'io_fill:for (i = 0; i < n; i++)');
  complains(never, 'one that only looks into them', given('flush_dcache_page(bv[i].bv_page);'), 'io_fill:for (i = 0; i < n; i++)');
  complains(never, 'one that nobody calls', given(drop, 'pr_debug("%d", io->n);'), 'io_fill:for (i = 0; i < n; i++)');
  accepts(never, 'one that drops them', given(drop));
  accepts(never, 'one that drops them through another', given(drop, 'put_all(io->bv, io->n);'));
  accepts(never, 'one that is given them by a variable', given(drop, 'struct bio_vec *bv = io->bv;\n\n\tput_all(bv, io->n);'));
  accepts(never, 'one that is given what a function returns', given(drop, 'put_all(vecs_of(io), io->n);'));
  accepts(never, 'one that goes through them by the pointer', given('unpin_user_page((bv++)->bv_page);'));
  accepts(never, 'one that drops those of an array in the struct', given(drop, undefined, 'bv[16]'));
  complains('wrong-release', 'one that drops pins as references', given('put_page(bv[i].bv_page);'), 'put_vecs:put_page(bv[i].bv_page);');
});

const wanted = (members: string): string => `struct want { unsigned long at; bool pin; };
struct box { struct page *pinned; };
struct slot { struct page *page; };
static int take(struct want *w, struct page **out)
{
	int n;

	if (w->pin)
		n = pin_user_pages_fast(w->at, 1, 0, out);
	else
		n = get_user_pages_fast(w->at, 1, 0, out);
	return n == 1 ? 0 : -EFAULT;
}
int box_map(struct box *b, unsigned long a)
{
	struct want w = { .at = a, ${members} };

	return take(&w, &b->pinned);
}
void box_unmap(struct box *b)
{
	unpin_user_page(b->pinned);
}
int slot_fill(struct slot *s, unsigned long a)
{
	struct want w = { .at = a };

	return take(&w, &s->page);
}
void slot_empty(struct slot *s)
{
	put_page(s->page);
}
`;

describe('an object that says how to take the pages', () => {
  accepts('never-released', 'two callers that ask otherwise, and keep the page in fields of their own', wanted('.pin = true'));
});

const out = (body: string, allocate = 'buf = kzalloc(sizeof(*buf), GFP_KERNEL);'): string => `struct buf { struct page **pages; int n; };
struct import { struct buf *buf; int id; };
struct owner { struct idr ids; struct buf *last; };

static int buf_take(struct owner *d, struct buf **out, unsigned long a, int n)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	struct buf *buf;
	int got;

	if (!pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		kfree(pages);
		return -EFAULT;
	}
	${allocate}
	if (!buf) {
		unpin_user_pages(pages, n);
		kfree(pages);
		return -ENOMEM;
	}
	buf->pages = pages;
	buf->n = n;
	*out = buf;
	return 0;
}
static void buf_drop(struct buf **p)
{
	unpin_user_pages_dirty_lock((*p)->pages, (*p)->n, true);
	kfree((*p)->pages);
	kfree(*p);
	*p = NULL;
}
static int import_map(struct owner *d, struct import *im, unsigned long a, int n)
{
	struct buf *buf;
	int ret = buf_take(d, &buf, a, n);

	if (ret)
		return ret;
	im->buf = buf;
	return 0;
}
int import(struct owner *d, unsigned long a, int n)
{
	struct import *im = kzalloc(sizeof(*im), GFP_KERNEL);
	int ret;

	if (!im)
		return -ENOMEM;
	ret = import_map(d, im, a, n);
	if (ret)
		goto free;
	ret = idr_alloc(&d->ids, im, 1, 0, GFP_KERNEL);
	if (ret < 0)
		goto ${body}
	im->id = ret;
	return ret;
drop:
	buf_drop(&im->buf);
free:
	kfree(im);
	return ret;
}
void forget(struct owner *d, int id)
{
	struct import *im = idr_remove(&d->ids, id);

	buf_drop(&im->buf);
	kfree(im);
}
`;

describe('memory that a function makes and hands out by the address of a variable', () => {
  complains('leak-on-path', 'what is left in it where it is freed', out('free;'), 'import:ret = idr_alloc(&d->ids, im, 1, 0, GFP_KERNEL);');
  accepts('leak-on-path', 'what is dropped before', out('drop;'));
  accepts('leak-on-path', 'memory that is found, not made', out('free;', 'buf = d->last;'));
  accepts(
    'leak-on-path',
    'memory that others find as well',
    out('free;', 'buf = kzalloc(sizeof(*buf), GFP_KERNEL);\n\tlist_add(&buf->list, &d->list);'),
  );
});

describe('an array that is handed out and given on by the address of its variable', () => {
  complains(
    'never-released',
    'where a field keeps it that nobody empties',
    `struct ctx { struct page **pages; };

static struct page **take_all(unsigned long a, int n)
{
	struct page **pages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL);
	int got;

	if (!pages)
		return ERR_PTR(-ENOMEM);
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, pages);
	if (got == n)
		return pages;
	if (got > 0)
		unpin_user_pages(pages, got);
	kvfree(pages);
	return ERR_PTR(-EFAULT);
}
static int join_all(struct page ***pages, int n)
{
	struct page **joined = kvmalloc_array(n, sizeof(*joined), GFP_KERNEL);
	int i;

	if (!joined)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		joined[i] = (*pages)[i];
	kvfree(*pages);
	*pages = joined;
	return 0;
}
int ctx_map(struct ctx *c, unsigned long a, int n)
{
	struct page **pages = take_all(a, n);
	int ret;

	if (IS_ERR(pages))
		return PTR_ERR(pages);
	ret = join_all(&pages, n);
	if (ret) {
		unpin_user_pages(pages, n);
		kvfree(pages);
		return ret;
	}
	c->pages = pages;
	return 0;
}`,
    'ctx_map:if (ret) {',
  );
});

const device = (kept: string, request: string): string => `struct dev { struct page **pages; int nr; };
static struct dev *the_dev;
static int ring_fill(unsigned long a, int n)
{
	int ret;

	${kept}
	the_dev->pages = kcalloc(n, sizeof(*the_dev->pages), GFP_KERNEL);
	if (!the_dev->pages)
		return -ENOMEM;
	ret = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, the_dev->pages);
	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(the_dev->pages, ret);
		kfree(the_dev->pages);
		the_dev->pages = NULL;
		return -EFAULT;
	}
	the_dev->nr = n;
	return 0;
}
static void ring_drain(struct dev *d)
{
	unpin_user_pages_dirty_lock(d->pages, d->nr, true);
	kfree(d->pages);
	d->pages = NULL;
}
static long ring_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case 1:
		${request}
		return ring_fill(arg, 8);
	case 2:
		ring_drain(the_dev);
		return 0;
	}
	return -ENOTTY;
}
`;

describe('an object that a variable of the file leads to', () => {
  complains(
    'overwritten',
    'pages that a second request stores over',
    device('', ''),
    'ring_fill:the_dev->pages = kcalloc(n, sizeof(*the_dev->pages), GFP_KERNEL);',
  );
  accepts('overwritten', 'who tests for them', device('if (the_dev->pages)\n\t\treturn -EBUSY;', ''));
  accepts('overwritten', 'whose caller tests for them', device('', 'if (the_dev->pages)\n\t\t\treturn -EBUSY;'));
  accepts('overwritten', 'whose caller drops them', device('', 'ring_drain(the_dev);'));
});

/** A page that a request puts into an object, where its arguments say so. */
const fromUser = 'if (copy_from_user(&args, (void __user *)arg, sizeof(args)))\n\t\treturn -EFAULT;';
const asked = (test: string, set = '', fill = fromUser): string => `struct dev { struct page *stats; bool on; struct bus *bus; };
struct args { u64 address; bool on; };
static int stats_set(struct dev *dev, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	dev->stats = page;
	${set}
	return 0;
}
static void stats_drop(struct dev *dev)
{
	unpin_user_page(dev->stats);
	dev->stats = NULL;
}
static long stats_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct dev *dev = f->private_data;
	struct args args;

	${fill}
	if (${test})
		return stats_set(dev, args.address);
	stats_drop(dev);
	return 0;
}
`;

describe('a request that says whether pages are to be kept', () => {
  complains('overwritten', 'what its arguments say', asked('args.address'), 'stats_set:dev->stats = page;');
  complains('overwritten', 'what the object says, and others set', asked('dev->on'), 'stats_set:dev->stats = page;');
  complains(
    'overwritten',
    'what leads to another that the request uses',
    asked('dev->bus', 'touch(&dev->bus->lock);'),
    'stats_set:dev->stats = page;',
  );
  accepts('overwritten', 'what the object says, and the request sets', asked('!dev->on', 'dev->on = true;'));
  accepts('overwritten', 'what was copied of the object', asked('!args.on', 'dev->on = true;', 'args = *arguments_of(dev, arg);'));
});

describe('a request handler that keeps a short count in a variable of the file', () => {
  const handler = `static struct page *held[8];
static int nr_held;
static long held_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	int ret;

	if (cmd == 2) {
		unpin_user_pages(held, nr_held);
		nr_held = 0;
		return 0;
	}
	if (nr_held)
		return -EBUSY;
	ret = pin_user_pages_fast(arg, 8, FOLL_LONGTERM, held);
	if (ret < 0)
		return ret;
	nr_held = ret;
	return 0;
}
`;
  accepts('unchecked-count', 'as the count', handler);
  accepts('never-released', 'and drops them by another command', handler);
});

const emptied = (
  undo: string,
  put = 'for (i = 0; i < m->n; i++)\n\t\tunpin_user_page(m->pages[i]);',
) => `struct msg { struct page **pages; int n; int max; };
static int msg_fill(struct msg *m, unsigned long a, int n)
{
	int i;

	m->n = pin_user_pages_fast(a, n, 0, m->pages);
	if (m->n != n) {
		${undo}
		return -EFAULT;
	}
	return 0;
}
static void msg_put(struct msg *m)
{
	int i;

	${put}
	kfree(m->pages);
	kfree(m);
}
int msg_send(struct queue *q, unsigned long a, int n)
{
	struct msg *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int ret;

	m->max = n;
	m->pages = kmalloc_array(n, sizeof(*m->pages), GFP_KERNEL);
	ret = msg_fill(m, a, n);
	if (ret) {
		msg_put(m);
		return ret;
	}
	q->msg = m;
	return 0;
}
void msg_sent(struct queue *q)
{
	msg_put(q->msg);
}
`;
describe('who fails, and leaves the pages to who ends the object', () => {
  complains('partial-pin-leak', 'pages of which the count is zero', emptied('m->n = 0;'), 'msg_fill:if (m->n != n) {');
  accepts('partial-pin-leak', 'pages that are counted', emptied(''));
  accepts(
    'partial-pin-leak',
    'pages that are dropped before',
    emptied('for (i = 0; i < m->n; i++)\n\t\t\tunpin_user_page(m->pages[i]);\n\t\tm->n = 0;'),
  );
  accepts('partial-pin-leak', 'a count that the drop does not ask for', emptied('m->n = 0;', 'unpin_user_pages(m->pages, m->max);'));
});

const front = (first: string, left = 'r->pages[r->head++]') => `struct ring { struct page *pages[16]; int head; int tail; };
static int ring_fill(struct ring *r, struct iov_iter *it)
{
	size_t off;
	ssize_t got = iov_iter_get_pages2(it, r->pages, LONG_MAX, 16, &off);

	if (got < 0)
		return got;
	r->head = 0;
	r->tail = DIV_ROUND_UP(got + off, PAGE_SIZE);
	return 0;
}
static struct page *ring_page(struct ring *r, struct iov_iter *it)
{
	int ret;

	if (r->head == r->tail) {
		ret = ring_fill(r, it);
		if (ret)
			return ERR_PTR(ret);
	}
	return r->pages[r->head];
}
int ring_copy(struct ring *r, struct iov_iter *it, char *to, int n)
{
	struct page *page;
	int ret = 0;

	while (n--) {
		page = ring_page(r, it);
		if (IS_ERR(page)) {
			ret = PTR_ERR(page);
			break;
		}
		r->head++;
		ret = map_block(r->dev);
		if (ret) {
			${first}
			break;
		}
		memcpy_from_page(to, page, 0, PAGE_SIZE);
		put_page(page);
	}
	while (r->head < r->tail)
		put_page(${left});
	return ret;
}
`;
describe('a page that is taken off the front of an array', () => {
  complains('leak-on-path', 'one that is not dropped', front(';'), 'ring_copy:if (ret) {');
  accepts('leak-on-path', 'one that is dropped', front('put_page(page);'));
  accepts('leak-on-path', 'one of an array that is dropped as a whole', front(';', 'r->pages[--r->tail]'));
});

const counted = (end: string): string => `struct obj { struct kref ref; struct page **pages; int n; };
static void obj_unpin(struct obj *o)
{
	unpin_user_pages(o->pages, o->n);
	kvfree(o->pages);
}
static void obj_release(struct kref *ref)
{
	struct obj *o = container_of(ref, struct obj, ref);

	${end}
	kfree(o);
}
void obj_put(struct obj *o)
{
	kref_put(&o->ref, obj_release);
}
int obj_fill(struct obj *o, unsigned long a, int n)
{
	int got = pin_user_pages_fast(a, n, FOLL_LONGTERM, o->pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(o->pages, got);
		return -EFAULT;
	}
	o->n = n;
	if (hw_map(n)) {
		obj_unpin(o);
		return -EIO;
	}
	return 0;
}
`;

describe('a helper that drops what a field holds', () => {
  complains('never-released', 'one that only the acquiring function calls', counted(''), 'obj_fill:if (hw_map(n)) {');
  accepts('never-released', 'one that the end of the object calls, too', counted('obj_unpin(o);'));
});

/** An object with a page, made by the function that takes it, which then stands somewhere. */
const made = (stands: string) => `struct ctx { struct page *page; };
int ctx_open(struct file *f, struct vm_area_struct *vma, struct bio *bio, unsigned long a)
{
	struct ctx *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &c->page) != 1) {
		kfree(c);
		return -EFAULT;
	}
	${stands}
	return 0;
}
void ctx_close(struct ctx *c)
{
	unpin_user_pages_dirty_lock(&c->page, 1, true);
	kfree(c);
}
`;

describe('an object that stands in a general struct', () => {
  for (const place of ['f->private_data', 'vma->vm_private_data', 'bio->bi_private'])
    accepts('leak-on-path', `in ${place}`, made(`${place} = c;`));
  complains('leak-on-path', 'nowhere', made(''), 'ctx_open:if (pin_user_pages_fast(a, 1, FOLL_WRITE, &c->page) != 1) {');
  complains(
    'leak-on-path',
    'nowhere, where a number of it does',
    made('bio->bi_opf = c->page ? 1 : 0;'),
    'ctx_open:if (pin_user_pages_fast(a, 1, FOLL_WRITE, &c->page) != 1) {',
  );
});

describe('a page that stands where nobody can say who finds it', () => {
  const page = (stands: string) => `int page_keep(struct file *f, struct device *dev, struct list_head *all, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	${stands}
	return 0;
}
`;
  for (const stands of ['f->private_data = page;', 'list_add(&page->lru, all);', 'dev_set_drvdata(dev, page);'])
    accepts('leak-on-path', stands, page(stands));
  complains('leak-on-path', 'in no place', page(''), 'page_keep:if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)');
  complains(
    'leak-on-path',
    'and is only taken from a list',
    page('list_del(&page->lru);'),
    'page_keep:if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)',
  );
});
