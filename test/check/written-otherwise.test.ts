/** The same said in other words of C: counts, tests of errors, types, and the ends of scopes. */
import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/index.js';
import { withTree } from '../survey/helper.js';
import { accepts, complains } from './findings.js';

const one = (define: string, count: string, test = 'rc != 1', rest = 'unpin_user_page(page);') => `${define}
int hw_run(struct page *p);
int run(unsigned long a)
{
	struct page *page = NULL;
	int rc;

	rc = pin_user_pages_fast(a, ${count}, 0, &page);
	if (${test})
		return rc < 0 ? rc : -EFAULT;
	rc = hw_run(page);
	${rest}
	return rc;
}
`;

describe('one page', () => {
  for (const [define, count] of [
    ['', '1UL'],
    ['', '0x1'],
    ['#define ONE (1)', 'ONE'],
    ['enum { ONE = 1 };', 'ONE'],
  ] as const) {
    accepts('leak-on-path', `asked for by ${count} ${define}`, one(define, count));
    complains('leak-on-path', `asked for by ${count} ${define}, and left`, one(define, count, 'rc != 1', ''), 'run:rc = hw_run(page);');
  }
  accepts('leak-on-path', 'compared with the name', one('#define ONE (1)', 'ONE', 'rc != ONE'));
});

describe('a difference', () => {
  for (const test of ['rc - 1', 'rc ^ 1', '(rc - 1) != 0', '!(rc - 1 == 0)']) {
    accepts('leak-on-path', `from what was asked for: ${test}`, one('', '1', test));
    complains('leak-on-path', `from what was asked for, and left: ${test}`, one('', '1', test, ''), 'run:rc = hw_run(page);');
  }
});

describe('a number that may be an error', () => {
  const asked = (more: string) =>
    one('', '1', 'rc != 1').replace('\tif (rc != 1)', `\tif (IS_ERR_VALUE((long)rc))\n\t\t${more}\n\tif (rc != 1)`);
  accepts('leak-on-path', 'asked by IS_ERR_VALUE()', asked('return rc;'));
});

const handle = (type: string, define: string) => `${define}
struct ubuf { struct page *page; };
int ubuf_new(unsigned long a, ${type} *out)
{
	struct ubuf *u = kzalloc(sizeof(*u), GFP_KERNEL);
	int rc;

	if (!u)
		return -ENOMEM;
	rc = pin_user_pages_fast(a, 1, FOLL_LONGTERM, &u->page);
	if (rc != 1) {
		kfree(u);
		return rc < 0 ? rc : -EFAULT;
	}
	*out = (${type})u;
	return 0;
}
void ubuf_del(${type} h)
{
	struct ubuf *u = (struct ubuf *)h;

	unpin_user_page(u->page);
	kfree(u);
}
struct port { struct { ${type} h; int busy; } slot[8]; };
int port_add(struct port *p, unsigned long a, int i)
{
	${type} h;
	int rc = ubuf_new(a, &h);

	if (rc)
		return rc;
	if (p->slot[i].busy) {
		ubuf_del(h);
		return -EBUSY;
	}
	p->slot[i].h = h;
	return 0;
}
void port_del(struct port *p, int i)
{
	ubuf_del(p->slot[i].h);
	p->slot[i].h = (${type})0;
}
`;

describe('an object behind a handle', () => {
  accepts('never-released', 'of a type of its own for a pointer', handle('ubuf_handle', 'typedef void *ubuf_handle;'));
  accepts('never-released', 'of a type of its own for a number', handle('ubuf_handle', 'typedef unsigned long ubuf_handle;'));
  accepts(
    'never-released',
    'of a type for such a type',
    handle('ubuf_handle', 'typedef void *any_handle;\ntypedef any_handle ubuf_handle;'),
  );
  for (const define of ['typedef struct opaque_ubuf *ubuf_handle;', '#include <port_types.h>', 'typedef void *ubuf_handle;']) {
    accepts('never-released', `that nobody can look into: ${define}`, handle('ubuf_handle', define));
    const kept = handle('ubuf_handle', define).replace('unpin_user_page(u->page);', '');
    complains('never-released', `that is kept: ${define}`, kept, 'ubuf_new:if (rc != 1) {', 'port_add:if (p->slot[i].busy) {');
  }
});

