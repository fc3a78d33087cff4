import { describe, expect, it } from 'vitest';
import { rowsOf } from './helper.js';

const foo = 'struct foo { struct page **pages; int nr; bool user; };\n';
const user = `int f(struct foo *o, unsigned long a)
{
	o->nr = get_user_pages_fast(a, 8, 0, o->pages);
	return o->nr > 0 ? 0 : -1;
}
void g(struct foo *o)
{
	release_pages(o->pages, o->nr);
}
`;

/** What the only row says that its array is mixed with; empty if it is not. */
async function mixedWith(files: string | Record<string, string>): Promise<string> {
  const rows = await rowsOf(files);
  expect(rows).toHaveLength(1);
  expect(rows[0]?.mixed).toBe((rows[0]?.mixedWith.length ?? 0) > 0);
  return rows[0]?.mixedWith.join('; ') ?? '';
}

describe('8. arrays that also receive', () => {
  const filled = (value: string) => `${foo}${user}int h(struct foo *o, void *addr, struct address_space *mapping)
{
	int i;

	for (i = 0; i < o->nr; i++)
		o->pages[i] = ${value};
	return 0;
}`;
  it('alloc_page()', async () => expect(await mixedWith(filled('alloc_page(GFP_KERNEL)'))).toMatch(/alloc_page/));
  it('vmalloc_to_page()', async () => expect(await mixedWith(filled('vmalloc_to_page(addr + i * PAGE_SIZE)'))).toMatch(/vmalloc_to_page/));
  it('virt_to_page()', async () => expect(await mixedWith(filled('virt_to_page(addr)'))).toMatch(/virt_to_page/));
  it('ZERO_PAGE()', async () => expect(await mixedWith(filled('ZERO_PAGE(0)'))).toMatch(/[zZ]ero|ZERO_PAGE/));
  it('page cache', async () => expect(await mixedWith(filled('find_get_page(mapping, i)'))).toMatch(/page cache/));
  it('pages found by frame number', async () => expect(await mixedWith(filled('pfn_to_page(i)'))).toMatch(/pfn_to_page/));
  it('one of which the object says where its data is mapped, as it does not stand there itself', async () => {
    const kept = 'o->pages[i] = page;\n\t\to->data = page_address(page);';
    const mapped = filled('NULL').replace('o->pages[i] = NULL;', `{\n\t\tstruct page *page = alloc_page(GFP_KERNEL);\n\n\t\t${kept}\n\t}`);
    expect(await mixedWith(mapped)).toMatch(/alloc_page/);
  });
  it('by way of a local', async () =>
    expect(
      await mixedWith(
        filled('NULL').replace(
          'o->pages[i] = NULL;',
          `{
		struct page *p = alloc_page(GFP_KERNEL);

		if (p)
			o->pages[i] = p;
	}`,
        ),
      ),
    ).toMatch(/alloc_page/));
  it('in another file', async () =>
    expect(
      await mixedWith({
        'foo.h': foo,
        'a.c': `#include "foo.h"\n${user}`,
        'b.c': `#include "foo.h"
void h(struct foo *o)
{
	o->pages[0] = alloc_page(GFP_KERNEL);
}
`,
      }),
    ).toMatch(/alloc_page/));
  it('in the same function, in the other arm', async () =>
    expect(
      await mixedWith(`int f(unsigned long a, bool user, struct page **p, void *v)
{
	int n = 1;

	if (user)
		n = get_user_pages_fast(a, 8, 0, p);
	else
		p[0] = vmalloc_to_page(v);
	if (n > 0)
		release_pages(p, n);
	return n;
}`),
    ).toMatch(/vmalloc_to_page/));
  it('the tail in the same function', async () =>
    expect(
      await mixedWith(`int f(unsigned long a, struct page **p)
{
	int i, n = get_user_pages_fast(a, 8, 0, p);

	if (n < 0)
		return n;
	for (i = n; i < 8; i++)
		p[i] = ZERO_PAGE(0);
	for (i = 0; i < n; i++)
		put_page(p[i]);
	return 0;
}`),
    ).toMatch(/ZERO_PAGE/));
  it('a scatterlist that also gets allocated pages', async () =>
    expect(
      await mixedWith(`struct s { struct scatterlist sg[8]; };
int f(struct s *s, unsigned long a)
{
	struct page *p;

	if (get_user_pages_fast(a, 1, 0, &p) != 1)
		return -1;
	sg_set_page(&s->sg[0], p, PAGE_SIZE, 0);
	sg_set_page(&s->sg[1], alloc_page(GFP_KERNEL), PAGE_SIZE, 0);
	return 0;
}
void g(struct s *s)
{
	int i;

	for (i = 0; i < 8; i++)
		put_page(sg_page(&s->sg[i]));
}`),
    ).toMatch(/alloc_page/));
});

