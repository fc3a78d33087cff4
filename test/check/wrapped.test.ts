/** Drivers that have functions of their own in front of the kernel's calls: what is told does not change. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const take = `static int own_take(unsigned long a, int n, unsigned int flags, struct page **pages)
{
	return pin_user_pages_fast(a, n, flags, pages);
}
`;
const drop = `static void own_drop(struct page **pages, unsigned long n)
{
	unpin_user_pages(pages, n);
}
`;

const put = `static void own_put(struct page *page)
{
	unpin_user_page(page);
}
`;

/** A window whose pages are dropped where taking them fails, and perhaps at its end. */
const windows = (end: string): string => `${take}${drop}struct win { struct page **pages; int n; };
int win_map(struct win *w, unsigned long a)
{
	int got = own_take(a, w->n, FOLL_LONGTERM, w->pages);

	if (got == w->n)
		return 0;
	if (got > 0)
		own_drop(w->pages, got);
	return got < 0 ? got : -EFAULT;
}
void win_end(struct win *w)
{
	${end}
}
`;

describe('pages that a helper drops where taking them fails', () => {
  complains('never-released', 'an end that forgets them', windows('kfree(w);'), 'win_map:if (got == w->n)');
  accepts('never-released', 'an end that drops them by the same helper', windows('own_drop(w->pages, w->n);'));
});

/** A request whose helper drops one page by another helper. */
const requests = (end: string): string => `struct req { struct work_struct work; struct page *pages[16]; int n; };
${put}static void req_free(struct req *r)
{
	int i;

	for (i = 0; i < r->n; i++)
		own_put(r->pages[i]);
	kfree(r);
}
static void req_work(struct work_struct *w)
{
	struct req *r = container_of(w, struct req, work);

	hw_copy(r->pages, r->n);
	${end}
}
int req_submit(struct workqueue_struct *wq, unsigned long a, int n)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int ret;

	if (!r)
		return -ENOMEM;
	ret = pin_user_pages_fast(a, n, 0, r->pages);
	if (ret < 0) {
		kfree(r);
		return ret;
	}
	r->n = ret;
	if (ret < n) {
		req_free(r);
		return -EFAULT;
	}
	INIT_WORK(&r->work, req_work);
	queue_work(wq, &r->work);
	return 0;
}
`;

describe('pages that a helper of a helper drops where taking them fails', () => {
  complains('never-released', 'work that forgets them', requests('complete_all(&r->done);'), 'req_submit:if (ret < n) {');
  accepts('never-released', 'work that drops them', requests('req_free(r);'));
});

/** The same as the kernel's call, but for a short count: then there are none. */
const takeAll = `static int own_take(unsigned long a, int n, unsigned int flags, struct page **pages)
{
	int got = pin_user_pages_fast(a, n, flags, pages);

	if (got == n || got <= 0)
		return got;
	unpin_user_pages(pages, got);
	return -EFAULT;
}
`;

/** A field that is filled anew by each request. */
const slot = (before: string, take: string): string => `${take}struct port { struct win *win; };
struct win { struct page **pages; int n; };
static struct win *win_new(unsigned long a, int n)
{
	struct win *w = kzalloc(sizeof(*w), GFP_KERNEL);
	int got;

	if (!w)
		return NULL;
	w->pages = kvcalloc(n, sizeof(*w->pages), GFP_KERNEL);
	got = own_take(a, n, FOLL_LONGTERM, w->pages);
	if (got == n) {
		w->n = n;
		return w;
	}
	if (got > 0)
		unpin_user_pages(w->pages, got);
	kvfree(w->pages);
	kfree(w);
	return NULL;
}
static void win_del(struct win *w)
{
	if (!w)
		return;
	unpin_user_pages(w->pages, w->n);
	kvfree(w->pages);
	kfree(w);
}
long port_ioctl(struct port *p, unsigned int cmd, unsigned long a, int n)
{
	struct win *new = win_new(a, n);

	if (!new)
		return -EFAULT;
	${before}
	p->win = new;
	return 0;
}
void port_close(struct port *p)
{
	win_del(p->win);
}
`;

