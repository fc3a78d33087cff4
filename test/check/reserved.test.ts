/** Reserved pages: the page of zeros and those of a device are, and are taken with a reference as any other. */
import { describe, expect, it } from 'vitest';
import { accepts, complains, findingsOf } from './findings.js';

const peek = (drop: string): string => `int peek(unsigned long a, int *value)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	*value = read_word(page);
	${drop}
	return 0;
}
`;

describe('a page that is found to be reserved', () => {
  complains('leak-on-path', 'one that is skipped', peek('if (!PageReserved(page))\n\t\tput_page(page);'), 'peek:if (!PageReserved(page))');
  accepts('leak-on-path', 'one that is not marked', peek('if (!PageReserved(page))\n\t\tset_page_dirty_lock(page);\n\tput_page(page);'));
  const forgotten = (drop: string): string => peek(`if (PageReserved(page))${drop}\n\tif (page)\n\t\tput_page(page);`);
  complains('leak-on-path', 'one that is forgotten', forgotten('\n\t\tpage = NULL;'), 'peek:if (PageReserved(page))');
  accepts('leak-on-path', 'one that is put and forgotten', forgotten(' {\n\t\tput_page(page);\n\t\tpage = NULL;\n\t}'));
});

/** A function with more ways than are walked behind the place where it may forget the page. */
const crowded = (forget: string): string => {
  const asked = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const each = (line: (name: string) => string): string => asked.map((name) => `\t${line(name)}\n`).join('');
  return `int map(struct dev *d, unsigned long addr)
{
	struct page *page;
	int ${asked.map((name) => `${name} = 0`).join(', ')};

	if (get_user_pages_fast(addr, 1, 0, &page) != 1)
		return -EFAULT;
	if (PageReserved(page)) {
		${forget}
	}
	if (d->gone)
		goto out;
	if (d->late)
		goto out;
${each((name) => `if (d->${name})\n\t\t${name} = d->n;`)}${each((name) => `if (${name})\n\t\td->${name}++;`)}	if (page)
		note(d, page);
out:
	if (page)
		put_page(page);
	return 0;
}
`;
};

describe('a page that is forgotten before more ways than are walked', () => {
  it('is told of where that is, and once', async () =>
    expect(await findingsOf(crowded('page = NULL;'), 'leak-on-path')).toEqual(['map:if (PageReserved(page)) {']));
  accepts('leak-on-path', 'one that is not forgotten', crowded('d->reserved++;'));
});

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
  complains('leak-on-path', 'a drop of what is not reserved', buffer(guarded), 'buf_end:if (!PageReserved(b->pages[i]))');
  accepts(
    'leak-on-path',
    'a mark of what is not reserved',
    buffer('if (!PageReserved(b->pages[i]))\n\t\t\tSetPageDirty(b->pages[i]);\n\t\tput_page(b->pages[i]);'),
  );
  accepts('leak-on-path', 'a drop on both ways', buffer(`${guarded}\n\t\telse\n\t\t\tput_page(b->pages[i]);`));
  accepts(
    'leak-on-path',
    'a drop of the page of zeros, too',
    buffer('if (!PageReserved(b->pages[i]) || is_zero_page(b->pages[i]))\n\t\t\tput_page(b->pages[i]);'),
  );
  accepts(
    'leak-on-path',
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
    'leak-on-path',
    'a helper that says whether it is reserved',
    frame('if (pfn_valid(pfn))\n\t\treturn PageReserved(pfn_to_page(pfn));\n\treturn true;'),
    'map_end:if (!is_odd_pfn(pfn)) {',
  );
  accepts('leak-on-path', 'a helper that says whether there is a page', frame('return !pfn_valid(pfn);'));
  accepts(
    'leak-on-path',
    'a helper that tells some from the others',
    frame('if (is_zero_pfn(pfn) || is_zone_device_page(pfn_to_page(pfn)))\n\t\treturn false;\n\treturn PageReserved(pfn_to_page(pfn));'),
  );
});
