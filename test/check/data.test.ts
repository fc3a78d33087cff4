/** The rules about the data of a page: what is written is marked dirty, under its lock, and who reaches it pins the page. */
import { describe, expect, it } from 'vitest';
import { accepts, complains, findingsOf } from './findings.js';

const kept = (flags: string, drop: string, more = ''): string => `struct box { struct device *dev; struct page **pages; int n; };
int box_take(struct box *b, unsigned long a)
{
	int ret = pin_user_pages_fast(a, b->n, ${flags}, b->pages);

	if (ret == b->n)
		return 0;
	if (ret > 0)
		unpin_user_pages(b->pages, ret);
	return -EFAULT;
}
void box_drop(struct box *b)
{
	${drop}
}
${more}`;

describe('dirty-lost', () => {
  const clean = 'unpin_user_pages(b->pages, b->n);';
  complains('dirty-lost', 'a clean drop of pages that were taken to write', kept('FOLL_WRITE', clean), `box_drop:${clean}`);
  const arms = (one: string, other: string): string =>
    kept('FOLL_WRITE', `\n#if LINUX_VERSION_CODE ${one} KERNEL_VERSION(5, 15, 0)\n	${clean}\n#else\n	${other}\n#endif`);
  const each = 'for (int i = 0; i < b->n; i++)\n		unpin_user_page(b->pages[i]);';
  complains('dirty-lost', 'the drop of kernels of today, of two', arms('>=', each), `box_drop:${clean}`);
  complains('dirty-lost', 'that of kernels of today, wherever it stands', arms('<', each), 'box_drop:unpin_user_page(b->pages[i]);');
  accepts('dirty-lost', 'pages that are only read', kept('0', clean));
  accepts('dirty-lost', 'a drop that marks', kept('FOLL_WRITE', 'unpin_user_pages_dirty_lock(b->pages, b->n, true);'));
  accepts('dirty-lost', 'a drop that marks by a flag', kept('FOLL_WRITE', 'unpin_user_pages_dirty_lock(b->pages, b->n, b->dev);'));
  accepts(
    'dirty-lost',
    'marks in a function that ends the transfer',
    kept(
      'FOLL_WRITE',
      clean,
      'void box_done(struct box *b)\n{\n	int i;\n	for (i = 0; i < b->n; i++)\n		set_page_dirty_lock(b->pages[i]);\n}',
    ),
  );
  const done = (mark: string): string =>
    kept('FOLL_WRITE', clean, `void box_done(struct box *b)\n{\n	int i;\n	for (i = 0; i < b->n; i++) {\n		${mark}\n	}\n}`);
  complains(
    'dirty-lost',
    'marks that leave out large pages',
    done('if (!PageCompound(b->pages[i]) && b->read)\n			set_page_dirty_lock(b->pages[i]);'),
    'box_done:set_page_dirty_lock(b->pages[i]);',
  );
  accepts(
    'dirty-lost',
    'marks that leave out pages of the kernel',
    done('if (!PageReserved(b->pages[i]))\n			set_page_dirty_lock(b->pages[i]);'),
  );
  accepts(
    'dirty-lost',
    'marks that tell large pages apart',
    done(
      'if (!PageCompound(b->pages[i]))\n			set_page_dirty_lock(b->pages[i]);\n		else\n			set_page_dirty_lock(compound_head(b->pages[i]));',
    ),
  );
  accepts(
    'dirty-lost',
    'pages that a device only reads',
    kept('FOLL_WRITE', clean, 'int box_map(struct box *b)\n{\n	return dma_map_page(b->dev, b->pages[0], 0, 64, DMA_TO_DEVICE);\n}'),
  );
  accepts(
    'dirty-lost',
    'pages that a device only reads, in the words of a PCI driver to 5.17',
    kept('FOLL_WRITE', clean, 'int box_map(struct box *b)\n{\n	return pci_map_page(b->pdev, b->pages[0], 0, 64, PCI_DMA_TODEVICE);\n}'),
  );
  complains(
    'dirty-lost',
    'pages that a device writes to, in those words',
    kept('FOLL_WRITE', clean, 'int box_map(struct box *b)\n{\n	return pci_map_page(b->pdev, b->pages[0], 0, 64, PCI_DMA_FROMDEVICE);\n}'),
    `box_drop:${clean}`,
  );
  const old = (write: string, passed: string): string => `struct box { struct page *pages[16]; int n; };
static int box_take(struct box *b, unsigned long a, int way)
{
	int ret;

	ret = get_user_pages(current, current->mm, a, 16, ${write}, 0, b->pages, NULL);
	if (ret < 16)
		return -EFAULT;
	return 0;
}
int box_read(struct box *b, unsigned long a)
{
	return box_take(b, a, ${passed});
}
void box_drop(struct box *b)
{
	int i;

	for (i = 0; i < 16; i++)
		put_page(b->pages[i]);
}
`;
  complains('dirty-lost', 'a write flag of old kernels that a caller passes', old('way', '1'), 'box_drop:put_page(b->pages[i]);');
  complains('dirty-lost', 'one that is a direction', old('way == READ', 'READ'), 'box_drop:put_page(b->pages[i]);');
  accepts('dirty-lost', 'one that no caller sets', old('way', '0'));
  const local = (work: string): string => `int f(unsigned long a, void *from)
{
	struct page *page;
	void *p;
	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	p = kmap_local_page(page);
	${work}
	kunmap_local(p);
	unpin_user_page(page);
	return 0;
}`;
  complains('dirty-lost', 'a page that the function fills itself', local('memcpy(p, from, 64);'), 'f:unpin_user_page(page);');
  accepts('dirty-lost', 'a page that the function reads', local('memcpy(from, p, 64);'));
  accepts(
    'dirty-lost',
    'a drop before the write, though a round before wrote to its own page',
    `int f(unsigned long a, void **slots, int n)
{
	struct page *page;
	int i;
	for (i = 0; i < n; i++) {
		if (pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
			return -EFAULT;
		if (PageHighMem(page)) {
			unpin_user_page(page);
			return -EOPNOTSUPP;
		}
		memset(page_address(page), 0, 64);
		slots[i] = page_address(page);
	}
	return 0;
}`,
  );
  complains(
    'dirty-lost',
    'the drop at the end, and not that of a function which gives up what it has just taken',
    `struct box { struct scatterlist *sg; struct page **upages; };
static void box_revert(struct scatterlist *at, int n)
{
	while (n--) {
		put_page(sg_page(at));
		at = sg_next(at);
	}
}
static int box_map(struct box *b, struct scatterlist *sg, unsigned long a, int n)
{
	int i, ret = get_user_pages_fast(a, n, FOLL_WRITE, b->upages);
	if (ret <= 0)
		return -EFAULT;
	for (i = 0; i < ret; i++)
		sg_set_page(&sg[i], b->upages[i], 4096, 0);
	if (ret != n) {
		box_revert(sg, ret);
		return -EINVAL;
	}
	return 0;
}
int box_start(struct box *b, unsigned long a, int n)
{
	return box_map(b, b->sg, a, n);
}
void box_end(struct box *b, int n)
{
	while (n--)
		put_page(sg_page(&b->sg[n])); /* end */
}`,
    'box_end:put_page(sg_page(&b->sg[n])); /* end */',
  );
  complains(
    'dirty-lost',
    'a clean drop beside marks of other pages',
    kept('FOLL_WRITE', clean, 'void note_other(struct page *page)\n{\n	set_page_dirty_lock(page);\n}'),
    `box_drop:${clean}`,
  );
  accepts(
    'dirty-lost',
    'pages on which the request has references of its own',
    kept('FOLL_WRITE', clean, 'void box_queue(struct box *b, struct request *r)\n{\n	get_page(b->pages[0]);\n	r->page = b->pages[0];\n}'),
  );
  complains(
    'dirty-lost',
    'a page that a device reaches by its frame number',
    `int f(struct bridge *to, unsigned long a)
{
	struct page *page;
	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	send(to, page_to_phys(page));
	unpin_user_page(page);
	return 0;
}
int send(struct bridge *to, unsigned long at)
{
	return tell(to, at);
}`,
    'f:unpin_user_page(page);',
  );
  complains(
    'dirty-lost',
    'shared memory that is mapped for a device',
    `struct box { struct device *dev; struct folio *folios[4]; struct sg_table table; struct page *page; };
int box_take(struct box *b, struct file *f)
{
	unsigned long at;
	return memfd_pin_folios(f, 0, 100, b->folios, 4, &at);
}
int box_map(struct box *b, enum dma_data_direction way)
{
	return dma_map_page(b->dev, folio_page(b->folios[0], 0), 0, 64, way);
}
void box_drop(struct box *b)
{
	unpin_folios(b->folios, 4);
}`,
    'box_drop:unpin_folios(b->folios, 4);',
  );
});

