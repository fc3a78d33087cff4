/** Pages that are reserved, of which a user may have some, and whoever takes references takes them on these, too. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'leak-on-path';

const buffer = (drop: string, check = '') => `struct buf { struct page **pages; int n; };
int buf_take(struct buf *b, unsigned long a)
{
	int i, got = get_user_pages_fast(a, b->n, FOLL_WRITE, b->pages);

	if (got != b->n) {
		if (got > 0)
			release_pages(b->pages, got);
		return -EFAULT;
	}
	${check}
	return 0;
}
void buf_end(struct buf *b)
{
	int i;

	for (i = 0; i < b->n; i++) {
		${drop}
	}
	kvfree(b->pages);
	b->pages = NULL;
}
`;
const guarded = 'if (!PageReserved(b->pages[i]))\n\t\t\tput_page(b->pages[i]);';

describe('the end of a buffer', () => {
  complains(rule, 'a drop of what is not reserved', buffer(guarded), 'buf_end:if (!PageReserved(b->pages[i]))');
  accepts(
    rule,
    'a mark of what is not reserved',
    buffer('if (!PageReserved(b->pages[i]))\n\t\t\tSetPageDirty(b->pages[i]);\n\t\tput_page(b->pages[i]);'),
  );
  accepts(rule, 'a drop on both ways', buffer(`${guarded}\n\t\telse\n\t\t\tput_page(b->pages[i]);`));
  accepts(
    rule,
    'a drop of the page of zeros, too',
    buffer('if (!PageReserved(b->pages[i]) || is_zero_page(b->pages[i]))\n\t\t\tput_page(b->pages[i]);'),
  );
  accepts(
    rule,
    'reserved ones that were dropped where they were taken',
    buffer(guarded, 'for (i = 0; i < b->n; i++)\n\t\tif (PageReserved(b->pages[i]))\n\t\t\tput_page(b->pages[i]);'),
  );
});

const frame = (test: string) => `struct map { unsigned long pfn; };
static bool is_odd_pfn(unsigned long pfn)
{
	${test}
}
int map_take(struct map *m, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	m->pfn = page_to_pfn(page);
	return 0;
}
void map_end(struct map *m)
{
	unsigned long pfn = m->pfn;

	if (!is_odd_pfn(pfn)) {
		struct page *page = pfn_to_page(pfn);

		unpin_user_pages_dirty_lock(&page, 1, true);
	}
}
`;

describe('the end of a mapping by its frame number', () => {
  complains(
    rule,
    'a helper that says whether it is reserved',
    frame('if (pfn_valid(pfn))\n\t\treturn PageReserved(pfn_to_page(pfn));\n\treturn true;'),
    'map_end:if (!is_odd_pfn(pfn)) {',
  );
  accepts(rule, 'a helper that says whether there is a page', frame('return !pfn_valid(pfn);'));
  accepts(
    rule,
    'a helper that tells some from the others',
    frame('if (is_zero_pfn(pfn) || is_zone_device_page(pfn_to_page(pfn)))\n\t\treturn false;\n\treturn PageReserved(pfn_to_page(pfn));'),
  );
});

const single = (forget: string, drop = 'if (page)\n\t\tput_page(page);') => `static unsigned long frame_of(unsigned long a)
{
	struct page *taken;

	if (get_user_pages_fast(a, 1, 0, &taken) != 1)
		return 0;
	return page_to_pfn(taken);
}
int look(unsigned long a, unsigned long *out)
{
	unsigned long pfn = frame_of(a);
	struct page *page;

	if (!pfn)
		return -EFAULT;
	page = pfn_to_page(pfn);
	*out = page_zonenum(page);
	${forget}
	${drop}
	return 0;
}
`;

describe('a page that is forgotten', () => {
  complains(rule, 'for being reserved', single('if (PageReserved(page))\n\t\tpage = NULL;'), 'look:page = NULL;');
  accepts(rule, 'once it was dropped', single('if (PageReserved(page)) {\n\t\tput_page(page);\n\t\tpage = NULL;\n\t}'));
  accepts(rule, 'for being reserved, and no page of zeros', single('if (PageReserved(page) && !is_zero_page(page))\n\t\tpage = NULL;'));
  accepts(rule, 'another one', single('put_page(page);\n\tpage = zone_page(out);\n\tif (PageReserved(page))\n\t\tpage = NULL;', ''));
});
