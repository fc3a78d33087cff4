// SPDX-License-Identifier: Apache-2.0
/* Pages go into a scatterlist only; a kref release function fetches them back with sg_page(). */
#include <linux/slab.h>
#include "region.h"

static void region_drop_pages(struct region *r, bool dirty)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(&r->sgt, sg, i)
		unpin_user_page_range_dirty_lock(sg_page(sg),
						 DIV_ROUND_UP(sg->length, PAGE_SIZE),
						 dirty);
	sg_free_table(&r->sgt);
}

static void region_free(struct kref *ref)
{
	struct region *r = container_of(ref, struct region, ref);

	region_drop_pages(r, r->writable);
	mmdrop(r->mm);
	kfree(r);
}

void region_put(struct region *r)
{
	kref_put(&r->ref, region_free);
}

int region_fill(struct region *r, unsigned long uaddr)
{
	unsigned int flags = FOLL_LONGTERM | (r->writable ? FOLL_WRITE : 0);
	struct page **list;
	long got;
	int ret;

	list = kvmalloc_array(r->npages, sizeof(*list), GFP_KERNEL);
	if (!list)
		return -ENOMEM;

	mmap_read_lock(r->mm);
	got = pin_user_pages(uaddr, r->npages, flags, list);
	mmap_read_unlock(r->mm);
	if (got < 0) {
		ret = got;
		goto out;
	}
	if (got < r->npages) {
		ret = -EFAULT;
		goto undo;
	}

	ret = sg_alloc_table_from_pages(&r->sgt, list, got, 0, got << PAGE_SHIFT, GFP_KERNEL);
	if (!ret)
		goto out;
undo:
	unpin_user_pages(list, got);
out:
	kvfree(list);
	return ret;
}
