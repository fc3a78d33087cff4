/** What a function that others were handed pages by, or hand them to, may do: fail far away, fail at once, make an object, ask for the user's pages. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const queued = (undo: string) => ({
  'lib/hw.c': `int hw_queue_set(struct hw_queue *q, void *data)
{
	int rc = hw_write(q->number, __pa(data));

	if (rc)
		return -EIO;
	q->data = data;
	return 0;
}
`,
  'drv/queue.c': `struct dev { struct hw_queue q; struct page *page; };
int dev_set(struct dev *dev, unsigned long a)
{
	struct page *page;
	void *data;
	int rc;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	data = page_address(page) + offset_in_page(a);
	rc = hw_queue_set(&dev->q, data);
	if (rc) {
		${undo}
		return rc;
	}
	dev->page = page;
	return 0;
}
void dev_unset(struct dev *dev)
{
	put_page(dev->page);
}
`,
});
describe('a library that is given the address of the data, and fails', () => {
  complains('leak-on-path', 'a page that is not dropped then', queued(';'), 'dev_set:rc = hw_queue_set(&dev->q, data);');
  accepts('leak-on-path', 'one that is', queued('put_page(page);'));
});

const ready = (undo: string) => `struct pool { struct page *bounce[8]; int size; };
struct mem { struct page **pages; int n; };
static int pool_use(struct pool *pool, struct page **pages, int n)
{
	int i;

	if (pool->size != n)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		__free_page(pool->bounce[i]);
		pool->bounce[i] = pages[i];
	}
	return 0;
}
int mem_add(struct mem *mem, struct pool *pool, unsigned long a, int n)
{
	struct page **pages = kmalloc_array(n, sizeof(*pages), GFP_KERNEL);
	int ret, got = pin_user_pages_fast(a, n, FOLL_LONGTERM, pages);

	if (got != n) {
		ret = -EFAULT;
		goto unpin;
	}
	ret = pool_use(pool, pages, n);
	if (ret)
		goto ${undo};
	mem->pages = pages;
	mem->n = n;
	return 0;
unpin:
	if (got > 0)
		unpin_user_pages(pages, got);
free:
	kfree(pages);
	return ret;
}
void mem_remove(struct mem *mem)
{
	unpin_user_pages(mem->pages, mem->n);
	kfree(mem->pages);
}
`;
describe('who is handed pages for an object that is not ready for them', () => {
  complains('leak-on-path', 'a caller that does not drop them', ready('free'), 'mem_add:ret = pool_use(pool, pages, n);');
  accepts('leak-on-path', 'one that does', ready('unpin'));
});

const made = (undo: string, list = '') => `struct req { struct page *page; struct list_head l; };
static struct req *req_new(struct dev *dev)
{
	struct req *req;

	req = kzalloc(sizeof(*req), GFP_KERNEL);
	if (!req)
		return NULL;
	INIT_LIST_HEAD(&req->l);
	${list}
	return req;
}
int req_start(struct dev *dev, unsigned long a)
{
	struct req *req = req_new(dev);

	if (!req)
		return -ENOMEM;
	if (get_user_pages_fast(a, 1, 0, &req->page) != 1) {
		kfree(req);
		return -EFAULT;
	}
	if (dev_busy(dev)) {
		${undo}
		return -EBUSY;
	}
	dev->req = req;
	return 0;
}
void req_end(struct dev *dev)
{
	put_page(dev->req->page);
	kfree(dev->req);
}
`;
describe('an object that a function has made', () => {
  complains('leak-on-path', 'what nobody frees, with the page in it', made(';'), 'req_start:if (dev_busy(dev)) {');
  accepts('leak-on-path', 'what is ended', made('put_page(req->page);\n\t\tkfree(req);'));
  accepts('leak-on-path', 'what was listed where it was made', made(';', 'list_add(&req->l, &dev->reqs);'));
});

const asked = (keep: string) => ({
  'lib/take.c': `struct holder { struct page *pages[8]; int n; bool pinned; };
int take_user(struct iov_iter *it, struct holder *h)
{
	struct page **pages = h->pages;
	size_t off;
	ssize_t got = iov_iter_extract_pages(it, &pages, LONG_MAX, 8, 0, &off);

	if (got <= 0)
		return -EFAULT;
	h->n = DIV_ROUND_UP(got + off, PAGE_SIZE);
	if (h->n > 4) {
		unpin_user_pages(h->pages, h->n);
		return -E2BIG;
	}
	return 0;
}
EXPORT_SYMBOL(take_user);
`,
  'drv/hash.c': `int hash_send(struct iov_iter *it)
{
	struct holder *h = kzalloc(sizeof(*h), GFP_KERNEL);
	int ret;

	${keep}
	ret = take_user(it, h);
	if (ret == 0)
		hash_all(h->n);
	kfree(h);
	return ret;
}
`,
});
describe('pages of an iterator in another file than they were taken in', () => {
  complains(
    'leak-on-path',
    'who asks whether they are pinned',
    asked('h->pinned = iov_iter_extract_will_pin(it);'),
    'hash_send:ret = take_user(it, h);',
  );
  accepts('leak-on-path', 'who does not know', asked(''));
});

const keptBy = (ask: string, drop = '') => `struct io { struct page **pages; bool pinned; int n; };
int io_fill(struct io *io, struct iov_iter *it)
{
	struct page **pages = io->pages;
	size_t off;
	ssize_t got = iov_iter_extract_pages(it, &pages, LONG_MAX, 16, 0, &off);

	if (got <= 0)
		return -EFAULT;
	${ask}
	io->n = DIV_ROUND_UP(got + off, PAGE_SIZE);
	return 0;
}
void io_done(struct io *io)
{
	${drop}
	kfree(io);
}
`;

describe('pages of an iterator that a field keeps', () => {
  const asks = 'io->pinned = iov_iter_extract_will_pin(it);';
  complains(
    'never-released',
    'which somebody asks for',
    keptBy(asks),
    'io_fill:ssize_t got = iov_iter_extract_pages(it, &pages, LONG_MAX, 16, 0, &off);',
  );
  accepts('never-released', 'which nobody asks for', keptBy(''));
  accepts('never-released', 'which are dropped', keptBy(asks, 'if (io->pinned)\n\t\tunpin_user_pages(io->pages, io->n);'));
});

const exported = (undo: string) => `struct buf { struct page **pages; int n; };
static const struct dma_buf_ops ops;
struct dma_buf *buf_export(struct entry __user *entries, int count)
{
	struct dma_buf_export_info info = {};
	struct dma_buf *dbuf;
	struct entry *ent;
	struct buf *buf;
	int i, ret, start = 0;

	buf = kzalloc(sizeof(*buf), GFP_KERNEL);
	if (!buf)
		return ERR_PTR(-ENOMEM);
	ent = kvcalloc(count, sizeof(*ent), GFP_KERNEL);
	if (!ent) {
		ret = -ENOMEM;
		goto free_buf;
	}
	if (copy_from_user(ent, entries, sizeof(*ent) * count)) {
		ret = -EFAULT;
		goto free_ent;
	}
	buf->pages = kvmalloc_array(64, sizeof(*buf->pages), GFP_KERNEL);
	if (!buf->pages) {
		ret = -ENOMEM;
		goto free_ent;
	}
	for (i = 0; i < count; i++) {
		int n = ent[i].len >> PAGE_SHIFT;

		ret = pin_user_pages_fast(ent[i].start, n, FOLL_WRITE | FOLL_LONGTERM, &buf->pages[start]);
		if (ret < 0)
			goto unpin;
		start += ret;
		if (ret != n) {
			ret = -ENOMEM;
			goto unpin;
		}
	}
	buf->n = start;
	info.ops = &ops;
	info.priv = buf;
	dbuf = dma_buf_export(&info);
	if (IS_ERR(dbuf)) {
		ret = PTR_ERR(dbuf);
		goto ${undo};
	}
	kvfree(ent);
	return dbuf;
unpin:
	if (start)
		unpin_user_pages(buf->pages, start);
free_pages:
	kvfree(buf->pages);
free_ent:
	kvfree(ent);
free_buf:
	kfree(buf);
	return ERR_PTR(ret);
}
static void buf_release(struct dma_buf *dbuf)
{
	struct buf *buf = dbuf->priv;

	unpin_user_pages(buf->pages, buf->n);
	kvfree(buf->pages);
	kfree(buf);
}
static const struct dma_buf_ops ops = { .release = buf_release };
`;
describe('memory that was allocated as zeros, and filled from the user', () => {
  complains('leak-on-path', 'a way out past the drop', exported('free_pages'), 'buf_export:dbuf = dma_buf_export(&info);');
  accepts('leak-on-path', 'one with the drop', exported('unpin'));
});

const kept = (undo: string) => `static struct dma_buf *list_export(struct device *dev, unsigned long a, int n)
{
	struct dma_buf_export_info info = {};
	struct page **pages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL);
	struct dma_buf *dbuf;
	struct sg_table *sgt;
	int ret, got;

	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, pages);
	if (got != n) {
		ret = -EFAULT;
		goto unpin;
	}
	sgt = kmalloc(sizeof(*sgt), GFP_KERNEL);
	ret = sg_alloc_table_from_pages(sgt, pages, n, 0, n * PAGE_SIZE, GFP_KERNEL);
	if (ret)
		goto free_sgt;
	info.priv = sgt;
	dbuf = dma_buf_export(&info);
	if (IS_ERR(dbuf)) {
		ret = PTR_ERR(dbuf);
		goto ${undo};
	}
	kvfree(pages);
	return dbuf;
free_table:
	sg_free_table(sgt);
free_sgt:
	kfree(sgt);
unpin:
	if (got > 0)
		unpin_user_pages(pages, got);
free_pages:
	kvfree(pages);
	return ERR_PTR(ret);
}
static void list_release(struct dma_buf *dbuf)
{
	struct sg_page_iter it;

	for_each_sgtable_page(dbuf->priv, &it, 0)
		unpin_user_page(sg_page_iter_page(&it));
}
`;
describe('an object that could not be made of what holds the pages', () => {
  complains('leak-on-path', 'its error, which holds nothing', kept('free_pages'), 'list_export:dbuf = dma_buf_export(&info);');
  accepts('leak-on-path', 'a drop where it fails', kept('free_table'));
});

const fallback = (undo: string, put = 'unpin_user_page(m->page);') => `struct map { struct page *page; struct list_head l; bool pinned; };
static struct page *pin_one(unsigned long a, int flags)
{
	struct page *page = NULL;

	pin_user_pages_fast(a, 1, FOLL_WRITE | flags, &page);
	return page;
}
int map_add(struct dev *dev, unsigned long a)
{
	struct map *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int ret;

	m->page = pin_one(a, FOLL_LONGTERM);
	if (!m->page) {
		m->page = pin_one(a, 0);
		if (!m->page) {
			kfree(m);
			return -EINVAL;
		}
		unpin_user_page(m->page);
		m->page = NULL;
	} else {
		m->pinned = true;
	}
	ret = dev_room(dev);
	if (ret) {
		${undo}
		kfree(m);
		return ret;
	}
	list_add_tail(&m->l, &dev->maps);
	return 0;
}
void map_clear(struct dev *dev)
{
	struct map *m, *next;

	list_for_each_entry_safe(m, next, &dev->maps, l) {
		list_del(&m->l);
		if (m->pinned) {
			set_page_dirty_lock(m->page);
			${put}
		}
		kfree(m);
	}
}
`;
describe('a page of an object, taken in one of two ways', () => {
  complains('leak-on-path', 'a way out without a drop', fallback(';'), 'map_add:if (ret) {');
  accepts('leak-on-path', 'one with it', fallback('if (m->page)\n\t\t\tunpin_user_page(m->page);'));
  complains(
    'leak-on-path',
    'a list of objects that are freed with it',
    fallback('if (m->page)\n\t\t\tunpin_user_page(m->page);', ';'),
    'map_clear:kfree(m);',
  );
});

const filled = (result: string) => `static int bio_fill_one(struct bio *bio, struct iov_iter *it)
{
	struct page *page;
	size_t off;
	ssize_t got = iov_iter_get_pages2(it, &page, PAGE_SIZE, 1, &off);

	if (got <= 0)
		return -EFAULT;
	__bio_add_page(bio, page, got, off);
	return 0;
}
static int bio_fill(struct bio *bio, struct iov_iter *it)
{
	int ret;

	do {
		ret = bio_fill_one(bio, it);
	} while (!ret && iov_iter_count(it));
	return ${result};
}
int bio_send(struct block_device *bdev, struct iov_iter *it)
{
	struct bio *bio = bio_alloc(bdev, 8, REQ_OP_WRITE, GFP_KERNEL);
	int ret = bio_fill(bio, it);

	if (ret) {
		bio_put(bio);
		return ret;
	}
	submit_bio(bio);
	return 0;
}
`;
describe('a bio that is filled in rounds', () => {
  complains('leak-on-path', 'a failure in a later one', filled('ret'), 'bio_send:int ret = bio_fill(bio, it);');
  accepts('leak-on-path', 'one that fails with nothing in it only', filled('bio->bi_vcnt ? 0 : ret'));
});

const stored = (undo: string) => `int page_add(struct dev *dev, unsigned long index, unsigned long a)
{
	struct page *page;
	int err;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	err = xa_insert(&dev->pages, index, page, GFP_KERNEL);
	if (err) {
		${undo}
		return err;
	}
	return 0;
}
void page_del(struct dev *dev, unsigned long index)
{
	put_page(xa_erase(&dev->pages, index));
}
`;
describe('a page for which there is no slot', () => {
  complains('leak-on-path', 'a failure that leaves it', stored(';'), 'page_add:err = xa_insert(&dev->pages, index, page, GFP_KERNEL);');
  accepts('leak-on-path', 'one that drops it', stored('put_page(page);'));
});

const tabled = (undo: string) => `struct mem { struct sg_table sgt; };
int mem_pin(struct mem *mem, unsigned long a, int n)
{
	struct page **pages = kmalloc_array(n, sizeof(*pages), GFP_KERNEL);
	struct scatterlist *sg = NULL;
	int ret;

	while (n) {
		ret = pin_user_pages_fast(a, n, FOLL_LONGTERM, pages);
		if (ret <= 0)
			goto fail;
		a += ret * PAGE_SIZE;
		n -= ret;
		sg = __sg_alloc_table_from_pages(&mem->sgt, pages, ret, 0, ret << PAGE_SHIFT, UINT_MAX, sg, n, GFP_KERNEL);
		if (IS_ERR(sg)) {
			${undo}
			ret = PTR_ERR(sg);
			goto fail;
		}
	}
	kfree(pages);
	return 0;
fail:
	kfree(pages);
	mem_unpin(mem);
	return ret;
}
void mem_unpin(struct mem *mem)
{
	struct sg_page_iter it;

	for_each_sgtable_page(&mem->sgt, &it, 0)
		unpin_user_page(sg_page_iter_page(&it));
	sg_free_table(&mem->sgt);
}
`;
describe('pages for which there is no room in a table', () => {
  complains(
    'leak-on-path',
    'a failure that drops those of the table only',
    tabled(';'),
    'mem_pin:sg = __sg_alloc_table_from_pages(&mem->sgt, pages, ret, 0, ret << PAGE_SHIFT, UINT_MAX, sg, n, GFP_KERNEL);',
  );
  accepts('leak-on-path', 'one that drops both', tabled('unpin_user_pages(pages, ret);'));
});

const plain = (undo: string) => ({
  'lib/fill.c': `int bio_fill(struct bio *bio, struct iov_iter *it)
{
	struct page *page;
	size_t off;
	ssize_t got = iov_iter_get_pages2(it, &page, PAGE_SIZE, 1, &off);

	if (got <= 0)
		return -EFAULT;
	__bio_add_page(bio, page, got, off);
	return 0;
}
EXPORT_SYMBOL(bio_fill);
`,
  'drv/write.c': `int zone_write(struct block_device *bdev, struct iov_iter *it)
{
	struct bio *bio = bio_alloc(bdev, 1, REQ_OP_WRITE, GFP_KERNEL);
	int ret = bio_fill(bio, it);

	if (ret)
		goto put;
	ret = submit_bio_wait(bio);
	${undo}
put:
	bio_put(bio);
	return ret;
}
`,
});
describe('plain references on the pages of an iterator, in another file', () => {
  complains('leak-on-path', 'a caller that ends the bio', plain(''), 'zone_write:int ret = bio_fill(bio, it);');
  accepts('leak-on-path', 'one that drops them first', plain('bio_release_pages(bio, false);'));
});

const piped = (drop: string) => `static void user_release(struct pipe_inode_info *pipe, struct pipe_buffer *buf)
{
	${drop}
	buf->flags = 0;
}
static const struct pipe_buf_operations user_ops = {
	.release = user_release,
};
ssize_t feed(struct pipe_inode_info *pipe, struct iov_iter *it)
{
	struct pipe_buffer buf = { .ops = &user_ops };
	struct page *page;
	size_t off;
	ssize_t got = iov_iter_get_pages2(it, &page, PAGE_SIZE, 1, &off);

	if (got <= 0)
		return -EFAULT;
	buf.page = page;
	buf.offset = off;
	buf.len = got;
	pipe->bufs[pipe->head & 15] = buf;
	pipe->head++;
	return got;
}
`;
describe('the operation by which a pipe drops its buffers', () => {
  complains('leak-on-path', 'one that does not', piped('buf->len = 0;'), 'user_release:}');
  accepts('leak-on-path', 'one that does', piped('put_page(buf->page);'));
});

/** A request that has its pages from an iterator, with the place where they begin. */
const request = (test: string, undo: string, helper = ''): string => `struct req { struct page **pages; size_t start, len; int n; };
void req_end(struct req *r)
{
	int i;

	for (i = 0; i < r->n; i++)
		put_page(r->pages[i]);
	kvfree(r->pages);
	kfree(r);
}
static ssize_t req_fill(struct req *r, struct iov_iter *it)
{
	ssize_t got = iov_iter_get_pages_alloc2(it, &r->pages, SZ_1M, &r->start);

	if (got > 0)
		r->n = DIV_ROUND_UP(got + r->start, PAGE_SIZE);
	return got;
}
struct req *req_make(struct iov_iter *it)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);
	ssize_t got;

	if (!r)
		return NULL;
	got = ${helper || 'iov_iter_get_pages_alloc2(it, &r->pages, SZ_1M, &r->start)'};
	if (got <= 0) {
		kfree(r);
		return NULL;
	}
	r->n = DIV_ROUND_UP(got + r->start, PAGE_SIZE);
	if (${test}) {
		${undo}
		return NULL;
	}
	return r;
}
`;

