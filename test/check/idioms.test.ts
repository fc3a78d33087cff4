/** Idioms of drivers: queues, members that are prepared, counts, steps. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const queued = (undo: string, drop: string): string => `struct slot { struct page *page; void *cookie; };
struct ring { DECLARE_KFIFO(posted, struct slot, 64); };
int post(struct ring *r, unsigned long a, void *cookie)
{
	struct slot s = { .cookie = cookie };

	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &s.page) != 1)
		return -EFAULT;
	if (!kfifo_put(&r->posted, s)) {
		${undo}
		return -ENOSPC;
	}
	return 0;
}
void reap(struct ring *r)
{
	struct slot s;

	while (kfifo_get(&r->posted, &s)) {
		${drop}
		notify(s.cookie);
	}
}
`;

describe('a queue of structs', () => {
  const drop = 'unpin_user_page(s.page);';
  accepts('leak-on-path', 'what goes into it', queued(drop, drop));
  accepts('never-released', 'what is dropped as it comes out', queued(drop, drop));
  complains('leak-on-path', 'what it had no room for', queued('', drop), 'post:if (!kfifo_put(&r->posted, s)) {');
  complains('never-released', 'what nobody drops as it comes out', queued(drop, ''), 'post:if (!kfifo_put(&r->posted, s)) {');
  complains('wrong-release', 'what is put as it comes out', queued(drop, 'put_page(s.page);'), 'reap:put_page(s.page);');
});

/** An object that goes into a queue after a test for room. */
const roomy = (test: string, queue = 'd->done', put = 'kfifo_put(&d->done, r)'): string => `struct req { struct page *page; };
struct dev { spinlock_t lock; DECLARE_KFIFO_PTR(done, struct req *); DECLARE_KFIFO_PTR(other, struct req *); };
int submit(struct dev *d, unsigned long a)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &r->page) != 1)
		goto free;
	spin_lock(&d->lock);
	if (${test.replace('Q', `&${queue}`)}) {
		spin_unlock(&d->lock);
		unpin_user_page(r->page);
		goto free;
	}
	${put};
	spin_unlock(&d->lock);
	return 0;
free:
	kfree(r);
	return -EFAULT;
}
void flush(struct dev *d)
{
	struct req *r;

	while (kfifo_get(&d->done, &r)) {
		unpin_user_page(r->page);
		kfree(r);
	}
}
`;

describe('a queue that was asked for room', () => {
  const tests = ['kfifo_is_full(Q)', 'unlikely(kfifo_is_full(Q))', '!kfifo_avail(Q)', 'kfifo_avail(Q) < 1', 'd->dead || kfifo_is_full(Q)'];
  for (const test of tests) accepts('leak-on-path', test, roomy(test));
  accepts('leak-on-path', 'and elements of it', roomy('kfifo_avail(Q) < sizeof(r)', 'd->done', 'kfifo_in(&d->done, &r, 1)'));
  const put = 'submit:spin_unlock(&d->lock);';
  complains('leak-on-path', 'another queue', roomy('kfifo_is_full(Q)', 'd->other'), put);
  complains('leak-on-path', 'one that is asked if it is empty', roomy('kfifo_is_empty(Q)'), put);
  complains('leak-on-path', 'none', roomy('d->dead'), put);
});

const scheduled = (undo: string): string => `struct req { struct work_struct work; struct page *pages[16]; int n; };
static void req_done(struct work_struct *w)
{
	struct req *r = container_of(w, struct req, work);

	unpin_user_pages(r->pages, r->n);
	kfree(r);
}
int req_start(unsigned long a, int n)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int err;

	err = pin_user_pages_fast(a, n, FOLL_LONGTERM, r->pages);
	if (err != n) {
		if (err > 0)
			unpin_user_pages(r->pages, err);
		kfree(r);
		return -EFAULT;
	}
	r->n = n;
	INIT_WORK(&r->work, req_done);
	err = send(r);
	if (err) {
		${undo}
		kfree(r);
		return err;
	}
	return 0;
}
`;

describe('an object whose work is prepared, and not yet queued', () => {
  accepts('leak-on-path', 'a drop as it fails', scheduled('unpin_user_pages(r->pages, r->n);'));
  complains('leak-on-path', 'none as it fails', scheduled(''), 'req_start:err = send(r);');
});

const counted = (kept: string, many: string): string => `int f(unsigned long a, int n, struct obj *o)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	int pinned = 0, rc;

	rc = get_user_pages_fast(a, n, 0, pages);
	if (rc < n) {
		${kept}
		goto undo;
	}
	${many}
	rc = use(o, pages, n);
undo:
	while (pinned > 0)
		put_page(pages[--pinned]);
	kfree(pages);
	return rc;
}
static int take(unsigned long a, int n, struct page **pages, int *done)
{
	while (*done < n) {
		int got = get_user_pages_fast(a + *done * PAGE_SIZE, n - *done, 0, pages + *done);

		if (got <= 0)
			return got ? got : -EFAULT;
		*done += got;
	}
	return 0;
}
int g(unsigned long a, int n, struct obj *o)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	int done = 0, rc;

	rc = take(a, n, pages, &done);
	if (!rc)
		rc = use(o, pages, n);
	while (done > 0)
		put_page(pages[--done]);
	kfree(pages);
	return rc;
}
`;

