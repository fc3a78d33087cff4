/** Pages of an address space that nobody runs in yet. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** A function that writes arguments to a page of an image's address space. @param making how that comes to stand in the image */
const copying = (making: string, space = 'im->mm'): string => `struct image { struct mm_struct *mm; int pages; };
static struct page *arg_page(struct image *im, struct mm_struct *other, unsigned long at)
{
	struct mm_struct *mm = ${space};
	struct page *page;

	if (get_user_pages_remote(mm, at, 1, FOLL_WRITE, &page, NULL) != 1)
		return NULL;
	return page;
}
int copy_args(struct image *im, struct mm_struct *other, unsigned long at, const void *args)
{
	struct page *page = arg_page(im, other, at);
	void *p;

	if (!page)
		return -E2BIG;
	p = kmap(page);
	memcpy(p, args, 64);
	kunmap(page);
	put_page(page);
	return 0;
}
int image_begin(struct image *im, struct mm_struct *other)
{
	struct mm_struct *mm = NULL;

	${making}
	if (!im->mm)
		return -ENOMEM;
	if (image_check(im)) {
		mmdrop(im->mm);
		im->mm = NULL;
		return -EINVAL;
	}
	return 0;
}`;

describe('needs-pin of a new address space', () => {
  const site = 'arg_page:if (get_user_pages_remote(mm, at, 1, FOLL_WRITE, &page, NULL) != 1)';
  accepts('needs-pin', 'one that is kept as it is made', copying('im->mm = mm_alloc();'));
  accepts('needs-pin', 'one that is kept by a variable', copying('im->mm = mm = mm_alloc();'));
  complains('needs-pin', 'one that others run in', copying('im->mm = get_task_mm(current);'), site);
  complains('needs-pin', 'one that may be either', copying('im->mm = mm_alloc();\n	if (!im->mm)\n		im->mm = other;'), site);
  complains('needs-pin', 'one that is not the one made', copying('im->mm = mm_alloc();', 'other'), site);
  complains('needs-pin', 'one of which nobody says where it is from', copying('image_open(im);'), site);
});