describe('a number that the acquiring call gives by an address', () => {
  const freeing = 'kvfree(r->pages);\n\t\tkfree(r);';
  for (const helper of ['', 'req_fill(r, it)']) {
    const by = helper || 'the call itself';
    complains(
      'leak-on-path',
      `is not zero any more, by ${by}`,
      request('r->start & 511', freeing, helper),
      'req_make:if (r->start & 511) {',
    );
    accepts('leak-on-path', `where the pages are dropped, by ${by}`, request('r->start & 511', 'req_end(r);', helper));
    accepts('leak-on-path', `is none that nobody has set, by ${by}`, request('r->len', freeing, helper));
  }
});

const arrayed = (
  undo: string,
  first = 'struct page **pages = NULL;',
  last = 'pages',
) => `static ssize_t take_all(struct page ***pages, struct iov_iter *it, int *user)
{
	size_t off;
	ssize_t got = iov_iter_get_pages_alloc2(it, pages, LONG_MAX, &off);

	if (got < 0)
		return got;
	*user = 1;
	return DIV_ROUND_UP(got + off, PAGE_SIZE);
}
int send_all(struct chan *c, struct iov_iter *it)
{
	${first}
	int user = 0, i, err;
	ssize_t n = take_all(&pages, it, &user);

	if (n < 0)
		return n;
	err = chan_reserve(c, n);
	if (err) {
		${undo}
		return err;
	}
	err = chan_write(c, n);
	for (i = 0; i < n; i++)
		put_page(${last}[i]);
	kvfree(pages);
	return err;
}
`;
describe('an array that a helper has the pages put into, behind a pointer that was NULL', () => {
  complains('leak-on-path', 'who frees it alone', arrayed('kvfree(pages);'), 'send_all:if (err) {');
  complains('leak-on-path', 'who leaves without a look at it', arrayed(''), 'send_all:if (err) {');
  accepts('leak-on-path', 'who drops the pages first', arrayed('release_pages(pages, n);\n\t\tkvfree(pages);'));
  const own = 'struct page *few[16], **pages = few;';
  complains('leak-on-path', 'who leaves, with an array of its own', arrayed('', own), 'send_all:if (err) {');
  accepts('leak-on-path', 'who drops what is in an array of its own', arrayed('release_pages(few, n);', own, 'few'));
});

