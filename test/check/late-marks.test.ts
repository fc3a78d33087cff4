/** Pages that are marked dirty once they were dropped: a use that comes too late, and no mark. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const copied = (end: string, n = 'n'): string => `int copy_in(struct dev *d, unsigned long a, int n)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	struct page *page;
	int i, got;

	if (!pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, ${n}, FOLL_WRITE, pages);
	if (got == ${n})
		hw_write(d, dma_map_page(d, pages[0], 0, PAGE_SIZE, DMA_FROM_DEVICE));
${end}
	kfree(pages);
	return 0;
}
`;
const each = (body: string): string => copied(`	for (i = 0; i < got; i++) {\n${body}	}`);
const drop = '		unpin_user_page(pages[i]);\n';
const mark = '		set_page_dirty_lock(pages[i]);\n';
const fetched = '		page = pages[i];\n		unpin_user_page(page);\n		if (n > 4)\n			set_page_dirty_lock(page);\n';

describe('elements that are marked and dropped one by one', () => {
  const use = 'use-after-release';
  const lost = 'dirty-lost';
  const marked = 'copy_in:set_page_dirty_lock(pages[i]);';
  complains(use, 'a mark behind the drop', each(drop + mark), marked);
  complains(lost, 'a mark behind the drop', each(drop + mark), 'copy_in:unpin_user_page(pages[i]);');
  accepts(use, 'a mark before the drop', each(mark + drop));
  accepts(lost, 'a mark before the drop', each(mark + drop));
  complains(use, 'a mark of some behind the drop', each(fetched), 'copy_in:set_page_dirty_lock(page);');
  complains(lost, 'a mark of some behind the drop', each(fetched), 'copy_in:unpin_user_page(page);');
  accepts(use, 'a mark of the next one', each(`${drop}		if (i + 1 < got)\n			set_page_dirty_lock(pages[i + 1]);\n`));
  accepts(use, 'a mark under a reference of its own', each(`		get_page(pages[i]);\n${drop}${mark}		put_page(pages[i]);\n`));
  accepts(
    use,
    'the mark of another page',
    each(`		page = pages[i];\n		unpin_user_page(page);\n		page = d->page;\n		set_page_dirty_lock(page);\n`),
  );
  const all = '	if (got > 0)\n		unpin_user_pages(pages, got);\n	if (got == 1)\n		set_page_dirty_lock(pages[0]);';
  complains(lost, 'a mark behind the drop of all', copied(all, '1'), 'copy_in:unpin_user_pages(pages, got);');
});
