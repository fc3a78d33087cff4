// SPDX-License-Identifier: Apache-2.0
/* The lowest layer fills its caller's array; the next returns an array; the last hands one out through a parameter. */
#include <linux/slab.h>
#include "pinlib.h"

int pinlib_take(unsigned long uaddr, int nr, struct page **pages)
{
	int got = pin_user_pages_fast(uaddr, nr, FOLL_WRITE | FOLL_LONGTERM, pages);

	if (got == nr)
		return 0;
	if (got > 0)
		unpin_user_pages(pages, got);
	return got < 0 ? got : -EFAULT;
}

struct page **pinlib_array(unsigned long uaddr, int nr)
{
	struct page **pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	int ret;

	if (!pages)
		return ERR_PTR(-ENOMEM);
	ret = pinlib_take(uaddr, nr, pages);
	if (ret) {
		kvfree(pages);
		return ERR_PTR(ret);
	}
	return pages;
}

int pinlib_window(unsigned long uaddr, size_t len, struct page ***out, int *nr)
{
	struct page **pages;

	*nr = DIV_ROUND_UP(len, PAGE_SIZE);
	pages = pinlib_array(uaddr, *nr);
	if (IS_ERR(pages))
		return PTR_ERR(pages);
	*out = pages;
	return 0;
}
