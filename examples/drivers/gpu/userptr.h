/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USERPTR_H
#define USERPTR_H

#include <linux/mm.h>

struct gobj {
	struct mm_struct *mm;
	unsigned long uaddr;
	struct page **pages;
	size_t npages;
	bool imported;
	bool readonly;
};

struct gtail {
	struct page **pages;
	unsigned int nr;
	struct page *pad;
};

#endif
