// SPDX-License-Identifier: Apache-2.0
/* The last slots of a pinned array are filled up with the zero page: the array mixes origins. */
#include "userptr.h"

int gtail_pin(struct gtail *t, unsigned long uaddr, unsigned int want)
{
	unsigned int i;
	int got = pin_user_pages_fast(uaddr, want, 0, t->pages);

	if (got < 0)
		return got;
	for (i = got; i < want; i++)
		t->pages[i] = ZERO_PAGE(0);
	t->nr = got;
	return 0;
}

void gtail_unpin(struct gtail *t)
{
	unpin_user_pages(t->pages, t->nr);
}
