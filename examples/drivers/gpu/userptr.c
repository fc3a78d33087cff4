// SPDX-License-Identifier: Apache-2.0
/* One array, two origins: user pages of an import, or pages that the driver allocates; told apart by a flag. */
#include <linux/slab.h>
#include "userptr.h"

static int gobj_import(struct gobj *obj)
{
	unsigned int flags = obj->readonly ? 0 : FOLL_WRITE;
	size_t have = 0;

	do {
		long got = get_user_pages(obj->uaddr + have * PAGE_SIZE,
					  obj->npages - have, flags,
					  obj->pages + have);
		if (got <= 0) {
			release_pages(obj->pages, have);
			return got < 0 ? got : -EFAULT;
		}
		have += got;
	} while (have < obj->npages);
	obj->imported = true;
	return 0;
}

static int gobj_alloc(struct gobj *obj)
{
	size_t i;

	for (i = 0; i < obj->npages; i++) {
		obj->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!obj->pages[i])
			goto undo;
	}
	return 0;
undo:
	while (i--)
		__free_page(obj->pages[i]);
	return -ENOMEM;
}

int gobj_populate(struct gobj *obj)
{
	return obj->uaddr ? gobj_import(obj) : gobj_alloc(obj);
}

void gobj_clear(struct gobj *obj)
{
	struct page **p = obj->pages, **end = p + obj->npages;

	for (; p < end; p++) {
		if (obj->imported && !obj->readonly)
			set_page_dirty(*p);
		put_page(*p);
	}
}
