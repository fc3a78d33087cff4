/** Pages of which nothing but an IOMMU's table knows the frame numbers, until they are asked of it again. */
import { describe } from 'vitest';
import { shows } from '../survey/helper.js';
import { accepts, complains } from './findings.js';

const fetched =
  'phys_addr_t pa = iommu_iova_to_phys(d->dom, d->iova + i * PAGE_SIZE);\n\t\tstruct page *page = pfn_to_page(pa >> PAGE_SHIFT);';
const marking = 'unpin_user_pages_dirty_lock(&page, 1, true);';

const mapped = ({
  put = marking,
  fetch = fetched,
  flags = 'FOLL_WRITE | FOLL_LONGTERM',
  failed = 'unpin_user_page(page);',
  back = 'undo(d, i);',
} = {}): string => `struct dom { struct iommu_domain *dom; unsigned long n; u64 iova; };
static void undo(struct dom *d, unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		${fetch}

		iommu_unmap(d->dom, d->iova + i * PAGE_SIZE, PAGE_SIZE);
		${put}
	}
}
int dom_map(struct dom *d, unsigned long a)
{
	unsigned long i;
	int ret;

	for (i = 0; i < d->n; i++) {
		struct page *page;

		ret = pin_user_pages_fast(a + i * PAGE_SIZE, 1, ${flags}, &page);
		if (ret != 1) {
			ret = ret < 0 ? ret : -EFAULT;
			goto undo;
		}
		ret = iommu_map(d->dom, d->iova + i * PAGE_SIZE, page_to_phys(page), PAGE_SIZE, IOMMU_READ | IOMMU_WRITE, GFP_KERNEL);
		if (ret) {
			${failed}
			goto undo;
		}
	}
	return 0;
undo:
	${back}
	return ret;
}
void dom_unmap(struct dom *d)
{
	undo(d, d->n);
}
`;

describe('pages in the table of an IOMMU', () => {
  const row = 'pin LT single→pfn→other car=dom.dom loop-other@file put:undo:unpin_user_pages_dirty_lock,dom_map:unpin_user_page dirty=bulk';
  shows('found again by their addresses', mapped(), row);
  const rules = ['dirty-lost', 'leak-on-path', 'double-release', 'never-released', 'use-after-release', 'needs-longterm', 'wrong-release'];
  for (const rule of rules) accepts(rule, 'a driver that fetches them there', mapped());
  const lookup = 'struct page *page = phys_to_page(iommu_iova_to_phys(d->dom, d->iova + i * PAGE_SIZE));';
  for (const rule of rules) accepts(rule, 'a driver that makes pages of physical addresses', mapped({ fetch: lookup }));
  const clean = 'unpin_user_page(page);';
  complains('dirty-lost', 'a teardown that marks nothing', mapped({ put: clean }), `undo:${clean}`);
  complains('wrong-release', 'a teardown that puts them', mapped({ put: 'put_page(page);' }), 'undo:put_page(page);');
  complains('never-released', 'a teardown that drops none', mapped({ put: '' }), 'dom_map:for (i = 0; i < d->n; i++) {');
  complains(
    'needs-longterm',
    'pages that stay there',
    mapped({ flags: 'FOLL_WRITE' }),
    'dom_map:ret = pin_user_pages_fast(a + i * PAGE_SIZE, 1, FOLL_WRITE, &page);',
  );
  complains(
    'leak-on-path',
    'the page that could not be mapped',
    mapped({ failed: '' }),
    'dom_map:ret = iommu_map(d->dom, d->iova + i * PAGE_SIZE, page_to_phys(page), PAGE_SIZE, IOMMU_READ | IOMMU_WRITE, GFP_KERNEL);',
  );
});

/** Pages that stand in an array of their object's and are told an IOMMU; nobody asks that for them. */
const kept = (undone: string) => `struct map { struct dev *dev; u64 iova; unsigned long n; struct page *pages[]; };
struct map *map_new(struct dev *dev, unsigned long a, unsigned long n)
{
	struct map *m = kvzalloc(struct_size(m, pages, n), GFP_KERNEL);
	unsigned long i;
	long got;

	if (!m)
		return NULL;
	got = pin_user_pages(a, n, FOLL_LONGTERM, m->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(m->pages, got);
		kvfree(m);
		return NULL;
	}
	for (i = 0; i < n; i++) {
		if (iommu_map(dev->domain, m->iova + i * PAGE_SIZE, page_to_phys(m->pages[i]), PAGE_SIZE, IOMMU_READ, GFP_KERNEL))
			goto undo;
	}
	m->dev = dev;
	m->n = n;
	return m;
undo:
	while (i--)
		iommu_unmap(dev->domain, m->iova + i * PAGE_SIZE, PAGE_SIZE);
	${undone}
	kvfree(m);
	return NULL;
}
void map_end(struct map *m)
{
	iommu_unmap(m->dev->domain, m->iova, m->n * PAGE_SIZE);
	unpin_user_pages(m->pages, m->n);
	kvfree(m);
}
int map_two(struct file *file, unsigned long a)
{
	struct map *m = map_new(file->private_data, a, 2);

	if (!m)
		return -ENOMEM;
	map_end(m);
	return 0;
}
`;

describe('pages that an IOMMU is told of, which nobody asks for them', () => {
  for (const rule of ['leak-on-path', 'never-released']) accepts(rule, 'and that are dropped', kept('unpin_user_pages(m->pages, n);'));
  const lost = 'map_new:if (iommu_map(dev->domain, m->iova + i * PAGE_SIZE, page_to_phys(m->pages[i]), PAGE_SIZE, IOMMU_READ, GFP_KERNEL))';
  complains('leak-on-path', 'and that are lost with their array', kept(''), lost);
  accepts('never-released', 'and that are lost with their array', kept(''));
});
