/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IOMAP_H
#define IOMAP_H

#include <linux/mm.h>

struct iomap_range {
	struct rb_node node;
	unsigned long iova;
	phys_addr_t phys;
	unsigned long npages;
	bool writable;
};

#endif
