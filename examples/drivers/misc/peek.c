// SPDX-License-Identifier: Apache-2.0
/* One page, used and dropped in the same function: the calls that take exactly one, and every way to ask whether they did. */
#include <linux/highmem.h>
#include <linux/mm.h>

int peek_word(unsigned long uaddr, u32 *word)
{
	struct page *page;
	void *vaddr;

	if (get_user_pages_fast(uaddr, 1, 0, &page) != 1)
		return -EFAULT;
	vaddr = kmap_local_page(page);
	*word = *(u32 *)(vaddr + offset_in_page(uaddr));
	kunmap_local(vaddr);
	put_page(page);
	return 0;
}

bool peek_is_huge(unsigned long uaddr)
{
	struct page *page = NULL;
	bool huge = false;

	if (get_user_page_fast_only(uaddr, 0, &page)) {
		huge = PageCompound(page);
		put_page(page);
	}
	return huge;
}

/* Another process's memory, written: the page itself comes back. */
int poke_word(struct mm_struct *mm, unsigned long uaddr, u32 word)
{
	struct vm_area_struct *vma;
	struct page *page;

	mmap_read_lock(mm);
	page = get_user_page_vma_remote(mm, uaddr, FOLL_WRITE, &vma);
	if (IS_ERR_OR_NULL(page)) {
		mmap_read_unlock(mm);
		return page ? PTR_ERR(page) : -EFAULT;
	}
	memcpy_to_page(page, offset_in_page(uaddr), (char *)&word, sizeof(word));
	set_page_dirty_lock(page);
	put_page(page);
	mmap_read_unlock(mm);
	return 0;
}

int peek_compare(struct mm_struct *mm, unsigned long uaddr, struct page *other)
{
	struct page *pages[1];
	int same = 0;

	mmap_read_lock(mm);
	if (likely(get_user_pages_remote(mm, uaddr, 1, 0, pages, NULL) == 1)) {
		same = pages[0] == other;
		folio_put(page_folio(pages[0]));
	}
	mmap_read_unlock(mm);
	return same;
}