describe('a loop that drops as many as a number says', () => {
  const [kept, many] = ['pinned = rc > 0 ? rc : 0;', 'pinned = n;'];
  accepts('leak-on-path', 'a number that is set, here or by who takes', counted(kept, many));
  accepts('partial-pin-leak', 'a number that is set', counted(kept, many));
  complains('leak-on-path', 'a number that is still zero', counted(kept, ''), 'f:rc = use(o, pages, n);');
  complains('partial-pin-leak', 'one that is zero after a short count', counted('', many), 'f:if (rc < n) {');
});

const chunked = (undo: string): string => `struct chunk { struct page *pages[64]; int n; };
struct many { struct chunk **chunks; int n; };
static void many_free(struct many *m)
{
	int i;

	for (i = 0; i < m->n; i++) {
		struct chunk *c = m->chunks[i];

		if (!c)
			continue;
		unpin_user_pages(c->pages, c->n);
		kfree(c);
	}
	kfree(m->chunks);
	kfree(m);
}
struct many *many_make(unsigned long a, int n)
{
	struct many *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int i, got;

	m->chunks = kcalloc(n, sizeof(*m->chunks), GFP_KERNEL);
	m->n = n;
	for (i = 0; i < n; i++) {
		struct chunk *c = kzalloc(sizeof(*c), GFP_KERNEL);

		got = pin_user_pages_fast(a + i * 64 * PAGE_SIZE, 64, FOLL_LONGTERM, c->pages);
		if (got < 0) {
			kfree(c);
			goto err;
		}
		c->n = got;
		m->chunks[i] = c;
		if (got < 64)
			goto err;
	}
	return m;
err:
	${undo}
	return NULL;
}
`;

describe('an array of pointers to chunks', () => {
  accepts('leak-on-path', 'the chunks of earlier rounds, which stand in other elements', chunked('many_free(m);'));
});

const stepwise = `int init(struct obj *o, unsigned long a, int n)
{
	int step = 0, ret;

	o->pages = kcalloc(n, sizeof(*o->pages), GFP_KERNEL);
	step++;
	ret = pin_user_pages_fast(a, n, FOLL_LONGTERM, o->pages);
	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(o->pages, ret);
		goto fail;
	}
	step++;
	ret = enable(o);
	if (ret)
		goto fail;
	return 0;
fail:
	switch (step) {
	case 2:
		unpin_user_pages(o->pages, n);
		fallthrough;
	case 1:
		kfree(o->pages);
	}
	return ret;
}
`;

describe('steps that are counted, and undone from the last one on', () => {
  accepts('double-release', 'the step that was not made', stepwise);
  accepts('release-count', 'the step that was not made', stepwise);
});

const patched = (again: string): string => `void page_patch(unsigned long a, int n)
{
	struct page *page;
	u32 *p;
	int first = n & 0xff0;
	int i;

	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return;
	${again}
	p = kmap_local_page(page);
	for (i = first; i < first + 16; i++)
		p[i] = 0;
	kunmap_local(p);
	put_page(page);
}
`;

describe('a loop from one number to another that is computed from it', () => {
  complains(
    'leak-on-path',
    'a page of which the second reference alone is dropped',
    patched('get_page(page);'),
    'page_patch:if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)',
  );
  accepts('leak-on-path', 'one of which the only one is', patched(''));
});

const accessed = (end: string): string => `void page_touch(unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return;
	${end}
}
`;

describe('a page that is marked as accessed', () => {
  complains(
    'use-after-release',
    'one that is gone',
    accessed('put_page(page);\n\tmark_page_accessed(page);'),
    'page_touch:mark_page_accessed(page);',
  );
  accepts('use-after-release', 'one that is there', accessed('mark_page_accessed(page);\n\tput_page(page);'));
});

const gathered = (copy: string, end: string): string => `struct slot { struct page *page; int len; };
struct ring { struct slot own[16]; struct slot *slots; int n; };
int ring_take(struct ring *r, unsigned long a, int n)
{
	struct slot *slots;
	struct page *page;
	int i;

	slots = kcalloc(n, sizeof(*slots), GFP_KERNEL);
	if (!slots)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1) {
		kfree(slots);
		return -EFAULT;
	}
	slots[0].page = page;
	${copy}
	r->n = n;
	kfree(slots);
	return 0;
}
void ring_end(struct ring *r)
{
	int i;

	for (i = 0; i < r->n; i++)
		${end}
}
`;

