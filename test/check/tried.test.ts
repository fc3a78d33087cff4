/** Marks that are made only where a page's lock is got at the first try. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const buffer = (end: string) => `struct buffer { struct page *pages[16]; int n; int written; };
int buffer_pin(struct buffer *b, unsigned long at)
{
	b->n = pin_user_pages_fast(at, 16, FOLL_WRITE | FOLL_LONGTERM, b->pages);
	if (b->n == 16)
		return 0;
	if (b->n > 0)
		unpin_user_pages(b->pages, b->n);
	return -EFAULT;
}
${end}
void buffer_close(struct buffer *b)
{
	buffer_end(b);
	unpin_user_pages(b->pages, b->n);
}
`;
const round = (body: string) =>
  buffer(`static void buffer_end(struct buffer *b)
{
	int i;

	for (i = 0; i < b->n; i++) {
		struct page *page = b->pages[i];

${body}
	}
}`);
const rule = 'dirty-lost';

describe('a mark under a lock that is tried for', () => {
  const test = 'if (b->written && trylock_page(page)) {';
  complains(
    rule,
    'in a condition around it',
    round(`\t\t${test}\n\t\t\tset_page_dirty(page);\n\t\t\tunlock_page(page);\n\t\t}`),
    `buffer_end:${test}`,
  );
  complains(
    rule,
    'with the next round behind it',
    round('\t\tif (!trylock_page(page))\n\t\t\tcontinue;\n\t\tset_page_dirty(page);\n\t\tunlock_page(page);'),
    'buffer_end:if (!trylock_page(page))',
  );
  complains(
    rule,
    'of a folio',
    round('\t\tif (folio_trylock(page_folio(page))) {\n\t\t\tset_page_dirty(page);\n\t\t\tfolio_unlock(page_folio(page));\n\t\t}'),
    'buffer_end:if (folio_trylock(page_folio(page))) {',
  );
  complains(
    rule,
    'of one page that is dropped then',
    `struct page *slot;
int slot_pin(unsigned long at)
{
	return pin_user_pages_fast(at, 1, FOLL_WRITE, &slot) == 1 ? 0 : -EFAULT;
}
void slot_free(void)
{
	struct page *page = slot;

	if (trylock_page(page)) {
		set_page_dirty(page);
		unlock_page(page);
	}
	unpin_user_page(page);
}
`,
    'slot_free:if (trylock_page(page)) {',
  );
});

describe('a mark that is made all the same', () => {
  accepts(
    rule,
    'where the lock is waited for then',
    round('\t\tif (!trylock_page(page))\n\t\t\tlock_page(page);\n\t\tset_page_dirty(page);\n\t\tunlock_page(page);'),
  );
  accepts(
    rule,
    'where another call makes it then',
    round(
      '\t\tif (trylock_page(page)) {\n\t\t\tset_page_dirty(page);\n\t\t\tunlock_page(page);\n\t\t} else {\n\t\t\tset_page_dirty_lock(page);\n\t\t}',
    ),
  );
  accepts(
    rule,
    'where it is tried again',
    round('\t\twhile (!trylock_page(page))\n\t\t\tcpu_relax();\n\t\tset_page_dirty(page);\n\t\tunlock_page(page);'),
  );
  accepts(
    rule,
    'of a lock that is no condition of it',
    round('\t\tif (trylock_page(page))\n\t\t\tunlock_page(page);\n\t\tset_page_dirty_lock(page);'),
  );
  accepts(
    rule,
    'where the function gives up, with the pages still held',
    buffer(`static int buffer_end(struct buffer *b)
{
	if (!trylock_page(b->pages[0]))
		return -EAGAIN;
	set_page_dirty(b->pages[0]);
	unlock_page(b->pages[0]);
	return 0;
}`),
  );
});