/** A list of pages that a function makes, and hands out by the address of its caller's variable. */
const listed = (kind: 'bvec' | 'sgl', end: string) => {
  const [type, set] =
    kind === 'bvec'
      ? ['struct bio_vec', 'bvec_set_page(&list[0], page, PAGE_SIZE, 0);']
      : ['struct scatterlist', 'sg_set_page(&list[0], page, PAGE_SIZE, 0);'];
  return `static int make(unsigned long a, ${type} **out)
{
	${type} *list = kvcalloc(8, sizeof(*list), GFP_KERNEL);
	struct page *page;

	if (!list)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 1, 0, &page) != 1) {
		kvfree(list);
		return -EFAULT;
	}
	${set}
	*out = list;
	return 0;
}
int run(struct dev *dev, unsigned long a)
{
	${type} *list;
	int err = make(a, &list);

	if (err)
		return err;
	${end}
	return 0;
}
`;
};

describe('a list of pages that is handed out by the address of a variable', () => {
  complains('leak-on-path', 'bio_vecs that are freed', listed('bvec', 'kvfree(list);'), 'run:int err = make(a, &list);');
  complains('leak-on-path', 'a scatterlist that is freed', listed('sgl', 'kvfree(list);'), 'run:int err = make(a, &list);');
  complains('leak-on-path', 'bio_vecs that are forgotten', listed('bvec', ''), 'run:int err = make(a, &list);');
  accepts('leak-on-path', 'bio_vecs whose page is dropped', listed('bvec', 'unpin_user_page(list[0].bv_page);\n\tkvfree(list);'));
  accepts('leak-on-path', 'a scatterlist whose page is dropped', listed('sgl', 'unpin_user_page(sg_page(list));\n\tkvfree(list);'));
  accepts('leak-on-path', 'bio_vecs that an object keeps', listed('bvec', 'dev->list = list;'));
  accepts('leak-on-path', 'bio_vecs that others are given', listed('bvec', 'submit(dev, list);'));
});
