/** What is told of a path: each step in words and in C's own spelling, with the line at which it happens. */
import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/index.js';
import { type Files, rowsOf, withTree } from '../survey/helper.js';

interface Told {
  file: string;
  line: number;
  text: string;
}

/** Steps as `text of their line: what is told`. */
function spoken(files: Files, steps: readonly Told[]): string[] {
  return steps.map(({ file, line, text }) => {
    const all = typeof files === 'string' ? files : (files[file] ?? '');
    return `${(all.split('\n')[line - 1] ?? '').trim()}: ${text}`;
  });
}

/** What is told of the only row of a tree. */
async function rowOf(files: Files): Promise<string[]> {
  const [row] = await rowsOf(files);
  return spoken(files, row?.trace ?? []);
}

/** The message of the first finding of a rule, and what is told of its path. */
function findingOf(files: Files, rule: string): Promise<{ message: string; steps: string[] }> {
  return withTree(files, async (tree) => {
    const finding = (await check(tree, { jobs: 1 })).findings.find((f) => f.rule === rule);
    return { message: finding?.message ?? '', steps: spoken(files, finding?.path ?? []) };
  });
}

/** A driver that takes pages in one function, and drops them in another that finds them in its object. */
const driver = (take: string, drop: string, members = 'struct page **pages; int n;'): string => `struct buf { ${members} };
int buf_fill(struct buf *b, unsigned long a, int n)
{
${take}
	return 0;
}
void buf_drop(struct buf *b)
{
	int i = b->n;
${drop}
}
`;
const local = `	struct page **pages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL);
	if (pin_user_pages_fast(a, n, FOLL_LONGTERM, pages) != n)
		return -EFAULT;`;
const dropped = '	unpin_user_pages(b->pages, b->n);';

describe('a store and a load', () => {
  it('are told at their own lines, behind the call', async () => {
    expect(await rowOf(driver(`${local}\n	b->pages = pages;`, dropped))).toEqual([
      'if (pin_user_pages_fast(a, n, FOLL_LONGTERM, pages) != n): taken by pin_user_pages_fast()',
      'b->pages = pages;: kept in b->pages, of struct buf',
      'unpin_user_pages(b->pages, b->n);: found in b->pages',
      'unpin_user_pages(b->pages, b->n);: dropped by unpin_user_pages()',
    ]);
  });

  it('that stood before the call are told there: the call fills what the field leads to', async () => {
    const stored = local.replace(';\n', ';\n	b->pages = pages;\n');
    expect((await rowOf(driver(stored, dropped)))[1]).toBe(
      'if (pin_user_pages_fast(a, n, FOLL_LONGTERM, pages) != n): which is b->pages, of struct buf',
    );
  });

  it('of what a call gives are told as one', async () => {
    const taking = `struct page **take(unsigned long a, int n);
struct page **take(unsigned long a, int n)
{
${local.replace('-EFAULT', 'NULL')}
	return pages;
}
`;
    const files = taking + driver('	b->pages = take(a, n);', dropped);
    expect((await rowOf(files)).slice(1, 4)).toEqual([
      'b->pages = take(a, n);: handed on by take()',
      'b->pages = take(a, n);: kept in b->pages, of struct buf',
      'unpin_user_pages(b->pages, b->n);: found in b->pages',
    ]);
  });

  it('by a variable are told where that is set, not at the brace of its function', async () => {
    const loop = '	struct page **all = b->pages;\n	while (i--)\n		unpin_user_page(all[i]);';
    expect((await rowOf(driver(`${local}\n	b->pages = pages;`, loop))).slice(2)).toEqual([
      'struct page **all = b->pages;: found in b->pages',
      'struct page **all = b->pages;: kept in all',
      'unpin_user_page(all[i]);: dropped by unpin_user_page()',
    ]);
  });

  it('say what a container is', async () => {
    const take = `${local}\n	sg_alloc_table_from_pages(&b->table, pages, n, 0, n * PAGE_SIZE, GFP_KERNEL);`;
    const drop = '	struct sg_page_iter it;\n	for_each_sgtable_page(&b->table, &it, 0)\n		unpin_user_page(sg_page_iter_page(&it));';
    const steps = await rowOf(driver(take, drop, 'struct sg_table table; int n;'));
    expect(steps.join('\n')).toMatch(/kept in the scatterlist b->table, of struct buf/);
    expect(steps.join('\n')).toMatch(/found in the scatterlist b->table/);
    expect(steps.join('\n')).not.toMatch(/@|\[\]|result/);
  });
});

