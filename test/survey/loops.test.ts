import { describe, expect, it } from 'vitest';
import { line, rowsOf, shows } from './helper.js';

/** The form of the release by `loop`; `n` pages are held in `pages`. */
async function formOf(loop: string, types = ''): Promise<string> {
  const rows = await rowsOf(`
#define RELEASE(p) put_page(p)
struct stat { int freed; struct mutex lock; void *vaddr[8]; dma_addr_t dma[8]; bool dirty; };
${types}
int f(struct stat *s, struct device *dev, unsigned long a, struct page **pages, bool write)
{
	struct page **p, **end, *page;
	int i, n = get_user_pages_fast(a, 8, FOLL_WRITE, pages);

	if (n <= 0)
		return -EFAULT;
	${loop}
	return 0;
}`);
  expect(rows).toHaveLength(1);
  expect(rows.map(line)[0]).toContain('put');
  return rows[0]?.releaseForm ?? '';
}

const collapsible: [name: string, loop: string][] = [
  ['for', 'for (i = 0; i < n; i++)\n\t\tput_page(pages[i]);'],
  ['for, prefix', 'for (i = 0; i < n; ++i) { put_page(pages[i]); }'],
  ['for, its variable declared there', 'for (int k = 0; k < n; k++)\n\t\tput_page(pages[k]);'],
  ['for, downwards', 'for (i = n - 1; i >= 0; i--)\n\t\tput_page(pages[i]);'],
  ['while (n--)', 'while (n--)\n\t\tput_page(pages[n]);'],
  ['while (--n >= 0)', 'while (--n >= 0)\n\t\tput_page(pages[n]);'],
  [
    'while with a count in its body',
    `i = 0;
	while (i < n) {
		put_page(pages[i]);
		i++;
	}`,
  ],
  ['an index that counts in the subscript', 'i = 0;\n\twhile (i < n)\n\t\tput_page(pages[i++]);'],
  [
    'do while',
    `i = 0;
	do {
		put_page(pages[i]);
	} while (++i < n);`,
  ],
  ['a pointer', 'for (p = pages; p < pages + n; p++)\n\t\tput_page(*p);'],
  ['a pointer and an end', 'for (p = pages, end = pages + n; p != end; ++p)\n\t\tput_page(*p);'],
  ['a pointer that counts in the call', 'p = pages;\n\twhile (n--)\n\t\tput_page(*p++);'],
  ['pointer arithmetic', 'for (i = 0; i < n; i++)\n\t\tput_page(*(pages + i));'],
  [
    'goto',
    `i = 0;
again:
	put_page(pages[i]);
	if (++i < n)
		goto again;`,
  ],
  [
    'goto, tested at the top',
    `i = n;
next:
	if (--i < 0)
		goto out;
	put_page(pages[i]);
	goto next;
out:`,
  ],
  [
    'goto in the test',
    `i = 0;
next:
	if (i < n) {
		put_page(pages[i]);
		i++;
		goto next;
	}`,
  ],
  [
    'a local for the page',
    `for (i = 0; i < n; i++) {
		page = pages[i];
		put_page(page);
	}`,
  ],
  ['tests for NULL', 'for (i = 0; i < n; i++)\n\t\tif (pages[i])\n\t\t\tput_page(pages[i]);'],
  [
    'skips NULL',
    `for (i = 0; i < n; i++) {
		if (!pages[i])
			continue;
		put_page(pages[i]);
	}`,
  ],
  [
    'dirties',
    `for (i = 0; i < n; i++) {
		set_page_dirty_lock(pages[i]);
		put_page(pages[i]);
	}`,
  ],
  [
    'dirties if written',
    `for (i = 0; i < n; i++) {
		if (write)
			set_page_dirty_lock(pages[i]);
		put_page(pages[i]);
	}`,
  ],
  [
    'dirties what is not reserved',
    `for (i = 0; i < n; i++) {
		if (!PageReserved(pages[i]))
			SetPageDirty(pages[i]);
		put_page(pages[i]);
	}`,
  ],
  [
    'clears the slot',
    `for (i = 0; i < n; i++) {
		put_page(pages[i]);
		pages[i] = NULL;
	}`,
  ],
  [
    'locks to dirty',
    `for (i = 0; i < n; i++) {
		lock_page(pages[i]);
		set_page_dirty(pages[i]);
		unlock_page(pages[i]);
		put_page(pages[i]);
	}`,
  ],
  ['through a macro', 'for (i = 0; i < n; i++)\n\t\tRELEASE(pages[i]);'],
  ['a bound that a macro computes', 'for (i = 0; i < DIV_ROUND_UP(n * 4096, PAGE_SIZE); i++)\n\t\tput_page(pages[i]);'],
  ['folios of the pages', 'for (i = 0; i < n; i++)\n\t\tfolio_put(page_folio(pages[i]));'],
];

const other: [name: string, loop: string][] = [
  [
    'unmaps the page',
    `for (i = 0; i < n; i++) {
		dma_unmap_page(dev, s->dma[i], PAGE_SIZE, DMA_FROM_DEVICE);
		put_page(pages[i]);
	}`,
  ],
  [
    'unmaps its kernel address',
    `for (i = 0; i < n; i++) {
		kunmap(pages[i]);
		put_page(pages[i]);
	}`,
  ],
  [
    'counts',
    `for (i = 0; i < n; i++) {
		put_page(pages[i]);
		s->freed++;
	}`,
  ],
  [
    'frees something per page',
    `for (i = 0; i < n; i++) {
		put_page(pages[i]);
		kfree(s->vaddr[i]);
	}`,
  ],
  [
    'copies',
    `for (i = 0; i < n; i++) {
		memcpy(s->vaddr[i], page_address(pages[i]), PAGE_SIZE);
		put_page(pages[i]);
	}`,
  ],
  [
    'hands each to hardware first',
    `for (i = 0; i < n; i++) {
		writel(page_to_pfn(pages[i]), s->vaddr[0]);
		put_page(pages[i]);
	}`,
  ],
  [
    'unmaps the page, by goto',
    `i = 0;
again:
	dma_unmap_page(dev, s->dma[i], PAGE_SIZE, DMA_FROM_DEVICE);
	put_page(pages[i]);
	if (++i < n)
		goto again;`,
  ],
  ['asks a driver about each', 'for (i = 0; i < n; i++)\n\t\tif (may_drop(s, i))\n\t\t\tput_page(pages[i]);'],
];