const scoped = (drop: string, end: string) => `struct vreq { struct page *page; };
static void vreq_destroy(struct vreq *r)
{
	${drop}
	kfree(r);
}
DEFINE_FREE(vreq, struct vreq *, if (_T) vreq_destroy(_T))
static struct vreq *vreq_create(unsigned long a)
{
	struct vreq *r __free(vreq) = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return NULL;
	if (pin_user_pages_fast(a, 1, 0, &r->page) != 1)
		return NULL;
	${end}
}
int vreq_run(unsigned long a)
{
	struct vreq *r __free(vreq) = vreq_create(a);

	return r ? hw_run(r->page) : -ENOMEM;
}
`;
const put = 'if (r->page)\n\t\tunpin_user_page(r->page);';

describe('an object of the scope', () => {
  for (const end of ['return_ptr(r);', 'return no_free_ptr(r);']) {
    accepts('leak-on-path', end, scoped(put, end));
    accepts('needs-longterm', `${end} for one call`, scoped(put, end));
    accepts('use-after-release', end, scoped(put, end));
  }
});

describe('pages that are kept while a call runs that is not there', () => {
  const kept = (end: string) => `struct xfer { struct page *page; };
void hw_kick(struct xfer *x);
int xfer_run(struct xfer *x, unsigned long a)
{
	int got = pin_user_pages_fast(a, 1, 0, &x->page);

	if (got != 1)
		return got < 0 ? got : -EFAULT;
	hw_kick(x);
	${end}
	return 0;
}
`;
  accepts('never-released', 'and dropped behind it', kept('unpin_user_page(x->page);'));
  complains('never-released', 'and not dropped', kept(''), 'xfer_run:if (got != 1)');
});

describe('a field that was tested before it was filled', () => {
  const filled = (end: string) => `struct tab { struct page *page; };
static long tab_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	struct tab *t = f->private_data;

	if (t->page)
		return -EBUSY;
	return pin_user_pages_fast(a, 1, FOLL_LONGTERM, &t->page) == 1 ? 0 : -EFAULT;
}
static int tab_release(struct inode *i, struct file *f)
{
	struct tab *t = f->private_data;

	if (t->page)
		${end}(t->page);
	kfree(t);
	return 0;
}
`;
  accepts('never-released', 'and is again where it is dropped', filled('unpin_user_page'));
  complains('wrong-release', 'and is again where it is dropped by the wrong call', filled('put_page'), 'tab_release:put_page(t->page);');
});

describe('a mapping that is asked for by a variable', () => {
  const mapped = (undo: string) => `struct rq { struct dev *dev; struct page *page; dma_addr_t addr; };
int rq_start(struct rq *rq, unsigned long a)
{
	int err;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &rq->page) != 1)
		return -EFAULT;
	rq->addr = dma_map_page(rq->dev, rq->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	err = dma_mapping_error(rq->dev, rq->addr);
	if (err)
		goto unpin;
	err = hw_go(rq->addr, 1);
	if (err < 0)
		goto unmap;
	return 0;
unmap:
	${undo}
unpin:
	unpin_user_page(rq->page);
	return err;
}
void rq_end(struct rq *rq)
{
	dma_unmap_page(rq->dev, rq->addr, PAGE_SIZE, DMA_FROM_DEVICE);
	unpin_user_pages_dirty_lock(&rq->page, 1, true);
}
`;
  accepts('use-after-release', 'and failed', mapped('dma_unmap_page(rq->dev, rq->addr, PAGE_SIZE, DMA_FROM_DEVICE);'));
  complains('use-after-release', 'and did not fail', mapped(''), 'rq_start:if (err < 0)');
});

