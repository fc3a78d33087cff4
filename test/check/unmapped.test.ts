/** Scatterlists that are unmapped from a device once their pages are gone. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'use-after-release';

const buffer = (end: string) => `struct buf { struct page **pages; int n; struct sg_table sgt; struct device *dev; };
int buf_map(struct buf *b, unsigned long a)
{
	int got = pin_user_pages_fast(a, b->n, FOLL_WRITE | FOLL_LONGTERM, b->pages);

	if (got != b->n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		return -EFAULT;
	}
	if (sg_alloc_table_from_pages(&b->sgt, b->pages, b->n, 0, b->n << PAGE_SHIFT, GFP_KERNEL))
		goto unpin;
	if (dma_map_sgtable(b->dev, &b->sgt, DMA_FROM_DEVICE, 0)) {
		sg_free_table(&b->sgt);
		goto unpin;
	}
	return 0;
unpin:
	unpin_user_pages(b->pages, b->n);
	return -ENOMEM;
}
void buf_unmap(struct buf *b, struct sg_table *other)
{
	${end}
	sg_free_table(&b->sgt);
}
`;
const drop = 'unpin_user_pages_dirty_lock(b->pages, b->n, true);';
const unmap = 'dma_unmap_sgtable(b->dev, &b->sgt, DMA_FROM_DEVICE, 0);';

describe('a buffer that a device writes to', () => {
  complains(rule, 'one that is unmapped after its pages were dropped', buffer(`${drop}\n\t${unmap}`), `buf_unmap:${unmap}`);
  accepts(rule, 'one that is unmapped first', buffer(`${unmap}\n\t${drop}`));
  accepts(rule, 'one that is unmapped on another way', buffer(`if (b->n)\n\t\t${drop}\n\telse\n\t\t${unmap}`));
  accepts(rule, 'another that is unmapped behind', buffer(`${drop}\n\tdma_unmap_sgtable(b->dev, other, DMA_FROM_DEVICE, 0);`));
  accepts(rule, 'each of several in a loop', buffer(`for (; b->n; b->n--) {\n\t\t${unmap}\n\t\t${drop}\n\t}`));
});

const range = (
  end: string,
) => `struct map { struct page **pages; int n; struct iommu_domain *dom; unsigned long iova; struct iommu_domain *other; };
struct table { unsigned long at; };
int map_add(struct map *m, unsigned long a, int n)
{
	int i, got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, m->pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(m->pages, got);
		return -EFAULT;
	}
	m->n = n;
	for (i = 0; i < n; i++)
		iommu_map(m->dom, m->iova + i * PAGE_SIZE, page_to_phys(m->pages[i]), PAGE_SIZE, 3, GFP_KERNEL);
	return 0;
}
static void map_end(struct map *m)
{
	iommu_unmap(m->dom, m->iova, m->n << PAGE_SHIFT);
}
void map_del(struct map *m, struct table *t, struct iommu_domain *dom)
{
	${end}
}
void maps_del(struct list_head *maps)
{
	struct map *m;

	while ((m = map_first(maps)) != NULL) {
		iommu_unmap(m->dom, m->iova, m->n << PAGE_SHIFT);
		unpin_user_pages_dirty_lock(m->pages, m->n, true);
		map_free(m);
	}
}
`;
const dropAll = 'unpin_user_pages_dirty_lock(m->pages, m->n, true);';
const unmapAll = 'iommu_unmap(m->dom, m->iova, m->n << PAGE_SHIFT);';

describe('pages at addresses of an IOMMU', () => {
  complains(rule, 'a range that is unmapped after its pages were dropped', range(`${dropAll}\n\t${unmapAll}`), `map_del:${unmapAll}`);
  complains(rule, 'one that a helper unmaps', range(`${dropAll}\n\tmap_end(m);`), 'map_del:map_end(m);');
  accepts(rule, 'one that is unmapped first, in a loop over several too', range(`map_end(m);\n\t${dropAll}`));
  accepts(rule, 'a range of another object', range(`${dropAll}\n\tiommu_unmap(dom, t->at, PAGE_SIZE);`));
});

const single = (end: string) => `struct ent { struct page *page; dma_addr_t dma; dma_addr_t ring; };
int ent_map(struct device *dev, struct ent *e, unsigned long a)
{
	if (pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &e->page) != 1)
		return -EFAULT;
	e->dma = dma_map_page(dev, e->page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	if (dma_mapping_error(dev, e->dma)) {
		unpin_user_page(e->page);
		return -ENOMEM;
	}
	return 0;
}
void ent_unmap(struct device *dev, struct ent *e)
{
	${end}
}
`;
const dropOne = 'unpin_user_pages_dirty_lock(&e->page, 1, true);';
const unmapOne = 'dma_unmap_page(dev, e->dma, PAGE_SIZE, DMA_FROM_DEVICE);';

describe('one page that a device writes to', () => {
  complains(rule, 'one that is unmapped after its drop', single(`${dropOne}\n\t${unmapOne}`), `ent_unmap:${unmapOne}`);
  accepts(rule, 'one that is unmapped first', single(`${unmapOne}\n\t${dropOne}`));
  accepts(
    rule,
    'another address that is unmapped behind',
    single(`${dropOne}\n\tdma_unmap_page(dev, e->ring, PAGE_SIZE, DMA_FROM_DEVICE);`),
  );
});

const several = (fail: string) => `struct tab { struct page *page[64]; dma_addr_t dma[64]; int n; };
static void tab_clear(struct device *dev, struct tab *t)
{
	while (t->n--) {
		dma_unmap_page(dev, t->dma[t->n], PAGE_SIZE, DMA_FROM_DEVICE);
		unpin_user_pages_dirty_lock(&t->page[t->n], 1, true);
	}
	t->n = 0;
}
int tab_fill(struct device *dev, struct tab *t, unsigned long a, int n)
{
	for (t->n = 0; t->n < n; t->n++, a += PAGE_SIZE) {
		if (pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &t->page[t->n]) != 1)
			goto fail;
		t->dma[t->n] = dma_map_page(dev, t->page[t->n], 0, PAGE_SIZE, DMA_FROM_DEVICE);
		if (dma_mapping_error(dev, t->dma[t->n])) {
			unpin_user_page(t->page[t->n]);
			${fail}
		}
	}
	return 0;
fail:
	tab_clear(dev, t);
	return -EFAULT;
}
`;

describe('pages that a device writes to, each mapped by itself', () => {
  accepts(rule, 'the earlier ones, unmapped where one could not be', several('goto fail;'));
  complains(
    rule,
    'the one that was dropped',
    several('dma_unmap_page(dev, t->dma[t->n], PAGE_SIZE, DMA_FROM_DEVICE);\n\t\t\tgoto fail;'),
    'tab_fill:dma_unmap_page(dev, t->dma[t->n], PAGE_SIZE, DMA_FROM_DEVICE);',
  );
});

const listed = (end: string) => `struct map { struct page **pages; dma_addr_t *addresses; dma_addr_t *ring; struct sg_table sgt; int n; };
static void list_unmap(struct device *dev, dma_addr_t *list, int n)
{
	int i;

	for (i = 0; i < n; i++)
		dma_unmap_page(dev, list[i], PAGE_SIZE, DMA_BIDIRECTIONAL);
}
static void table_unmap(struct device *dev, struct sg_table *table)
{
	dma_unmap_sgtable(dev, table, DMA_BIDIRECTIONAL, 0);
}
static int list_map(struct device *dev, struct page **pages, int n, dma_addr_t *list)
{
	int i;

	for (i = 0; i < n; i++) {
		dma_addr_t address = dma_map_page(dev, pages[i], 0, PAGE_SIZE, DMA_BIDIRECTIONAL);

		if (dma_mapping_error(dev, address)) {
			list_unmap(dev, list, i);
			return -EIO;
		}
		list[i] = address;
	}
	return 0;
}
int map_make(struct device *dev, struct map *m, unsigned long a)
{
	int got = pin_user_pages_fast(a, m->n, FOLL_WRITE, m->pages);

	if (got != m->n) {
		if (got > 0)
			unpin_user_pages(m->pages, got);
		return -EFAULT;
	}
	if (sg_alloc_table_from_pages(&m->sgt, m->pages, m->n, 0, m->n << PAGE_SHIFT, GFP_KERNEL) ||
	    list_map(dev, m->pages, m->n, m->addresses)) {
		unpin_user_pages(m->pages, m->n);
		return -EIO;
	}
	return 0;
}
void map_end(struct device *dev, struct map *m, struct map *other)
{
	${end}
}
`;
const unmapList = 'list_unmap(dev, m->addresses, m->n);';
const unmapTable = 'table_unmap(dev, &m->sgt);';

describe('a helper that is handed what stands in the object', () => {
  complains(rule, 'addresses that are unmapped behind the drop', listed(`${dropAll}\n\t${unmapList}`), `map_end:${unmapList}`);
  accepts(rule, 'addresses that are unmapped first', listed(`${unmapList}\n\t${dropAll}`));
  accepts(rule, 'other addresses of the object', listed(`${dropAll}\n\tlist_unmap(dev, m->ring, m->n);`));
  accepts(rule, 'addresses of another object', listed(`${dropAll}\n\tlist_unmap(dev, other->addresses, m->n);`));
  complains(rule, 'a list that is unmapped behind the drop', listed(`${dropAll}\n\t${unmapTable}`), `map_end:${unmapTable}`);
  accepts(rule, 'a list that is unmapped first', listed(`${unmapTable}\n\t${dropAll}`));
  accepts(rule, 'a list of another object', listed(`${dropAll}\n\ttable_unmap(dev, &other->sgt);`));
});

const twice = (end: string) => `struct buf { struct device *dev; struct page *pages[16]; int n; struct sg_table sgt; };
int buf_pin(struct buf *b, unsigned long a)
{
	int ret = pin_user_pages_fast(a, 16, FOLL_WRITE | FOLL_LONGTERM, b->pages);

	if (ret < 0)
		return ret;
	b->n = ret;
	ret = sg_alloc_table_from_pages(&b->sgt, b->pages, b->n, 0, b->n * PAGE_SIZE, GFP_KERNEL);
	if (ret)
		unpin_user_pages(b->pages, b->n);
	return ret;
}
static void buf_unpin(struct buf *b)
{
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
}
void buf_end(struct buf *b, struct buf *other)
{
	${end}
}
`;

describe('a helper that drops', () => {
  complains(rule, 'before the unmapping', twice(`buf_unpin(b);\n\t${unmap}`), `buf_end:${unmap}`);
  accepts(rule, 'behind the unmapping', twice(`${unmap}\n\tbuf_unpin(b);`));
});

/** Pages that are mapped for one transfer, at addresses in variables. */
const transfer = (end: string) => `int xfer(struct device *dev, unsigned long a, int n)
{
	struct page *pages[16];
	dma_addr_t at[16], ring = ring_map(dev);
	int i, ret, got = pin_user_pages_fast(a, n, FOLL_WRITE, pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		return -EFAULT;
	}
	for (i = 0; i < n; i++) {
		at[i] = dma_map_page(dev, pages[i], 0, PAGE_SIZE, DMA_FROM_DEVICE);
		if (dma_mapping_error(dev, at[i])) {
			ret = -EIO;
			goto out;
		}
	}
	ret = hw_run(dev, at, n);
out:
	${end}
	return ret;
}
`;

