/** An MMU notifier has a say in pages that are held as long as the page table has them; not in pins that are to last, nor in what is dropped at once. */
import { describe, expect, it } from 'vitest';
import { survey } from '../../src/survey/index.js';
import { withTree } from '../survey/helper.js';
import { accepts, complains } from './findings.js';

const notifier = `struct watch { struct mmu_interval_notifier mni; };
int watch_add(struct watch *w, struct mm_struct *mm)
{
	return mmu_interval_notifier_insert(&w->mni, mm, 0, PAGE_SIZE, &watch_ops);
}
`;

const region = (flags: string, drop: string) => `${notifier}struct region { struct page **pages; int n; };
int region_pin(struct region *r, unsigned long a)
{
	int got = pin_user_pages_fast(a, r->n, ${flags}, r->pages);

	if (got == r->n)
		return 0;
	if (got > 0)
		unpin_user_pages(r->pages, got);
	return -EFAULT;
}
void region_unpin(struct region *r)
{
	${drop}
}
`;

describe('a file that registers an MMU notifier', () => {
  const clean = 'unpin_user_pages(r->pages, r->n);';
  complains('dirty-lost', 'pins that are to last', region('FOLL_WRITE | FOLL_LONGTERM', clean), `region_unpin:${clean}`);
  accepts(
    'dirty-lost',
    'those that are marked',
    region('FOLL_WRITE | FOLL_LONGTERM', 'unpin_user_pages_dirty_lock(r->pages, r->n, true);'),
  );
  accepts('dirty-lost', 'pages that the page table says were written to', region('FOLL_WRITE', clean));
});

/** The case of the only site in a file that registers a notifier. */
const caseIn = (code: string): Promise<number | null> =>
  withTree(notifier + code, async (tree) => (await survey(tree, { jobs: 1 })).sites[0]?.case?.number ?? null);

describe('case 3 of pin_user_pages.rst', () => {
  it('is of pages that are kept', async () => {
    expect(await caseIn(region('FOLL_WRITE', 'unpin_user_pages(r->pages, r->n);').slice(notifier.length))).toBe(3);
  });
  it('is not of a page that is read and dropped at once', async () => {
    const read = `int peek(unsigned long a, int *value)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	*value = *(int *)page_address(page);
	unpin_user_page(page);
	return 0;
}
`;
    expect(await caseIn(read)).toBeNull();
  });
});
