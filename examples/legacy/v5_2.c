// SPDX-License-Identifier: Apache-2.0
/* As in 5.2 to 5.5: taken as ever, dropped by put_user_page*(), whose name says what it is for. */
#include <linux/mm.h>
#include "legacy.h"

int v52_pin(struct v52_buf *buf, unsigned long uaddr)
{
	long got;

	down_read(&current->mm->mmap_sem);
	got = get_user_pages(uaddr, buf->npages, FOLL_WRITE | FOLL_LONGTERM, buf->pages, NULL);
	up_read(&current->mm->mmap_sem);
	if (got == buf->npages)
		return 0;
	if (got > 0)
		put_user_pages(buf->pages, got);
	return -EFAULT;
}

void v52_unpin(struct v52_buf *buf, bool make_dirty)
{
	put_user_pages_dirty_lock(buf->pages, buf->npages, make_dirty);
}

int v52_one(unsigned long uaddr)
{
	struct page *page;

	if (get_user_pages_fast(uaddr, 1, 0, &page) != 1)
		return -EFAULT;
	put_user_page(page);
	return 0;
}
