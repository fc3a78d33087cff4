/** Bits of failures that are gathered in one number: `bad |= …` leaves what was something something. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const gathered = (fail: string, test: string, drop = 'if (got > 0)\n\t\t\tunpin_user_pages(pages, got);') => `#define E_SHORT 1
#define E_MAP 2
int run(unsigned long a, int n)
{
	struct page *pages[16];
	int got, bad = 0;
	bool ok = true;

	got = pin_user_pages_fast(a, n, 0, pages);
	${fail}
	if (${test}) {
		${drop}
		return -EFAULT;
	}
	hw_run(pages, n);
	unpin_user_pages(pages, n);
	return 0;
}
`;

describe('what is left of a failure', () => {
  for (const [fail, test] of [
    ['if (got != n)\n\t\tbad |= E_SHORT;', 'bad'],
    ['if (got != n)\n\t\tbad |= E_SHORT;\n\tbad |= hw_ready(n);', 'bad'],
    ['if (got != n)\n\t\tbad = 1;\n\tbad |= hw_ready(n);', 'bad'],
    ['if (got != n)\n\t\tbad |= -EFAULT;', 'bad != 0'],
    ['bad |= got != n;', 'bad'],
    ['bad |= !(got == n);\n\tbad |= hw_ready(n);', 'bad'],
    ['ok &= got == n;', '!ok'],
  ] as const) {
    accepts('unchecked-count', `by ${fail}`, gathered(fail, test));
    accepts('leak-on-path', `by ${fail}`, gathered(fail, test));
    complains('partial-pin-leak', `by ${fail}, and left`, gathered(fail, test, 'hw_fail(n);'), `run:${fail.split('\n')[0]}`);
  }
  for (const [fail, test] of [
    ['if (got < 0)\n\t\tbad |= E_SHORT;', 'bad'],
    ['bad |= got < 0;', 'bad'],
    ['ok &= got >= 0;', '!ok'],
    ['if (got != n)\n\t\tbad |= E_SHORT;\n\tbad = hw_ready(n);', 'bad'],
  ] as const)
    complains('unchecked-count', `by ${fail}`, gathered(fail, test), 'run:hw_run(pages, n);');
});

const mapped = (test: string) => `int run(unsigned long a, int n)
{
	struct page *pages[16];
	int err = 0;

	if (pin_user_pages_fast(a, n, FOLL_LONGTERM, pages) != n)
		return -EFAULT;
	err |= hw_map(n);
	if (err) {
		unpin_user_pages(pages, n);
		return err;
	}
	err |= -EIO;
	if (${test})
		unpin_user_pages(pages, n);
	return err;
}
`;

describe('an error that was put in a number', () => {
  accepts('leak-on-path', 'which is below zero', mapped('err < 0'));
  complains('leak-on-path', 'which is not zero', mapped('!err'), 'run:if (err) {');
});
