// SPDX-License-Identifier: Apache-2.0
/* Looks at a user's buffer. A short count frees the array alone. */
int peek_pages(unsigned long addr, int n, struct page **pages)
{
	int ret = pin_user_pages_fast(addr, n, 0, pages);

	if (ret < n) {
		kfree(pages);
		return -EFAULT;
	}
	peek_sum(n);
	unpin_user_pages(pages, n);
	return 0;
}