describe('dirty-lost, where a helper marks by a flag', () => {
  const helped = (body: string, flag: string): string => `struct box { struct page **pages; int n; bool write; };
static void put_all(struct page **pages, int n, bool dirty)
{
	int i;
	${body}
}
int box_take(struct box *b, unsigned long a)
{
	int ret = pin_user_pages_fast(a, b->n, FOLL_WRITE, b->pages);

	if (ret == b->n)
		return 0;
	if (ret > 0)
		put_all(b->pages, ret, false);
	return -EFAULT;
}
void box_drop(struct box *b)
{
	put_all(b->pages, b->n, ${flag});
}
`;
  const bulk = 'unpin_user_pages_dirty_lock(pages, n, dirty);';
  const each = (test: string): string =>
    `for (i = 0; i < n; i++) {\n\t\tif (${test})\n\t\t\tset_page_dirty_lock(pages[i]);\n\t\tunpin_user_page(pages[i]);\n\t}`;
  complains('dirty-lost', 'one that is never set', helped(bulk, 'false'), `put_all:${bulk}`);
  complains('dirty-lost', 'one that is never set, page by page', helped(each('dirty'), '0'), 'put_all:unpin_user_page(pages[i]);');
  for (const flag of ['true', 'b->write']) {
    accepts('dirty-lost', `one that is ${flag}`, helped(bulk, flag));
    accepts('dirty-lost', `one that is ${flag}, page by page`, helped(each('dirty'), flag));
  }
  accepts('dirty-lost', 'one that says the opposite', helped(each('!dirty'), 'false'));
  const others = '\nvoid put_written(struct box *b)\n{\n\tput_all(kept_elsewhere(b), b->n, true);\n}\n';
  accepts('dirty-lost', 'one that is set for other pages', helped(bulk, 'false') + others);
  accepts('dirty-lost', 'one that is set for other pages, page by page', helped(each('dirty'), '0') + others);
});

describe('dirty-lost, where callers of one function share it', () => {
  const wrapper = (flags: string): string => `static struct page *take(unsigned long a, int flags)
{
	struct page *page;
	if (pin_user_pages_fast(a, 1, ${flags}, &page) != 1)
		return NULL;
	return page;
}
static void drop(struct page *page)
{
	unpin_user_page(page);
}
`;
  const caller = (name: string, flags: string, more: string): string => `int ${name}(struct bridge *to, unsigned long a)
{
	struct page *page = take(a, ${flags});
	if (!page)
		return -EFAULT;
	tell(to, page_to_pfn(page));
	${more}
	drop(page); /* ${name} */
	return 0;
}
`;
  const marks = caller('marks', 'FOLL_WRITE', 'set_page_dirty_lock(page);');
  const both = (flags: string): string => wrapper(flags) + marks;
  complains('dirty-lost', 'one caller that does not mark', both('flags') + caller('f', 'FOLL_WRITE', ''), 'f:drop(page); /* f */');
  accepts('dirty-lost', 'one caller that does not write', both('flags') + caller('f', '0', ''));
  accepts('dirty-lost', 'one caller that says so', both('flags ? FOLL_WRITE : 0') + caller('f', 'false', ''));
  complains('dirty-lost', 'callers of whom none marks', wrapper('flags') + caller('f', 'FOLL_WRITE', ''), 'drop:unpin_user_page(page);');
});