describe('an object that stands in a file', () => {
  const set = (before: string, given: string, test = '') => `struct ctx { struct page *page; };
static int ctx_set(struct ctx *c, unsigned long a)
{
	struct page *page;

	${test}
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	c->page = page;
	return 0;
}
static long ctx_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	${before}
	return ctx_set(${given}, a);
}
static int ctx_release(struct inode *i, struct file *f)
{
	struct ctx *c = f->private_data;

	if (c->page)
		unpin_user_page(c->page);
	kfree(c);
	return 0;
}
const struct file_operations ctx_fops = { .unlocked_ioctl = ctx_ioctl, .release = ctx_release };
`;
  for (const [before, given] of [
    ['struct ctx *c = f->private_data;', 'c'],
    ['', 'f->private_data'],
  ] as const) {
    complains('overwritten', `and is given as ${given}`, set(before, given), 'ctx_set:c->page = page;');
    accepts('overwritten', `and is given as ${given}, and asked`, set(before, given, 'if (c->page)\n\t\treturn -EBUSY;'));
  }
});

describe('a lock that may not be got', () => {
  const locked = (failed: string, label: string) => `struct sc { struct mutex lock; struct page *page; };
int sc_add(struct sc *s, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	scoped_cond_guard(mutex_intr, ${failed}, &s->lock) {
		if (s->page)
			goto undo;
		s->page = page;
	}
	return 0;
undo:
	${label}
	return -EBUSY;
}
void sc_drain(struct sc *s)
{
	unpin_user_page(s->page);
	s->page = NULL;
}
`;
  const rule = 'leak-on-path';
  const drop = 'unpin_user_page(page);';
  const guard = (failed: string) => `sc_add:scoped_cond_guard(mutex_intr, ${failed}, &s->lock) {`;
  accepts(rule, 'behind which the page is dropped', locked('goto undo', drop));
  complains(rule, 'behind which the function is left', locked('return -EINTR', drop), guard('return -EINTR'));
  complains(rule, 'behind which nothing is dropped', locked('goto undo', ''), guard('goto undo'), 'sc_add:if (s->page)');
});

describe('a request that has the name of what runs once', () => {
  const named = (name: string, test = '') => `struct ctx { struct page **pages; int n; };
static int ${name}(struct ctx *c, unsigned long a)
{
	${test}
	c->pages = kcalloc(4, sizeof(*c->pages), GFP_KERNEL);
	if (!c->pages)
		return -ENOMEM;
	c->n = pin_user_pages_fast(a, 4, FOLL_LONGTERM, c->pages);
	return c->n == 4 ? 0 : -EFAULT;
}
static long ctx_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	struct ctx *c = f->private_data;

	return ${name}(c, a);
}
static int ctx_release(struct inode *i, struct file *f)
{
	struct ctx *c = f->private_data;

	if (c->n > 0)
		unpin_user_pages(c->pages, c->n);
	kfree(c->pages);
	kfree(c);
	return 0;
}
const struct file_operations ctx_fops = { .unlocked_ioctl = ctx_ioctl, .release = ctx_release };
`;
  for (const name of ['ctx_setup', 'ctx_init', 'ctx_attach']) {
    complains('overwritten', name, named(name), `${name}:c->pages = kcalloc(4, sizeof(*c->pages), GFP_KERNEL);`);
    accepts('overwritten', `${name}, that asks`, named(name, 'if (c->pages)\n\t\treturn -EBUSY;'));
  }
});

describe('members of a list of values', () => {
  const listed = (list: string, drop = 'unpin_user_pages') => `struct buf { struct page **pages; int n; };
struct drop { void *owner; struct page **pages; int n; };
static void run_drop(const struct drop *d)
{
	${drop}(d->pages, d->n);
}
int buf_take(struct buf *b, unsigned long a)
{
	int got = pin_user_pages_fast(a, 1, FOLL_LONGTERM, b->pages);

	if (got != 1)
		return got < 0 ? got : -EFAULT;
	b->n = 1;
	return 0;
}
void buf_give(struct buf *b)
{
	struct drop d = ${list};

	run_drop(&d);
}
`;
  for (const list of ['{ NULL, b->pages, b->n }', '{ .pages = b->pages, .n = b->n }']) {
    accepts('never-released', list, listed(list));
    complains('wrong-release', list, listed(list, 'release_pages'), 'run_drop:release_pages(d->pages, d->n);');
  }
  complains('never-released', 'that are others', listed('{ b, NULL, b->n }'), 'buf_take:if (got != 1)');
});

