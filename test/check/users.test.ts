/** One user of a wrapper keeps its pages in a field, another drops them itself: each is asked what it does with its own. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const users = (mark: string) => `static struct page *pin_one(unsigned long addr, unsigned int flags)
{
	struct page *page;

	return pin_user_pages_fast(addr, 1, flags, &page) == 1 ? page : NULL;
}
static void unpin_one(struct page *page)
{
	unpin_user_pages(&page, 1);
}
int receive(unsigned long addr, struct cmd *cmd)
{
	struct page *page = pin_one(addr, FOLL_WRITE);

	if (!page)
		return -EFAULT;
	cmd->address = page_to_phys(page);
	run_command(cmd);
	${mark}
	unpin_one(page);
	return 0;
}
int launch(unsigned long addr, struct cmd *cmd)
{
	struct page *page = pin_one(addr, FOLL_WRITE);

	if (!page)
		return -EFAULT;
	cmd->address = page_to_phys(page);
	run_command(cmd);
	set_page_dirty_lock(page);
	unpin_one(page);
	return 0;
}
struct region { struct page *page; };
int region_register(struct region *r, unsigned long addr)
{
	r->page = pin_one(addr, FOLL_LONGTERM);
	return r->page ? 0 : -EFAULT;
}
void region_unregister(struct region *r)
{
	unpin_user_page(r->page);
}
`;

describe('users of a wrapper, one of which keeps the pages', () => {
  complains('dirty-lost', 'another that drops them clean', users(''), 'receive:unpin_one(page);');
  accepts('dirty-lost', 'another that marks them', users('set_page_dirty_lock(page);'));
});
