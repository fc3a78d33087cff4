// SPDX-License-Identifier: Apache-2.0
/* Pins a frame buffer in as many rounds as it takes, into an array that a field keeps. */
#include <linux/slab.h>
#include "camera.h"

int cam_buffer_pin(struct cam_buffer *buf, unsigned long uaddr)
{
	unsigned int flags = FOLL_LONGTERM;
	unsigned int done = 0;
	int got;

	if (!buf->to_device)
		flags |= FOLL_WRITE;

	buf->pages = kvcalloc(buf->nr_pages, sizeof(*buf->pages), GFP_KERNEL);
	if (!buf->pages)
		return -ENOMEM;

	while (done < buf->nr_pages) {
		got = pin_user_pages_fast(uaddr + done * PAGE_SIZE,
					  buf->nr_pages - done, flags,
					  buf->pages + done);
		if (got <= 0)
			goto undo;
		done += got;
	}
	return 0;

undo:
	unpin_user_pages(buf->pages, done);
	kvfree(buf->pages);
	buf->pages = NULL;
	return got ? got : -EFAULT;
}
