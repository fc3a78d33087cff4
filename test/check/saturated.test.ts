/** Drops that wait for a count of users which never comes to zero. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const put = (lower: string, asked: string): string => `struct buf { refcount_t users; struct page **pages; int n; };
int buf_fill(struct buf *b, unsigned long a, int n)
{
	int got = pin_user_pages_fast(a, n, FOLL_LONGTERM, b->pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		return -EFAULT;
	}
	b->n = n;
	refcount_set(&b->users, 1);
	return 0;
}
void buf_put(struct buf *b, bool force)
{
	if (force)
		goto out;
	${lower}
	if (${asked})
		return;
out:
	unpin_user_pages(b->pages, b->n);
	kfree(b);
}
`;
const asked = 'refcount_read(&b->users) > 0';

describe('a count of users that is lowered and then asked for', () => {
  complains('leak-on-path', 'one that is saturated instead', put('refcount_dec(&b->users);', asked), `buf_put:if (${asked})`);
  complains(
    'leak-on-path',
    'one that is not told from zero',
    put('refcount_dec(&b->users);', 'refcount_read(&b->users)'),
    'buf_put:if (refcount_read(&b->users))',
  );
  accepts('leak-on-path', 'one that tells of its last user', put('', '!refcount_dec_and_test(&b->users)'));
  accepts('leak-on-path', 'one that stays above zero', put('refcount_dec(&b->users);', 'refcount_read(&b->users) > 1'));
  accepts('leak-on-path', 'one of kernels that let it come to zero', {
    'include/linux/refcount.h': 'void refcount_dec(refcount_t *r);\n',
    'drv/buf.c': put('refcount_dec(&b->users);', asked),
  });
});
