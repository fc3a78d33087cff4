// SPDX-License-Identifier: Apache-2.0
/* A capture buffer: the device writes, user space reads. */
#include <linux/mm.h>
#include <linux/dma-mapping.h>

struct dl_buffer {
	struct device *dev;
	struct page **pages;
	int nr;
	struct sg_table sgt;
};

int dl_buffer_map(struct dl_buffer *buf, unsigned long uaddr)
{
	int ret;

	ret = pin_user_pages_fast(uaddr, buf->nr, FOLL_WRITE | FOLL_LONGTERM,
				  buf->pages);
	if (ret != buf->nr) {
		if (ret > 0)
			unpin_user_pages(buf->pages, ret);
		return ret < 0 ? ret : -EFAULT;
	}

	ret = sg_alloc_table_from_pages(&buf->sgt, buf->pages, buf->nr, 0,
					(size_t)buf->nr << PAGE_SHIFT,
					GFP_KERNEL);
	if (ret)
		goto unpin;

	ret = dma_map_sgtable(buf->dev, &buf->sgt, DMA_FROM_DEVICE, 0);
	if (ret)
		goto free;
	return 0;

free:
	sg_free_table(&buf->sgt);
unpin:
	unpin_user_pages(buf->pages, buf->nr);
	return ret;
}

void dl_buffer_unmap(struct dl_buffer *buf)
{
	dma_unmap_sgtable(buf->dev, &buf->sgt, DMA_FROM_DEVICE, 0);
	sg_free_table(&buf->sgt);
	unpin_user_pages(buf->pages, buf->nr);
}
