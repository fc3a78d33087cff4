// SPDX-License-Identifier: Apache-2.0
/* Callers at each depth: their releases belong to the one site at the bottom. */
#include <linux/slab.h>
#include "pinlib.h"

int user_of_take(unsigned long uaddr)
{
	struct page *two[2];
	int ret = pinlib_take(uaddr, 2, two);

	if (ret)
		return ret;
	unpin_user_page(two[1]);
	unpin_user_page(two[0]);
	return 0;
}

int ring_map(struct ring *ring, unsigned long uaddr, size_t nr)
{
	ring->pages = pinlib_array(uaddr, nr);
	if (IS_ERR(ring->pages))
		return PTR_ERR(ring->pages);
	ring->nr = nr;
	return 0;
}

void ring_unmap(struct ring *ring)
{
	unpin_user_pages_dirty_lock(ring->pages, ring->nr, true);
	kvfree(ring->pages);
}

int user_of_window(unsigned long uaddr, size_t len)
{
	struct page **pages;
	int nr, ret;

	ret = pinlib_window(uaddr, len, &pages, &nr);
	if (ret)
		return ret;
	unpin_user_pages(pages, nr);
	kvfree(pages);
	return 0;
}
