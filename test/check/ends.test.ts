/** Where the life of what holds the pages ends: lists that are emptied, bios that come back, containers that pages went into one by one. */
import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/index.js';
import { withTree } from '../survey/helper.js';
import { accepts, complains, pathsOf } from './findings.js';

const listed = (drop: string): string => `struct chunk { struct list_head list; struct page **pages; int n; };
struct owner { struct list_head chunks; };
static int chunk_add(struct owner *o, unsigned long a, int n)
{
	struct chunk *c = kzalloc(sizeof(*c), GFP_KERNEL);
	int got;

	c->pages = kcalloc(n, sizeof(*c->pages), GFP_KERNEL);
	got = get_user_pages_fast(a, n, 0, c->pages);
	if (got != n) {
		release_pages(c->pages, got);
		kfree(c->pages);
		kfree(c);
		return -EFAULT;
	}
	c->n = n;
	list_add(&c->list, &o->chunks);
	return 0;
}
static void chunk_done(struct owner *o, struct chunk *c)
{
	release_pages(c->pages, c->n);
	c->n = 0;
}
void owner_free(struct owner *o)
{
	struct chunk *c, *next;
	int i;

	list_for_each_entry_safe(c, next, &o->chunks, list) {
		list_del(&c->list);
		for (i = 0; i < c->n; i++)
			${drop};
		kfree(c->pages);
		kfree(c);
	}
}
`;

describe('a list that is emptied', () => {
  complains('leak-on-path', 'objects that are freed with their array, not the pages', listed(''), 'owner_free:kfree(c->pages);');
  accepts('leak-on-path', 'objects of which the pages are dropped', listed('put_page(c->pages[i])'));
});

const member = (drop: string): string => `struct pages { struct page *at[16]; int n; };
struct message { struct list_head list; struct pages body; };
int message_fill(struct message *m, unsigned long a)
{
	if (get_user_pages_fast(a, 16, 0, m->body.at) != 16)
		return -EFAULT;
	return 0;
}
void message_end(struct message *m)
{
	release_pages(m->body.at, 16);
}
void queue_purge(struct list_head *queue)
{
	struct message *m, *next;

	list_for_each_entry_safe(m, next, queue, list) {
		m->body.n = 0;
		${drop}
		kfree(m);
	}
}
`;

describe('pages in a member of what is listed', () => {
  complains('leak-on-path', 'objects that are freed with the pages in them', member(''), 'queue_purge:kfree(m);');
  accepts('leak-on-path', 'objects of which the pages are dropped', member('message_end(m);'));
});

const back = (drop: string): string => `struct dio { int dirty; };
int dio_start(struct dio *dio, struct iov_iter *iter, struct bio *bio)
{
	struct page *page;
	size_t offset;

	if (iov_iter_get_pages2(iter, &page, PAGE_SIZE, 1, &offset) <= 0)
		return -EFAULT;
	__bio_add_page(bio, page, PAGE_SIZE, offset);
	bio->bi_private = dio;
	bio->bi_end_io = dio_end;
	submit_bio(bio);
	return 0;
}
static void dio_end(struct bio *bio)
{
	struct dio *dio = bio->bi_private;

	if (dio->dirty) {
		bio_check_pages_dirty(bio);
	} else {
		${drop}
		bio_put(bio);
	}
}
`;

describe('a bio that comes back', () => {
  complains('leak-on-path', 'one that is given up with its pages', back(''), 'dio_end:if (dio->dirty) {');
  accepts('leak-on-path', 'one of which the pages are dropped', back('bio_release_pages(bio, false);'));
});

const named = (drop: string): string => `int bio_fill(struct bio *bio, struct iov_iter *iter)
{
	struct page *page;
	size_t offset;

	if (iov_iter_get_pages2(iter, &page, PAGE_SIZE, 1, &offset) <= 0)
		return -EFAULT;
	__bio_add_page(bio, page, PAGE_SIZE, offset);
	return 0;
}
void bio_check_pages_dirty(struct bio *bio)
{
	if (bio_is_clean(bio)) {
		${drop}
		bio_put(bio);
		return;
	}
	bio_defer(bio);
}
void bio_end(struct bio *bio)
{
	bio_release_pages(bio, false);
	bio_put(bio);
}
`;

describe('a function that by its name drops what a bio holds', () => {
  complains('leak-on-path', 'one that gives the bio up with its pages', named(''), 'bio_check_pages_dirty:if (bio_is_clean(bio)) {');
  accepts('leak-on-path', 'one that drops them', named('bio_release_pages(bio, false);'));
});

const waited = (drop: string): string => `int read_now(struct iov_iter *iter, struct block_device *bdev)
{
	struct bio_vec vec;
	struct page *page;
	struct bio bio;
	size_t offset;

	bio_init(&bio, bdev, &vec, 1, REQ_OP_READ);
	if (iov_iter_get_pages2(iter, &page, PAGE_SIZE, 1, &offset) <= 0)
		return -EFAULT;
	__bio_add_page(&bio, page, PAGE_SIZE, offset);
	submit_bio_wait(&bio);
	${drop}
	return 0;
}
`;