describe('a pointer that takes the place of another', () => {
  const set = (exchange: string, end: string) => `struct sp { struct page *page; };
int sp_ioctl(struct sp *s, unsigned long a)
{
	struct page *page, *old;

	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	${exchange}
	${end}
	return 0;
}
void sp_fini(struct sp *s)
{
	if (s->page)
		unpin_user_page(s->page);
}
`;
  const rule = 'overwritten';
  for (const exchange of [
    'old = xchg(&s->page, page);',
    'old = s->page; s->page = page;',
    'old = s->page; WRITE_ONCE(s->page, page);',
    'swap(s->page, page); old = page;',
  ]) {
    accepts(rule, `${exchange} and drops that`, set(exchange, 'if (old)\n\t\tunpin_user_page(old);'));
    complains(rule, `${exchange} and forgets that`, set(exchange, 'if (old)\n\t\tpr_debug("replaced");'), `sp_ioctl:${exchange}`);
  }
});

describe('a file that begins with the mark of UTF-8', () => {
  const begun = (first: string) => `${first}
typedef struct tagBUF { unsigned int n; struct page **pages; } BUF, *LPBUF;
int buf_map(LPBUF b, unsigned long va, unsigned int n)
{
	int got = pin_user_pages_fast(va, n, FOLL_WRITE, b->pages);

	if (got < 0)
		return got;
	b->n = got;
	return 0;
}
void buf_unmap(LPBUF b)
{
	unpin_user_pages(b->pages, b->n);
}
`;
  const kept = 'buf_map:int got = pin_user_pages_fast(va, n, FOLL_WRITE, b->pages);';
  for (const first of ['#include <linux/mm.h>', '/* M\xc3\xbcller */', 'struct dev { int id; };'])
    for (const mark of ['', '\xef\xbb\xbf']) {
      const text = begun(mark + first);
      const name = `${mark === '' ? 'or does not' : 'and goes on'}: ${first}`;
      complains('needs-longterm', name, text, kept);
      complains('dirty-lost', name, text, 'buf_unmap:unpin_user_pages(b->pages, b->n);');
    }
  const one = (mark: string) => `${mark}int f(unsigned long a, struct page **p) { return get_user_pages_fast(a, 1, FOLL_WRITE, NULL); }\n`;
  it('has its places where they stand in the file', async () => {
    const places = (text: string): Promise<number[][]> =>
      withTree(text, async (tree) => (await check(tree, { jobs: 1 })).findings.map((f) => [f.line, f.column]));
    const [[line, column] = []] = await places(one(''));
    expect(line).toBe(1);
    expect(await places(one('\xef\xbb\xbf'))).toEqual([[1, (column ?? 0) + 3]]);
  });
});

describe('a test in a function of its own', () => {
  const asking = (how: string, test = 'failed(rc)') => one(`static bool failed(int got)\n{\n\t${how}\n}`, '1', test);
  for (const [how, test] of [
    ['return got <= 0;'],
    ['return got != 1;'],
    ['return !(got == 1);', 'failed(rc) != 0'],
    ['if (got <= 0)\n\t\treturn true;\n\treturn false;'],
    ['if (got == 1)\n\t\treturn 0;\n\telse\n\t\treturn 1;', 'unlikely(failed(rc))'],
  ] as const)
    for (const rule of ['leak-on-path', 'unchecked-count', 'release-count'])
      accepts(rule, `${how} asked by ${test ?? 'itself'}`, asking(how, test));
  complains('leak-on-path', 'which says yes of a page', asking('return got == 1;'), 'run:rc = pin_user_pages_fast(a, 1, 0, &page);');
  complains(
    'leak-on-path',
    'behind which the page is left',
    asking('return got <= 0;').replace('unpin_user_page(page);', ''),
    'run:rc = hw_run(page);',
  );
});

