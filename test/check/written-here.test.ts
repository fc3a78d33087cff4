/** Pages that a function writes to itself, and drops: what it marks on other ways is not marked on this one. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** A read, block by block, of a file with holes: those are filled with zeros, the others by the device. */
const reading = ({
  hole = '',
  take = 'pin_user_pages_fast(a, n, FOLL_WRITE, io->pages)',
  drop = 'unpin_user_page(page);',
} = {}): string => `
struct io { struct page *pages[16]; u64 block; };
static void io_end(struct page *page)
{
	unpin_user_page(page);
}
static void io_done(struct page *page)
{
	set_page_dirty_lock(page);
}
int io_read(struct io *io, unsigned long a, int n)
{
	int i, got = ${take};

	for (i = 0; i < got; i++) {
		struct page *page = io->pages[i];

		if (io_is_hole(io->block + i)) {
			zero_user(page, 0, PAGE_SIZE);
			${hole}
		} else {
			io_fetch(io->block + i, page);
			set_page_dirty_lock(page);
		}
		${drop}
	}
	return got;
}
`;

describe('a page that is written to and dropped by one function', () => {
  const rule = 'dirty-lost';
  complains(rule, 'a way without a mark, beside one with a mark', reading(), 'io_read:unpin_user_page(page);');
  complains(rule, 'such a way to a helper that drops', reading({ drop: 'io_end(page);' }), 'io_read:io_end(page);');
  const byAddress = reading().replace('zero_user(page, 0,', 'void *to = kmap_local_page(page);\n\t\t\tmemset(to, 0,');
  complains(rule, 'a way on which it is written to by its address', byAddress, 'io_read:unpin_user_page(page);');
  accepts(rule, 'a way with a mark of its own', reading({ hole: 'set_page_dirty_lock(page);' }));
  accepts(rule, 'a way on which a helper marks', reading({ hole: 'io_done(page);' }));
  accepts(rule, 'a way on which somebody else is given the page', reading({ hole: 'io_queue(io, page);' }));
  accepts(rule, 'a way on which it is kept elsewhere', reading({ hole: 'io->pages[0] = page;' }));
  const before = reading().replace('if (io_is_hole', 'io_fetch(io->block + i, page);\n\t\tif (io_is_hole');
  accepts(rule, 'a way on which somebody else was given it before', before);
  accepts(rule, 'a drop that marks', reading({ drop: 'unpin_user_pages_dirty_lock(&page, 1, true);' }));
  accepts(rule, 'pages that are taken to be read', reading({ take: 'pin_user_pages_fast(a, n, 0, io->pages)' }));
  const plain = reading({ take: 'get_user_pages_fast(a, n, FOLL_WRITE, io->pages)', drop: 'put_page(page);' });
  accepts(rule, 'a plain reference, of which it is told that it wants a pin', plain);
});
