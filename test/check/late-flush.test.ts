/** Pages that are dropped while an IOMMU's cache still leads to them. */
import { describe, expect, it } from 'vitest';
import { accepts, complains, pathsOf } from './findings.js';

/** An area that is mapped page by page, and unmapped so that the cache may be flushed once for all. */
const area = ({ each = '', last = 'iommu_iotlb_sync(a->domain, &gather);', behind = '' }): string => `
struct area { struct iommu_domain *domain; struct iommu_domain *other; struct page **pages; unsigned long iova; int n; };
int area_map(struct area *a, unsigned long addr)
{
	int i, got = pin_user_pages_fast(addr, a->n, FOLL_WRITE | FOLL_LONGTERM, a->pages);

	if (got != a->n) {
		if (got > 0)
			unpin_user_pages(a->pages, got);
		return -EFAULT;
	}
	for (i = 0; i < a->n; i++)
		iommu_map(a->domain, a->iova + i * PAGE_SIZE, page_to_phys(a->pages[i]), PAGE_SIZE, IOMMU_WRITE, GFP_KERNEL);
	return 0;
}
static void area_put(struct area *a, int i)
{
	unpin_user_pages_dirty_lock(&a->pages[i], 1, true);
}
void area_unmap(struct area *a)
{
	struct iommu_iotlb_gather gather;
	size_t len;
	int i;

	iommu_iotlb_gather_init(&gather);
	for (i = 0; i < a->n; i++) {
		len = iommu_unmap_fast(a->domain, a->iova + i * PAGE_SIZE, PAGE_SIZE, &gather);
		${each}
	}
	${last}
	${behind}
}
`;

const drop = 'unpin_user_pages_dirty_lock(&a->pages[i], 1, true);';
const all = 'unpin_user_pages_dirty_lock(a->pages, a->n, true);';
const sync = 'iommu_iotlb_sync(a->domain, &gather);';

describe('a cache that is flushed', () => {
  const rule = 'use-after-release';
  complains(rule, 'behind the drop of each page', area({ each: drop }), `area_unmap:${drop}`);
  complains(rule, 'behind a helper that drops each', area({ each: 'area_put(a, i);' }), 'area_unmap:area_put(a, i);');
  complains(rule, 'behind the drop of all', area({ last: all, behind: sync }), `area_unmap:${all}`);
  accepts(rule, 'before the drop of all', area({ behind: all }));
  accepts(rule, 'for each page before its drop', area({ each: `${sync} ${drop}`, last: '' }));
  accepts(rule, 'behind a drop of what could not be unmapped', area({ each: `if (!len) { ${drop} }` }));
  accepts(rule, 'of another domain', area({ each: drop, last: 'iommu_flush_iotlb_all(a->other);' }));
  it('is told with what has left the pages there', async () =>
    expect((await pathsOf(area({ each: drop }), rule)).map((path) => path.slice(-3))).toEqual([
      [
        "area_unmap: unmapped by iommu_unmap_fast(), and still in the IOMMU's cache",
        'area_unmap: dropped by unpin_user_pages_dirty_lock()',
        'area_unmap: flushed from the cache by iommu_iotlb_sync()',
      ],
    ]));
});

/** An entry of a table that is exchanged: what stood there before comes back where the new page was. */
const exchanged = (behind: string): string => `
static int entry_pin(unsigned long addr, unsigned long *hpa)
{
	struct page *page;

	if (pin_user_pages_fast(addr, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	*hpa = page_to_phys(page);
	return 0;
}
static void entry_put(unsigned long hpa)
{
	unpin_user_page(pfn_to_page(hpa >> PAGE_SHIFT));
}
long entries_set(struct mm_struct *mm, struct iommu_table *tbl, unsigned long entry, unsigned long addr)
{
	enum dma_data_direction old = DMA_BIDIRECTIONAL;
	unsigned long hpa;
	long ret = entry_pin(addr, &hpa);

	if (ret)
		return ret;
	ret = iommu_tce_xchg_no_kill(mm, tbl, entry, &hpa, &old);
	if (ret) {
		entry_put(hpa);
		return ret;
	}
	${behind}
	return 0;
}
`;

describe('a table of which each entry is exchanged', () => {
  const rule = 'use-after-release';
  const put = 'if (old != DMA_NONE) entry_put(hpa);';
  const kill = 'iommu_tce_kill(tbl, entry, 1);';
  complains(rule, 'an entry of before that is dropped before the cache is flushed', exchanged(`${put}\n\t${kill}`), `entries_set:${put}`);
  accepts(rule, 'an entry of before that is dropped behind it, and a new one that was not let in', exchanged(`${kill}\n\t${put}`));
});