describe('7. a loop that collapses, however it is written', () => {
  for (const [name, loop] of collapsible) it(name, async () => expect(await formOf(loop)).toBe('loop-collapsible'));
});

describe('7. no loop', () => {
  it('a goto that tries again', async () => {
    const retry = `again:
	page = pages[0];
	put_page(page);
	if (s->freed++ < 3)
		goto again;`;
    expect(await formOf(retry)).toBe('single');
  });
});

describe('7. a loop that does more', () => {
  for (const [name, loop] of other) it(name, async () => expect(await formOf(loop)).toBe('loop-other'));
  it('in the helper that it calls', async () => {
    const helper = `static void drop(struct stat *s, struct page *p)
{
	s->freed++;
	put_page(p);
}`;
    expect(await formOf('for (i = 0; i < n; i++)\n\t\tdrop(s, pages[i]);', helper)).toBe('loop-other');
  });
  it('and says why', async () => {
    const rows = await rowsOf(`int f(unsigned long a, struct page **p)
{
	int n = get_user_pages_fast(a, 8, 0, p);

	while (n-- > 0) {
		kunmap(p[n]);
		put_page(p[n]);
	}
	return 0;
}`);
    expect(rows[0]?.releaseReason).toMatch(/kunmap/);
  });
});

describe('7. no release loop', () => {
  it('a single drop', async () => expect(await formOf('put_page(pages[0]);')).toBe('single'));
  it('a bulk call', async () => expect(await formOf('release_pages(pages, n);')).toBe('bulk'));
  it('bulk calls in a loop over something else', async () =>
    expect(await formOf('for (i = 0; i < n; i += 2)\n\t\trelease_pages(pages + i, 2);')).toBe('bulk'));
  it('a bulk call for one page a round', async () => {
    const rows = await rowsOf(`int f(unsigned long a, struct page **p, void **v)
{
	int n = pin_user_pages_fast(a, 8, 0, p);

	while (n-- > 0) {
		kunmap_local(v[n]);
		unpin_user_pages_dirty_lock(&p[n], 1, true);
	}
	return 0;
}`);
    expect(rows.map(line)).toEqual(['pin page-array loop-other@function put:f:unpin_user_pages_dirty_lock dirty=bulk']);
  });
});

/** The drop of one element in a helper, which `end` calls for each. */
const byElement = (helper: string, end: string) => `struct foo { struct part { struct page *page; bool mapped; } at[8]; int n; };
int take(struct foo *o, unsigned long a, int i)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	o->at[i].page = page;
	return 0;
}
static void drop_one(struct device *dev, struct foo *o, int which)
{
	const int i = which;

${helper}}
void end(struct device *dev, struct foo **all, struct foo *o)
{
	int i;

	for (i = 0; i < o->n; i++)
		${end};
}`;
const plain = '\tif (o->at[i].page)\n\t\tunpin_user_page(o->at[i].page);\n';
const unmapping = `	if (o->at[i].mapped)
		dma_unmap_page(dev, o->at[i].addr, PAGE_SIZE, DMA_TO_DEVICE);
${plain}`;
const element = (form: string) => `pin single car=part.page ${form}@file put:drop_one:unpin_user_page`;

describe('7. a helper that drops the element of which it is given the index', () => {
  shows('in a loop over it', byElement(plain, 'drop_one(dev, o, i)'), element('loop-collapsible'));
  shows('that does more', byElement(unmapping, 'drop_one(dev, o, i)'), element('loop-other'));
  shows('in a loop that does more', byElement(plain, '({ drop_one(dev, o, i); count(dev); })'), element('loop-other'));
  shows('in a loop over objects', byElement(plain, 'drop_one(dev, all[i], 0)'), element('single'));
});

/** A helper takes, its caller keeps the pages or, where that failed, drops them; somebody else empties the object, with more work. */
const undone = `#ifdef HAVE_MARKS
static void unmark(struct page *page)
{
	ClearPagePrivate(page);
	put_page(page);
}
#define IS_MARKED(page) (page_private(page) == MY_MARK)
#else
#define unmark(page)
#define IS_MARKED(page) 0
#endif
struct io { struct page **pages; long n; };

void end(struct io *io)
{
	long i;

	for (i = 0; i < io->n; i++) {
		struct page *page = io->pages[i];

		if (IS_MARKED(page)) {
			unmark(page);
			continue;
		}
		put_page(page);
	}
}

static int get(struct io *io, unsigned long a)
{
	long got = get_user_pages_fast(a, 8, FOLL_WRITE, io->pages);

	if (got > 0)
		io->n += got;
	return got == 8 ? 0 : -EFAULT;
}

int begin(struct io *io, unsigned long a)
{
	int error, i;

	error = get(io, a);
	if (error) {
		for (i = 0; i < io->n; i++)
			put_page(io->pages[i]);
		return error;
	}
	return 0;
}
`;

describe('5. the loop at the end, not that of a failure', () => {
  it('does more for some pages, in one arm', async () => expect((await rowsOf(undone))[0]?.releaseForm).toBe('loop-other'));
});
