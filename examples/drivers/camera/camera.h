/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CAMERA_H
#define CAMERA_H

#include <linux/mm.h>
#include <linux/scatterlist.h>

#define CAM_STAT_PAGES	16

struct cam_buffer {
	struct device *dev;
	struct page **pages;
	unsigned int nr_pages;
	struct sg_table sgt;
	bool to_device;
};

struct cam_buffer_ops {
	int (*get)(struct cam_buffer *buf, unsigned long uaddr);
	void (*put)(struct cam_buffer *buf);
};

struct cam_stats {
	struct page *pages[CAM_STAT_PAGES];
	int nr;
	void *vaddr;
};

extern const struct cam_buffer_ops cam_user_ops;

int cam_buffer_pin(struct cam_buffer *buf, unsigned long uaddr);

/* Drops the pages of a buffer, dirty if the camera wrote them; the array stays. */
static inline void cam_buffer_unpin(struct cam_buffer *buf)
{
	unpin_user_pages_dirty_lock(buf->pages, buf->nr_pages, !buf->to_device);
}

#endif