describe('a bio that is waited for', () => {
  complains(
    'leak-on-path',
    'one that goes with the function',
    waited(''),
    'read_now:if (iov_iter_get_pages2(iter, &page, PAGE_SIZE, 1, &offset) <= 0)',
  );
  accepts('leak-on-path', 'one of which the pages are dropped', waited('bio_release_pages(&bio, false);'));
});

const rest = (left: string, drop: string): string => `int write_now(struct iov_iter *iter, struct block_device *bdev, int n)
{
	struct page *pages[16];
	struct bio_vec vecs[16];
	struct bio bio;
	size_t offset;
	ssize_t left;
	int i;

	bio_init(&bio, bdev, vecs, 16, REQ_OP_WRITE);
	left = iov_iter_get_pages2(iter, pages, n * PAGE_SIZE, n, &offset);
	if (left <= 0)
		return -EFAULT;
	for (i = 0; left > 0; left -= PAGE_SIZE, i++) {
		if (bio_add_page(&bio, pages[i], PAGE_SIZE, 0) != PAGE_SIZE)
			break;
	}
	while (i < n)
		${left}
	submit_bio_wait(&bio);
	${drop}
	return 0;
}
`;

const put = 'put_page(pages[i++]);';

describe('pages that went into a bio one by one', () => {
  accepts('leak-on-path', 'those in the bio dropped, and the rest', rest(put, 'bio_release_pages(&bio, false);'));
  complains(
    'leak-on-path',
    'the rest dropped, and those in the bio not',
    rest(put, ''),
    'write_now:if (bio_add_page(&bio, pages[i], PAGE_SIZE, 0) != PAGE_SIZE)',
  );
});

const shared = (before: string, drop: string): string => `struct io { struct page **pages; int n; };
int io_direct(struct io *io, unsigned long a)
{
	if (get_user_pages_fast(a, io->n, 0, io->pages) != io->n)
		return -EFAULT;
	return 0;
}
void io_cached(struct io *io)
{
	int i;

	for (i = 0; i < io->n; i++) {
		${before}
		put_page(io->pages[i]);
	}
}
void io_done(struct io *io)
{
	${drop}
}
`;

describe('a field that pages of the page cache come to, too', () => {
  accepts('never-released', 'pages that somebody else drops', shared('SetPageUptodate(io->pages[i]);', 'release_pages(io->pages, io->n);'));
  accepts('never-released', 'pages that are dropped where nothing else is done', shared('', ''));
  complains(
    'never-released',
    'pages that only who writes pages back drops',
    shared('end_page_writeback(io->pages[i]);', ''),
    'io_direct:if (get_user_pages_fast(a, io->n, 0, io->pages) != io->n)',
  );
});

const cleared = (drop: string): string => `int take_some(struct mm_struct *mm, unsigned long a, int n, struct page **pages)
{
	int i, got = get_user_pages_remote(mm, a, n, 0, pages, NULL);

	for (i = 0; i < got; i++) {
		struct page *page = pages[i];

		if (!trylock_page(page)) {
			${drop}
			pages[i] = NULL;
			continue;
		}
	}
	return got;
}
`;

describe('an element that is cleared', () => {
  complains('leak-on-path', 'the page in it, which nobody else has', cleared(''), 'take_some:if (!trylock_page(page)) {');
  accepts('leak-on-path', 'a page that was dropped', cleared('put_page(page);'));
  accepts('leak-on-path', 'a page that is dropped after', cleared('pages[i] = NULL; put_page(page);'));
  accepts(
    'leak-on-path',
    'elements behind those that were taken',
    cleared('put_page(page);').replace('return got', 'for (; i < n; i++) pages[i] = NULL;\n\treturn got'),
  );
});

const mapped = (coherent: string): string => `struct entry { struct page *page; unsigned long dma; };
int map(struct entry *e, unsigned long a, int n)
{
	struct page *page;
	int i, ret;

	for (i = 0; i < n; i++) {
		if (is_coherent(a)) {
			${coherent}
			continue;
		}
		ret = pin_user_pages_fast(a, 1, 0, &page);
		if (ret <= 0)
			return ret ? ret : -ENOMEM;
		e[i].page = page;
	}
	return 0;
}
void unmap(struct entry *e, int n)
{
	int i;

	for (i = 0; i < n; i++)
		unpin_user_page(e[i].page);
}
`;

describe('an element of an array of structs that is cleared', () => {
  accepts('leak-on-path', 'another round’s', mapped('e[i].page = NULL;'));
  complains(
    'leak-on-path',
    'the one at the pointer',
    mapped('e->page = NULL;'),
    'map:for (i = 0; i < n; i++) {',
    'map:ret = pin_user_pages_fast(a, 1, 0, &page);',
  );
});