describe('pages at addresses in variables', () => {
  const unmapEach = 'dma_unmap_page(dev, at[i], PAGE_SIZE, DMA_FROM_DEVICE);';
  const rounds = `while (i--)\n\t\t${unmapEach}`;
  const all = 'unpin_user_pages_dirty_lock(pages, n, true);';
  complains(rule, 'that are unmapped after the drop', transfer(`${all}\n\t${rounds}`), `xfer:${unmapEach}`);
  accepts(rule, 'that are unmapped first', transfer(`${rounds}\n\t${all}`));
  accepts(rule, 'another of which is unmapped behind', transfer(`${rounds}\n\t${all}\n\tdma_unmap_page(dev, ring, 64, DMA_TO_DEVICE);`));
  // Of those that are dropped one by one, the others are still there.
  accepts(
    rule,
    'those that are left behind one that was dropped',
    transfer(`${rounds}\n\t${all}`).replace('ret = -EIO;', 'unpin_user_page(pages[i]);\n\t\t\tpages[i] = NULL;\n\t\t\tret = -EIO;'),
  );
});

/** A list of its own for the device, of pages that a helper drops for who has failed and for the end. */
const own = (
  end: string,
  guard = '',
) => `struct list { struct page **pages; int n; struct scatterlist *sgl; struct device *dev; u64 iova; };
static void put_all(struct page **pages, int n, bool dirty)
{
	int i;

	${guard}
	for (i = 0; i < n; i++) {
		if (dirty)
			set_page_dirty_lock(pages[i]);
		unpin_user_page(pages[i]);
	}
}
int list_make(struct list *l, unsigned long a)
{
	int i, got = pin_user_pages_fast(a, l->n, FOLL_WRITE | FOLL_LONGTERM, l->pages);
	struct scatterlist *sg;

	if (got != l->n) {
		if (got > 0)
			put_all(l->pages, got, false);
		return -EFAULT;
	}
	for_each_sg(l->sgl, sg, l->n, i)
		sg_set_page(sg, l->pages[i], PAGE_SIZE, 0);
	if (!dma_map_sg(l->dev, l->sgl, l->n, DMA_FROM_DEVICE)) {
		put_all(l->pages, l->n, false);
		return -EIO;
	}
	return 0;
}
void list_end(struct list *l, struct scatterlist *other)
{
	${end}
}
`;