describe('dirty-lost, of a helper for both directions', () => {
  const both = (
    write: string,
  ): string => `static int take(struct device *dev, unsigned long a, int n, int write, struct page **pages, struct scatterlist *sg)
{
	int i, got = pin_user_pages_fast(a, n, write ? FOLL_WRITE : 0, pages);

	for (i = 0; i < got; i++)
		sg_set_page(&sg[i], pages[i], PAGE_SIZE, 0);
	dma_map_sg(dev, sg, got, write ? DMA_FROM_DEVICE : DMA_TO_DEVICE);
	return got;
}
int f(struct device *dev, unsigned long a, struct page **pages, struct scatterlist *sg)
{
	int got = take(dev, a, 8, ${write}, pages, sg);

	if (got <= 0)
		return -EFAULT;
	run_card(dev);
	unpin_user_pages(pages, got);
	return 0;
}
`;
  complains('dirty-lost', 'what comes from the device', both('1'), 'f:unpin_user_pages(pages, got);');
  accepts('dirty-lost', 'what goes there', both('0'));
});

const forTwoKernels = (pinned: string, got: string) => `struct buf { struct page **pages; int n; };
int take(struct buf *b, unsigned long a, int n)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
	b->n = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, b->pages);
#else
	b->n = get_user_pages_fast(a, n, 1, b->pages);
#endif
	return b->n == n ? 0 : -EFAULT;
}
void drop(struct buf *b)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
	${pinned}
#else
	int i;

	for (i = 0; i < b->n; i++) {
		${got}
		put_page(b->pages[i]);
	}
#endif
}
`;
describe('dirty-lost, where each kernel has its own drop', () => {
  const marks = 'set_page_dirty_lock(b->pages[i]);';
  const clean = 'unpin_user_pages(b->pages, b->n);';
  complains('dirty-lost', 'the one that does not mark', forTwoKernels(clean, marks), 'drop:unpin_user_pages(b->pages, b->n);');
  complains('dirty-lost', 'both', forTwoKernels(clean, ''), 'drop:unpin_user_pages(b->pages, b->n);', 'drop:put_page(b->pages[i]);');
  accepts('dirty-lost', 'none', forTwoKernels('unpin_user_pages_dirty_lock(b->pages, b->n, true);', marks));
});