const queue = (drop: string): string => `static int fill(struct iov_iter *from, struct pipe_inode_info *pipe)
{
	struct pipe_buffer *buf = &pipe->bufs[pipe->head & 15];
	struct page *page;
	size_t start;

	if (iov_iter_get_pages2(from, &page, PAGE_SIZE, 1, &start) <= 0)
		return -EFAULT;
	buf->page = page;
	pipe->head++;
	return 0;
}
static bool eat(struct pipe_inode_info *pipe)
{
	unsigned int tail = pipe->tail;
	struct pipe_buffer *buf = &pipe->bufs[tail & 15];

	if (buf->len)
		return false;
	${drop}
	pipe->tail = tail + 1;
	return true;
}
`;

describe('a pipe that is read', () => {
  complains('leak-on-path', 'a buffer that is stepped over', queue(''), 'eat:if (buf->len)');
  accepts('leak-on-path', 'a buffer that is released', queue('pipe_buf_release(pipe, buf);'));
  const known = 'struct pipe_inode_info { unsigned int head, tail; struct pipe_buffer *bufs; };\n';
  complains('leak-on-path', 'a buffer that is stepped over, by a number that is known for one', known + queue(''), 'eat:if (buf->len)');
});

const passed = (poisoned: string, busy: string, after = 'return offline(page);'): string => `static int offline(struct page *page)
{
	if (PageHWPoison(page)) {
		${poisoned}
		return 0;
	}
	if (PageLRU(page)) {
		${busy}
		return -EBUSY;
	}
	put_page(page);
	return 0;
}
int inject(unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	${after}
}
`;
const drop = 'put_page(page);';

const dissolved = (end: string): string => `static void update(struct page *page)
{
	${end}
}
static int dissolve(struct page *page)
{
	if (!PageHuge(page))
		return -EBUSY;
	update(page);
	return 0;
}
static bool off_buddy(unsigned long pfn)
{
	return buddy[pfn];
}
static bool poison(struct page *page, bool huge)
{
	unsigned long pfn = page_to_pfn(page);

	if (huge) {
		if (dissolve(page) || !off_buddy(pfn))
			return false;
	} else {
		put_page(page);
	}
	return true;
}
int inject(unsigned long a, bool huge)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	if (!poison(page, huge))
		put_page(page);
	return 0;
}
`;

describe('a page that is handed to who drops it', () => {
  accepts('leak-on-path', 'every way out drops it', passed(drop, drop));
  accepts('leak-on-path', 'the ways out that leave it say so', passed(drop, '', 'if (offline(page) < 0) put_page(page);\n\treturn 0;'));
  complains('leak-on-path', 'one way out of two that end alike leaves it', passed('', drop), 'offline:return 0;');
  it('is told from where it is taken', async () =>
    expect((await pathsOf(passed('', drop), 'leak-on-path')).map(([first]) => first)).toEqual([
      'inject: taken here, and passed on to offline()',
    ]));
  accepts('leak-on-path', 'one way out of two frees what nobody holds', dissolved('__free_pages(page, 9);'));
  complains('leak-on-path', 'one way out of two drops it far down', dissolved('put_page(page);'), 'poison:return false;');
});

const looked = (drop: string): string => `int map_some(struct mm_struct *mm, unsigned long a)
{
	struct page *pages[8];
	int i, got = get_user_pages_remote(mm, a, 8, 0, pages, NULL);

	for (i = 0; i < got; i++) {
		struct page *page = pages[i];

		if (PageTail(page)) {
			${drop}
			continue;
		}
		put_page(page);
	}
	return 0;
}
`;

describe('a loop that drops some elements', () => {
  complains('leak-on-path', 'a round that has the page and leaves it', looked(''), 'map_some:for (i = 0; i < got; i++) {');
  accepts('leak-on-path', 'rounds that drop it all', looked(drop));
});

const twoKinds = (user: string): string => `struct shm { struct page **pages; int n; int user; };
int shm_user(struct shm *shm, unsigned long a)
{
	int got = pin_user_pages_fast(a, shm->n, FOLL_LONGTERM, shm->pages);

	if (got != shm->n) {
		if (got > 0)
			unpin_user_pages(shm->pages, got);
		return -EFAULT;
	}
	return 0;
}
int shm_kernel(struct shm *shm, unsigned long a)
{
	int i;

	for (i = 0; i < shm->n; i++) {
		shm->pages[i] = virt_to_page(a + i * PAGE_SIZE);
		get_page(shm->pages[i]);
	}
	return 0;
}
void shm_free(struct shm *shm)
{
	int i;

	if (shm->user)
		${user}
	else
		for (i = 0; i < shm->n; i++)
			put_page(shm->pages[i]);
	kfree(shm->pages);
}
`;
const unpin = 'unpin_user_pages(shm->pages, shm->n);';

