// SPDX-License-Identifier: Apache-2.0
/* Reads registers of a device straight into a page of user space. */
#include <linux/mm.h>
#include <linux/highmem.h>

int du_read(void __iomem *regs, unsigned long uaddr)
{
	struct page *page;
	void *kaddr;
	int ret;

	ret = pin_user_pages_fast(uaddr, 1, FOLL_WRITE, &page);
	if (ret != 1)
		return ret < 0 ? ret : -EFAULT;

	kaddr = kmap_local_page(page);
	memcpy_fromio(kaddr, regs, PAGE_SIZE);
	kunmap_local(kaddr);

	set_page_dirty(page);
	unpin_user_page(page);
	return 0;
}
