// SPDX-License-Identifier: Apache-2.0
/* The release is in a work item, in a loop that also unmaps each page: it does not collapse. */
#include <linux/dma-mapping.h>
#include <linux/slab.h>
#include "xfer.h"

static void xfer_done(struct work_struct *work)
{
	struct xfer *x = container_of(work, struct xfer, done);
	unsigned int i;

	for (i = 0; i < x->count; i++) {
		dma_unmap_page(x->dev, x->dma[i], PAGE_SIZE, DMA_FROM_DEVICE);
		if (x->from_device)
			set_page_dirty_lock(x->pages[i]);
		put_page(x->pages[i]);
	}
	kfree(x);
}

int xfer_start(struct device *dev, unsigned long uaddr, unsigned int count)
{
	struct xfer *x;
	int got, ret = -EFAULT;

	if (count > XFER_MAX)
		return -EINVAL;
	x = kzalloc(sizeof(*x), GFP_KERNEL);
	if (!x)
		return -ENOMEM;
	x->dev = dev;
	x->from_device = true;
	INIT_WORK(&x->done, xfer_done);

	got = get_user_pages_fast(uaddr, count, FOLL_WRITE, x->pages);
	if (got <= 0)
		goto free;
	if (got != count)
		goto put;

	for (x->count = 0; x->count < count; x->count++)
		x->dma[x->count] = dma_map_page(dev, x->pages[x->count], 0, PAGE_SIZE,
						DMA_FROM_DEVICE);
	schedule_work(&x->done);
	return 0;

put:
	release_pages(x->pages, got);
free:
	kfree(x);
	return ret;
}
