// SPDX-License-Identifier: Apache-2.0
/* A region of user memory that a device may reach until it is taken away by another ioctl. */
#include <linux/mm.h>
#include <linux/slab.h>

struct nl_region {
	struct page **pages;
	int nr;
};

static int nl_region_add(struct nl_region *region, unsigned long uaddr, int nr)
{
	int ret;

	if (region->pages)
		return -EBUSY;
	region->pages = kvcalloc(nr, sizeof(*region->pages), GFP_KERNEL);
	if (!region->pages)
		return -ENOMEM;

	ret = pin_user_pages_fast(uaddr, nr, FOLL_WRITE,
				  region->pages);
	if (ret != nr) {
		if (ret > 0)
			unpin_user_pages(region->pages, ret);
		kvfree(region->pages);
		region->pages = NULL;
		return ret < 0 ? ret : -EFAULT;
	}
	region->nr = nr;
	return 0;
}

static void nl_region_remove(struct nl_region *region)
{
	unpin_user_pages_dirty_lock(region->pages, region->nr, true);
	kvfree(region->pages);
	region->pages = NULL;
}

long nl_ioctl(struct nl_region *region, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case NL_IOC_ADD:
		return nl_region_add(region, arg, NL_PAGES);
	case NL_IOC_REMOVE:
		nl_region_remove(region);
		return 0;
	default:
		return -ENOTTY;
	}
}