describe('references that nobody has a pointer to', () => {
  const mapped = (call: string): string => `int note(unsigned long a)
{
	int got = ${call};

	if (got <= 0)
		return -EINVAL;
	phys = physical(a);
	return 0;
}
`;
  complains(
    'never-released',
    'a call that takes them all the same',
    mapped('get_user_pages_fast(a, 1, FOLL_WRITE, NULL)'),
    'note:int got = get_user_pages_fast(a, 1, FOLL_WRITE, NULL);',
  );
  accepts('never-released', 'one that takes none', mapped('get_user_pages(a, 1, FOLL_WRITE, NULL)'));
});

describe('pins beside pages of another origin', () => {
  accepts('never-released', 'pins that are unpinned', twoKinds(unpin));
  complains('never-released', 'pins where only the others are put', twoKinds(';'), 'shm_user:if (got != shm->n) {');
  accepts('wrong-release', 'both dropped as they should be', twoKinds(unpin));
  complains(
    'wrong-release',
    'pins that nothing unpins but the failure of their own call',
    twoKinds('release_pages(shm->pages, shm->n);'),
    'shm_free:release_pages(shm->pages, shm->n);',
    'shm_free:put_page(shm->pages[i]);',
  );
});

const ended = (end: string) => ({
  'take.c': `/* A long file, so that a place in it is none in the other. ${'-'.repeat(600)} */
struct page *take_page(unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return NULL;
	return page;
}`,
  'use.c': `void look(unsigned long a)
{
	struct page *page = take_page(a);

	if (page)
		note(a);
${end}}`,
});

describe('a function that ends without a return', () => {
  complains('leak-on-path', 'a page that a function of another file took', ended(''), 'look:struct page *page = take_page(a);');
  it('is left at its end', async () =>
    withTree(ended(''), async (tree) => {
      const [leak] = (await check(tree, { jobs: 1 })).findings.filter((f) => f.rule === 'leak-on-path');
      expect(leak?.path.at(-1)).toMatchObject({ file: 'use.c', function: 'look', line: 7, column: 2 });
    }));
  accepts('leak-on-path', 'one that is dropped there', ended('\tif (page)\n\t\tput_page(page);\n'));
});

const counted = (
  end: string,
  release: string,
): string => `struct umem { struct rcu_head rcu; struct work_struct work; struct kref kref; unsigned int nr; struct page *pages[]; };
static void umem_work(struct work_struct *w)
{
	struct umem *m = container_of(w, struct umem, work);

	unpin_user_pages_dirty_lock(m->pages, m->nr, true);
	kfree(m);
}
static void umem_rcu(struct rcu_head *h)
{
	struct umem *m = container_of(h, struct umem, rcu);

	INIT_WORK(&m->work, umem_work);
	schedule_work(&m->work);
}
static void umem_release(struct kref *k)
{
	struct umem *m = container_of(k, struct umem, kref);

	${release}
}
struct umem *umem_get(unsigned long a, unsigned int nr)
{
	struct umem *m = kzalloc(struct_size(m, pages, nr), GFP_KERNEL);
	int got;

	if (!m)
		return ERR_PTR(-ENOMEM);
	kref_init(&m->kref);
	got = pin_user_pages_fast(a, nr, FOLL_WRITE | FOLL_LONGTERM, m->pages);
	if (got < 0) {
		kfree(m);
		return ERR_PTR(got);
	}
	m->nr = got;
	if (got != nr) {
		${end}
		return ERR_PTR(-EFAULT);
	}
	return m;
}
void umem_put(struct umem *m)
{
	kref_put(&m->kref, umem_release);
}
`;

describe('an object that is given up by a member', () => {
  const put = 'kref_put(&m->kref, umem_release);';
  const drop = 'unpin_user_pages(m->pages, m->nr); kfree(m);';
  accepts('partial-pin-leak', 'the last reference to it', counted(put, drop));
  accepts('partial-pin-leak', 'the last reference to it, which ends it after a while', counted(put, 'call_rcu(&m->rcu, umem_rcu);'));
  accepts('partial-pin-leak', 'what a device driver model ends', counted('put_device(&m->dev);', drop));
  complains('partial-pin-leak', 'what is but initialised', counted('kref_init(&m->kref);', drop), 'umem_get:if (got != nr) {');
  complains(
    'partial-pin-leak',
    'a function that does not end it',
    counted('kref_put(&m->kref, umem_count);', drop).replace(
      'struct umem *umem_get',
      'static void umem_count(struct kref *k)\n{\n\tcounted++;\n}\nstruct umem *umem_get',
    ),
    'umem_get:if (got != nr) {',
  );
});