describe('a number for a page', () => {
  const one = (store: string, members: string): string =>
    driver(
      `	struct page *page;\n	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1)\n		return -EFAULT;\n${store}`,
      '	unpin_user_page(pfn_to_page(b->at >> PAGE_SHIFT));',
      members,
    );

  it.each([
    ['page_to_phys(page)', 'turned into a physical address by page_to_phys()', 'kept as a physical address in b->at, of struct buf'],
    ['page_to_pfn(page)', 'turned into a frame number by page_to_pfn()', 'kept as a frame number in b->at, of struct buf'],
    ['page_address(page)', 'its address is taken by page_address()', 'kept as an address in b->at, of struct buf'],
    ['kmap(page)', 'mapped by kmap()', 'kept as an address in b->at, of struct buf'],
  ])('%s', async (made, how, where) => {
    const steps = await rowOf(one(`	b->at = ${made};`, 'unsigned long at; int n;'));
    expect(steps.slice(1, 3)).toEqual([`b->at = ${made};: ${how}`, `b->at = ${made};: ${where}`]);
  });
});

describe('a condition', () => {
  const leak = (test: string): string => `struct obj { struct page *page; long d; int on; unsigned int flags; };
int f(struct obj *o, long *ptr, int *more, int i, unsigned long a)
{
	struct page *page;
	long d = *more;
	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	if (${test})
		return -EIO;
	put_page(page);
	return 0;
}
`;

  it.each([
    ['*ptr + d < 0', 'where *ptr + d < 0'],
    ['o->d == d', 'where o->d == d'],
    ['d == o->d', 'where d == o->d'],
    ['o->flags & 4', 'where (o->flags & 4) != 0'],
    ['(o->flags & 4) == 4', 'where (o->flags & 4) == 4'],
    ['more[i] > 3', 'where more[i] > 3'],
    ['more[i - 1] - (2 - i) > 3', 'where more[i - 1] - (2 - i) > 3'],
    ['!(o->on)', 'where o->on == 0'],
  ])('if (%s) is told as it is written', async (test, told) => {
    const { steps } = await findingOf(leak(test), 'leak-on-path');
    expect(steps).toContain(`if (${test}): ${told}`);
  });

  it('of a switch is told by its case', async () => {
    const files = leak('0').replace('	if (0)\n		return -EIO;', '	switch (o->on) {\n	case 3:\n		return -EIO;\n	}');
    expect((await findingOf(files, 'leak-on-path')).steps).toContain('case 3:: where o->on == 3');
  });
});

describe('a place that is stored to', () => {
  it('is told as it is written', async () => {
    const files = `int one(unsigned long a, unsigned long *pfn, struct page **out, int i)
{
	struct page *page;
	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	*pfn = page_to_pfn(page);
	out[i] = page;
	return 0;
}
int f(unsigned long a)
{
	struct page *own[4];
	unsigned long pfn;
	if (one(a, &pfn, own, 0))
		return -EFAULT;
	return 0;
}
`;
    const { steps } = await findingOf(files, 'leak-on-path');
    expect(steps).toContain('*pfn = page_to_pfn(page);: kept in *pfn');
    expect(steps).toContain('out[i] = page;: kept in out[i]');
  });
});

describe('a step', () => {
  it('of an earlier call stands where that took and kept the pages', async () => {
    const files = `struct dev { struct page *stats; };
int dev_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	struct dev *dev = f->private_data;
	struct page *page;
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	dev->stats = page;
	return 0;
}
void dev_end(struct dev *dev)
{
	unpin_user_page(dev->stats);
}
`;
    const { steps } = await findingOf(files, 'overwritten');
    expect([...steps.slice(0, 2), steps.at(-1)]).toEqual([
      'if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1): in an earlier call, taken by pin_user_pages_fast()',
      'dev->stats = page;: in an earlier call, kept in dev->stats',
      'dev->stats = page;: dev->stats is overwritten while it still holds pages',
    ]);
  });

  it('of a count that is saturated says what comes of it', async () => {
    const files = driver(
      '	if (pin_user_pages_fast(a, n, FOLL_LONGTERM, b->pages) != n)\n		return -EFAULT;',
      `	refcount_dec(&b->users);\n	if (refcount_read(&b->users) > 0)\n		return;\n${dropped}`,
      'struct page **pages; int n; refcount_t users;',
    );
    expect((await findingOf(files, 'leak-on-path')).steps.slice(-3)).toEqual([
      'if (pin_user_pages_fast(a, n, FOLL_LONGTERM, b->pages) != n): kept in b->pages, of struct buf',
      'refcount_dec(&b->users);: refcount_dec() of the last reference saturates the count, so refcount_read() > 0 is always true',
      'if (refcount_read(&b->users) > 0): returns here with the pages still held',
    ]);
  });

  it('at the call of a helper says what that calls', async () => {
    const take =
      '	if (pin_user_pages_fast(a, n, FOLL_LONGTERM, b->pages) != n)\n		return -EFAULT;\n' +
      '	sg_alloc_table_from_pages(&b->sgt, b->pages, n, 0, n * PAGE_SIZE, GFP_KERNEL);\n	dma_map_sgtable(b->dev, &b->sgt, 2, 0);';
    const helper = 'static void unmap(struct buf *b)\n{\n	dma_unmap_sgtable(b->dev, &b->sgt, 2, 0);\n}\n';
    const members = 'struct page **pages; int n; struct sg_table sgt; struct device *dev;';
    const files = driver(take, `${dropped}\n	unmap(b);`, members).replace('void buf_drop', `${helper}void buf_drop`);
    const { steps } = await findingOf(files, 'use-after-release');
    expect(steps.at(-1)).toBe('unmap(b);: unmapped by unmap(), which calls dma_unmap_sgtable()');
  });

  it('of a page that is used after its drop does not say that it is read', async () => {
    const files = `int clear(unsigned long a)
{
	struct page *page;
	char *p;
	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	p = kmap_local_page(page);
	unpin_user_pages_dirty_lock(&page, 1, true);
	memset(p, 0, 64);
	return 0;
}
`;
    const { steps } = await findingOf(files, 'use-after-release');
    expect(steps.at(-1)).toBe('memset(p, 0, 64);: used by memset() after the drop');
  });

  it('of an object that is taken off a list says so', async () => {
    const files = `struct req { struct list_head node; struct page **pages; int n; int status; };
struct chan { struct list_head reqs; spinlock_t lock; };
int req_make(struct chan *c, unsigned long a, int n)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (pin_user_pages_fast(a, n, FOLL_LONGTERM, r->pages) != n) {
		kfree(r);
		return -EFAULT;
	}
	r->n = n;
	list_add(&r->node, &c->reqs);
	return 0;
}
static void req_free(struct req *r)
{
	unpin_user_pages(r->pages, r->n);
	kfree(r);
}
int req_wait(struct chan *c, int n)
{
	struct req *r;
	int ret, found = 0;
	list_for_each_entry(r, &c->reqs, node) {
		if (r->n == n) {
			list_del(&r->node);
			found = 1;
			break;
		}
	}
	if (!found)
		return -ENOENT;
	ret = wait_for_completion_interruptible(&r->done);
	if (ret < 0)
		return ret;
	req_free(r);
	return ret;
}
`;
    const { steps } = await findingOf(files, 'leak-on-path');
    expect(steps).toContain('list_del(&r->node);: list_del() takes it off the list on which others would find it');
    expect(steps[0]).toMatch(/: taken here, and kept in pages of struct req$/);
  });
});

