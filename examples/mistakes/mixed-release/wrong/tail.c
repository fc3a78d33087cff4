// SPDX-License-Identifier: Apache-2.0
/* A transfer of user pages, with a page of the driver's own behind them. */
#include <linux/mm.h>

int mr_send(struct device *dev, unsigned long uaddr, int nr)
{
	struct page *pages[17];
	int ret;

	ret = pin_user_pages_fast(uaddr, nr, 0, pages);
	if (ret != nr) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		return ret < 0 ? ret : -EFAULT;
	}

	pages[nr] = alloc_page(GFP_KERNEL);
	if (!pages[nr]) {
		unpin_user_pages(pages, nr);
		return -ENOMEM;
	}

	ret = mr_transfer(dev, pages, nr + 1);
	unpin_user_pages(pages, nr + 1);
	return ret;
}
