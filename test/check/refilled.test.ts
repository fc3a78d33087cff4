/** An array that a second acquiring call fills anew: which pages are in it where that has succeeded, and where it has failed. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** A function that pins one page after the other, by one array. */
const two = (between: string, failed: string, behind: string, test = 'got < 1'): string => `struct obj { unsigned long first, second; };
int f(struct obj *o, unsigned long a, unsigned long b)
{
	struct page *pages[1], *first;
	int got;

	got = pin_user_pages_fast(a, 1, FOLL_WRITE, pages);
	if (got < 1)
		return -EFAULT;
	first = pages[0];
${between}
	got = pin_user_pages_fast(b, 1, FOLL_WRITE, pages);
	if (${test}) {
		${failed}
		return -EFAULT;
	}
	${behind}
	return 0;
}
`;

const both = 'unpin_user_page(pages[0]);\n	unpin_user_page(first);';

describe('where the second call fails', () => {
  const dropped = 'unpin_user_page(pages[0]);';
  for (const rule of ['leak-on-path', 'unchecked-count']) {
    accepts(rule, 'the first page in the array, which is dropped from there', two('', dropped, both));
    accepts(rule, 'one that is dropped where fewer than one came', two('', dropped, both, 'got != 1'));
    accepts(rule, 'one of which an object has the address', two('	o->first = page_to_phys(pages[0]);', dropped, both));
  }
  const atLabel = two('', 'goto out;', 'unpin_user_page(first);\nout:\n	unpin_user_page(pages[0]);');
  accepts('leak-on-path', 'one that is dropped by a label', atLabel);
  accepts('release-count', 'one that is dropped by a label', atLabel);
  complains(
    'leak-on-path',
    'a page that nobody drops there',
    two('', 'pr_debug("none");', both),
    'f:got = pin_user_pages_fast(b, 1, FOLL_WRITE, pages);',
  );
  complains(
    'unchecked-count',
    'a page that was dropped before',
    two('	unpin_user_page(first);', dropped, dropped),
    'f:unpin_user_page(pages[0]);',
  );
});

describe('where the second call succeeds', () => {
  complains(
    'leak-on-path',
    'a page that was in the array alone',
    two('', 'unpin_user_page(pages[0]);', 'unpin_user_page(pages[0]);'),
    'f:got = pin_user_pages_fast(b, 1, FOLL_WRITE, pages);',
  );
});

describe('two pages of one array that are kept in two fields', () => {
  const kept = two('	o->first = page_to_phys(first);', 'unpin_user_page(first);', 'o->second = page_to_phys(pages[0]);');
  const drop = (field: string): string => `void drop_${field}(struct obj *o)
{
	unpin_user_page(phys_to_page(o->${field}));
}
`;
  complains(
    'dirty-lost',
    'each, as it is dropped clean',
    kept + drop('first') + drop('second'),
    'drop_first:unpin_user_page(phys_to_page(o->first));',
    'drop_second:unpin_user_page(phys_to_page(o->second));',
  );
  complains(
    'dirty-lost',
    'one, where the other is marked',
    `${kept}${drop('first')}void drop_second(struct obj *o)
{
	struct page *page = phys_to_page(o->second);

	set_page_dirty_lock(page);
	unpin_user_page(page);
}
`,
    'drop_first:unpin_user_page(phys_to_page(o->first));',
  );
});

/** A function that asks for one page by one call and then another, until it has one that has stayed. */
const until = (call: string): string => `int f(unsigned long a, bool ro)
{
	struct page *page;
	int err;

again:
	err = ${call}(a, 1, FOLL_WRITE, &page);
	if (err == -EFAULT && ro)
		err = get_user_pages_fast(a, 1, 0, &page);
	if (err < 0)
		return err;
	if (!page->mapping) {
		put_page(page);
		goto again;
	}
	put_page(page);
	return 0;
}
`;

describe('where a call that is asked for one page has taken none', () => {
  accepts('double-release', 'which is an error', until('get_user_pages_fast'));
  complains(
    'double-release',
    'which is none where it only looks',
    until('get_user_pages_fast_only'),
    'f:put_page(page);',
    'f:put_page(page);',
  );
});

/** A request that takes pages into an array of an open file's, and drops first as many as it says. */
const window = (drop: string): string => `struct win { struct page **pages; long n; };
int win_ioctl(struct win *w, unsigned long a)
{
	int got;

	${drop}
	got = pin_user_pages_fast(a, 8, FOLL_LONGTERM, w->pages);
	if (got < 0)
		return got;
	w->n = got;
	return 0;
}
void win_close(struct win *w)
{
	unpin_user_pages(w->pages, w->n);
	kfree(w->pages);
	kfree(w);
}
`;

describe('an array of an object that a request fills again', () => {
  const rule = 'overwritten';
  accepts(rule, 'all of which are dropped before', window('unpin_user_pages(w->pages, w->n);\n\tw->n = 0;'));
  complains(rule, 'of which none is dropped', window('mark(a);'), 'win_ioctl:got = pin_user_pages_fast(a, 8, FOLL_LONGTERM, w->pages);');
});