describe('a name in parentheses in front of &&', () => {
  const counted = (test: string) => `int take(unsigned long a, int n, struct page **pages)
{
	int got = pin_user_pages_fast(a, n, 0, pages);

	if (${test}) {
		unpin_user_pages(pages, got);
		got = -EFAULT;
	}
	return got;
}
`;
  for (const test of ['0 <= (got) && (got) < n', '(got) >= 0 && (got) < n', '0 <= got && got < n'])
    for (const rule of ['release-count', 'leak-on-path', 'unchecked-count']) accepts(rule, test, counted(test));
});

describe('an answer', () => {
  const kept = (answer: string, test: string) =>
    one('', '1', test).replace('\tif (', `\tbad = ${answer};\n\tif (`).replace('int rc;', 'int rc;\n\tbool bad;');
  for (const [answer, test] of [
    ['unlikely(rc <= 0)', 'bad'],
    ['rc < 0 || rc == 0', 'bad'],
    ['rc == 1', '!bad'],
    ['rc == 1', 'bad == false'],
  ] as const) {
    accepts('leak-on-path', `kept: ${answer}, asked by ${test}`, kept(answer, test));
    accepts('unchecked-count', `kept: ${answer}, asked by ${test}`, kept(answer, test));
  }
  for (const test of ['(rc == 1) == false', '(rc != 1) == true', 'unlikely(rc <= 0) != 0', '(rc != 1) != false', '(rc == 1) == 0'])
    for (const rule of ['leak-on-path', 'unchecked-count', 'release-count']) accepts(rule, test, one('', '1', test));
  complains('leak-on-path', 'that is the wrong one', one('', '1', '(rc == 1) == true'), 'run:rc = pin_user_pages_fast(a, 1, 0, &page);');
});

describe('a call in a condition', () => {
  const asked = (start: string, drop = 'unpin_user_page(page);') => `int touch(unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(${start}, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	set_page_dirty_lock(page);
	${drop}
	return 0;
}
`;
  for (const start of ['a & PAGE_MASK', 'a & ~4095UL', 'round(a & PAGE_MASK)']) {
    accepts('leak-on-path', `with bits of an argument: ${start}`, asked(start));
    complains(
      'leak-on-path',
      `with bits of an argument, and left: ${start}`,
      asked(start, ''),
      `touch:if (pin_user_pages_fast(${start}, 1, FOLL_WRITE, &page) != 1)`,
    );
  }
});

describe('an error pointer', () => {
  const failing = (ask: string, drop = 'unpin_user_page(page);') => `static struct page *take(unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return ERR_PTR(-EFAULT);
	return page;
}
int go(unsigned long a)
{
	struct page *page = take(a);
	bool bad = IS_ERR(page);
	int rc;

	if (${ask})
		return -EFAULT;
	rc = hw_run(page);
	${drop}
	return rc;
}
`;
  for (const ask of ['bad', 'IS_ERR(page) == true', 'IS_ERR(page) != 0', 'bad == 1', 'unlikely(bad)'])
    accepts('leak-on-path', `asked by ${ask}`, failing(ask));
  complains(
    'leak-on-path',
    'asked for, and the page left',
    failing('bad', 'if (rc)\n\t\treturn rc;\n\tunpin_user_page(page);'),
    'go:rc = hw_run(page);',
  );
});

