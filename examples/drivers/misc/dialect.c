// SPDX-License-Identifier: Apache-2.0
/* The kernel's dialect: annotations, scoped guards, cleanup, statement expressions, asm, syscalls, K&R. */
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include "dialect.h"

static DEFINE_MUTEX(dialect_lock);
static int dialect_users __read_mostly;

DEFINE_FREE(unpin, struct page *, if (_T) unpin_user_page(_T))

static int __must_check __cold dialect_add(struct dialect *d, const void __user *uptr, int nr)
{
	struct slab_of_pages *slab __free(kfree) = kzalloc(struct_size(slab, pages, nr), GFP_KERNEL);

	if (!slab)
		return -ENOMEM;
	slab->nr = pin_user_pages_fast((unsigned long __force)uptr, nr, FOLL_WRITE, slab->pages);
	if (slab->nr != nr) {
		if (slab->nr > 0)
			unpin_user_pages(slab->pages, slab->nr);
		return -EFAULT;
	}
	scoped_guard(mutex, &d->lock) {
		list_add(&slab->link, &d->slabs);
		retain_and_null_ptr(slab);
	}
	return 0;
}

void dialect_drop_all(struct dialect *d)
{
	struct slab_of_pages *slab;

	guard(mutex)(&d->lock);
	dialect_for_each(slab, d)
		unpin_user_pages_dirty_lock(slab->pages, slab->nr, true);
}

SYSCALL_DEFINE2(dialect_touch, unsigned long, addr, int, nr)
{
	struct page *page;
	int got = ({
		int __got = get_user_pages_fast(addr, 1, 0, &page);
		asm volatile("" ::: "memory");
		__got;
	});

	if (got != 1)
		return -EFAULT;
	mutex_lock(&dialect_lock);
	dialect_users += nr;
	mutex_unlock(&dialect_lock);
	put_page(page);
	return 0;
}

int dialect_scoped(unsigned long addr)
{
	struct page *page __free(unpin) = NULL;

	if (pin_user_pages_fast(addr, 1, 0, &page) != 1)
		return -EFAULT;
	return page_to_nid(page);
}

int dialect_old(addr, pages, nr)
	unsigned long addr;
	struct page **pages;
	int nr;
{
	int got = get_user_pages_fast(addr, nr, 0, pages);

	if (got > 0)
		release_pages(pages, got);
	return got;
}

static int __init dialect_init(void)
{
	struct dialect_ops ops = { .add = dialect_add, .drop_all = dialect_drop_all };

	return dialect_register(&ops);
}
module_init(dialect_init);