describe('pages that a helper drops for several', () => {
  const put = 'put_all(l->pages, l->n, true);';
  const gone = 'dma_unmap_sg(l->dev, l->sgl, l->n, DMA_FROM_DEVICE);';
  complains(rule, 'whose list is unmapped behind', own(`${put}\n\t${gone}`), `list_end:${gone}`);
  accepts(rule, 'whose list is unmapped first', own(`${gone}\n\t${put}`));
  accepts(rule, 'behind which another list is unmapped', own(`${gone}\n\t${put}\n\tdma_unmap_sg(l->dev, other, 1, DMA_TO_DEVICE);`));
  accepts(rule, 'in some cases only', own(`${put}\n\t${gone}`, 'if (pages)').replace('i < n; i++) {', 'i < n; i++) {'));
});

describe('addresses of an IOMMU that are sums', () => {
  const each = 'iommu_unmap(m->dom, m->iova + i * PAGE_SIZE, PAGE_SIZE);';
  const summed = (end: string): string => range(`int i;\n\n\t${end}`);
  const rounds = `for (i = 0; i < m->n; i++)\n\t\t${each}`;
  complains(rule, 'and are unmapped behind the drop', summed(`${dropAll}\n\t${rounds}`), `map_del:${each}`);
  accepts(rule, 'and are unmapped first', summed(`${rounds}\n\t${dropAll}`));
});

