/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REGION_H
#define REGION_H

#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

struct region {
	struct kref ref;
	struct mm_struct *mm;
	struct sg_table sgt;
	unsigned long npages;
	bool writable;
};

struct doorbell {
	struct page *page;
	struct region *region;
};

int region_fill(struct region *r, unsigned long uaddr);
void region_put(struct region *r);

#endif