describe('a function that says whether all went well', () => {
  const said = (type: string, test: string, yes: string, no: string, head = '') => `${head}struct mem { int n; struct page **pages; };
struct dev { struct mem m; };
static ${type} pin(struct mem *m, unsigned long va, int n)
{
	int got = pin_user_pages_fast(va, n, FOLL_LONGTERM, m->pages);

	if (${test}) {
		m->n = n;
		return ${yes};
	}
	if (got > 0)
		unpin_user_pages(m->pages, got);
	return ${no};
}
int reg(struct dev *d, unsigned long va, int n)
{
	return pin(&d->m, va, n) ? 0 : -EFAULT;
}
void unreg(struct dev *d)
{
	unpin_user_pages(d->m.pages, d->m.n);
}
`;
  const own = '#define TRUE 1\n#define FALSE 0\ntypedef int BOOL;\n';
  for (const [type, yes, no, head] of [
    ['bool', 'true', 'false'],
    ['int', '1', '0'],
    ['BOOL', 'TRUE', 'FALSE', own],
  ] as const) {
    accepts('unchecked-count', `by ${type}: ${yes}, ${no}`, said(type, 'got == n', yes, no, head));
    complains(
      'unchecked-count',
      `by ${type}: ${yes}, ${no}, and says so of a short count`,
      said(type, 'got > 0', yes, no, head),
      `pin:return ${yes};`,
    );
  }
});

describe('a variable that says whether all went well', () => {
  const kept = (begin: string) => `struct mem { int n; struct page **pages; };
static int pin(struct mem *m, unsigned long va, int n)
{
	int ok = ${begin};
	int got;

	m->pages = kcalloc(n, sizeof(*m->pages), GFP_KERNEL);
	if (m->pages) {
		got = pin_user_pages_fast(va, n, FOLL_LONGTERM, m->pages);
		if (got > 0) {
			m->n = got;
			if (got == n)
				ok = 1;
		}
	}
	return ok;
}
void unreg(struct mem *m)
{
	unpin_user_pages(m->pages, m->n);
}
`;
  accepts('unchecked-count', 'zero from the beginning', kept('0'));
  complains(
    'unchecked-count',
    'an error elsewhere, so that one is none',
    kept('0').replace('return ok;', 'return ok - 1 ? 0 : -ENOMEM;'),
    'pin:return ok - 1 ? 0 : -ENOMEM;',
  );
});

describe('a name of a number', () => {
  const named = (define: string, ok: string, bad: string) => `${define}
struct mem { int n; struct page **pages; };
struct dev { struct mem *cur; };
static int lock_user(struct mem *m, unsigned long va, int n)
{
	m->n = pin_user_pages_fast(va, n, FOLL_LONGTERM, m->pages);
	if (m->n <= 0) {
		m->n = 0;
		return ${bad};
	}
	return ${ok};
}
int map_user(struct dev *d, unsigned long va, int n)
{
	struct mem *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int rc;

	if (!m)
		return -ENOMEM;
	m->pages = kcalloc(n, sizeof(*m->pages), GFP_KERNEL);
	rc = m->pages ? lock_user(m, va, n) : ${bad};
	if (rc == ${ok}) {
		d->cur = m;
		return 0;
	}
	kfree(m->pages);
	kfree(m);
	return -EIO;
}
void unmap_user(struct dev *d)
{
	unpin_user_pages(d->cur->pages, d->cur->n);
	kfree(d->cur->pages);
	kfree(d->cur);
	d->cur = NULL;
}
`;
  for (const [define, ok, bad] of [
    ['enum { ApiOk = 0, ApiBad = 0x201 };', 'ApiOk', 'ApiBad'],
    ['enum { kStatusOk, kStatusBad };', 'kStatusOk', 'kStatusBad'],
    ['#define ApiOk 0\n#define ApiBad (-1)', 'ApiOk', 'ApiBad'],
  ] as const) {
    accepts('leak-on-path', define, named(define, ok, bad));
    complains(
      'leak-on-path',
      `${define}, asked for the other way`,
      named(define, ok, bad).replace(`rc == ${ok}`, `rc != ${ok}`),
      `map_user:rc = m->pages ? lock_user(m, va, n) : ${bad};`,
    );
  }
  const marking = (define: string, flag: string) => `${define}
struct mem { int n; struct page **pages; };
int reg(struct mem *m, unsigned long va, int n)
{
	int got = pin_user_pages_fast(va, n, FOLL_WRITE | FOLL_LONGTERM, m->pages);

	if (got < 0)
		return got;
	m->n = got;
	return 0;
}
void unreg(struct mem *m)
{
	unpin_user_pages_dirty_lock(m->pages, m->n, ${flag});
}
`;
  for (const [define, no, yes] of [
    ['#define TRUE 1\n#define FALSE 0', 'FALSE', 'TRUE'],
    ['enum { DIRTY_NO, DIRTY_YES };', 'DIRTY_NO', 'DIRTY_YES'],
    ['enum { DirtyNo = 0, DirtyYes = 1 };', 'DirtyNo', 'DirtyYes'],
  ] as const) {
    complains('dirty-lost', `that is none: ${no}`, marking(define, no), `unreg:unpin_user_pages_dirty_lock(m->pages, m->n, ${no});`);
    accepts('dirty-lost', `that is one: ${yes}`, marking(define, yes));
  }
});

