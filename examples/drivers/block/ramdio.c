// SPDX-License-Identifier: Apache-2.0
/* 6.3 on: a pin only if the iterator says so; the pages move to bvecs, and back out through bv_page. */
#include <linux/slab.h>
#include "ramdio.h"

int ramdio_map(struct ramdio_req *req, struct iov_iter *iter)
{
	struct page *stack[16], **pages = stack;
	size_t off, len;
	ssize_t bytes;

	bytes = iov_iter_extract_pages(iter, &pages, 16 * PAGE_SIZE, ARRAY_SIZE(stack), 0, &off);
	if (bytes <= 0)
		return bytes ? bytes : -EFAULT;

	req->need_unpin = iov_iter_extract_will_pin(iter);
	for (req->nr = 0; bytes > 0; req->nr++) {
		len = min_t(size_t, bytes, PAGE_SIZE - off);
		bvec_set_page(&req->bv[req->nr], pages[req->nr], len, off);
		bytes -= len;
		off = 0;
	}
	return 0;
}

void ramdio_unmap(struct ramdio_req *req)
{
	unsigned int i;

	if (!req->need_unpin)
		return;
	for (i = 0; i < req->nr; i++)
		unpin_user_page(req->bv[i].bv_page);
}
