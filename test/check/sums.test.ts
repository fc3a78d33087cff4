/** Numbers to which others are added: what a test of the sum says. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const taking = (before: string, test: string) => `int read_pages(unsigned long a, int some)
{
	struct page *pages[8];
	int done = 0, left = 1, n;

	${before}
	n = pin_user_pages_fast(a, 8, FOLL_WRITE, pages);
	if (n != 8) {
		if (n > 0)
			unpin_user_pages(pages, n);
		return -EFAULT;
	}
	if (${test})
		unpin_user_pages_dirty_lock(pages, 8, true);
	return 0;
}
`;

describe('sums of numbers', () => {
  accepts('leak-on-path', 'a sum of zero and a number, which is that number', taking('left = done + 8;', 'left == 8'));
  accepts('leak-on-path', 'a sum of two numbers', taking('left = 2;\n\tleft = left + 2;', 'left == 4'));
  accepts('leak-on-path', 'what is zero where all was taken away', taking('left = left - 1;', 'left == 0'));
  accepts('leak-on-path', 'a sum with what is not below zero', taking('if (some < 0)\n\t\treturn 0;\n\tleft = some + 1;', 'left > 0'));
  complains('leak-on-path', 'a sum of nobody knows what', taking('left = some + 1;', 'left > 0'), 'read_pages:if (left > 0)');
  complains(
    'leak-on-path',
    'a number from which another is taken',
    taking('left = 8;\n\tleft = some - 1;', 'left > 0'),
    'read_pages:if (left > 0)',
  );
});

/** A job with an array of segments, that is ended where one of these fails; as many are in use as it says. */
const counted = (counts: string): string => `struct seg { struct page *pages[4]; unsigned int nr; };
struct job { struct seg *segs; unsigned int used; };
static int seg_take(struct seg *seg, unsigned long a)
{
	int got = pin_user_pages_fast(a, 4, FOLL_LONGTERM, seg->pages);

	if (got != 4) {
		if (got > 0)
			unpin_user_pages(seg->pages, got);
		return -EFAULT;
	}
	seg->nr = 4;
	return 0;
}
static void job_free(struct job *job)
{
	unsigned int i;

	for (i = 0; i < job->used; i++)
		unpin_user_pages(job->segs[i].pages, job->segs[i].nr);
	kfree(job->segs);
	kfree(job);
}
int job_make(struct dev *dev, unsigned long a, unsigned int n)
{
	struct job *job = kzalloc(sizeof(*job), GFP_KERNEL);
	unsigned int i;

	if (!job)
		return -ENOMEM;
	job->segs = kcalloc(n, sizeof(*job->segs), GFP_KERNEL);
	for (i = 0; job->segs && i < n; i++) {
		if (seg_take(&job->segs[i], a)) {
			job_free(job);
			return -EFAULT;
		}
		${counts}
	}
	if (dev->dead) {
		job_free(job);
		return -ENODEV;
	}
	dev->job = job;
	return 0;
}
`;

describe('a member that is set to a sum', () => {
  accepts('leak-on-path', 'of the round and one', counted('job->used = i + 1;'));
  complains(
    'leak-on-path',
    'which is the round alone',
    counted('job->used = i;'),
    'job_make:if (seg_take(&job->segs[i], a)) {',
    'job_make:if (dev->dead) {',
  );
});

/** A scatterlist of an iterator's pages, whose number is made of the bytes that were got. */
const listed = (number: string, test: string) => `struct list { struct scatterlist sgl[17]; int nents; };
int list_make(struct list *l, struct iov_iter *it, size_t len, int room)
{
	struct page *pages[16], **array = pages;
	size_t off;
	ssize_t got;
	int i, n;

	got = iov_iter_extract_pages(it, &array, len, 16, 0, &off);
	if (got < 0)
		return got;
	n = ${number};
	if (${test})
		return -EINVAL;
	sg_init_table(l->sgl, n + 1);
	for (i = 0; i < n; i++)
		sg_set_page(&l->sgl[i], pages[i], PAGE_SIZE, 0);
	l->nents = n;
	return 0;
}
void list_free(struct list *l)
{
	int i;

	for (i = 0; i < l->nents; i++)
		unpin_user_page(sg_page(&l->sgl[i]));
}
`;

describe('a number of pages that is rounded up', () => {
  for (const number of ['DIV_ROUND_UP(off + got, PAGE_SIZE)', '(off + got + PAGE_SIZE - 1) >> PAGE_SHIFT', 'PFN_UP(off + got)']) {
    for (const test of ['!n', 'n == 0']) accepts('leak-on-path', `is not zero: ${test} of ${number}`, listed(number, test));
    complains('leak-on-path', `may be any other: ${number}`, listed(number, 'n > room'), 'list_make:if (n > room)');
  }
  complains('leak-on-path', 'of something else', listed('DIV_ROUND_UP(off + len, PAGE_SIZE) - room', '!n'), 'list_make:if (!n)');
});