describe('8. not mixed', () => {
  it('user pages only', async () => expect(await mixedWith(foo + user)).toBe(''));
  it('NULL in the slots', async () =>
    expect(
      await mixedWith(`${foo}${user}void h(struct foo *o)
{
	o->pages[0] = NULL;
}`),
    ).toBe(''));
  it('allocated pages in another field', async () =>
    expect(
      await mixedWith(`struct bar { struct page *pad; };
${foo}${user}void h(struct bar *b)
{
	b->pad = alloc_page(GFP_KERNEL);
}`),
    ).toBe(''));
  it('an allocated page in a local beside it', async () =>
    expect(
      await mixedWith(`int f(unsigned long a)
{
	struct page *p, *q = alloc_page(GFP_KERNEL);

	if (get_user_pages_fast(a, 1, 0, &p) != 1)
		return -1;
	copy_highpage(q, p);
	put_page(p);
	__free_page(q);
	return 0;
}`),
    ).toBe(''));
  const tried = (end: string): string => `struct dom { struct iommu_domain *dom; u64 iova; bool large; };
int dom_map(struct dom *d, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	return iommu_map(d->dom, d->iova, page_to_phys(page), PAGE_SIZE, 3, GFP_KERNEL);
}
void dom_unmap(struct dom *d)
{
	unpin_user_page(pfn_to_page(iommu_iova_to_phys(d->dom, d->iova) >> PAGE_SHIFT));
	iommu_unmap(d->dom, d->iova, PAGE_SIZE);
}
void dom_try(struct dom *d)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return;
	if (iommu_map(d->dom, 0, page_to_phys(page), PAGE_SIZE, 3, GFP_KERNEL) == 0)
		${end}
	__free_page(page);
}
`;
  it('a page that its function frees wherever it has stored it', async () =>
    expect(await mixedWith(tried('d->large = iommu_unmap(d->dom, 0, PAGE_SIZE) != PAGE_SIZE;'))).toBe(''));
  it('but one that it leaves there', async () => expect(await mixedWith(tried('return;'))).toMatch(/alloc_page/));
  it('another site fills the same field', async () => {
    const rows = await rowsOf(`${foo}${user}int f2(struct foo *o, unsigned long a)
{
	o->nr = get_user_pages_unlocked(a, 8, o->pages, 0);
	return 0;
}`);
    expect(rows.map((r) => r.mixed)).toEqual([false, false]);
  });
});

