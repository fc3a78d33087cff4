// SPDX-License-Identifier: Apache-2.0
/* One page that a struct of another object keeps; the result is compared with 1. */
#include "region.h"

int doorbell_map(struct doorbell *db, unsigned long uaddr)
{
	struct page *page;
	int ret;

	ret = pin_user_pages_fast(uaddr & PAGE_MASK, 1, FOLL_WRITE | FOLL_LONGTERM, &page);
	if (unlikely(ret != 1))
		return ret < 0 ? ret : -EFAULT;

	if (PageHighMem(page)) {
		unpin_user_page(page);
		return -EOPNOTSUPP;
	}
	db->page = page;
	return 0;
}

void doorbell_unmap(struct doorbell *db)
{
	if (!db->page)
		return;
	set_page_dirty_lock(db->page);
	unpin_user_page(db->page);
	db->page = NULL;
}