describe('a macro for what stands below its argument', () => {
  const held = (
    define: string,
    store: string,
    use = 'b->pages[i]',
    flags = 'FOLL_WRITE | FOLL_LONGTERM',
  ) => `struct buf { struct page **pages; int n; unsigned int flags; };
${define}
static void buf_init(struct buf *b)
{
	b->flags = FOLL_WRITE | FOLL_LONGTERM;
}
int buf_get(struct buf *b, unsigned long addr, int n)
{
	struct page *page;
	int i;

	buf_init(b);
	for (i = 0; i < n; i++) {
		if (pin_user_pages_fast(addr + i * PAGE_SIZE, 1, ${flags}, &page) != 1)
			break;
		${store} = page;
	}
	b->n = i;
	return i;
}
void buf_put(struct buf *b)
{
	int i;

	for (i = 0; i < b->n; i++)
		unpin_user_page(${use});
}
`;
  const lost = (use = 'b->pages[i]') => `buf_put:unpin_user_page(${use});`;
  for (const [define, store, use] of [
    ['#define EL(a, i) ((a)[(i)])', 'EL(b->pages, i)', 'EL(b->pages, i)'],
    ['#define EL(a, i) a[i]', 'EL(b->pages, i)', 'b->pages[i]'],
    ['#define PAGES(b) ((b)->pages)\n#define PG(b, i) (PAGES(b)[i])', 'PG(b, i)', 'PG(b, i)'],
    ['#define PAGES(b) ((b)->pages)\n#define PG(b, i) (PAGES(b)[i])', 'b->pages[i]', 'PG(b, i)'],
  ] as const) {
    accepts('leak-on-path', `${define}, by ${store} and ${use}`, held(define, store, use));
    accepts('never-released', `${define}, by ${store} and ${use}`, held(define, store, use));
    accepts('needs-longterm', `${define}, by ${store} and ${use}`, held(define, store, use));
    complains('dirty-lost', `${define}, by ${store} and ${use}`, held(define, store, use), lost(use));
  }
  const flags = '#define FLAGS(b) ((b)->flags)';
  for (const given of ['FLAGS(b)', 'FLAGS(b) | FOLL_WRITE'])
    accepts('needs-longterm', `the flags by ${given}`, held(flags, 'b->pages[i]', 'b->pages[i]', given));
  accepts(
    'needs-longterm',
    'the flags, set by it too',
    held(flags, 'b->pages[i]', 'b->pages[i]', 'FLAGS(b)').replace('b->flags =', 'FLAGS(b) ='),
  );
  complains(
    'needs-longterm',
    'flags without it',
    held(flags, 'b->pages[i]', 'b->pages[i]', 'FLAGS(b)').replace('FOLL_WRITE | FOLL_LONGTERM', 'FOLL_WRITE'),
    'buf_get:if (pin_user_pages_fast(addr + i * PAGE_SIZE, 1, FLAGS(b), &page) != 1)',
  );
});