const behind = (end: string): string => `struct region { struct page **pages; long n; };
struct work { struct region *from; struct region *own; };
static int region_pin(struct region *r, unsigned long a, long n)
{
	long got = get_user_pages_fast(a, n, 0, r->pages);

	r->n = got > 0 ? got : 0;
	return got == n ? 0 : -EFAULT;
}
static void region_unpin(struct region *r)
{
	long i;

	for (i = 0; i < r->n; i++)
		put_page(r->pages[i]);
}
static void work_end(struct work *w)
{
	${end};
	kfree(w);
}
int work_run(unsigned long a, long n, struct page **pages)
{
	struct work *w = kmalloc(sizeof(*w) + sizeof(struct region), GFP_KERNEL);
	struct region *own;
	int err;

	if (!w)
		return -ENOMEM;
	own = (void *)(w + 1);
	own->pages = pages;
	w->from = own;
	w->own = own;
	err = region_pin(own, a, n);
	if (err) {
		region_unpin(own);
		kfree(w);
		return err;
	}
	work_end(w);
	return 0;
}
`;

describe('an object that stands behind another in one allocation', () => {
  accepts('leak-on-path', 'one whose pages are dropped by a pointer to it', behind('region_unpin(w->from)'));
  accepts('leak-on-path', 'one whose pages are dropped where it is asked for', behind('if (w->from == w->own)\n\t\tregion_unpin(w->from)'));
  complains('leak-on-path', 'one that is freed with its pages', behind('w->n = 0'), 'work_run:err = region_pin(own, a, n);');
});

const unset = (alloc: string, early: string, printed = ''): string => `struct buf { struct page **pages; int n; };
struct buf *buf_take(unsigned long a, int nr)
{
	struct buf *b = ${alloc}(sizeof(*b), GFP_KERNEL);
	int i, ret;

	if (!b)
		return NULL;
	b->pages = kmalloc(nr * sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages)
		goto free;
	ret = get_user_pages_fast(a, nr, 0, b->pages);
	if (ret != nr) {
		release_pages(b->pages, ret < 0 ? 0 : ret);
		goto array;
	}
	${early}
	${printed}
	ret = start_card(nr);
	if (ret)
		goto fail;
	b->n = nr;
	return b;
fail:
	for (i = 0; i < b->n; i++)
		put_page(b->pages[i]);
array:
	kfree(b->pages);
free:
	kfree(b);
	return NULL;
}
`;

describe('an object that does not know yet how many pages it has', () => {
  complains('leak-on-path', 'a loop up to a number that is zero', unset('kzalloc', ''), 'buf_take:if (ret)');
  complains(
    'leak-on-path',
    'one behind which a page was printed',
    unset('kzalloc', '', 'my_debug("first at %lx", page_to_pfn(b->pages[0]));'),
    'buf_take:if (ret)',
  );
  accepts('leak-on-path', 'a loop up to a number that was set', unset('kzalloc', 'b->n = nr;'));
  accepts('leak-on-path', 'a loop up to a number of which nothing is known', unset('kmalloc', ''));
  accepts('leak-on-path', 'a loop up to a number that another may have set', unset('kzalloc', 'buf_init(b, nr);'));
});

const short = (after: string): string => `struct map { struct page **pages; long n; };
static void map_free(struct map *m)
{
	if (m->pages) {
		unpin_user_pages_dirty_lock(m->pages, m->n, true);
		kvfree(m->pages);
	}
	kfree(m);
}
struct map *map_pin(unsigned long a, long n)
{
	struct map *m = kzalloc(sizeof(*m), GFP_KERNEL);
	long got;

	if (!m)
		return NULL;
	m->pages = kvmalloc_array(n, sizeof(*m->pages), GFP_KERNEL);
	if (!m->pages)
		goto fail;
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, m->pages);
	if (got != n) {
		if (got > 0) {
			m->n = got;
			unpin_user_pages(m->pages, m->n);
			${after}
		}
		goto fail;
	}
	m->n = n;
	return m;
fail:
	map_free(m);
	return NULL;
}
`;

describe('an object whose pages are dropped before it ends', () => {
  accepts('double-release', 'one that knows that it has none any more', short('m->n = 0;'));
  complains('double-release', 'one that still knows how many it had', short(''), 'map_pin:map_free(m);');
});

const handedOut = (end: string): string => `struct queue { struct kref ref; struct page *page; };
static void queue_end(struct kref *ref)
{
	struct queue *q = container_of(ref, struct queue, ref);

	put_page(q->page);
	kfree(q);
}
static void queue_put(struct queue *q)
{
	kref_put(&q->ref, queue_end);
}
int queue_open(struct queue **q, unsigned long a)
{
	*q = queue_alloc();
	if (!*q)
		return -ENOMEM;
	if (get_user_pages_fast(a, 1, 1, &(*q)->page) != 1) {
		kfree(*q);
		return -EFAULT;
	}
	if (start(a)) {
		${end}
		return -EINVAL;
	}
	return 0;
}
`;
describe('an object behind a pointer that is handed in', () => {
  accepts('leak-on-path', 'one that a function gives up', handedOut('queue_put(*q);'));
  accepts('leak-on-path', 'one whose page is dropped', handedOut('put_page((*q)->page);\n\t\tkfree(*q);'));
  complains('leak-on-path', 'one that is only freed', handedOut('kfree(*q);'), 'queue_open:if (start(a)) {');
});

