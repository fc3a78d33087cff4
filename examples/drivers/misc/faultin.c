// SPDX-License-Identifier: Apache-2.0
/* No array: the call only faults the range in, and there is nothing to drop. */
#include <linux/mm.h>

long faultin_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	unsigned long nr = (end - start) >> PAGE_SHIFT;
	int locked = 1;
	long ret;

	mmap_read_lock(mm);
	ret = get_user_pages_remote(mm, start, nr, FOLL_WRITE, NULL, &locked);
	if (locked)
		mmap_read_unlock(mm);
	return ret < 0 ? ret : 0;
}