describe('8. iterators', () => {
  const iter = (before: string) => `ssize_t f(struct iov_iter *i, struct page **p)
{
	size_t off;
	ssize_t n;

	${before}
	n = iov_iter_get_pages2(i, p, SIZE_MAX, 8, &off);
	if (n > 0)
		release_pages(p, 8);
	return n;
}`;
  it('that may not be user backed', async () => expect(await mixedWith(iter(''))).toMatch(/user backed/));
  it('that are: user_backed_iter()', async () => expect(await mixedWith(iter('if (!user_backed_iter(i))\n\t\treturn -EINVAL;'))).toBe(''));
  it('that are: iter_is_iovec()', async () => expect(await mixedWith(iter('if (!iter_is_iovec(i))\n\t\treturn -EINVAL;'))).toBe(''));
  it('that are: made from a user address', async () =>
    expect(
      await mixedWith(`ssize_t f(void __user *buf, size_t len, struct page **p)
{
	struct iov_iter i;
	size_t off;
	ssize_t n;

	import_ubuf(ITER_SOURCE, buf, len, &i);
	n = iov_iter_get_pages2(&i, p, SIZE_MAX, 8, &off);
	if (n > 0)
		release_pages(p, 8);
	return n;
}`),
    ).toBe(''));
  it('of which one kind is ruled out, but not the others', async () =>
    expect(await mixedWith(iter('if (iov_iter_is_kvec(i))\n\t\treturn -EINVAL;'))).toMatch(/user backed/));
});

describe('8. pages that a helper finds', () => {
  const frame = (helper: string, call: string) => `${helper}
static int frame(struct vm_area_struct *vma, unsigned long a, unsigned long *pfn)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, 0, &page) == 1) {
		*pfn = page_to_pfn(page);
		return 0;
	}
	${call}
}
void f(struct vm_area_struct *vma, unsigned long a)
{
	unsigned long pfn;

	if (!frame(vma, a, &pfn))
		unpin_user_page(pfn_to_page(pfn));
}`;
  it('by frame number, in the page table', async () =>
    expect(
      await mixedWith(
        frame(
          `static int fault_pfn(struct vm_area_struct *vma, unsigned long a, unsigned long *pfn)
{
	pte_t *pte = walk(vma, a);

	if (!pte)
		return -EFAULT;
	*pfn = pte_pfn(*pte);
	return 0;
}`,
          'return fault_pfn(vma, a, pfn);',
        ),
      ),
    ).toMatch(/pte_pfn/));
  it('by follow_pfn() in the function itself', async () =>
    expect(await mixedWith(frame('', 'return follow_pfn(vma, a, pfn);'))).toMatch(/follow_pfn/));
  it('for something else', async () =>
    expect(
      await mixedWith(frame('static unsigned long note(pte_t pte)\n{\n\treturn pte_pfn(pte);\n}', 'return note(*vma->pte) ? -1 : -2;')),
    ).toBe(''));
  it('and allocates', async () =>
    expect(
      await mixedWith(`static struct page *bounce(void)
{
	return alloc_page(GFP_KERNEL);
}
int f(unsigned long a, struct page **pages)
{
	int i, n = get_user_pages_fast(a, 8, 0, pages);

	if (n < 0)
		return n;
	if (n < 8)
		pages[n++] = bounce();
	for (i = 0; i < n; i++)
		put_page(pages[i]);
	return 0;
}`),
    ).toMatch(/alloc_page/));
});

/** An array of pages that can be turned into frame numbers and back, and a buffer that borrows it. */
const vector = (back: string, buffer = '') => `struct vec { int n; bool numbers; void *ptrs[]; };
struct buf { struct vec *vec; struct page **pages; int n; };
int take(struct vec *v, unsigned long a)
{
	v->n = pin_user_pages_fast(a, v->n, FOLL_WRITE, (struct page **)v->ptrs);
	v->numbers = false;
	return v->n;
}
static struct page **vec_pages(struct vec *v)
{
	return (struct page **)v->ptrs;
}
void to_numbers(struct vec *v)
{
	unsigned long *numbers = (unsigned long *)v->ptrs;
	struct page **pages = (struct page **)v->ptrs;
	int i;

	for (i = 0; i < v->n; i++)
		numbers[i] = page_to_pfn(pages[i]);
	v->numbers = true;
}
void to_pages(struct vec *v, unsigned long *given)
{
	unsigned long *numbers = (unsigned long *)v->ptrs;
	struct page **pages = (struct page **)numbers;
	int i;

	for (i = 0; i < v->n; i++)
		pages[i] = pfn_to_page(${back}[i]);
	v->numbers = false;
}
${buffer}
void give(struct vec *v)
{
	unpin_user_pages(vec_pages(v), v->n);
}`;

