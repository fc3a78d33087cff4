/** References that are taken on a page which stands where a user's stood, and drops by who called what fills a field, where that failed. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

interface Written {
  /** What is done for each page of the array once it is filled. */
  each?: string;
  /** How the caller comes by the result of what fills the array, and asks whether that failed. */
  fill?: string;
  failed?: string;
}

const reading = ({ each = '', fill = 'error = pin_all(r);', failed = 'error' }: Written): string => `struct request {
	struct page **pages;
	long n;
	unsigned long addr;
};
static void own(struct page *page)
{
	get_page(page);
	SetPagePrivate(page);
}
static void replace(struct request *r)
{
	long i, k = 0;

	for (i = 0; i < r->n; i++) {
		struct page *p = r->pages[i];

		if (is_zero_page(p)) {
			${each}
		}
	}
}
static int pin_all(struct request *r)
{
	long got = pin_user_pages_fast(r->addr, 16, FOLL_WRITE, &r->pages[r->n]);

	if (got < 0)
		return -got;
	r->n += got;
	if (got != 16)
		return EFAULT;
	return 0;
}
int begin_read(struct request *r)
{
	int error = 0;

	${fill}
	if (${failed}) {
		unpin_user_pages(r->pages, r->n);
		return error;
	}
	replace(r);
	return 0;
}
void end_read(struct request *r)
{
	unpin_user_pages(r->pages, r->n);
}
`;
const end = 'end_read:unpin_user_pages(r->pages, r->n);';
const given = 'begin_read:unpin_user_pages(r->pages, r->n);';
const fresh = 'r->pages[i] = alloc_page(GFP_KERNEL);';

describe('a reference that is taken on a page', () => {
  const lost = 'dirty-lost';
  complains(lost, 'nobody else', reading({}), end);
  complains(lost, 'one that has just taken the place of the pinned one', reading({ each: `${fresh} get_page(r->pages[i]);` }), end);
  complains(lost, 'the same in a helper', reading({ each: `${fresh} own(r->pages[i]);` }), end);
  accepts(lost, 'the pinned one', reading({ each: 'get_page(r->pages[i]);' }));
  accepts(lost, 'the pinned one in a helper', reading({ each: 'own(r->pages[i]);' }));
  accepts(lost, 'the pinned one before another takes its place', reading({ each: `own(r->pages[i]); ${fresh}` }));
  accepts(
    lost,
    'the pinned one beside the one that was replaced',
    reading({ each: 'r->pages[k] = alloc_page(GFP_KERNEL); own(r->pages[i]);' }),
  );
  accepts(lost, 'the one behind the one that was replaced', reading({ each: `${fresh} i++; own(r->pages[i]);` }));
  accepts(lost, 'one that was replaced only at times', reading({ each: `if (r->addr) ${fresh} own(r->pages[i]);` }));
  accepts(lost, 'one that a helper is given at another place', reading({ each: `${fresh} own(r->pages[i]); own(p);` }));
});

describe('a drop where the function that filled the field has failed', () => {
  const lost = 'dirty-lost';
  complains(lost, 'by its sign', reading({ failed: 'error < 0' }), end);
  complains(lost, 'by its call', reading({ fill: '', failed: 'pin_all(r)' }), end);
  complains(lost, 'by what may have failed since', reading({ fill: 'error = pin_all(r); if (!error) error = read_into(r);' }), given, end);
  complains(lost, 'where it has not failed', reading({ failed: '!error' }), given, end);
});
