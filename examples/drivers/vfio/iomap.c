// SPDX-License-Identifier: Apache-2.0
/* Only the physical address is kept; unmap finds the page again by its frame number. */
#include <linux/iommu.h>
#include "iomap.h"

int iomap_map(struct iommu_domain *dom, struct iomap_range *range, unsigned long uaddr)
{
	struct page *page;
	int ret;

	mmap_read_lock(current->mm);
	ret = pin_user_pages_remote(current->mm, uaddr, 1, FOLL_WRITE | FOLL_LONGTERM,
				    &page, NULL);
	mmap_read_unlock(current->mm);
	if (ret < 1)
		return ret ?: -EFAULT;

	range->phys = page_to_phys(page);
	ret = iommu_map(dom, range->iova, range->phys, PAGE_SIZE, IOMMU_READ | IOMMU_WRITE,
			GFP_KERNEL);
	if (ret)
		unpin_user_page(page);
	return ret;
}

void iomap_unmap(struct iommu_domain *dom, struct iomap_range *range)
{
	struct page *page = pfn_to_page(range->phys >> PAGE_SHIFT);

	iommu_unmap(dom, range->iova, PAGE_SIZE);
	if (range->writable)
		SetPageDirty(page);
	unpin_user_page(page);
}
