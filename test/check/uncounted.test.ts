/** A short count whose pages stay in an object that does not know how many they are. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const buffer = (
  failed: string,
  end = 'unpin_user_pages_dirty_lock(b->pages, b->n, true);',
) => `struct buffer { struct page **pages; int n; int size; };
static int buffer_fill(struct buffer *b, unsigned long at, int n)
{
	int got = pin_user_pages_fast(at, n, FOLL_WRITE | FOLL_LONGTERM, b->pages);

	if (got != n) {
		${failed}
		return -EFAULT;
	}
	b->n = n;
	return 0;
}
int buffer_set(struct buffer *b, unsigned long at)
{
	return buffer_fill(b, at, 5);
}
void buffer_end(struct buffer *b)
{
	int i;

	${end}
	kfree(b->pages);
}
`;
const rule = 'partial-pin-leak';
const place = 'buffer_fill:if (got != n) {';

describe('a short count that is left in an object', () => {
  complains(rule, 'of which the end drops as many as it counts, in one call', buffer('buffer_note(n);'), place);
  complains(
    rule,
    'of which the end drops as many as it counts, one by one',
    buffer('buffer_note(n);', 'for (i = 0; i < b->n; i++)\n\t\tunpin_user_page(b->pages[i]);'),
    place,
  );
  accepts(rule, 'that is counted', buffer('b->n = got > 0 ? got : 0;'));
  accepts(rule, 'that is dropped', buffer('if (got > 0)\n\t\t\tunpin_user_pages(b->pages, got);'));
  accepts(rule, 'of which the end drops as many as there was room for', buffer('buffer_note(n);', 'unpin_user_pages(b->pages, b->size);'));
  accepts(
    rule,
    'of which the end asks each slot',
    buffer('buffer_note(n);', 'for (i = 0; i < b->size; i++)\n\t\tif (b->pages[i])\n\t\t\tunpin_user_page(b->pages[i]);'),
  );
});
