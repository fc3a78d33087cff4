/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ALIAS_H
#define ALIAS_H

#include <linux/mm.h>

/* The API under the driver's own names: a site is where the macro is used. */
#define hold_pages(addr, n, pages) \
	pin_user_pages_fast((addr) & PAGE_MASK, (n), \
			    FOLL_WRITE, (pages))
#define drop_pages(pages, n)	unpin_user_pages_dirty_lock((pages), (n), true)

#define TRY(call, failed)			\
do {						\
	ret = (call);				\
	if (ret < 0)				\
		goto failed;			\
} while (0)

#endif
