/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PINLIB_H
#define PINLIB_H

#include <linux/mm.h>

struct ring {
	struct page **pages;
	size_t nr;
};

/* Three layers, each hands on what the one below took. */
int pinlib_take(unsigned long uaddr, int nr, struct page **pages);
struct page **pinlib_array(unsigned long uaddr, int nr);
int pinlib_window(unsigned long uaddr, size_t len, struct page ***out, int *nr);

#endif