const installed = (keep: string) => `struct buf { struct page *page; };
struct port { struct buf *slot[8]; };
static void buf_free(struct buf *b)
{
	unpin_user_page(b->page);
	kfree(b);
}
int port_set(struct port *p, unsigned long a, int i)
{
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &b->page) != 1) {
		kfree(b);
		return -EFAULT;
	}
	if (p->slot[i] != b) {
		if (p->slot[i])
			buf_free(p->slot[i]);
		${keep}
	}
	return 0;
}
void port_end(struct port *p, int i)
{
	buf_free(p->slot[i]);
}
`;

describe('an object that is kept where it is another one than stands there', () => {
  accepts('leak-on-path', 'which a new one is', installed('p->slot[i] = b;'));
  const lost = 'port_set:if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &b->page) != 1) {';
  complains('leak-on-path', 'which a new one is, and is not kept', installed('p->n++;'), lost);
});

const asked = (ask: string, drop = 'unpin_user_page(p);') => `static struct page *one(unsigned long a)
{
	struct page *page;
	int got = pin_user_pages_fast(a, 1, 0, &page);

	return got == 1 ? page : ERR_PTR(got < 0 ? got : -EFAULT);
}
int run(unsigned long a, int busy)
{
	struct page *p = one(a);
	int err;

	${ask}
	if (err)
		return err;
	err = hw_run(page_size(p));
	${drop}
	return err;
}
`;

describe('the number of an error that was asked for in a page which is there', () => {
  for (const ask of ['err = PTR_ERR_OR_ZERO(p);', 'err = PTR_ERR(p);\n\tif (!IS_ERR(p))\n\t\terr = 0;']) {
    accepts('leak-on-path', `by ${ask}`, asked(ask));
    complains('leak-on-path', `by ${ask}, and left`, asked(ask, ''), 'run:struct page *p = one(a);');
    const other = `${ask}\n\tif (!err && busy)\n\t\terr = -EBUSY;`;
    complains('leak-on-path', `by ${ask}, and another one`, asked(other), 'run:if (!err && busy)');
  }
});

/** Pages for reading or writing, dropped by a function for each of them; the end may take the wrong one for all. */
const twoWays = (end: string, forms: string): string => `struct rx { struct page **p; int n, w; };
static void rx_unpin(struct page **p, int n, int dirty)
{
	unpin_user_pages_dirty_lock(p, n, dirty);
}
${forms}
int rx_open(struct rx *r, unsigned long a, int n, int w)
{
	int got = pin_user_pages_fast(a, n, w ? FOLL_WRITE | FOLL_LONGTERM : FOLL_LONGTERM, r->p);

	if (got != n) {
		if (got > 0)
			rx_unpin_ro(r->p, got);
		return got < 0 ? got : -EFAULT;
	}
	r->n = n;
	r->w = w;
	return 0;
}
void rx_close(struct rx *r)
{
	${end}
}
`;

describe('a drop that marks where it is told to', () => {
  const functions = `static void rx_unpin_ro(struct page **p, int n)
{
	rx_unpin(p, n, 0);
}
static void rx_unpin_rw(struct page **p, int n)
{
	rx_unpin(p, n, 1);
}`;
  const macros = '#define rx_unpin_ro(p, n) rx_unpin((p), (n), 0)\n#define rx_unpin_rw(p, n) rx_unpin((p), (n), 1)';
  for (const [what, forms] of Object.entries({ functions, macros })) {
    accepts(
      'dirty-lost',
      `by one of two ${what}`,
      twoWays('if (r->w)\n\t\trx_unpin_rw(r->p, r->n);\n\telse\n\t\trx_unpin_ro(r->p, r->n);', forms),
    );
    const marks = 'rx_unpin:unpin_user_pages_dirty_lock(p, n, dirty);';
    complains('dirty-lost', `by the one of two ${what} that never tells it`, twoWays('rx_unpin_ro(r->p, r->n);', forms), marks);
  }
});
