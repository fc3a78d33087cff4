/**
 * An MMU notifier has a say in pages that are held as long as the page table has them; not in pins that are to last, nor in what is dropped
 * at once, nor in what a function has by its reference alone.
 */
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

/** What maps pages of a guest as long as the page table has them, and others that want one of them for something else. */
const guest = (user: string, taking = 'get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1') => ({
  'virt/guest.c': `${notifier}struct page *guest_page(struct guest *g, unsigned long a)
{
	struct page *page;

	if (${taking})
		return NULL;
	return page;
}
static void mark(struct page *page)
{
	SetPageDirty(page);
}
void guest_put_dirty(struct page *page)
{
	mark(page);
	put_page(page);
}
int guest_map(struct guest *g, unsigned long a, unsigned long seq)
{
	struct page *page = guest_page(g, a);

	if (!page)
		return -EFAULT;
	if (!mmu_invalidate_retry(g, seq)) {
		clear_page(page_address(page));
		install(g, page_to_pfn(page));
		mark(page);
	}
	put_page(page);
	return 0;
}
`,
  'arch/user.c': user,
});

const patch = (before: string, drop: string) => `int patch(struct guest *g, unsigned long a, unsigned long seq)
{
	struct page *page = guest_page(g, a);
	u32 *insn;

	if (!page)
		return -EFAULT;
	insn = kmap_local_page(page);
	${before}
	kunmap_local(insn);
	${drop}
	return 0;
}
`;

describe('a user of pages that others map', () => {
  const write = 'insn[0] = 0;';
  complains('needs-pin', 'one that writes to a page', guest(patch(write, 'put_page(page);')), `patch:${write}`);
  const either = 'g->pins ? pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1 : get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1';
  accepts('needs-pin', 'one of what may have been asked to pin', guest(patch(write, 'put_page(page);'), either));
  accepts('needs-pin', 'one that reads a page', guest(patch('g->insn = insn[0];', 'put_page(page);')));
  accepts(
    'needs-pin',
    'one that asks the notifier first',
    guest(patch(`if (!mmu_invalidate_retry(g, seq))\n\t\t${write}`, 'put_page(page);')),
  );
  accepts('needs-pin', 'one that holds nothing any more', guest(patch('put_page(page);\n\tinsn[0] = 0;', '')));
  complains(
    'dirty-unlocked',
    'one that marks the page which it holds',
    guest(patch('', 'guest_put_dirty(page);')),
    'mark:SetPageDirty(page);',
  );
  accepts('dirty-unlocked', 'one that leaves the page clean', guest(patch('', 'put_page(page);')));
  const asked = 'if (mmu_invalidate_retry(g, seq))\n\t\tput_page(page);\n\telse\n\t\tguest_put_dirty(page);';
  accepts('dirty-unlocked', 'one that asks the notifier', guest(patch('', asked)));
  accepts('dirty-unlocked', 'one that maps it, for who asks', guest(patch('install(g, page_to_pfn(page));', 'guest_put_dirty(page);')));
});

/** Somebody who keeps the address of a page, and the page until he is asked to forget it, or only the address. */
const keeping = (before: string, after: string) => `struct area { void *address; struct page *page; };
int area_set(struct area *area, struct guest *g, unsigned long a, unsigned long seq)
{
	struct page *page = guest_page(g, a);

	if (!page)
		return -EFAULT;
	${before}
	area->address = page_address(page);
	${after}
	return 0;
}
void area_clear(struct area *area)
{
	if (area->page)
		put_page(area->page);
	area->page = NULL;
}
`;

describe('somebody who keeps the address of such a page', () => {
  const address = 'area_set:area->address = page_address(page);';
  complains('needs-pin', 'one who keeps the page', guest(keeping('', 'area->page = page;')), address);
  const helper = 'static void note(struct area *area, void *address)\n{\n\tarea->address = address;\n}\n';
  const byHelper = keeping('', 'area->page = page;').replace('area->address = page_address(page);', 'note(area, page_address(page));');
  const said = byHelper.replace('int area_set', `${helper}int area_set`);
  complains('needs-pin', 'one who has it kept by a helper, once', guest(said), 'area_set:note(area, page_address(page));');
  accepts('needs-pin', 'one who drops the page at once', guest(keeping('', 'put_page(page);')));
  const asks = 'if (mmu_invalidate_retry(g, seq)) {\n\t\tput_page(page);\n\t\treturn -EAGAIN;\n\t}';
  accepts('needs-pin', 'one who asks the notifier', guest(keeping(asks, 'area->page = page;')));
});

/** The same in the file that registers the notifier, which forgets the page when it is told to, or only what it has mapped. */
const told = (invalidate: string) => `${notifier}${keeping('', 'area->page = page;')
  .replace('guest_page(g, a)', 'NULL')
  .replace('if (!page)', 'if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)')}static void unmap(struct area *area)
{
	${invalidate}
}
static bool watch_invalidate(struct mmu_interval_notifier *mni, const struct mmu_notifier_range *range, unsigned long seq)
{
	unmap(container_of(mni, struct area, mni));
	return true;
}
static const struct mmu_interval_notifier_ops watch_ops = {
	.invalidate = watch_invalidate,
};
`;

describe('somebody who keeps the address of a page in the file of the notifier', () => {
  complains('needs-pin', 'one who keeps the page', told('unmap_guest(area);'), 'area_set:area->address = page_address(page);');
  accepts('needs-pin', 'one who drops the page as he is told', told('area_clear(area);'));
  const elsewhere = told('area_clear(area);').replace(/static const struct mmu[^}]*\};\n/, '');
  accepts('needs-pin', 'one who is told by what stands elsewhere', elsewhere);
});
