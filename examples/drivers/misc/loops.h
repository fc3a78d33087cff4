/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOOPS_H
#define LOOPS_H

#include <linux/mm.h>

struct looper {
	struct page **pages;
	int nr;
	unsigned long freed;
	bool dirty;
};

#endif