describe('8. mixed: pages that come back', () => {
  it('found again by the numbers that stand in the array itself', async () => expect(await mixedWith(vector('numbers'))).toBe(''));
  it('found by numbers that somebody gives', async () => expect(await mixedWith(vector('given'))).toMatch(/pfn_to_page/));
});

const buffers = (make: string) =>
  vector(
    'numbers',
    `static int fill(struct buf *b)
{
	int i;

	for (i = 0; i < b->n; i++) {
		b->pages[i] = alloc_page(GFP_KERNEL);
		if (!b->pages[i])
			goto undo;
	}
	return 0;
undo:
	while (i--)
		__free_page(b->pages[i]);
	return -ENOMEM;
}
${make}
void *buf_borrow(struct vec *v)
{
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);

	b->vec = v;
	b->pages = vec_pages(v);
	return b;
}
void buf_put(struct buf *b)
{
	while (b->n--)
		__free_page(b->pages[b->n]);
}`,
  );

describe('8. mixed: one struct for objects of either origin', () => {
  it('where who allocates makes the object', async () =>
    expect(
      await mixedWith(
        buffers(`void *buf_alloc(int n)
{
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int i;

	b->n = n;
	b->pages = kvmalloc_array(n, sizeof(struct page *), GFP_KERNEL);
	if (fill(b))
		return NULL;
	for (i = 0; i < n; i++)
		clear_page(page_address(b->pages[i]));
	return b;
}`),
      ),
    ).toBe(''));
  it('where who allocates makes only the array', async () =>
    expect(
      await mixedWith(`${foo}${user}int fill(struct foo *o, void *memory)
{
	struct page **pages = kcalloc(o->nr, sizeof(*pages), GFP_KERNEL);
	int i;

	for (i = 0; i < o->nr; i++)
		pages[i] = virt_to_page(memory + i * PAGE_SIZE);
	o->pages = pages;
	return 0;
}`),
    ).toMatch(/virt_to_page/));
  it('where the same scatterlist gets pages that are freed', async () =>
    expect(
      await mixedWith(`struct cmd { struct scatterlist *sgl; int n; bool bounced; };
int map(struct cmd *c, unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	sg_set_page(c->sgl, page, PAGE_SIZE, 0);
	return 0;
}
int bounce(struct cmd *c)
{
	struct page *page;
	int i;

	for (i = 0; i < c->n; i++) {
		page = alloc_page(GFP_KERNEL);
		if (!page)
			goto undo;
		sg_set_page(&c->sgl[i], page, PAGE_SIZE, 0);
	}
	c->bounced = true;
	return 0;
undo:
	while (i--)
		__free_page(sg_page(&c->sgl[i]));
	return -ENOMEM;
}
void done(struct cmd *c)
{
	int i;

	for (i = 0; i < c->n; i++) {
		if (c->bounced)
			__free_page(sg_page(&c->sgl[i]));
		else
			put_page(sg_page(&c->sgl[i]));
	}
}`),
    ).toMatch(/alloc_page/));

  const numbered = (lookup: string): string => `struct table { u64 *entries; int n; };
int table_fill(struct table *t, unsigned long a, void *kernel, struct page **pages)
{
	int i, got = t->n;

	if (kernel)
		for (i = 0; i < got; i++)
			pages[i] = ${lookup}(kernel + i * PAGE_SIZE);
	else
		got = get_user_pages_fast(a, t->n, 1, pages);
	for (i = 0; i < got; i++)
		t->entries[i] = page_to_phys(pages[i]);
	return got;
}
void table_free(struct table *t)
{
	int i;

	for (i = 0; i < t->n; i++)
		put_page(phys_to_page(t->entries[i]));
}
`;
  it('pages of another mapping, where their numbers are kept', async () =>
    expect(await mixedWith(numbered('vmalloc_to_page'))).toMatch(/vmalloc_to_page/));
});