describe('a message', () => {
  it('says by what a plain reference that is kept for long is to be replaced', async () => {
    const take =
      '	if (get_user_pages_fast(a, n, FOLL_WRITE, b->pages) != n)\n		return -EFAULT;\n	sg_set(b->pages);\n	b->at = kmap(b->pages[0]);\n	*b->at = 1;';
    const files = driver(take, '	for (i = 0; i < b->n; i++)\n		put_page(b->pages[i]);', 'struct page **pages; char *at; int n;');
    expect((await findingOf(files, 'needs-longterm')).message).toMatch(/without FOLL_LONGTERM: use pin_user_pages\*\(FOLL_LONGTERM\)$/);
  });

  it('says by what a plain reference is to be replaced, of an iterator too', async () => {
    const files = (call: string) =>
      `void f(struct dev *d, struct iov_iter *i, unsigned long a)\n{\n	struct page *pages[1];\n	size_t from;\n	if (${call} <= 0)\n		return;
	dma_map_page(d->dev, pages[0], 0, PAGE_SIZE, DMA_TO_DEVICE);\n	put_page(pages[0]);\n}\n`;
    const advised = async (call: string) => (await findingOf(files(call), 'needs-pin')).message.replace(/.*: use /, '');
    expect(await advised('get_user_pages_fast(a, 1, 0, pages)')).toBe('pin_user_pages*()');
    expect(await advised('iov_iter_get_pages2(i, pages, 64, 1, &from)')).toBe('iov_iter_extract_pages(), which is there from 6.3 on');
  });

  it('names the calls that its pages are from', async () => {
    const files = `void f(unsigned long a, int n)
{
	struct page *page;
	if (n)
		page = alloc_page(GFP_KERNEL);
	else if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return;
	unpin_user_page(page);
}
`;
    const { message, steps } = await findingOf(files, 'mixed-release');
    expect(message).toBe('unpin_user_page() drops pages from pin_user_pages_fast() and pages from alloc_page() alike');
    expect(steps.map((step) => step.slice(step.lastIndexOf(': ') + 2))).toEqual([
      'taken by pin_user_pages_fast()',
      'a page from alloc_page() is stored there, too',
      'dropped by unpin_user_page()',
    ]);
  });
  it('name another site of the file, where it takes', async () => {
    const files = `static void done(struct page *page)
{
	unpin_user_page(page);
}
void f(unsigned long a)
{
	struct page *page;
	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) == 1)
		done(page);
}
void g(unsigned long a)
{
	struct page *page;
	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) == 1)
		done(page);
}
`;
    const { steps } = await findingOf(files, 'mixed-release');
    expect(steps.map((step) => step.slice(step.lastIndexOf(': ') + 2))).toEqual([
      'taken by pin_user_pages_fast()',
      'taken by get_user_pages_fast()',
      'passed to done()',
      'dropped by unpin_user_page()',
    ]);
  });
});
