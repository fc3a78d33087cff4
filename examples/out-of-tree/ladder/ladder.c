// SPDX-License-Identifier: Apache-2.0
/* A driver for many kernels: every rung takes and drops its own way; an arm may open a brace that another closes. */
#include <linux/module.h>
#include <linux/slab.h>
#include "compat.h"

int ladder_map(struct ladder_buf *buf, unsigned long uaddr, long nr)
{
	buf->pages = kcalloc(nr, sizeof(*buf->pages), GFP_KERNEL);
	if (!buf->pages)
		return -ENOMEM;

	mmap_read_lock(current->mm);
	buf->nr = ladder_get(uaddr, nr, buf->write, buf->pages);
	mmap_read_unlock(current->mm);
	if (buf->nr == nr)
		return 0;
	while (buf->nr > 0)
		ladder_put(buf->pages[--buf->nr]);
	kfree(buf->pages);
	return -EFAULT;
}

void ladder_unmap(struct ladder_buf *buf)
{
	long i;

	for (i = 0; i < buf->nr; i++) {
		if (buf->write)
			set_page_dirty_lock(buf->pages[i]);
		ladder_put(buf->pages[i]);
	}
	kfree(buf->pages);
}

int ladder_peek(struct mm_struct *mm, unsigned long uaddr, void *to)
{
	struct page *page;

#ifdef CONFIG_LADDER_REMOTE
	if (mm != current->mm) {
		if (get_user_pages_remote(mm, uaddr, 1, 0, &page, NULL) != 1)
			return -EIO;
	} else {
#else
	{
#endif
		if (get_user_pages_fast(uaddr, 1, 0, &page) != 1)
			return -EFAULT;
	}
	memcpy(to, page_address(page), PAGE_SIZE);
	put_page(page);
	return 0;
}

MODULE_LICENSE("Dual MIT/GPL");
