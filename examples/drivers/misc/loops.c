// SPDX-License-Identifier: Apache-2.0
/* Release loops of every make. The first four collapse into one call, the others do something per page. */
#include <linux/highmem.h>
#include "loops.h"

int loop_index(struct page **pages, unsigned long uaddr, int want)
{
	int i, got = pin_user_pages_fast(uaddr, want, FOLL_WRITE, pages);

	for (i = 0; i < got; i++) {
		if (!PageReserved(pages[i]))
			SetPageDirty(pages[i]);
		unpin_user_page(pages[i]);
	}
	return got == want ? 0 : -EFAULT;
}

int loop_pointer(struct page **pages, unsigned long uaddr, int want)
{
	struct page **p;
	int got = pin_user_pages_fast(uaddr, want, 0, pages);

	if (got < 0)
		return got;
	for (p = pages; p != pages + got; p++)
		unpin_user_page(*p);
	return 0;
}

int loop_down(struct page **pages, unsigned long uaddr, int want)
{
	int got = pin_user_pages_fast(uaddr, want, 0, pages);

	while (got-- > 0)
		unpin_user_page(pages[got]);
	return 0;
}

void loop_do(struct page **pages, unsigned long uaddr)
{
	struct page *page;
	int i = 0, got = pin_user_pages_fast(uaddr, 8, 0, pages);

	if (got != 8) {
		if (got > 0)
			unpin_user_pages(pages, got);
		return;
	}
	do {
		page = pages[i];
		if (page)
			unpin_user_page(page);
	} while (++i < 8);
}

int loop_unmaps(struct page **pages, void **vaddr, unsigned long uaddr, int want)
{
	int i, got = pin_user_pages_fast(uaddr, want, FOLL_WRITE, pages);

	for (i = 0; i < got; i++)
		vaddr[i] = kmap_local_page(pages[i]);
	while (i-- > 0) {
		kunmap_local(vaddr[i]);
		unpin_user_pages_dirty_lock(&pages[i], 1, true);
	}
	return got;
}

int loop_fill(struct looper *l, unsigned long uaddr, int want)
{
	l->nr = get_user_pages_fast(uaddr, want, FOLL_WRITE, l->pages);
	return l->nr == want ? 0 : -EFAULT;
}

void loop_counts(struct looper *l)
{
	int i;

	for (i = 0; i < l->nr; ++i) {
		put_page(l->pages[i]);
		l->freed++;
	}
}