describe.each([
  ['as the kernel does', take],
  ['all or none', takeAll],
])('a field that is filled anew, where a function of the driver takes the pages, %s', (_, own) => {
  complains('overwritten', 'a store without a drop before', slot('', own), 'port_ioctl:p->win = new;');
  accepts('overwritten', 'a store behind a drop', slot('win_del(p->win);', own));
});

describe('a call that is given a number of the object', () => {
  const userptr = (before: string): string => `${takeAll}struct userptr { struct page **pages; unsigned long n; };
static void userptr_drop(struct userptr *u)
{
	if (!u->pages)
		return;
	unpin_user_pages(u->pages, u->n);
	kvfree(u->pages);
	u->pages = NULL;
}
long userptr_ioctl(struct userptr *u, unsigned long a)
{
	struct page **pages = kvmalloc_array(u->n, sizeof(*pages), GFP_KERNEL);
	int got;

	if (!pages)
		return -ENOMEM;
	got = own_take(a, u->n, FOLL_LONGTERM, pages);
	if (got != u->n) {
		kvfree(pages);
		return got;
	}
	${before}
	u->pages = pages;
	return 0;
}
void userptr_end(struct userptr *u)
{
	userptr_drop(u);
}
`;
  complains('overwritten', 'a store of which that is no test', userptr(''), 'userptr_ioctl:u->pages = pages;');
  accepts('overwritten', 'a store behind a drop', userptr('userptr_drop(u);'));
});

describe('elements of an array that a helper drops one by one', () => {
  accepts(
    'double-release',
    'two of those that were taken at once',
    `${put}int pair_send(unsigned long a)
{
	struct page *two[2];
	int got = pin_user_pages_fast(a, 2, 0, two);

	if (got == 1)
		unpin_user_page(two[0]);
	if (got != 2)
		return got < 0 ? got : -EFAULT;
	own_put(two[1]);
	own_put(two[0]);
	return 0;
}
`,
  );
  complains(
    'double-release',
    'one page twice',
    `${put}int one_send(unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	own_put(page);
	own_put(page);
	return 0;
}
`,
    'one_send:own_put(page);',
  );
});

/** A driver that prints by a macro of its own, after a format of which it is given the object with the pages. */
const printing = (undo: string): string => `#define win_dbg(args...)			\\
	do {					\\
		if (win_level > 1)		\\
			win_print(args);	\\
	} while (0)
struct win { struct page **pages; int n; int id; };
int win_map(struct device *dev, struct win *w, unsigned long a)
{
	int got = pin_user_pages_fast(a, w->n, FOLL_LONGTERM, w->pages);

	if (got != w->n) {
		if (got > 0)
			unpin_user_pages(w->pages, got);
		return got < 0 ? got : -EFAULT;
	}
	win_dbg("%d pages of %p, first %p\\n", got, w, w->pages[0]);
	if (hw_start(w->id)) {
		${undo}
		return -EIO;
	}
	return 0;
}
void win_end(struct win *w)
{
	unpin_user_pages(w->pages, w->n);
}
`;

describe('pages of which a macro prints', () => {
  complains('leak-on-path', 'a failure that leaves them', printing(''), 'win_map:if (hw_start(w->id)) {');
  accepts('leak-on-path', 'one that drops them', printing('unpin_user_pages(w->pages, got);'));
});

const fill = (test: string, short: string): string => `${takeAll}struct buf { struct page **pages; int n; };
struct buf *buf_make(unsigned long a, unsigned long size)
{
	unsigned int n = DIV_ROUND_UP(size, PAGE_SIZE);
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int ret = -ENOMEM;

	if (!b)
		return NULL;
	b->pages = kcalloc(n, sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages)
		goto out_free;
	ret = own_take(a, n, FOLL_LONGTERM, b->pages);
	if (${test}) {
		${short}
		goto out;
	}
	b->n = n;
	if (!hw_start(n))
		return b;
	ret = -EIO;
out:
	unpin_user_pages(b->pages, n);
out_array:
	kvfree(b->pages);
out_free:
	kfree(b);
	return ERR_PTR(ret);
}
void buf_end(struct buf *b)
{
	unpin_user_pages(b->pages, b->n);
}
`;