const ownMemory = (allocate: string, last: string) => `int look(struct device *dev, unsigned long a, unsigned int size)
{
	struct scatterlist *list;
	struct page *page;
	unsigned int n;

	list = ${allocate};
	if (!list)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	sg_set_page(list, page, PAGE_SIZE, 0);
	${last}
	return 0;
}
`;

describe('memory that no one else can reach', () => {
  const lost = 'look:if (pin_user_pages_fast(a, 1, 0, &page) != 1)';
  complains('leak-on-path', 'pages in a scatterlist that is allocated whole', ownMemory('sgl_alloc(size, GFP_KERNEL, &n)', ''), lost);
  complains('leak-on-path', 'memory that goes with its device', ownMemory('devm_kcalloc(dev, 1, sizeof(*list), GFP_KERNEL)', ''), lost);
  accepts(
    'leak-on-path',
    'such memory that is kept',
    ownMemory('devm_kzalloc(dev, sizeof(*list), GFP_KERNEL)', 'dev_set_drvdata(dev, list);'),
  );
});

const destroyed = (
  end: string,
  open = 'struct vm *vm = filp->private_data;',
) => `struct vm { struct page *page; unsigned long flags; u16 id; };
int vm_destroy(struct vm *vm)
{
	int ret;

	if (test_and_set_bit(0, &vm->flags))
		return 0;
	ret = hcall_destroy(vm->id);
	if (ret < 0) {
		clear_bit(0, &vm->flags);
		return ret;
	}
	if (vm->page) {
		unpin_user_page(vm->page);
		vm->page = NULL;
	}
	return 0;
}
static int dev_release(struct inode *inode, struct file *filp)
{
	${open}

	${end}
	return 0;
}
static long dev_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct vm *vm = filp->private_data;
	struct page *page;

	if (pin_user_pages_fast(arg, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	if (vm->page)
		unpin_user_page(vm->page);
	vm->page = page;
	return 0;
}
`;

describe('an object that is freed whether what drops its pages has failed or not', () => {
  complains('leak-on-path', 'one found in a file', destroyed('vm_destroy(vm);\n\tkfree(vm);'), 'dev_release:kfree(vm);');
  accepts('leak-on-path', 'one that is freed where that succeeded', destroyed('if (!vm_destroy(vm))\n\t\tkfree(vm);'));
  accepts('leak-on-path', 'one that stays', destroyed('vm_destroy(vm);'));
  accepts(
    'leak-on-path',
    'one that was just made',
    destroyed('vm_destroy(vm);\n\tkfree(vm);', 'struct vm *vm = kzalloc(sizeof(*vm), GFP_KERNEL);'),
  );
});

const emptied = (end: string, adder: string): string => `struct owner { struct list_head bufs; struct list_head others; };
struct buf { struct list_head list; struct page **pages; int n; };
int buf_add(struct owner *o, unsigned long a, int n)
{
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int got;

	b->pages = kcalloc(n, sizeof(*b->pages), GFP_KERNEL);
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, b->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		kfree(b->pages);
		kfree(b);
		return -EFAULT;
	}
	b->n = n;
	list_add(&b->list, &o->bufs);
	return 0;
}
void buf_add_empty(struct owner *o)
{
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);

	list_add(&b->list, &o->${adder});
}
void buf_del(struct buf *b)
{
	list_del(&b->list);
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
	kfree(b->pages);
	kfree(b);
}
void owner_free(struct owner *o)
{
	struct buf *b, *next;

	list_for_each_entry_safe(b, next, &o->bufs, list) {
		list_del(&b->list);
		${end};
	}
}
`;

describe('a list to which objects come with their pages alone', () => {
  complains('leak-on-path', 'objects that are freed and no more', emptied('kfree(b)', 'others'), 'owner_free:kfree(b);');
  accepts('leak-on-path', 'objects of which the pages are dropped', emptied('buf_del(b)', 'others'));
  accepts('leak-on-path', 'a list to which others come, too', emptied('kfree(b)', 'bufs'));
});

const aborted = (parameters: string, free: string): string => `typedef struct buf { struct page **pages; int n; } buf_t;
int buf_fill(struct buf *b, unsigned long a, int n)
{
	b->pages = kcalloc(n, sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages)
		return -ENOMEM;
	if (pin_user_pages_fast(a, n, FOLL_LONGTERM, b->pages) != n) {
		kfree(b->pages);
		return -EFAULT;
	}
	b->n = n;
	return 0;
}
void buf_close(struct buf *b)
{
	unpin_user_pages(b->pages, b->n);
	kfree(b->pages);
	kfree(b);
}
void buf_abort(${parameters})
{
	kfree(b->pages);
	${free}
}
`;

const unnamed = aborted('buf_t *b', 'kfree(b);').replace('struct buf {', 'struct {').replaceAll('struct buf *', 'buf_t *');