describe('dirty-lost, of iterators', () => {
  const queue = (more: string): string => `struct queue { struct page *pages[4]; };
static int queue_take(struct queue *q, struct iov_iter *iter)
{
	size_t at;
	return iov_iter_get_pages2(iter, q->pages, 16384, 4, &at);
}
void queue_drop(struct queue *q)
{
	put_page(q->pages[0]);
}
${more}`;
  const drop = 'queue_drop:put_page(q->pages[0]);';
  const made = (maker: string, direction: string): string => `int queue_start(struct queue *q, void __user *buf, int rw)
{
	struct iov_iter iter, *it = &iter;
	${maker}(${direction});
	return queue_take(q, it);
}`;
  complains('dirty-lost', 'an iterator that is made to be filled', queue(made('iov_iter_ubuf', '&iter, ITER_DEST, buf, 16384')), drop);
  accepts('dirty-lost', 'an iterator that is read from', queue(made('iov_iter_ubuf', '&iter, ITER_SOURCE, buf, 16384')));
  complains('dirty-lost', 'one that may be either', queue(made('import_ubuf', 'rw ? WRITE : READ, buf, 16384, &iter')), drop);
  accepts('dirty-lost', 'one of which nothing is seen', queue(''));
  const operation = (field: string): string =>
    `static ssize_t queue_move(struct kiocb *iocb, struct iov_iter *to)
{
	return queue_take(iocb->ki_filp->private_data, to);
}
static const struct file_operations fops = { .${field} = queue_move };`;
  complains('dirty-lost', 'the iterator of read_iter()', queue(operation('read_iter')), drop);
  accepts('dirty-lost', 'the iterator of write_iter()', queue(operation('write_iter')));
  const both = (test: string): string => `static ssize_t queue_read(struct kiocb *iocb, struct iov_iter *to)
{
	if (${test})
		return queue_take(iocb->ki_filp->private_data, to);
	return 0;
}
static const struct file_operations fops = { .read_iter = queue_read };`;
  accepts('dirty-lost', 'an iterator that is tested to be read from', queue(both('iov_iter_rw(to) == WRITE')));
  const sorted = (api: string, test: string, later: string): string => `struct ride { struct page *pages[16]; ssize_t bytes; bool mark; };
static int ride_read(struct ride *r, struct iov_iter *to)
{
	size_t at;

	r->mark = ${test};
	r->bytes = ${api}(to, r->pages, 65536, 16, ${api.endsWith('extract_pages') ? '0, ' : ''}&at);
	return r->bytes < 0 ? r->bytes : 0;
}
static void ride_done(struct ride *r, int n)
{
	int i;

	${later}
}
`;
  const marked = 'for (i = 0; i < n; i++) {\n\t\tif (r->mark)\n\t\t\tset_page_dirty_lock(r->pages[i]);\n\t\tput_page(r->pages[i]);\n\t}';
  const ofVector = 'ride_read:r->mark = iter_is_iovec(to);';
  complains('dirty-lost', 'marks of a vector alone', sorted('iov_iter_get_pages2', 'iter_is_iovec(to)', marked), ofVector);
  complains(
    'dirty-lost',
    'a drop that marks those of a vector alone',
    sorted('iov_iter_get_pages2', 'iter_is_iovec(to)', 'unpin_user_pages_dirty_lock(r->pages, n, r->mark);'),
    ofVector,
  );
  accepts('dirty-lost', 'marks of every iterator of a user', sorted('iov_iter_get_pages2', 'user_backed_iter(to)', marked));
  accepts(
    'dirty-lost',
    'marks of a vector and of one buffer',
    sorted('iov_iter_get_pages2', 'iter_is_iovec(to) || iter_is_ubuf(to)', marked),
  );
  accepts('dirty-lost', 'marks of a vector, to 5.19', sorted('iov_iter_get_pages', 'iter_is_iovec(to)', marked));
  complains(
    'dirty-lost',
    'marks of a vector in a kernel that knows another sort',
    {
      'include/linux/uio.h': 'static inline bool user_backed_iter(const struct iov_iter *i);\n',
      'fs/ride.c': sorted('iov_iter_get_pages', 'iter_is_iovec(to)', marked),
    },
    ofVector,
  );
  complains(
    'dirty-lost',
    'marks under the test itself',
    `static int ride_fill(struct iov_iter *to, struct page **pages, int n)
{
	size_t at;
	ssize_t got = iov_iter_get_pages2(to, pages, 65536, n, &at);
	int i;

	if (got < 0)
		return got;
	for (i = 0; i < DIV_ROUND_UP(got + at, PAGE_SIZE); i++) {
		if (iter_is_iovec(to))
			set_page_dirty_lock(pages[i]);
		put_page(pages[i]);
	}
	return 0;
}
`,
    'ride_fill:set_page_dirty_lock(pages[i]);',
  );
  const message = `static int queue_recv(struct socket *sock, struct msghdr *m, size_t n, int flags)
{
	struct iov_iter *to = &m->msg_iter;
	return sock->ops->fill(sock, to);
}
static int queue_fill(struct socket *sock, struct iov_iter *to)
{
	return queue_take(sock->q, to);
}
static const struct proto_ops ops = { .recvmsg = queue_recv, .fill = queue_fill };`;
  complains('dirty-lost', "a message's iterator, by a call through a pointer", queue(message), drop);
  const field = (from: string): string => `struct job { struct iov_iter iter; struct queue *q; };
static int job_start(struct job *j, struct iov_iter *iter)
{
	j->iter = *iter;
	return 0;
}
static int job_run(struct work_struct *w)
{
	struct job *j = container_of(w, struct job, work);
	return queue_take(j->q, &j->iter);
}
static ssize_t job_move(struct kiocb *iocb, struct iov_iter *iter)
{
	return job_start(iocb->private, iter);
}
static const struct file_operations fops = { .${from} = job_move };`;
  complains('dirty-lost', 'an iterator that was kept', queue(field('read_iter')), drop);
  accepts('dirty-lost', 'a kept iterator that is read from', queue(field('write_iter')));
});

const marked = (before: string, mark: string, after: string): string => `int f(unsigned long a)
{
	struct page *page;
	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	${before}
	${mark}(page);
	${after}
	unpin_user_page(page);
	return 0;
}`;

describe('dirty-unlocked', () => {
  complains('dirty-unlocked', 'set_page_dirty()', marked('', 'set_page_dirty', ''), 'f:set_page_dirty(page);');
  complains('dirty-unlocked', 'SetPageDirty()', marked('', 'SetPageDirty', ''), 'f:SetPageDirty(page);');
  accepts('dirty-unlocked', 'a mark under the lock', marked('lock_page(page);', 'set_page_dirty', 'unlock_page(page);'));
  const queued = (mark: string): string => `struct req { struct page *page; struct list_head list; };
static void attach(struct req *r, struct page *page)
{
	r->page = page;
	get_page(page);
}
int f(struct req *r, unsigned long a)
{
	struct page *page;
	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	attach(r, page);
	put_page(page);
	return 0;
}
void done(struct req *r)
{
	struct page *page = r->page;
	${mark}(page);
	put_page(page);
}`;
  complains('dirty-unlocked', "a page of a request's own reference", queued('set_page_dirty'), 'done:set_page_dirty(page);');
  accepts('dirty-unlocked', 'the locked mark of such a page', queued('set_page_dirty_lock'));
  accepts('dirty-unlocked', 'set_page_dirty_lock()', marked('', 'set_page_dirty_lock', ''));
  const told = (flag: string): string => `static void end(struct page *page, int dirty)
{
	if (dirty)
		SetPageDirty(page);
	put_page(page);
}
int f(unsigned long a)
{
	struct page *page;
	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	end(page, ${flag});
	return 0;
}`;
  complains('dirty-unlocked', 'a mark that a caller asks for', told('1'), 'end:SetPageDirty(page);');
  accepts('dirty-unlocked', 'a mark that nobody asks for', told('0'));
});

const used = (
  api: string,
  drop: string,
  use: string,
): string => `struct board { void *shared; int value; void *buf; struct iommu_domain *domain; };
int f(struct board *dev, unsigned long a, struct scatterlist *sg)
{
	struct page *page;
	void *p;
	if (${api}(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	${use}
	${drop}(page);
	return 0;
}`;