describe('a drop that frees, in the function that takes the pages', () => {
  const failing = (beside: string) => `struct foo { struct page **pages; int nr; };
int f(struct foo *o, unsigned long a, int n)
{
	o->nr = get_user_pages_fast(a, n, 0, o->pages);
	if (o->nr < n) {
		__free_page(o->pages[0]);
		return -EFAULT;
	}
	return o->nr;
}
void h(struct foo *o, void *addr)
{
	o->pages[0] = ${beside};
}
void g(struct foo *o)
{
	release_pages(o->pages, o->nr);
}`;
  const puts = async (beside: string) => (await rowsOf(failing(beside))).map((r) => r.releases.map((x) => x.api).join());
  const own = ['__free_page,release_pages'];
  it('is the site’s', async () => expect(await puts('NULL')).toEqual(own));
  it('is that of a page from the allocator, where one may stand there', async () =>
    expect(await puts('alloc_page(GFP_KERNEL)')).toEqual(['release_pages']));
  for (const beside of ['virt_to_page(addr)', 'vmalloc_to_page(addr)'])
    it(`is the site’s beside ${beside}, which is no such page`, async () => expect(await puts(beside)).toEqual(own));
});

describe('8. mixed: a device that is told addresses of all sorts of memory', () => {
  /** The address of the page of user memory, and of one of the driver's own, in the command of a device. */
  const told = (end: string): string => `struct cmd { u64 addr; u32 len; };
struct dev { struct cmd *cmd; void *answer; };
int send(struct dev *d, unsigned long a)
{
	struct page *page;
	int err;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	d->cmd->addr = page_to_phys(page);
	err = ring(d);
	${end}
	return err;
}
int set_up(struct dev *d)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	d->answer = page_address(page);
	d->cmd->addr = page_to_phys(page);
	return ring(d);
}
void finish(struct dev *d)
{
	unpin_user_page(pfn_to_page(PHYS_PFN(d->cmd->addr)));
}`;
  it('where the page is dropped by its pointer', async () => {
    const alone = told('unpin_user_page(page);').replace(/void finish[\s\S]*$/, '');
    expect(await mixedWith(alone)).toBe('');
  });
  it('where a page is dropped by such an address', async () => expect(await mixedWith(told(''))).toMatch(/alloc_page/));
});

describe('8. mixed: a helper of the file that makes the array for pages of its own', () => {
  const either = (array: string): string => `struct map { struct page **pages; int n; bool own; };
int map_user(struct map *m, unsigned long a, int n)
{
	m->pages = kcalloc(n, sizeof(*m->pages), GFP_KERNEL);
	if (!m->pages)
		return -ENOMEM;
	m->n = pin_user_pages_fast(a, n, FOLL_WRITE, m->pages);
	return m->n;
}
int map_own(struct map *m, int n)
{
	int i;

	${array}
	for (i = 0; i < n; i++)
		m->pages[i] = alloc_page(GFP_KERNEL);
	m->own = true;
	return 0;
}
void map_end(struct map *m)
{
	if (!m->own)
		unpin_user_pages(m->pages, m->n);
	kfree(m->pages);
}`;
  for (const size of ['sizeof(*m->pages)', 'sizeof(struct page *)', 'sizeof *m->pages'])
    it(`of the size ${size}`, async () =>
      expect(await mixedWith(either(`m->pages = kcalloc(n, ${size}, GFP_KERNEL);`))).toMatch(/alloc_page/));
  it('but not one that makes the object', async () =>
    expect(await mixedWith(either('m = kzalloc(sizeof(*m), GFP_KERNEL);\n\tm->pages = kcalloc(n, sizeof(*m->pages), GFP_KERNEL);'))).toBe(
      '',
    ));
});
