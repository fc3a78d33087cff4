// SPDX-License-Identifier: Apache-2.0
/* As in 4.9 to 4.20: gup_flags, a vmas argument, tsk for remote memory; locked and longterm forms. */
#include <linux/mm.h>
#include <linux/slab.h>

int v49_read(unsigned long uaddr, void *to)
{
	struct vm_area_struct *vma;
	struct page *page;
	int ret;

	down_read(&current->mm->mmap_sem);
	ret = get_user_pages(uaddr, 1, FOLL_FORCE, &page, &vma);
	up_read(&current->mm->mmap_sem);
	if (ret <= 0)
		return -EFAULT;
	memcpy(to, page_address(page), PAGE_SIZE);
	put_page(page);
	return 0;
}

int v49_read_remote(struct task_struct *tsk, struct mm_struct *mm, unsigned long uaddr)
{
	struct page *page = NULL;

	if (get_user_pages_remote(tsk, mm, uaddr, 1, FOLL_WRITE, &page, NULL, NULL) <= 0)
		return -EIO;
	clear_highpage(page);
	set_page_dirty_lock(page);
	put_page(page);
	return 0;
}

long v49_locked(unsigned long uaddr, unsigned long nr, struct page **pages)
{
	int locked = 1;
	long i, got;

	down_read(&current->mm->mmap_sem);
	got = get_user_pages_locked(uaddr, nr, 0, pages, &locked);
	if (locked)
		up_read(&current->mm->mmap_sem);
	for (i = 0; i < got; i++)
		put_page(pages[i]);
	return got;
}

long v49_longterm(unsigned long uaddr, unsigned long nr, struct page **pages)
{
	long got = get_user_pages_longterm(uaddr, nr, FOLL_WRITE, pages, NULL);

	if (got < 0)
		return got;
	release_pages(pages, got);
	return got == nr ? 0 : -EFAULT;
}
