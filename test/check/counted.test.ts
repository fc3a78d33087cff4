/** Failures that leave pages in an object which does not count them: whoever ends it goes by the count. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const filling = (first: string, fail: string, test = '') => `struct buf { struct page *pages[16]; int n; };
int buf_fill(struct buf *b, unsigned long a, int n)
{
	int got;

	${first}
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, b->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		return -EFAULT;
	}
	if (buf_register(n))
		${fail}
	b->n = n;
	return 0;
}
void buf_end(struct buf *b)
{
	${test}
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
	b->n = 0;
}
`;

const failing = 'buf_fill:if (buf_register(n))';

describe('an object that is told last how many pages it has', () => {
  complains('leak-on-path', 'a failure before', filling('', 'return -EIO;'), failing);
  complains('leak-on-path', 'a failure before, where the end asks', filling('', 'return -EIO;', 'if (!b->n)\n\t\treturn;'), failing);
  accepts('leak-on-path', 'a failure that drops them', filling('', '{ unpin_user_pages(b->pages, n); return -EIO; }'));
});

const several = (undo: string, first = '', last = 'pic->n = n;') => `struct plane { struct page **pages; int n; };
struct pic { struct plane planes[4]; int n; };
static void plane_put(struct plane *p)
{
	unpin_user_pages_dirty_lock(p->pages, p->n, true);
	kvfree(p->pages);
}
static int plane_get(struct plane *p, unsigned long a, int n)
{
	int got;

	p->pages = kvmalloc_array(n, sizeof(*p->pages), GFP_KERNEL);
	if (!p->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, p->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(p->pages, got);
		kvfree(p->pages);
		return -EFAULT;
	}
	p->n = n;
	return 0;
}
int pic_get(struct pic *pic, const u64 *addr, int n, int pages)
{
	int i, ret;

	${first}
	for (i = 0; i < n; i++) {
		ret = plane_get(&pic->planes[i], addr[i], pages);
		if (ret)
			goto undo;
	}
	${last}
	return 0;
undo:
	${undo}
	return ret;
}
void pic_put(struct pic *pic)
{
	int i;

	for (i = 0; i < pic->n; i++)
		plane_put(&pic->planes[i]);
	pic->n = 0;
}
`;

describe('an object with several others, which it counts when all are there', () => {
  complains('leak-on-path', 'one that could not be filled', several(''), 'pic_get:for (i = 0; i < n; i++) {');
  accepts(
    'leak-on-path',
    'one that could not be filled, and those before it are emptied',
    several('while (--i >= 0)\n\t\tplane_put(&pic->planes[i]);'),
  );
  accepts('leak-on-path', 'one that could not be filled, where those before are counted', several('pic->n = i;'));
});
