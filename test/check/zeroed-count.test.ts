/** Counts that a function sets to zero itself, though a callee has filled them in before, and results that cannot be what is tested. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** A count that a callee fills in by its address, and which is forgotten behind another failure. */
const filledIn = ({ forgotten = 'got = 0;', fills = '*got = ' } = {}): string => `
static int get(unsigned long from, int *got, struct page **pages)
{
	int n;

	n = ${fills}get_user_pages_fast(from, 16, 0, pages);
	return n <= 0 ? -EFAULT : 0;
}
int run(unsigned long from, int n)
{
	int got = 16;
	struct page *pages[16];

	if (get(from, &got, pages))
		return -EFAULT;
	if (prepare(n))
		${forgotten}
	for (; got > 0; got--)
		put_page(pages[got - 1]);
	return n;
}
`;

describe('a count that a callee has filled in', () => {
  const rule = 'leak-on-path';
  complains(rule, 'and the function itself then sets to zero', filledIn(), 'run:if (prepare(n))');
  accepts(rule, 'and is what decides how often a loop drops', filledIn({ forgotten: 'n = 0;' }));
  accepts(rule, 'or that the callee may not have set', filledIn({ fills: '' }));
});

/** Pages of an iterator that are handed on round by round; a round that went wrong is given up. */
const rounds = (test: string, more = ''): string => `
ssize_t gather(struct job *job, struct iov_iter *iter)
{
	size_t left = iov_iter_count(iter);
	struct page *pages[16];
	size_t off;
	ssize_t got;
	int i;

	while (left) {
		got = iov_iter_get_pages2(iter, pages, left, 16, &off);
		if (got <= 0)
			return -EFAULT;
		${more}
		if (${test})
			return -EIO;
		left -= got;
		for (i = 0; i < DIV_ROUND_UP(got + off, PAGE_SIZE); i++)
			put_page(pages[i]);
	}
	return 0;
}
`;

describe('a call that is asked for bytes', () => {
  const rule = 'leak-on-path';
  accepts(rule, 'never gives more than that', rounds('got > left'));
  accepts(rule, 'never gives more, asked the other way round', rounds('left < got'));
  complains(rule, 'may give less', rounds('got < left'), 'gather:if (got < left)');
  complains(rule, 'may give more than another number', rounds('got > job->max'), 'gather:if (got > job->max)');
  complains(rule, 'may give more than what has been made less since', rounds('got > left', 'left -= 4096;'), 'gather:if (got > left)');
});

describe('a number of pages', () => {
  const rule = 'leak-on-path';
  const sum = 'done + DIV_ROUND_UP(got + off, PAGE_SIZE)';
  const bounded = (bound: string, test = `${sum} > max`): string =>
    rounds(test).replace('int i;', `int i, done = 0;\n\tint max = ${bound};`);
  accepts(rule, 'is never above that of all pages of the iterator', bounded('iov_iter_npages(iter, INT_MAX)'));
  complains(rule, 'may be above that of another iterator', bounded('iov_iter_npages(&job->iter, INT_MAX)'), `gather:if (${sum} > max)`);
  complains(rule, 'may be below it', bounded('iov_iter_npages(iter, INT_MAX)', 'got < max'), 'gather:if (got < max)');
});
