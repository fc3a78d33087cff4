// SPDX-License-Identifier: Apache-2.0
/* Lets a device read one page of user space, and waits for it. */
#include <linux/mm.h>
#include <linux/dma-mapping.h>

int np_send(struct device *dev, unsigned long uaddr)
{
	struct page *page;
	dma_addr_t dma;
	int ret;

	ret = get_user_pages_fast(uaddr, 1, 0, &page);
	if (ret != 1)
		return ret < 0 ? ret : -EFAULT;

	dma = dma_map_page(dev, page, 0, PAGE_SIZE, DMA_TO_DEVICE);
	if (dma_mapping_error(dev, dma)) {
		ret = -EIO;
		goto out;
	}
	ret = np_start_and_wait(dev, dma);
	dma_unmap_page(dev, dma, PAGE_SIZE, DMA_TO_DEVICE);
out:
	put_page(page);
	return ret;
}
