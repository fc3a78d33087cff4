/** Pages that are taken to be written to, and of which only the frame numbers are kept, as the keys of a tree. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** Pages whose frame numbers are put in a tree, with what is done for each and how the tree is asked for a page. */
const tree = (each = '', fields = '', asked = 'return mas_walk(&mas) != NULL;') => `struct dev { struct maple_tree tree; ${fields} };
static void dev_tell(struct dev *d, unsigned long pfn)
{
	writel(pfn, d->regs);
}
static void dev_show(struct dev *d, struct page *page)
{
	writel(page_to_pfn(page), d->regs);
}
int dev_add(struct dev *d, struct page **pages, unsigned long a, int n)
{
	int i;

	if (pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, pages) != n)
		return -EFAULT;
	for (i = 0; i < n; i++) {
		unsigned long pfn = page_to_pfn(pages[i]);

		${each}
		if (mtree_insert_range(&d->tree, pfn, pfn, d, GFP_KERNEL))
			goto fail;
	}
	kvfree(pages);
	return 0;
fail:
	unpin_user_pages(pages, n);
	kvfree(pages);
	return -ENOMEM;
}
bool dev_has(struct dev *d, struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	MA_STATE(mas, &d->tree, pfn, pfn);

	${asked}
}
static void range_unpin(unsigned long first, unsigned long n)
{
	struct page *some[4];
	unsigned long at, i, count;

	for (at = 0; at < n; at += count) {
		count = min_t(unsigned long, n - at, 4);
		for (i = 0; i < count; i++)
			some[i] = pfn_to_page(first + at + i);
		unpin_user_pages(some, count);
	}
}
void dev_clear(struct dev *d)
{
	MA_STATE(mas, &d->tree, 0, ULONG_MAX);
	void *entry;

	mas_lock(&mas);
	mas_for_each(&mas, entry, ULONG_MAX) {
		range_unpin(mas.index, mas.last - mas.index + 1);
		mas_erase(&mas);
	}
	mas_unlock(&mas);
	mtree_destroy(&d->tree);
}
`;

const rule = 'dirty-lost';
const lost = 'range_unpin:unpin_user_pages(some, count);';

describe('pages of which only the frame numbers are kept, as keys', () => {
  accepts(rule, 'pages that are only looked up', tree());
  complains(rule, 'pages that a device gets', tree('if (dma_map_page(d->dev, pages[i], 0, PAGE_SIZE, DMA_FROM_DEVICE)) goto fail;'), lost);
  complains(rule, 'pages whose frame numbers a function is told', tree('dev_tell(d, pfn);', 'void *regs;'), lost);
  complains(rule, 'pages whose frame numbers a function finds', tree('dev_show(d, pages[i]);', 'void *regs;'), lost);
  complains(
    rule,
    'pages whose frame numbers a member calls with',
    tree('d->add(d, pfn);', 'void (*add)(struct dev *, unsigned long);'),
    lost,
  );
  complains(rule, 'pages whose frame numbers are kept elsewhere too', tree('d->pfns[i] = pfn;', 'unsigned long pfns[16];'), lost);
  complains(rule, 'pages that are kept as well', tree('d->pages[i] = pages[i];', 'struct page *pages[16];'), lost);
});
