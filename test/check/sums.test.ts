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