describe('needs-pin', () => {
  const site = 'f:if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)';
  const get = (use: string): string => used('get_user_pages_fast', 'put_page', use);
  complains('needs-pin', 'DMA to the page', get('dma_map_page(dev, page, 0, 64, DMA_TO_DEVICE);'), site);
  complains('needs-pin', 'DMA through a scatterlist', get('sg_set_page(sg, page, 64, 0);\n	dma_map_sg(dev, sg, 1, DMA_TO_DEVICE);'), site);
  accepts(
    'needs-pin',
    'a call that only kernels without pins are given',
    `int f(struct device *dev, unsigned long a)
{
	struct page *page;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
#else
	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
#endif
	dma_map_page(dev, page, 0, 64, DMA_TO_DEVICE);
	my_put(page);
	return 0;
}`,
  );
  const early = 'get_user_pages(current, current->mm, a, 1, 1, 0, &page, NULL)';
  accepts(
    'needs-pin',
    'a call as only kernels without pins spell it',
    get('dma_map_page(dev, page, 0, 64, DMA_TO_DEVICE);').replace('get_user_pages_fast(a, 1, FOLL_WRITE, &page)', early),
  );
  const inKernel = (declared: string): Record<string, string> => ({
    'include/linux/mm.h': `long get_user_pages_fast(unsigned long start, int n, unsigned int flags, struct page **pages);\n${declared}`,
    'drivers/a.c': get('dma_map_page(dev, page, 0, 64, DMA_TO_DEVICE);'),
  });
  accepts('needs-pin', 'a kernel that has no pins', inKernel(''));
  it('needs-pin in a kernel that has pins', async () => {
    const pins = 'long pin_user_pages(unsigned long start, unsigned long n, unsigned int flags, struct page **pages);\n';
    expect(await findingsOf(inKernel(pins), 'needs-pin')).toHaveLength(1);
  });
  complains('needs-pin', 'a mapping by its frame', get('iommu_map(dev->domain, 0, page_to_phys(page), 64, 0);'), site);
  complains('needs-pin', 'a write by the processor', get('p = kmap(page);\n	memset(p, 0, 64);\n	kunmap(page);'), site);
  complains('needs-pin', 'a store', get('p = kmap(page);\n	*(int *)p = 1;\n	kunmap(page);'), site);
  complains('needs-pin', 'an address that is kept to be written to', get('dev->shared = kmap(page);'), site);
  const setBy = (argument: string): string => `static void zero(unsigned long *at)
{
	*at = 0;
}
int g(unsigned long a)
{
	struct page *page;
	unsigned long at;

	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	at = (unsigned long)page_address(page);
	zero(${argument});
	put_page(page);
	return 0;
}`;
  complains('needs-pin', 'a store by a helper', setBy('(unsigned long *)at'), site.replace('f:', 'g:'));
  accepts('needs-pin', 'a store to the variable that has the address', setBy('&at'));
  complains('needs-pin', 'tags that are set', get('p = page_address(page);\n	mte_copy_tags_from_user(p, dev->tags, 256);'), site);
  accepts('needs-pin', 'tags that are read', get('p = page_address(page);\n	mte_copy_tags_to_user(dev->tags, p, 256);'));
  accepts('needs-pin', 'a load', get('p = kmap(page);\n	dev->value = *(int *)p;\n	kunmap(page);'));
  accepts('needs-pin', 'a page of which only the struct page matters', get('note(page_to_nid(page));'));
  accepts('needs-pin', 'a page that the processor reads', get('p = kmap(page);\n	memcpy(dev->buf, p, 64);\n	kunmap(page);'));
  complains(
    'needs-pin',
    'a frame number that is kept for somebody else',
    `struct request { u64 target; };
int f(struct request *r, unsigned long a)
{
	struct page *page;
	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	r->target = page_to_phys(page);
	run(r);
	put_page(page);
	return 0;
}`,
    site,
  );
  const iterator = (direction: string): string => `int f(struct job *j, void __user *buf)
{
	struct page *pages[4];
	struct iov_iter iter;
	size_t at;
	iov_iter_ubuf(&iter, ${direction}, buf, 16384);
	if (iov_iter_get_pages2(&iter, pages, 16384, 4, &at) < 0)
		return -EFAULT;
	run(j, pages);
	put_page(pages[0]);
	return 0;
}`;
  const call = 'f:if (iov_iter_get_pages2(&iter, pages, 16384, 4, &at) < 0)';
  complains('needs-pin', 'an iterator that is filled', iterator('ITER_DEST'), call);
  accepts('needs-pin', 'an iterator that is read from', iterator('ITER_SOURCE'));
  const clearing = (name: string): string => `void ${name}(struct page *page, unsigned int order)
{
	memset(page_address(page), 0, 4096);
	put_page(page);
}
`;
  const retire = (how: string): Record<string, string> => ({
    'drivers/a.c': `int f(unsigned long a)
{
	struct page *page;
	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	if (is_worn(page))
		retire(page);
	put_page(page);
	return 0;
}
static void retire(struct page *page)
{
	${how}(page, 0);
}`,
    'drivers/b.c': clearing('blank'),
    'mm/b.c': clearing('free_frozen_pages'),
  });
  const worn = 'f:if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)';
  complains('needs-pin', 'a page that a helper clears', retire('blank'), worn);
  accepts('needs-pin', 'a page that the allocator clears, as it gets it back', retire('free_frozen_pages'));
  const found = (drop: string): string => `struct pool { struct page **pages; };
int pool_find(struct pool *p, unsigned long a, int i)
{
	return get_user_pages_fast(a, 1, FOLL_WRITE, &p->pages[i]) == 1 ? 0 : -EFAULT;
}
void pool_write(struct pool *p, int i, void *from)
{
	memcpy(page_address(p->pages[i]), from, 64);
}
void pool_free(struct pool *p, int i)
{
	${drop}(p->pages[i]);
}`;
  const lookup = 'pool_find:return get_user_pages_fast(a, 1, FOLL_WRITE, &p->pages[i]) == 1 ? 0 : -EFAULT;';
  complains('needs-pin', 'a page that is the user’s', found('put_page'), lookup);
  accepts('needs-pin', 'a page of the driver’s own that it has mapped to the user', found('__free_page'));
  accepts('needs-pin', 'a pin', used('pin_user_pages_fast', 'unpin_user_page', 'dma_map_page(dev, page, 0, 64, DMA_TO_DEVICE);'));
});

