// SPDX-License-Identifier: Apache-2.0
/* Sends a user's page. Only the caller drops it. */
static int send_one(struct page *page)
{
	if (wire_send(0)) {
		return -EIO;
	}
	return 0;
}

int send_page(unsigned long addr)
{
	struct page *page;
	int ret;

	if (get_user_pages_fast(addr, 1, 0, &page) != 1)
		return -EFAULT;
	ret = send_one(page);
	if (ret) {
		put_page(page);
		return ret;
	}
	put_page(page);
	return 0;
}
