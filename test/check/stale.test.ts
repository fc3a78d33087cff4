/** A number of pages that an object keeps says what was asked for, where fewer were taken. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'release-count';

const object = (
  short: string,
  end = 'unpin_user_pages(s->pages, s->num);',
  num = 'DIV_ROUND_UP(len, PAGE_SIZE)',
) => `struct seg { struct page **pages; unsigned int num; };
static void seg_free(struct seg *s)
{
	int i;

	if (s->pages) {
		${end}
		vfree(s->pages);
	}
}
static int seg_lock(struct seg *s, unsigned long addr, size_t len)
{
	int ret;

	s->num = ${num};
	s->pages = vzalloc(array_size(sizeof(struct page *), s->num));
	if (!s->pages)
		return -ENOMEM;
	ret = pin_user_pages_fast(addr, s->num, FOLL_WRITE, s->pages);
	if (ret != s->num) {
		if (ret < 0) {
			vfree(s->pages);
			s->pages = NULL;
			return ret;
		}
		${short}
		return -EINVAL;
	}
	if (seg_map(s->num))
		return -EIO;
	return 0;
}
int seg_build(struct seg *s, unsigned long addr, size_t len)
{
	int ret = seg_lock(s, addr, len);

	if (ret)
		seg_free(s);
	return ret;
}
`;

describe('an object that is freed after a short pin', () => {
  complains(rule, 'one that keeps the number asked for', object(''), 'seg_build:seg_free(s);');
  complains(
    rule,
    'one that is gone through up to the number asked for',
    object('', 'for (i = 0; i < s->num; i++)\n\t\t\tunpin_user_page(s->pages[i]);'),
    'seg_build:seg_free(s);',
  );
  const drop = 'unpin_user_pages(s->pages, s->num);';
  complains(rule, 'one that keeps a sum', object('', drop, '(len >> PAGE_SHIFT) + 1'), 'seg_build:seg_free(s);');
  complains(rule, 'one that keeps what an argument leads to', object('', drop, 's->end - s->start + 1'), 'seg_build:seg_free(s);');
  accepts(rule, 'one that keeps the number taken', object('s->num = ret;'));
  accepts(rule, 'one that keeps the number taken, not a sum', object('s->num = ret;', drop, '(len >> PAGE_SHIFT) + 1'));
  accepts(
    rule,
    'one that is gone through up to what is there',
    object('', 'for (i = 0; i < s->num; i++)\n\t\t\tif (s->pages[i])\n\t\t\t\tunpin_user_page(s->pages[i]);'),
  );
  accepts(
    rule,
    'one whose pages are dropped at once',
    object('unpin_user_pages(s->pages, ret);\n\t\tvfree(s->pages);\n\t\ts->pages = NULL;'),
  );
});

const local = (count: string) => `static void drop_all(struct page **pages, int n)
{
	unpin_user_pages(pages, n);
}
static int take_all(struct page **pages, unsigned long a, int n)
{
	int got = pin_user_pages_fast(a, n, FOLL_WRITE, pages);

	return got;
}
int f(unsigned long a, struct page **pages, int n)
{
	int got = take_all(pages, a, n);

	if (got < 0)
		return got;
	if (got < n) {
		drop_all(pages, ${count});
		return -EFAULT;
	}
	return use(pages);
}
`;

describe('a helper that drops what a wrapper has taken fewer of', () => {
  complains(rule, 'as many as were asked for', local('n'), 'f:drop_all(pages, n);');
  accepts(rule, 'as many as were taken', local('got'));
});