describe('needs-longterm', () => {
  const site = 'box_take:int ret = pin_user_pages_fast(a, b->n, FOLL_WRITE, b->pages);';
  const ioctl = (body: string): string => `long box_ioctl(struct box *b, unsigned int cmd, unsigned long a)\n{\n${body}\n}`;
  const clean = 'unpin_user_pages(b->pages, b->n);';
  complains(
    'needs-longterm',
    'pins that another command drops',
    kept('FOLL_WRITE', clean, ioctl('	if (cmd == 1)\n		return box_take(b, a);\n	box_drop(b);\n	return 0;')),
    site,
  );
  accepts(
    'needs-longterm',
    'pins of one command',
    kept('FOLL_WRITE', clean, ioctl('	box_take(b, a);\n	run(b);\n	box_drop(b);\n	return 0;')),
  );
  accepts(
    'needs-longterm',
    'pins of one command that the failure of taking them drops, too',
    `struct xfer { struct page **pages; int n; };
static void xfer_end(struct xfer *x)
{
	unpin_user_pages(x->pages, x->n);
}
static int xfer_begin(struct xfer *x, unsigned long a)
{
	int ret = pin_user_pages_fast(a, 8, 0, x->pages);

	x->n = ret > 0 ? ret : 0;
	if (x->n == 8)
		return 0;
	xfer_end(x);
	return -EFAULT;
}
long xfer_write(struct file *f, const char *buf, size_t len, loff_t *pos)
{
	struct xfer x = { .pages = f->private_data };
	int ret = xfer_begin(&x, (unsigned long)buf);

	if (ret)
		return ret;
	ret = run(&x);
	xfer_end(&x);
	return ret;
}`,
  );
  const plain = (use: string): string =>
    kept('FOLL_WRITE', 'put_page(b->pages[0]);', ioctl('	if (cmd == 1)\n		return box_take(b, a);\n	box_drop(b);\n	return 0;') + use)
      .replace('pin_user_pages_fast', 'get_user_pages_fast')
      .replace('unpin_user_pages(b->pages, ret)', 'release_pages(b->pages, ret)');
  const mapped = '\nint box_map(struct box *b)\n{\n	return dma_map_page(b->dev, b->pages[0], 0, 64, DMA_FROM_DEVICE);\n}';
  complains('needs-longterm', 'plain references to what a device reaches', plain(mapped), site.replace('pin_', 'get_'));
  accepts('needs-longterm', 'a kernel that has no such flag', { 'include/linux/mm.h': '#define FOLL_WRITE 0x01\n', 'a.c': plain(mapped) });
  complains(
    'needs-longterm',
    'a kernel that has it',
    { 'a.c': plain(mapped), 'include/linux/mm.h': '#define FOLL_WRITE 0x01\n#define FOLL_LONGTERM 0x10000\n' },
    site.replace('pin_', 'get_'),
  );
  accepts('needs-longterm', 'plain references to pages of which only the struct page matters', plain(''));
  complains(
    'needs-longterm',
    'pins by frame numbers in a table',
    `static int take(unsigned long a, unsigned long *frame)
{
	struct page *page;
	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	*frame = page_to_pfn(page);
	return 0;
}
static void drop(unsigned long frame)
{
	unpin_user_page(pfn_to_page(frame));
}
static int map(struct table *t, unsigned long a)
{
	unsigned long frame;
	int ret = take(a, &frame);
	if (ret)
		return ret;
	ret = table_exchange(t, &frame);
	if (ret)
		drop(frame);
	return ret;
}
long table_ioctl(struct table *t, unsigned int cmd, unsigned long a)
{
	unsigned long frame = 0;
	if (cmd == 1)
		return map(t, a);
	table_exchange(t, &frame);
	drop(frame);
	return 0;
}`,
    'take:if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)',
  );
  accepts(
    'needs-longterm',
    'pins in a bio, which ends with the transfer',
    `static void done(struct bio *bio)
{
	bio_release_pages(bio, true);
	bio_put(bio);
}
int f(struct bio *bio, unsigned long a)
{
	struct page *page;
	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	bio_set_flag(bio, BIO_PAGE_PINNED);
	bio_add_page(bio, page, 4096, 0);
	bio->bi_end_io = done;
	submit_bio(bio);
	return 0;
}`,
  );
  accepts('needs-longterm', 'the flag', kept('FOLL_WRITE | FOLL_LONGTERM', clean));
});

describe('mixed-release', () => {
  const tail = (how: string): string => `int f(unsigned long a, int n)
{
	struct page *pages[17];
	if (pin_user_pages_fast(a, n, 0, pages) != n)
		return -EFAULT;
	pages[n] = ${how};
	unpin_user_pages(pages, n + 1);
	return 0;
}`;
  complains('mixed-release', 'a page from the allocator', tail('alloc_page(GFP_KERNEL)'), 'f:unpin_user_pages(pages, n + 1);');
  accepts('mixed-release', 'the page of zeros, which unpinning lets through', tail('ZERO_PAGE(0)'));
  complains(
    'mixed-release',
    'two sites that take in two ways',
    `int f(unsigned long a, int n, int write)
{
	struct page *page;
	int ret;
	if (write)
		ret = pin_user_pages_fast(a, 1, FOLL_WRITE, &page);
	else
		ret = get_user_pages_fast(a, 1, 0, &page);
	if (ret != 1)
		return -EFAULT;
	put_page(page);
	return 0;
}`,
    'f:put_page(page);',
  );
});

