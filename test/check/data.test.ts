/** The rules about the data of a page: what is written is marked dirty, under its lock, and who reaches it pins the page. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

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
  accepts(
    'dirty-lost',
    'pages that a device only reads',
    kept('FOLL_WRITE', clean, 'int box_map(struct box *b)\n{\n	return dma_map_page(b->dev, b->pages[0], 0, 64, DMA_TO_DEVICE);\n}'),
  );
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
  accepts('dirty-unlocked', 'set_page_dirty_lock()', marked('', 'set_page_dirty_lock', ''));
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
  complains('needs-pin', 'a mapping by its frame', get('iommu_map(dev->domain, 0, page_to_phys(page), 64, 0);'), site);
  complains('needs-pin', 'a write by the processor', get('p = kmap(page);\n	memset(p, 0, 64);\n	kunmap(page);'), site);
  complains('needs-pin', 'a store', get('p = kmap(page);\n	*(int *)p = 1;\n	kunmap(page);'), site);
  complains('needs-pin', 'an address that is kept to be written to', get('dev->shared = kmap(page);'), site);
  accepts('needs-pin', 'a load', get('p = kmap(page);\n	dev->value = *(int *)p;\n	kunmap(page);'));
  accepts('needs-pin', 'a page of which only the struct page matters', get('note(page_to_nid(page));'));
  accepts('needs-pin', 'a page that the processor reads', get('p = kmap(page);\n	memcpy(dev->buf, p, 64);\n	kunmap(page);'));
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