describe('a helper that takes all pages or none', () => {
  accepts('double-release', 'a caller that has then none to drop', fill('ret != n', 'if (ret < 0)\n\t\t\tgoto out_array;\n\t\tn = ret;'));
  accepts('double-release', 'one that says so by their number', fill('ret != n', 'n = 0;'));
  complains('double-release', 'one that drops them, too', fill('ret != n', 'ret = -EFAULT;'), 'buf_make:unpin_user_pages(b->pages, n);');
  accepts(
    'double-release',
    'a caller of one that hands on what it says',
    `${takeAll}static int one_take(unsigned long a, int n, struct page **pages)
{
	int ret = own_take(a, n, 0, pages);

	if (ret < 0)
		return ret;
	return ret;
}
int one_send(unsigned long a)
{
	struct page *page = NULL;
	int ret = one_take(a, 1, &page);

	if (ret != 1)
		goto out;
	ret = hw_send(page);
out:
	if (page)
		unpin_user_page(page);
	return ret;
}
`,
  );
});

/** Memory whose pages are taken some at a time, and who has such memory in an object of his own. */
const inRounds = (undo: string): string => `${takeAll}struct mem { struct sg_append_table sgt; int id; };
struct user { struct mem *m; int id; };
static void mem_drop(struct mem *m)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(&m->sgt.sgt, sg, i)
		unpin_user_page(sg_page(sg));
	sg_free_append_table(&m->sgt);
	kfree(m);
}
static struct mem *mem_get(unsigned long a, unsigned long npages)
{
	struct page **list = (struct page **)__get_free_page(GFP_KERNEL);
	struct mem *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int pinned, ret = 0;

	if (!m || !list) {
		ret = -ENOMEM;
		goto out;
	}
	while (npages) {
		pinned = own_take(a, min_t(unsigned long, npages, 512), FOLL_LONGTERM, list);
		if (pinned < 0) {
			ret = pinned;
			goto release;
		}
		a += pinned * PAGE_SIZE;
		npages -= pinned;
		ret = sg_alloc_append_table_from_pages(&m->sgt, list, pinned, 0, pinned << PAGE_SHIFT, UINT_MAX, npages, GFP_KERNEL);
		if (ret) {
			unpin_user_pages(list, pinned);
			goto release;
		}
	}
	free_page((unsigned long)list);
	return m;
release:
	mem_drop(m);
	m = NULL;
out:
	kfree(m);
	free_page((unsigned long)list);
	return ERR_PTR(ret);
}
struct user *user_make(unsigned long a, unsigned long n)
{
	struct user *u = kzalloc(sizeof(*u), GFP_KERNEL);

	if (!u)
		return NULL;
	u->m = mem_get(a, n);
	if (IS_ERR(u->m))
		goto out;
	if (!hw_user(u->id))
		return u;
	${undo}
out:
	kfree(u);
	return NULL;
}
void user_end(struct user *u)
{
	mem_drop(u->m);
	kfree(u);
}
`;

describe('a helper that takes all pages or none of a round', () => {
  complains('leak-on-path', 'an object that is freed with what all rounds took', inRounds(''), 'user_make:if (!hw_user(u->id))');
  accepts('leak-on-path', 'one that has it dropped', inRounds('mem_drop(u->m);'));
});

/** Pages that a function hands to its callers, and callers that write to them. */
const grabbed = (
  body: string,
  flags = 'FOLL_WRITE',
  api = 'pin',
  more = '',
): string => `static int grab(unsigned long a, int n, struct page **pages)
{
	int got = ${api}_user_pages_fast(a, n, ${flags}, pages);

	if (got == n)
		return 0;
	if (got > 0)
		${api === 'pin' ? 'unpin_user_pages' : 'release_pages'}(pages, got);
	return -EFAULT;
}
static void fill(struct page *page)
{
	void *p = kmap_local_page(page);

	memset(p, 0, 64);
	kunmap_local(p);
}
static void done(struct page **pages, int n, bool dirty)
{
	unpin_user_pages_dirty_lock(pages, n, dirty);
}
int once(unsigned long a)
{
	struct page *pages[4];
	int i, ret = grab(a, 4, pages);
	void *p;

	if (ret)
		return ret;
	${body}
	return 0;
}
${more}`;