const bothWays = (first: string) => `struct xfer { struct page **pages; int n; };
static int pin_one(struct xfer *x, unsigned long a, unsigned int flags)
{
	if (get_user_pages_fast(a, x->n, flags, x->pages) != x->n)
		return -EFAULT;
	return 0;
}
static int pin_all(struct xfer *x, unsigned long a, unsigned int flags)
{
	down(&lock);
	return pin_one(x, a, flags);
}
int send(struct xfer *x, unsigned long a)
{
	int i;

	if (pin_all(x, a, ${first}))
		return -EFAULT;
	push(x);
	for (i = 0; i < x->n; i++)
		put_page(x->pages[i]);
	return 0;
}
int receive(struct xfer *x, unsigned long a)
{
	int i;

	if (pin_all(x, a, FOLL_WRITE))
		return -EFAULT;
	pull(x);
	for (i = 0; i < x->n; i++)
		put_page(x->pages[i]);
	return 0;
}
`;
describe('dirty-lost, of pages that several functions take by one', () => {
  const received = 'receive:put_page(x->pages[i]);';
  complains('dirty-lost', 'one of which the device only reads', bothWays('0'), received);
  complains('dirty-lost', 'both to be written to', bothWays('FOLL_WRITE'), 'send:put_page(x->pages[i]);', received);
});

describe('a frame that may have no page to be seen', () => {
  const tags = (release: string): string => `int copy_tags(unsigned long a)
{
	struct page *got, *page;
	unsigned long pfn;

	if (get_user_pages_fast(a, 1, 0, &got) != 1)
		return -EFAULT;
	pfn = page_to_pfn(got);
	page = pfn_to_online_page(pfn);
	if (!page) {
		${release}
		return -EFAULT;
	}
	read_tags(page_address(page));
	put_page(page);
	return 0;
}
`;
  complains('leak-on-path', 'the way on which it has none', tags(''), 'copy_tags:page = pfn_to_online_page(pfn);');
  accepts('leak-on-path', 'one that drops by the frame', tags('put_page(pfn_to_page(pfn));'));
});

/** A buffer that a device writes to, dropped as it fails to be mapped, and perhaps at its end. */
const buffer = (end: string): string => `struct buf { struct page **pages; int n; struct sg_table sgt; };
int buf_map(struct device *dev, struct buf *b, unsigned long a)
{
	int got = pin_user_pages_fast(a, b->n, FOLL_WRITE | FOLL_LONGTERM, b->pages);

	if (got != b->n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		return -EFAULT;
	}
	if (sg_alloc_table_from_pages(&b->sgt, b->pages, b->n, 0, b->n << PAGE_SHIFT, GFP_KERNEL) ||
	    dma_map_sgtable(dev, &b->sgt, DMA_FROM_DEVICE, 0)) {
		unpin_user_pages(b->pages, b->n);
		return -EIO;
	}
	return 0;
}
void buf_end(struct device *dev, struct buf *b)
{
	dma_unmap_sgtable(dev, &b->sgt, DMA_FROM_DEVICE, 0);
	${end}
	kfree(b->pages);
	kfree(b);
}
`;

describe('pages that are dropped where they could not be kept', () => {
  complains(
    'dirty-lost',
    'the end of those that could',
    buffer('unpin_user_pages(b->pages, b->n);'),
    'buf_end:unpin_user_pages(b->pages, b->n);',
  );
  accepts('dirty-lost', 'an end that forgets to drop them', buffer(''));
  complains('never-released', 'that', buffer(''), 'buf_map:dma_map_sgtable(dev, &b->sgt, DMA_FROM_DEVICE, 0)) {');
});

const mapped = (use: string) => `int map(unsigned long start, long n, void **addr, struct page **pages)
{
	long ret;

	*addr = NULL;
	ret = get_user_pages_fast(start, n, 0, pages);
	if (ret != n)
		goto fail;
	*addr = vmap(pages, n, VM_MAP, PAGE_KERNEL);
	if (*addr)
		return 0;
fail:
	while (ret-- > 0)
		put_page(pages[ret]);
	return -EINVAL;
}
int use(unsigned long start, char *to)
{
	struct page *pages[4];
	void *addr;
	int i;

	if (map(start, 4, &addr, pages))
		return -EINVAL;
	${use}
	vunmap(addr);
	for (i = 0; i < 4; i++)
		put_page(pages[i]);
	return 0;
}
`;
describe('a helper that hands out the address at which it has mapped the pages', () => {
  accepts('needs-pin', 'pages that are read there', mapped('memcpy(to, addr, 4 * PAGE_SIZE);'));
  complains(
    'needs-pin',
    'pages that are written to there',
    mapped('memset(addr, 0, 4 * PAGE_SIZE);'),
    'map:ret = get_user_pages_fast(start, n, 0, pages);',
  );
});

const flagged = (put: string, end: string, other = '') => `struct reg { int nr; bool written; struct page *pages[16]; };
int reg_pin(struct reg *r, unsigned long a)
{
	int got = pin_user_pages_fast(a, 16, FOLL_WRITE | FOLL_LONGTERM, r->pages);

	if (got < 0)
		return got;
	r->nr = got;
	return 0;
}
static void reg_put(struct reg *r, bool dirty)
{
	${put}
}
void reg_end(struct reg *r)
{
	bool never = false;

	${end}
}
${other}`;

describe('dirty-lost, where a helper finds the pages and marks by a flag', () => {
  const one = 'unpin_user_pages_dirty_lock(r->pages, r->nr, dirty);';
  const two = 'if (dirty)\n\t\tunpin_user_pages_dirty_lock(r->pages, r->nr, true);\n\telse\n\t\tunpin_user_pages(r->pages, r->nr);';
  complains('dirty-lost', 'that is false at its call', flagged(one, 'reg_put(r, false);'), `reg_put:${one}`);
  complains('dirty-lost', 'that is false, in arms', flagged(two, 'reg_put(r, false);'), 'reg_put:unpin_user_pages(r->pages, r->nr);');
  for (const put of [one, two]) accepts('dirty-lost', 'that is true at its call', flagged(put, 'reg_put(r, true);'));
  const own = 'unpin_user_pages_dirty_lock(r->pages, r->nr, never);';
  complains('dirty-lost', 'or by a variable that is never true', flagged('', own), `reg_end:${own}`);
  accepts('dirty-lost', 'or by a variable that may be true', flagged('', `if (r->nr > 1)\n\t\tnever = true;\n\t${own}`));
});