describe('structs that are copied before what they stood in is freed', () => {
  const ways: readonly [string, string, string][] = [
    ['one by one', 'for (i = 0; i < n; i++)\n\t\tr->own[i] = slots[i];', 'own'],
    ['by a pointer', 'r->own[0] = *slots;', 'own'],
    ['all at once', 'memcpy(r->own, slots, n * sizeof(*slots));', 'own'],
    ['all at once, to where a pointer leads', 'memcpy(r->slots, slots, n * sizeof(*slots));', 'slots'],
  ];
  for (const [how, copy, to] of ways) {
    for (const rule of ['leak-on-path', 'never-released'])
      accepts(rule, `pages in those copied ${how}`, gathered(copy, `unpin_user_page(r->${to}[i].page);`));
    complains(
      'never-released',
      `pages in those copied ${how}, which nobody drops`,
      gathered(copy, `note(r->${to}[i].len);`),
      'ring_take:kfree(slots);',
    );
  }
  complains(
    'leak-on-path',
    'pages in others that are freed',
    gathered('struct slot *more = kmemdup(slots, 16, GFP_KERNEL);\n\tkfree(more);', 'unpin_user_page(r->own[i].page);'),
    'ring_take:if (pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1) {',
  );
});

const mapped = (use: string, between = ''): string => `int page_peek(unsigned long a, u32 *value, void *to)
{
	struct page *page;
	u32 *p;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	p = kmap_local_page(page);
	set_page_dirty_lock(page);
	${between || 'unpin_user_page(page);'}
	${use}
	kunmap_local(p);
	${between ? 'unpin_user_page(page);' : ''}
	return 0;
}
`;

describe('the address of a page', () => {
  for (const use of [
    '*value = *p;',
    '*value = p[3];',
    '*p = 1;',
    'memcpy(to, p, 64);',
    'return copy_to_user(to, p, 64);',
    'if (*p == 7)',
    'if (a && p[1] != a)',
    'return *p;',
  ]) {
    complains('use-after-release', `a page that is gone, by ${use}`, mapped(use), `page_peek:${use}`);
    accepts('use-after-release', `a page that is there, by ${use}`, mapped(use, 'note(a);'));
  }
  accepts('use-after-release', 'a number that is kept of it', mapped('*value = a;'));
});

const described = (test: string, after = 'd->done = job_done;\n\td->data = job;'): string => `struct job { struct page *page; };
static void job_done(struct desc *d, void *data)
{
	struct job *job = data;

	unpin_user_pages_dirty_lock(&job->page, 1, true);
	kfree(job);
}
int job_start(struct chan *chan, unsigned long a)
{
	struct job *job = kmalloc(sizeof(*job), GFP_KERNEL);
	struct desc *d;

	if (!job)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &job->page) != 1) {
		kfree(job);
		return -EFAULT;
	}
	d = chan_describe(chan, job->page);
	if (${test}) {
		unpin_user_page(job->page);
		kfree(job);
		return -ENOMEM;
	}
	${after}
	return 0;
}
`;

describe('an object that a library makes of a page', () => {
  for (const test of ['!d', 'IS_ERR(d)', 'IS_ERR_OR_NULL(d)']) accepts('leak-on-path', `asked by ${test}`, described(test));
  complains(
    'leak-on-path',
    'of which an error is not looked for',
    described('!d', 'if (IS_ERR(d))\n\t\treturn PTR_ERR(d);'),
    'job_start:if (!d) {',
  );
});

const looked = (test: string, undo = '', first = ''): string => `struct hook { unsigned long at, bits; atomic_t users; struct page *page; };
int hook_set(struct hook *h)
{
	struct page *page;
	unsigned long *k;

	if (pin_user_pages_fast(h->at, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	${first}
	k = kmap_local_page(page);
	if (${test}) {
		kunmap_local(k);
		${undo}
		return -EAGAIN;
	}
	set_bit(1, k);
	kunmap_local(k);
	unpin_user_pages_dirty_lock(&page, 1, true);
	return 0;
}
void hook_unset(struct hook *h)
{
	unpin_user_page(h->page);
}
`;
describe('who asks how another object stands, with the page in variables of its own', () => {
  for (const test of ['!test_bit(0, &h->bits)', 'atomic_read(&h->users) > 1'])
    complains('leak-on-path', `${test}, and leaves`, looked(test), `hook_set:if (${test}) {`);
  accepts('leak-on-path', 'and drops it', looked('!test_bit(0, &h->bits)', 'unpin_user_page(page);'));
  accepts('leak-on-path', 'what it has said itself', looked('!test_bit(0, &h->bits)', '', 'set_bit(0, &h->bits);'));
  accepts('leak-on-path', 'of the object that has the page, too', looked('test_bit(0, &h->bits)', '', 'h->page = page;'));
});
