// SPDX-License-Identifier: Apache-2.0
/* The release is an RCU callback; the count that came back is unsigned only after it was tested. */
#include <linux/slab.h>
#include "hold.h"

static void hold_free_rcu(struct rcu_head *rcu)
{
	struct hold *h = container_of(rcu, struct hold, rcu);

	unpin_user_pages(h->pages, h->nr);
	kvfree(h->pages);
	kfree(h);
}

void hold_retire(struct hold *h)
{
	hlist_del_rcu(&h->node);
	call_rcu(&h->rcu, hold_free_rcu);
}

struct hold *hold_new(unsigned long uaddr, size_t nr)
{
	struct hold *h = kzalloc(sizeof(*h), GFP_KERNEL);
	long ret = -ENOMEM;

	if (!h)
		return ERR_PTR(ret);
	h->pages = kvmalloc_array(nr, sizeof(struct page *), GFP_KERNEL);
	if (!h->pages)
		goto free;

	ret = pin_user_pages_unlocked(uaddr, nr, h->pages, FOLL_LONGTERM);
	if (ret < 0)
		goto free_array;
	h->nr = ret;
	if (h->nr == nr)
		return h;

	unpin_user_pages(h->pages, h->nr);
	ret = -EFAULT;
free_array:
	kvfree(h->pages);
free:
	kfree(h);
	return ERR_PTR(ret);
}
