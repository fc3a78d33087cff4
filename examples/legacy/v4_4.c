// SPDX-License-Identifier: Apache-2.0
/* As in 4.4: task and mm first, write and force apart, page_cache_release(). */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include "legacy.h"

int v44_lock(struct v44_map *map, unsigned long uaddr, int nr, int rw)
{
	int got, i;

	map->pages = kmalloc(nr * sizeof(*map->pages), GFP_KERNEL);
	if (map->pages == NULL)
		return -ENOMEM;

	down_read(&current->mm->mmap_sem);
	got = get_user_pages(current, current->mm, uaddr, nr,
			     rw == READ,	/* write */
			     0,			/* force */
			     map->pages, NULL);
	up_read(&current->mm->mmap_sem);

	if (got < nr) {
		for (i = 0; i < got; i++)
			page_cache_release(map->pages[i]);
		kfree(map->pages);
		return got < 0 ? got : -ENOMEM;
	}
	map->nr = got;
	map->rw = rw;
	return 0;
}

void v44_unlock(struct v44_map *map)
{
	int i;

	for (i = 0; i < map->nr; i++) {
		if (map->rw == READ)
			SetPageDirty(map->pages[i]);
		page_cache_release(map->pages[i]);
	}
	kfree(map->pages);
}

int v44_probe(struct task_struct *tsk, struct mm_struct *mm, unsigned long uaddr)
{
	struct page *page;
	long got = get_user_pages_unlocked(tsk, mm, uaddr, 1, 0, 0, &page);

	if (got == 1)
		page_cache_release(page);
	return got == 1;
}