describe('pages that a function hands on, and its caller writes to', () => {
  const write = 'p = kmap_local_page(pages[0]);\n\tmemset(p, 0, 64);\n\tkunmap_local(p);';
  const drop = 'unpin_user_pages(pages, 4);';
  const each = 'for (i = 0; i < 4; i++)\n\t\tunpin_user_page(pages[i]);';
  const lost = 'dirty-lost';
  complains(lost, 'and drops clean', grabbed(`${write}\n\t${drop}`), `once:${drop}`);
  complains(lost, 'and drops clean, one by one', grabbed(`${write}\n\t${each}`), 'once:unpin_user_page(pages[i]);');
  complains(lost, 'by their addresses', grabbed(`p = page_address(pages[1]);\n\tmemset(p, 0, 64);\n\t${drop}`), `once:${drop}`);
  complains(lost, 'by another function', grabbed(`fill(pages[0]);\n\t${drop}`), `once:${drop}`);
  const flagged = 'unpin_user_pages_dirty_lock(pages, n, dirty);';
  complains(lost, 'and has dropped with a flag that is false', grabbed(`${write}\n\tdone(pages, 4, false);`), `done:${flagged}`);
  accepts(lost, 'and marks', grabbed(`${write}\n\tset_page_dirty_lock(pages[0]);\n\t${drop}`));
  accepts(lost, 'and has marked', grabbed(`${write}\n\tdone(pages, 4, true);`));
  accepts(lost, 'without having them for writing', grabbed(`${write}\n\t${drop}`, '0'));
  accepts(lost, 'under plain references, which want pins first', grabbed(`${write}\n\trelease_pages(pages, 4);`, 'FOLL_WRITE', 'get'));
  accepts(
    lost,
    'or only reads',
    grabbed(`p = kmap_local_page(pages[0]);\n\tif (*(int *)p)\n\t\tret = -EIO;\n\tkunmap_local(p);\n\t${drop}`),
  );
  const others = `int twice(unsigned long a)
{
	struct page *pages[4];
	void *p;
	int ret = grab(a, 4, pages);

	if (ret)
		return ret;
	${write}
	unpin_user_pages_dirty_lock(pages, 4, true);
	return 0;
}
`;
  accepts(lost, 'where another of them reads', grabbed(drop, 'FOLL_WRITE', 'pin', others));
  complains(lost, 'and does not mark as another does', grabbed(`${write}\n\t${drop}`, 'FOLL_WRITE', 'pin', others), `once:${drop}`);
});

const single = (undo: string, caller = '', take = 'slot_take(a, &s->p)'): string => `struct slot { struct page *p; };
int hw_go(void);
static int slot_take(unsigned long a, struct page **p)
{
	int got = pin_user_pages_fast(a, 1, FOLL_LONGTERM, p);

	return got == 1 ? 0 : got < 0 ? got : -EFAULT;
}
int slot_set(struct slot *s, unsigned long a)
{
	int err = ${take};

	if (err)
		return err;
	err = hw_go();
	if (err) {
		${undo}
		return err;
	}
	return 0;
}
void slot_fini(struct slot *s)
{
	unpin_user_page(s->p);
}
${caller}`;

describe('who takes pages by a function in front of the call, and fails then', () => {
  accepts('leak-on-path', 'and drops them', single('unpin_user_page(s->p);'));
  complains('leak-on-path', 'and leaves them', single('note(err);'), 'slot_set:if (err) {');
  const answered = `int slot_open(struct slot *s, unsigned long a)
{
	int err = slot_set(s, a);

	if (err && s->p)
		unpin_user_page(s->p);
	return err;
}
`;
  const direct = 'pin_user_pages_fast(a, 1, FOLL_LONGTERM, &s->p) == 1 ? 0 : -EFAULT';
  for (const by of [undefined, direct])
    accepts('leak-on-path', `and leaves them to its caller, who drops them: ${by ?? 'slot_take()'}`, single('note(err);', answered, by));
});
