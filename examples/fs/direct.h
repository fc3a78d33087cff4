/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DIRECT_H
#define DIRECT_H

#include <linux/mm.h>
#include <linux/uio.h>

struct direct_req {
	struct page **pages;
	unsigned int nr;
	bool should_dirty;
};

#endif
