/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOLD_H
#define HOLD_H

#include <linux/mm.h>
#include <linux/rcupdate.h>

struct hold {
	struct rcu_head rcu;
	struct hlist_node node;
	struct page **pages;
	size_t nr;
};

struct hold *hold_new(unsigned long uaddr, size_t nr);
void hold_retire(struct hold *h);

#endif
