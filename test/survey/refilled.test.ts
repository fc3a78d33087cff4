/** An array that a second acquiring call fills anew: what comes out of it behind that is not the first call's. */
import { describe, expect, it } from 'vitest';
import { rowsOf, shows } from './helper.js';

const ends = `void end_first(struct obj *o)
{
	unpin_user_page(phys_to_page(o->first));
}
void end_second(struct obj *o)
{
	unpin_user_page(phys_to_page(o->second));
}
`;

/** A function that pins one page after the other, and keeps the address of each. */
const two = (second: string, pages = 'struct page *pages[8];', first = 'pin_user_pages_fast(a, 1, 0, pages)'): string => `struct obj {
	unsigned long first, second;
	struct page **pages;
};
int f(struct obj *o, unsigned long a, unsigned long b, int n)
{
	${pages}
	int got;

	got = ${first};
	if (got < 1)
		return -EFAULT;
	o->first = page_to_phys(pages[0]);
${second}
	o->second = page_to_phys(pages[0]);
	return 0;
}
${ends}`;

const again = (call: string, failed = 'return -EFAULT;'): string => `	got = ${call};
	if (got < 1) {
		${failed}
	}`;

/** The rows of two calls, of which the first has pages in the first field alone, or in both. */
const apart = (own = ''): string[] => [
  `pin page-array→pfn car=obj.first single@file put:${own}end_first:unpin_user_page`,
  'pin page-array→pfn car=obj.second single@file put:end_second:unpin_user_page',
];
const first = 'pin page-array→pfn car=obj.first,obj.second single@file put:end_first:unpin_user_page,end_second:unpin_user_page';
const second = 'pin page-array→pfn car=obj.second single@file put:end_second:unpin_user_page';

/** The same, by a helper that says nothing of how many pages it takes. */
const helped = (pages: string): string =>
  `static int take(unsigned long a, struct page **pages)
{
	return pin_user_pages_fast(a, 1, 0, pages);
}
${two(again('pin_user_pages_fast(b, 1, 0, pages)'), pages, 'take(a, pages)')}`;
const by = 'wrapper pin page-array→pfn car=obj.first caller@caller put:end_first:unpin_user_page via=take';

describe('an array that another call fills', () => {
  shows('from its beginning', two(again('pin_user_pages_fast(b, 1, 0, pages)')), ...apart());
  shows(
    'by the address of its first element, as before',
    two(again('pin_user_pages_fast(b, 1, 0, &pages[0])'), undefined, 'pin_user_pages_fast(a, 1, 0, &pages[0])'),
    ...apart(),
  );
  shows('in place of fewer pages', two(again('pin_user_pages_fast(b, 8, 0, pages)')), ...apart());
  shows('and does not say in the test how many', two('	got = pin_user_pages_fast(b, 1, 0, pages);'), ...apart());
  shows(
    'which one pointer is',
    two(again('pin_user_pages_fast(b, 1, 0, &page)'), 'struct page *page;', 'pin_user_pages_fast(a, 1, 0, &page)').replaceAll(
      'pages[0]',
      'page',
    ),
    ...apart().map((row) => row.replace('page-array', 'single')),
  );
  shows(
    'and that is dropped from as the call fails: there the first pages still are',
    two(again('pin_user_pages_fast(b, 1, 0, pages)', 'unpin_user_page(pages[0]);\n		return -EFAULT;')),
    ...apart('f:unpin_user_page,'),
  );
  shows(
    'and that is dropped from by a label',
    two(again('pin_user_pages_fast(b, 1, 0, pages)', 'goto fail;')).replace(
      'return 0;',
      'return 0;\nfail:\n	unpin_user_page(pages[0]);\n	return -EFAULT;',
    ),
    ...apart('f:unpin_user_page,'),
  );
  shows(
    'behind a helper that has filled it first, where that had room for no more',
    helped('struct page *pages[1];'),
    by.replace('page-array', 'single'),
    apart()[1]?.replace('page-array', 'single') as string,
  );
});

describe('an array that may hold the first pages still', () => {
  shows('in another part', two(again('pin_user_pages_fast(b, 1, 0, pages + got)')), first, second);
  shows('behind its first element', two(again('pin_user_pages_fast(b, 1, 0, &pages[1])')), first, second);
  shows(
    'behind where the pointer has gone on to',
    two(`	pages += got;\n${again('pin_user_pages_fast(b, 1, 0, pages)')}`, 'struct page **pages = o->pages;').replace(
      'struct page **pages;\n',
      '',
    ),
    first,
    second,
  );
  shows(
    'behind what the second call asks for',
    two(again('pin_user_pages_fast(b, 1, 0, pages)'), undefined, 'pin_user_pages_fast(a, n, 0, pages)'),
    first,
    second,
  );
  shows(
    'behind what a helper has filled',
    helped('struct page *pages[8];'),
    by.replace('obj.first', 'obj.first,obj.second').replace(' via', ',end_second:unpin_user_page via'),
    second,
  );
  shows('where the second call is one of two ways', two(`	if (b) {\n${again('pin_user_pages_fast(b, 1, 0, pages)')}\n	}`), first, second);
  shows(
    'in an element that the function has set',
    two(`	pages[1] = pages[0];\n${again('pin_user_pages_fast(b, 1, 0, pages)')}`),
    first,
    second,
  );
});

/** Two pages by one helper, each in a variable of its own. */
const handed = `static struct page *take(unsigned long a)
{
	struct page *page = NULL;

	pin_user_pages_fast(a, 1, 0, &page);
	return page;
}
int f(unsigned long a, unsigned long b)
{
	struct page *from, *to;

	from = take(a);
	if (!from)
		return -EFAULT;
	to = take(b);
	if (!to) {
		unpin_user_page(from);
		return -EFAULT;
	}
	unpin_user_page(from);
	unpin_user_page(to);
	return 0;
}
`;

describe('the way to a drop', () => {
  it('leads by that of several calls which has handed the page out', async () => {
    const [row] = await rowsOf(handed);
    const steps = row?.trace.map(({ line, text }) => `${handed.split('\n')[line - 1]?.trim()} ${text}`) ?? [];
    expect(steps.slice(1)).toEqual([
      'to = take(b); handed on by take()',
      'to = take(b); kept in to',
      'unpin_user_page(to); dropped by unpin_user_page()',
    ]);
  });
});