describe('an object that is freed by a function that does not drop its pages, whatever it is declared as', () => {
  const place = 'buf_abort:kfree(b->pages);';
  complains('leak-on-path', 'a pointer to its struct', aborted('struct buf *b', 'kfree(b);'), place);
  complains('leak-on-path', 'one of several', aborted('struct log *l, struct buf *const b', 'kfree(l); kfree(b);'), place);
  complains('leak-on-path', 'one behind a cast', aborted('struct buf *b', 'kfree((void *)b);'), place);
  complains('leak-on-path', 'one from a cache', aborted('struct buf *b', 'kmem_cache_free(buf_cache, b);'), place);
  complains('leak-on-path', 'a name for its struct', aborted('buf_t *b', 'kfree(b);'), place);
  complains('leak-on-path', 'a name for a struct without one', unnamed, place);
});

/** Pages are taken in one file, into one of some parts of a message that another file makes, queues and frees. */
const queued = (undo: string): { [file: string]: string } => ({
  'drv/part.h': `struct part { struct page **pages; int n; };
struct message { struct list_head list; struct part parts[4]; int id; };
int parts_take(struct part *p, unsigned long a, int n);
void parts_drop(struct part *p);
`,
  'drv/part.c': `#include "part.h"
int parts_take(struct part *p, unsigned long a, int n)
{
	int got = pin_user_pages_fast(a, n, FOLL_WRITE, p[0].pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(p[0].pages, got);
		return -EFAULT;
	}
	p[0].n = n;
	return 0;
}
void parts_drop(struct part *p)
{
	unpin_user_pages_dirty_lock(p[0].pages, p[0].n, true);
}
`,
  'drv/message.c': `#include "part.h"
static void message_end(struct message *m)
{
	parts_drop(m->parts);
	kfree(m);
}
void messages_done(struct channel *c)
{
	struct message *m, *next;

	list_for_each_entry_safe(m, next, &c->messages, list) {
		list_del(&m->list);
		message_end(m);
	}
}
int message_send(struct channel *c, unsigned long a, int n)
{
	struct message *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int ret;

	if (!m)
		return -ENOMEM;
	ret = parts_take(m->parts, a, n);
	if (ret) {
		kfree(m);
		return ret;
	}
	list_add(&m->list, &c->messages);
	ret = hw_send(c, m->id);
	if (ret) {
		m = message_find(c, m->id);
		${undo}
		kfree(m);
	}
	return ret;
}
`,
});

describe('an object with some of what holds pages in it, in another file of the folder', () => {
  complains('leak-on-path', 'one that is taken back and freed', queued('list_del(&m->list);'), 'message_send:kfree(m);');
  accepts('leak-on-path', 'one of which the pages are dropped first', queued('parts_drop(m->parts);'));
});

describe('an object in memory that a device shares', () => {
  const ring = (undo: string): string => `struct ring { struct page *pages[16]; int n; dma_addr_t dma; };
struct ring *ring_make(struct device *dev, unsigned long a, int n)
{
	dma_addr_t dma;
	struct ring *r = dma_alloc_coherent(dev, sizeof(*r), &dma, GFP_KERNEL);

	if (!r)
		return NULL;
	r->dma = dma;
	r->n = pin_user_pages_fast(a, n, FOLL_LONGTERM, r->pages);
	if (r->n != n || hw_start(dev, dma)) {
		${undo}
		dma_free_coherent(dev, sizeof(*r), r, dma);
		return NULL;
	}
	return r;
}
void ring_end(struct device *dev, struct ring *r)
{
	unpin_user_pages(r->pages, r->n);
	dma_free_coherent(dev, sizeof(*r), r, r->dma);
}
`;
  complains('leak-on-path', 'what frees it with the pages', ring(''), 'ring_make:if (r->n != n || hw_start(dev, dma)) {');
  accepts('leak-on-path', 'what drops them before', ring('if (r->n > 0)\n\t\t\tunpin_user_pages(r->pages, r->n);'));
});

/** An object that is counted, with an array of its own, and is given up as it is made. */
const givenUp = (failed: string) => `struct obj { struct kref ref; struct page **pages; int n; };
static void obj_release(struct kref *ref)
{
	struct obj *o = container_of(ref, struct obj, ref);

	if (o->n > 0)
		unpin_user_pages_dirty_lock(o->pages, o->n, true);
	kvfree(o->pages);
	kfree(o);
}
struct obj *obj_new(unsigned long a, int n)
{
	struct obj *o = kzalloc(sizeof(*o), GFP_KERNEL);
	int got;

	if (!o)
		return ERR_PTR(-ENOMEM);
	kref_init(&o->ref);
	o->pages = kvcalloc(n, sizeof(*o->pages), GFP_KERNEL);
	if (!o->pages)
		goto failed;
	got = pin_user_pages_fast(a, n, FOLL_WRITE, o->pages);
	if (got < 0)
		goto failed;
	o->n = got;
	if (got < n)
		goto failed;
	return o;
failed:
	${failed}
	return ERR_PTR(-EFAULT);
}
void obj_put(struct obj *o)
{
	kref_put(&o->ref, obj_release);
}
`;

