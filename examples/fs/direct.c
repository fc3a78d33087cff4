// SPDX-License-Identifier: Apache-2.0
/* Direct I/O through an array that the iterator allocates; the same array also takes pages of a kvec, and of the page cache. */
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "direct.h"

static int direct_map_kvec(struct direct_req *req, struct iov_iter *iter)
{
	void *addr = iter->kvec->iov_base;
	unsigned int i;

	req->nr = DIV_ROUND_UP(iter->kvec->iov_len, PAGE_SIZE);
	req->pages = kvcalloc(req->nr, sizeof(struct page *), GFP_KERNEL);
	if (!req->pages)
		return -ENOMEM;
	for (i = 0; i < req->nr; i++, addr += PAGE_SIZE) {
		req->pages[i] = is_vmalloc_addr(addr) ? vmalloc_to_page(addr) : virt_to_page(addr);
		get_page(req->pages[i]);
	}
	return 0;
}

int direct_map(struct direct_req *req, struct iov_iter *iter)
{
	ssize_t bytes;
	size_t off;

	if (iov_iter_is_kvec(iter))
		return direct_map_kvec(req, iter);

	bytes = iov_iter_get_pages_alloc2(iter, &req->pages, iov_iter_count(iter), &off);
	if (bytes < 0)
		return bytes;
	req->nr = DIV_ROUND_UP(bytes + off, PAGE_SIZE);
	return 0;
}

void direct_done(struct direct_req *req)
{
	unsigned int i;

	for (i = 0; i < req->nr; i++) {
		struct page *page = req->pages[i];

		if (req->should_dirty && !PageCompound(page))
			set_page_dirty(page);
		put_page(page);
	}
	kvfree(req->pages);
}
