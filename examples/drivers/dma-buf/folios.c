// SPDX-License-Identifier: Apache-2.0
/* 6.11 on: folios of a memfd, dropped by calls of their own, all at once or one by one. */
#include <linux/slab.h>
#include "folios.h"

int folio_buf_pin(struct folio_buf *buf, struct file *memfd, loff_t start, loff_t end)
{
	unsigned int max = (end >> PAGE_SHIFT) - (start >> PAGE_SHIFT) + 1;
	pgoff_t offset;
	long ret;

	buf->folios = kvmalloc_array(max, sizeof(*buf->folios), GFP_KERNEL);
	if (!buf->folios)
		return -ENOMEM;
	ret = memfd_pin_folios(memfd, start, end, buf->folios, max, &offset);
	if (ret <= 0) {
		kvfree(buf->folios);
		return ret ? ret : -EINVAL;
	}
	buf->nr = ret;
	return 0;
}

void folio_buf_unpin(struct folio_buf *buf)
{
	unpin_folios(buf->folios, buf->nr);
	kvfree(buf->folios);
}

/* A short look at a range; nothing is kept. */
size_t folio_buf_size(struct file *memfd, loff_t start, loff_t end)
{
	struct folio *few[8];
	size_t size = 0;
	pgoff_t offset;
	long i, nr;

	nr = memfd_pin_folios(memfd, start, end, few, ARRAY_SIZE(few), &offset);
	for (i = 0; i < nr; i++) {
		size += folio_size(few[i]);
		unpin_folio(few[i]);
	}
	return size;
}
