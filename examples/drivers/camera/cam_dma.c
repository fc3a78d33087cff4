// SPDX-License-Identifier: Apache-2.0
/* Feeds the pinned array to a scatterlist; teardown is a callback of the buffer's ops, through a helper of the header. */
#include <linux/dma-mapping.h>
#include <linux/slab.h>
#include "camera.h"

static int cam_user_get(struct cam_buffer *buf, unsigned long uaddr)
{
	int ret;

	ret = cam_buffer_pin(buf, uaddr);
	if (ret)
		return ret;

	ret = sg_alloc_table_from_pages(&buf->sgt, buf->pages, buf->nr_pages, 0,
					(size_t)buf->nr_pages << PAGE_SHIFT,
					GFP_KERNEL);
	if (ret)
		goto err_unpin;

	ret = dma_map_sgtable(buf->dev, &buf->sgt, DMA_BIDIRECTIONAL, 0);
	if (ret)
		goto err_table;
	return 0;

err_table:
	sg_free_table(&buf->sgt);
err_unpin:
	cam_buffer_unpin(buf);
	kvfree(buf->pages);
	return ret;
}

static void cam_user_put(struct cam_buffer *buf)
{
	dma_unmap_sgtable(buf->dev, &buf->sgt, DMA_BIDIRECTIONAL, 0);
	sg_free_table(&buf->sgt);
	cam_buffer_unpin(buf);
	kvfree(buf->pages);
	buf->pages = NULL;
}

const struct cam_buffer_ops cam_user_ops = {
	.get = cam_user_get,
	.put = cam_user_put,
};