/** An end that goes by how far the function has come; what is dropped on the way is mapped by then, or not. */
const staged = (more: string): string => `struct job { struct page **pages; int n; struct sg_table sgt; };
int hw_submit(struct job *j);
int job_start(struct device *dev, struct job *j, unsigned long a, int n)
{
	int stage = 1, err = 0, got;

	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, j->pages);
	if (got != n) {
		err = got < 0 ? got : -EFAULT;
		if (got > 0)
			unpin_user_pages(j->pages, got);
		goto fail;
	}
	j->n = n;
	stage = 2;
	err = sg_alloc_table_from_pages(&j->sgt, j->pages, n, 0, n << PAGE_SHIFT, GFP_KERNEL);
	if (err)
		goto fail;
	stage = 3;
	err = dma_map_sgtable(dev, &j->sgt, DMA_FROM_DEVICE, 0);
	if (err)
		goto fail;
	stage = 4;
	err = hw_submit(j);
	${more}
	if (err)
		goto fail;
	return 0;
fail:
	switch (stage) {
	case 4:
		dma_unmap_sgtable(dev, &j->sgt, DMA_FROM_DEVICE, 0);
		fallthrough;
	case 3:
		sg_free_table(&j->sgt);
		fallthrough;
	case 2:
		if (j->n)
			unpin_user_pages(j->pages, j->n);
	}
	return err;
}
`;

describe('an end that goes by a stage', () => {
  accepts(rule, 'pages that were not mapped when they were dropped', staged(''));
  complains(
    rule,
    'pages that were',
    staged('if (err) {\n\t\tunpin_user_pages(j->pages, n);\n\t\tj->n = 0;\n\t}'),
    'job_start:dma_unmap_sgtable(dev, &j->sgt, DMA_FROM_DEVICE, 0);',
  );
});

/** Chunks of a list, each with a scatterlist of its own. */
const chunked = (end: string) => `struct chunk { struct list_head list; int n; struct scatterlist sgl[16]; };
int chunks_add(struct list_head *all, struct device *dev, unsigned long a)
{
	struct chunk *c = kzalloc(sizeof(*c), GFP_KERNEL);
	struct page *pages[16];
	int i;

	if (!c)
		return -ENOMEM;
	c->n = pin_user_pages_fast(a, 16, FOLL_WRITE | FOLL_LONGTERM, pages);
	if (c->n <= 0) {
		kfree(c);
		return -EFAULT;
	}
	sg_init_table(c->sgl, c->n);
	for (i = 0; i < c->n; i++)
		sg_set_page(&c->sgl[i], pages[i], PAGE_SIZE, 0);
	dma_map_sg(dev, c->sgl, c->n, DMA_FROM_DEVICE);
	list_add_tail(&c->list, all);
	return 0;
}
void chunks_end(struct list_head *all, struct device *dev)
{
	struct chunk *c, *next;
	struct scatterlist *sg;
	int i;

	list_for_each_entry_safe(c, next, all, list) {
		${end}
		list_del(&c->list);
		kfree(c);
	}
}
`;

describe('a list of each of several objects', () => {
  const each = 'for_each_sg(c->sgl, sg, c->n, i) {\n\t\t\tset_page_dirty_lock(sg_page(sg));\n\t\t\tunpin_user_page(sg_page(sg));\n\t\t}';
  const gone = 'dma_unmap_sg(dev, c->sgl, c->n, DMA_FROM_DEVICE);';
  complains(rule, 'that is unmapped behind the drops', chunked(`${each}\n\t\t${gone}`), `chunks_end:${gone}`);
  accepts(rule, 'that is unmapped first', chunked(`${gone}\n\t\t${each}`));
});
