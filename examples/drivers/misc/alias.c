// SPDX-License-Identifier: Apache-2.0
/* Calls that are a macro's body, a macro's argument, part of a ternary, of a condition, of a return. */
#include <linux/slab.h>
#include "alias.h"

static void alias_work(struct page **pages, long nr)
{
	while (nr-- > 0)
		flush_dcache_page(pages[nr]);
}

int alias_macro(unsigned long uaddr)
{
	struct page *pages[2];
	int got = hold_pages(uaddr, 2, pages);

	if (got < 0)
		return got;
	alias_work(pages, got);
	drop_pages(pages, got);
	return 0;
}

long alias_argument(unsigned long uaddr, int nr, struct page **pages)
{
	long ret;

	TRY(get_user_pages_unlocked(uaddr, nr, pages, 0), out);
	alias_work(pages, ret);
	release_pages(pages, ret);
out:
	return ret;
}

int alias_ternary(unsigned long uaddr, int nr, bool wait, struct page **pages)
{
	int got = wait ? pin_user_pages_fast(uaddr, nr, 0, pages)
		       : pin_user_pages_fast_only(uaddr, nr, 0, pages);

	if (got <= 0)
		return -EAGAIN;
	alias_work(pages, got);
	unpin_user_pages(pages, got);
	return 0;
}

static int alias_take(unsigned long uaddr, int nr, struct page **pages)
{
	return get_user_pages_fast(uaddr, nr, FOLL_WRITE, pages);
}

int alias_return(unsigned long uaddr)
{
	struct page *pages[4];
	int i, nr;

	if ((nr = alias_take(uaddr, ARRAY_SIZE(pages), pages)) <= 0)
		return -EFAULT;
	for (i = 0; i < nr; i++)
		put_page(pages[i]);
	return 0;
}
