// SPDX-License-Identifier: Apache-2.0
/* Adds up a user's page. It is mapped when it is no longer held. */
int sum_page(unsigned long addr, int *sum)
{
	struct page *page;
	char *p;

	if (get_user_pages_fast(addr, 1, 0, &page) != 1)
		return -EFAULT;
	put_page(page);
	p = kmap_local_page(page);
	*sum = p[0];
	kunmap_local(p);
	return 0;
}
