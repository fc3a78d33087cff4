// SPDX-License-Identifier: Apache-2.0
/* A buffer that drops as many pages as it says that it has. */
#include <linux/mm.h>
#include <linux/slab.h>

struct rc_buffer {
	struct page **pages;
	unsigned int nr;
};

static void rc_buffer_free(struct rc_buffer *buf)
{
	unpin_user_pages_dirty_lock(buf->pages, buf->nr, true);
	kfree(buf->pages);
}

int rc_buffer_setup(struct rc_buffer *buf, unsigned long uaddr, int nr)
{
	int ret;

	buf->nr = nr;
	buf->pages = kmalloc_array(nr, sizeof(*buf->pages), GFP_KERNEL);
	if (!buf->pages)
		return -ENOMEM;

	ret = pin_user_pages_fast(uaddr, nr, FOLL_WRITE | FOLL_LONGTERM,
				  buf->pages);
	if (ret != nr) {
		rc_buffer_free(buf);
		return ret < 0 ? ret : -EFAULT;
	}
	return 0;
}

void rc_buffer_close(struct rc_buffer *buf)
{
	rc_buffer_free(buf);
}
