/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DIALECT_H
#define DIALECT_H

#include <linux/cleanup.h>
#include <linux/mm.h>
#include <linux/mutex.h>

struct slab_of_pages {
	struct list_head link;
	int nr;
	struct page *pages[] __counted_by(nr);
} ____cacheline_aligned;

struct dialect {
	struct mutex lock;
	struct list_head slabs;
	DECLARE_BITMAP(busy, 64);
};

struct dialect_ops {
	int (*add)(struct dialect *d, const void __user *uptr, int nr);
	void (*drop_all)(struct dialect *d);
};

int dialect_register(const struct dialect_ops *ops);

#define dialect_for_each(slab, d) \
	list_for_each_entry(slab, &(d)->slabs, link)

#endif