describe('an object with an array of its own that is given up', () => {
  accepts('partial-pin-leak', 'by its count', givenUp('kref_put(&o->ref, obj_release);'));
  accepts('partial-pin-leak', 'by who puts it', givenUp('obj_put(o);'));
  complains('partial-pin-leak', 'with its memory', givenUp('kvfree(o->pages);\n\tkfree(o);'), 'obj_new:if (got < n)');
});

/** A request that may not have been made, and is asked for that at the end; its pages stand in an array that was allocated apart. */
const askedFor = (ended: string): string => `struct data { struct page **pages; int n; };
struct req { struct kref ref; struct data data; };
static void req_release(struct kref *ref)
{
	struct req *r = container_of(ref, struct req, ref);

	unpin_user_pages(r->data.pages, r->data.n);
	kvfree(r->data.pages);
	kfree(r);
}
int req_send(struct dev *dev, struct page **pages, unsigned long a, int n)
{
	struct req *r = req_new(dev);
	int err = 0;

	if (IS_ERR(r)) {
		err = PTR_ERR(r);
		r = NULL;
		goto out;
	}
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, pages) != 1) {
		err = -EFAULT;
		goto out;
	}
	r->data.pages = pages;
	r->data.n = 1;
	if (!dev_enter(dev)) {
		err = -EIO;
		goto out;
	}
	dev_start(dev, r);
	return 0;
out:
	if (r)
		${ended}
	return err;
}
`;

describe('an object that was stored to', () => {
  const rule = 'leak-on-path';
  accepts(rule, 'is there where it is asked for', askedFor('kref_put(&r->ref, req_release);'));
  complains(rule, 'is lost with its pages where it is freed', askedFor('kfree(r);'), 'req_send:if (!dev_enter(dev)) {');
});

/** A buffer that one function fills, for another that undoes it by a helper where something fails behind; users are counted. */
const made = ({
  end = 'buf_unpin(b);',
  done = 'return 0;',
  store = 'xa_insert(&c->bufs, id, b, GFP_KERNEL)',
} = {}): string => `struct buf { struct kref ref; struct page **pages; int n; };
struct client { struct xarray bufs; };
static int buf_pin(struct buf *b, unsigned long a)
{
	int got;

	b->pages = kvcalloc(b->n, sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, b->n, FOLL_LONGTERM, b->pages);
	if (got == b->n)
		return 0;
	if (got > 0)
		unpin_user_pages(b->pages, got);
	kvfree(b->pages);
	return -EFAULT;
}
static void buf_unpin(struct buf *b)
{
	unpin_user_pages(b->pages, b->n);
	kvfree(b->pages);
}
static void buf_end(struct kref *ref)
{
	struct buf *b = container_of(ref, struct buf, ref);

	${end}
	kfree(b);
}
int buf_make(struct client *c, unsigned long a, int n, u32 id)
{
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int ret;

	if (!b)
		return -ENOMEM;
	kref_init(&b->ref);
	b->n = n;
	ret = buf_pin(b, a);
	if (ret)
		goto free;
	ret = ${store};
	if (ret)
		goto unpin;
	${done}
unpin:
	buf_unpin(b);
free:
	kfree(b);
	return ret;
}
int buf_del(struct client *c, u32 id)
{
	struct buf *b = xa_erase(&c->bufs, id);

	if (!b)
		return -ENOENT;
	kref_put(&b->ref, buf_end);
	return 0;
}
`;

describe('what only undoes what was done', () => {
  const rule = 'never-released';
  accepts(rule, 'beside an end that calls it', made());
  complains(rule, 'beside an end that does not', made({ end: '' }), 'buf_make:if (ret)');
  const itself = (end?: string): string =>
    made({ ...(end !== undefined && { end }) }).replace(
      'unpin:\n\tbuf_unpin(b);',
      'unpin:\n\tunpin_user_pages(b->pages, b->n);\n\tkvfree(b->pages);',
    );
  complains(
    rule,
    'by who has made the object itself',
    itself('').replace('buf_unpin(struct buf *b)\n{\n\tunpin_user_pages(b->pages, b->n);', 'buf_unpin(struct buf *b)\n{'),
    'buf_make:if (ret)',
  );
  accepts(rule, 'by who has made the object itself, beside an end that drops', itself());
  accepts(rule, 'and what is called as all went well', made({ end: '', store: 'hw_run(c, id)', done: 'ret = 0;' }));
  const given = made({ end: '' }).replace('static void buf_unpin', 'void buf_unpin');
  complains(rule, 'beside an end that does not, by a function that others may see', given, 'buf_make:if (ret)');
  accepts(rule, 'by a function that other modules are given', `${given}EXPORT_SYMBOL_GPL(buf_unpin);\n`);
});