/** A helper between: it drops by `reg_put()`, and its callers are `other`. */
const through = (put: string, body: string, ...calls: readonly string[]): string =>
  flagged(
    put,
    '',
    `static void reg_drop(struct reg *r, bool is_read)
{
	${body}
}
${calls.map((call, i) => `void reg_close${i}(struct reg *r)\n{\n\tbool never = false;\n\n\t${call}\n}\n`).join('')}`,
  );

describe('dirty-lost, where a flag goes through two helpers', () => {
  const one = 'unpin_user_pages_dirty_lock(r->pages, r->nr, dirty);';
  const each =
    'int i;\n\n\tfor (i = 0; i < r->nr; i++) {\n\t\tif (dirty)\n\t\t\tset_page_dirty_lock(r->pages[i]);\n\t\tunpin_user_page(r->pages[i]);\n\t}';
  const [drop, no] = ['reg_put(r, is_read);', 'reg_drop(r, false);'];
  const says = (name: string, put: string, body: string, ...calls: readonly string[]): void =>
    complains('dirty-lost', name, through(put, body, ...calls), `reg_put:${put === one ? one : 'unpin_user_page(r->pages[i]);'}`);
  says('and is false at every call', one, drop, no, 'reg_drop(r, 0);');
  says('and is false at every call, page by page', each, drop, no, 'reg_drop(r, 0);');
  says('and is a variable that is never true', one, drop, 'reg_drop(r, never);');
  says('and is the opposite of what is always true', one, 'reg_put(r, !is_read);', 'reg_drop(r, true);');
  says('of which one says no for itself', one, 'if (is_read)\n\t\treg_put(r, is_read);\n\telse\n\t\treg_put(r, false);', no);
  const silent = (name: string, body: string, ...calls: readonly string[]): void => {
    accepts('dirty-lost', name, through(one, body, ...calls));
    accepts('dirty-lost', `${name}, page by page`, through(each, body, ...calls));
  };
  silent('and is true at one call', drop, no, 'reg_drop(r, true);');
  silent('and is what the object says at one call', drop, no, 'reg_drop(r, r->nr > 1);');
  silent('and is set on the way', `is_read = true;\n\t${drop}`, no);
  silent('and is set on the way where there are several', `if (r->nr > 1)\n\t\tis_read = true;\n\t${drop}`, no);
  silent('and is the opposite of what is always false', 'reg_put(r, !is_read);', no);
  silent('and is given by callers that nobody knows', drop);
  silent('and is given by whoever has the address', drop, `${no}\n\tr->ops->end = reg_drop;`.replace('r->ops->end', 'ends[0]'));
});

describe('dirty-lost, where an object has the flag', () => {
  const [one, drop] = ['unpin_user_pages_dirty_lock(r->pages, r->nr, dirty);', 'reg_put(r, r->written);'];
  const set = (to: string): string => `void reg_start(struct reg *r, bool in)\n{\n\tr->written = ${to};\n}\n`;
  complains('dirty-lost', 'which is only ever set to false', flagged(one, drop, set('false')), `reg_put:${one}`);
  const here = 'unpin_user_pages_dirty_lock(r->pages, r->nr, r->written);';
  complains('dirty-lost', 'which is never set to true, in the function that drops', flagged('', here, set('0')), `reg_end:${here}`);
  const each =
    'int i;\n\n\tfor (i = 0; i < r->nr; i++) {\n\t\tif (r->written)\n\t\t\tset_page_dirty_lock(r->pages[i]);\n\t\tunpin_user_page(r->pages[i]);\n\t}';
  complains(
    'dirty-lost',
    'which is never set to true, page by page',
    flagged('', each, set('false')),
    'reg_end:unpin_user_page(r->pages[i]);',
  );
  for (const to of ['true', 'in', '!r->nr']) {
    accepts('dirty-lost', `which is set to ${to}`, flagged(one, drop, set(to)));
    accepts('dirty-lost', `which is set to ${to}, page by page`, flagged('', each, set(to)));
  }
  accepts(
    'dirty-lost',
    'of which the address is given away',
    flagged(one, drop, 'void reg_ask(struct reg *r)\n{\n\task(&r->written);\n}\n'),
  );
});

const either = (flags: string) => `struct up { struct page **vec; int cnt; unsigned int flags; };
static int up_get(struct up *u, unsigned long a, int n, unsigned int flags)
{
	int got;

	u->flags = flags;
	if (flags & 1)
		got = pin_user_pages_fast(a, n, FOLL_LONGTERM, u->vec);
	else
		got = get_user_pages_fast(a, n, 0, u->vec);
	u->cnt = max(got, 0);
	return got == n ? 0 : -EFAULT;
}
void up_put(struct up *u)
{
	if (u->flags & 1)
		unpin_user_pages(u->vec, u->cnt);
	else
		release_pages(u->vec, u->cnt);
}
int up_send(struct device *dev, struct scatterlist *sg, struct up *u, unsigned long a)
{
	int ret = up_get(u, a, 1, ${flags});

	if (ret)
		return ret;
	sg_set_page(sg, u->vec[0], PAGE_SIZE, 0);
	return dma_map_sg(dev, sg, 1, DMA_TO_DEVICE);
}
`;

describe('needs-pin, where the other arm pins', () => {
  accepts('needs-pin', 'and a device is given what it takes', either('1'));
});
