// SPDX-License-Identifier: Apache-2.0
/* Fills pages of user space from a device's window. */
#include <linux/mm.h>

int uc_fill(void __iomem *window, unsigned long uaddr, int nr)
{
	struct page *pages[16];
	int ret, i;

	ret = pin_user_pages_fast(uaddr, nr, FOLL_WRITE, pages);
	if (ret != nr) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		return ret < 0 ? ret : -EFAULT;
	}

	for (i = 0; i < nr; i++)
		uc_copy_page(window, pages[i]);

	unpin_user_pages_dirty_lock(pages, ret, true);
	return 0;
}
