/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LADDER_COMPAT_H
#define LADDER_COMPAT_H

#include <linux/mm.h>
#include <linux/version.h>

/* One name for every kernel from 4.4 on. */
static inline long ladder_get(unsigned long start, unsigned long nr, int write, struct page **pages)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	return pin_user_pages(start, nr, write ? FOLL_WRITE : 0, pages);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
	return pin_user_pages(start, nr, write ? FOLL_WRITE : 0, pages, NULL);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(4, 9, 0)
	return get_user_pages(start, nr, write ? FOLL_WRITE : 0, pages, NULL);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(4, 6, 0)
	return get_user_pages(start, nr, write, 0, pages, NULL);
#else
	return get_user_pages(current, current->mm, start, nr, write, 0, pages, NULL);
#endif
}

static inline void ladder_put(struct page *page)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
	unpin_user_page(page);
#else
	put_page(page);
#endif
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 8, 0)
#define mmap_read_lock(mm)	down_read(&(mm)->mmap_sem)
#define mmap_read_unlock(mm)	up_read(&(mm)->mmap_sem)
#endif

struct ladder_buf {
	struct page **pages;
	long nr;
	int write;
};

#endif
