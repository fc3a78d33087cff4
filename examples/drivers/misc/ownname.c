// SPDX-License-Identifier: Apache-2.0
/* A function and a macro that only share a name with the kernel's: neither takes a reference. */
#include <linux/list.h>
#include <linux/mm.h>

struct pincushion {
	struct list_head free;
	unsigned int nr;
};

/* Counts pins of the sewing kind. */
static int pin_user_pages(struct pincushion *c, unsigned int want)
{
	return want < c->nr ? want : c->nr;
}

#define iov_iter_get_pages2(cushion)	((cushion)->nr)

int pincushion_take(struct pincushion *c, unsigned int want)
{
	int got = pin_user_pages(c, want);

	if (got <= 0)
		return -ENOENT;
	return iov_iter_get_pages2(c) - got;
}
