/** Pages that are dropped by the address that a device has for them, and then unmapped by it. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'use-after-release';

/** Shares of a guest, whose pages are dropped by `share_drop()`, for the key that it looks them up by. */
const guest = (end: string, key = 'start, last') => `struct share { u64 start, last, addr; };
struct guest { struct iommu_domain *domain; struct interval_tree *shares; };
static int share_add(struct guest *g, u64 iova, u64 size, u64 addr)
{
	struct share *s = kzalloc(sizeof(*s), GFP_KERNEL);
	int err;

	if (!s)
		return -ENOMEM;
	s->start = iova;
	s->last = iova + size - 1;
	s->addr = addr;
	share_insert(g->shares, s);
	err = iommu_map(g->domain, iova, addr, size, IOMMU_READ | IOMMU_WRITE);
	if (err)
		share_remove(g->shares, s);
	return err;
}
int share_make(struct guest *g, unsigned long a, u64 iova)
{
	struct page *page;
	int err;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	err = share_add(g, iova, PAGE_SIZE, page_to_pfn(page) << PAGE_SHIFT);
	if (err)
		unpin_user_page(page);
	return err;
}
static void share_drop(struct guest *g, u64 start, u64 last)
{
	struct share *s;

	while ((s = share_first(g->shares, ${key}))) {
		struct page *page = pfn_to_page(s->addr >> PAGE_SHIFT);

		set_page_dirty_lock(page);
		unpin_user_page(page);
		share_remove(g->shares, s);
	}
}
void share_end(struct guest *g, u64 iova, u64 size, u64 other)
{
	${end}
}
`;
const drop = 'share_drop(g, iova, iova + size - 1);';
const unmap = 'iommu_unmap(g->domain, iova, size);';

describe('pages that a helper looks up by their address in the device', () => {
  complains(rule, 'which are unmapped by it then', guest(`${drop}\n\t${unmap}`), `share_end:${unmap}`);
  complains(
    rule,
    'which are unmapped by it where the device has no call of its own',
    guest(`${drop}\n\tif (g->ops->unmap)\n\t\tg->ops->unmap(g, iova, size);\n\telse\n\t\t${unmap}`),
    `share_end:${unmap}`,
  );
  accepts(rule, 'which are unmapped first', guest(`${unmap}\n\t${drop}`));
  accepts(rule, 'with others unmapped then', guest(`${drop}\n\tiommu_unmap(g->domain, other, size);`));
  accepts(rule, 'with what lies behind them unmapped then', guest(`${drop}\n\tiova += size;\n\t${unmap}`));
  accepts(rule, 'if it is not the address that they are looked up by', guest(`${drop}\n\t${unmap}`, 'last, last'));
});
