/** A number of pages that is one: none of them is not a few, and no round of a loop was before the one that takes it. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const drop = 'set_page_dirty_lock(page);\n\tunpin_user_page(page);';

/** Who takes pages in a loop, and leaves those of earlier rounds to its caller, who asks for some number of them. */
const loop = (params: string, args: string, { head = 'for (i = 0; i < n; i++)', left = '-EFAULT', set = '' } = {}) => `
struct args { unsigned long addr; struct page **out; int n; };
int hw_run(struct page *p);
static int take(${params})
{
	int i, rc;

	${head} {
		rc = pin_user_pages_fast(addr + i * PAGE_SIZE, 1, FOLL_WRITE, &out[i]);
		if (rc != 1)
			return ${left};
	}
	return 0;
}
int run(unsigned long addr)
{
	struct page *page;
	struct args a;
	int rc;

	${set}
	rc = take(${args});
	if (rc)
		return rc;
	rc = hw_run(page);
	${drop}
	return rc;
}
`;
const numbered = (n: string, more = {}) => loop('unsigned long addr, struct page **out, int n', `addr, &page, ${n}`, more);
const inStruct = (n: string) =>
  loop('unsigned long addr, struct page **out, const struct args *a', 'addr, &page, &a', {
    head: 'for (i = 0; i < a->n; i++)',
    set: `a.n = ${n};`,
  });

describe('a loop that takes as many pages as its caller says', () => {
  accepts('leak-on-path', 'for one', numbered('1'));
  accepts('leak-on-path', 'for one, backwards', numbered('1', { head: 'for (i = n - 1; i >= 0; i--)' }));
  accepts('leak-on-path', 'for one, with a result that counts', numbered('1', { left: 'i ? i : -EFAULT' }));
  accepts('leak-on-path', 'for one that an object says', inStruct('1'));
  complains('leak-on-path', 'for two', numbered('2'), 'run:rc = take(addr, &page, 2);');
  complains('leak-on-path', 'for as many as a user says', numbered('addr & 7'), 'run:rc = take(addr, &page, addr & 7);');
  complains('leak-on-path', 'for two that an object says', inStruct('2'), 'run:rc = take(addr, &page, &a);');
});

/** Who takes pages until there are as many as its caller says. */
const until = (begin: string, end: string, n: string) => `int hw_run(struct page *p);
static int take(unsigned long addr, struct page **out, int n)
{
	int done = 0, rc;

	${begin} {
		rc = pin_user_pages_fast(addr + done * PAGE_SIZE, n - done, FOLL_WRITE, out + done);
		if (rc <= 0)
			return -EFAULT;
		done += rc;
	}${end}
	return 0;
}
int run(unsigned long addr)
{
	struct page *page;
	int rc = take(addr, &page, ${n});

	if (rc)
		return rc;
	rc = hw_run(page);
	${drop}
	return rc;
}
`;

describe('a loop that takes pages until there are enough', () => {
  for (const [begin, end] of [
    ['while (done < n)', ''],
    ['do', ' while (done < n);'],
    ['do', ' while (done != n);'],
  ] as const) {
    accepts('leak-on-path', `${begin}${end} for one`, until(begin, end, '1'));
    complains('leak-on-path', `${begin}${end} for two`, until(begin, end, '2'), 'run:int rc = take(addr, &page, 2);');
  }
});

/** An array of a declared size, to which as many pages are taken as there is room for. */
const array = (size: string, room: string, tested: string) => `int hw_run(struct page *p);
static int take(unsigned long addr, struct page **out, int n)
{
	int i, rc;

	for (i = 0; i < n; i += rc) {
		rc = pin_user_pages_fast(addr + i * PAGE_SIZE, n - i, FOLL_WRITE, &out[i]);
		if (rc <= 0)
			break;
	}
	return i;
}
int run(unsigned long addr)
{
	struct page *page[${size}];
	int rc;

	if (take(addr, page, ${room}) ${tested})
		return -EFAULT;
	rc = hw_run(page[0]);
	unpin_user_pages(page, ${room});
	return rc;
}
`;

describe('as many pages as an array is declared with', () => {
  const [written, divided] = ['ARRAY_SIZE(page)', 'sizeof(page) / sizeof(page[0])'];
  accepts('leak-on-path', 'one', array('1', written, `!= ${written}`));
  accepts('leak-on-path', 'one, tested by the number', array('1', written, '!= 1'));
  accepts('leak-on-path', 'one, by its size', array('1', divided, `!= ${divided}`));
  complains('leak-on-path', 'two', array('2', written, `!= ${written}`), `run:if (take(addr, page, ${written}) != ${written})`);
  complains('leak-on-path', 'as many as a name says', array('SOME', written, '!= SOME'), `run:if (take(addr, page, ${written}) != SOME)`);
});

const asked = (set: string, n: string, test = `rc != ${n}`) => `struct args { struct page *pages[8]; int n; };
int hw_run(struct page *p);
int run(unsigned long addr)
{
	struct args a;
	int n, rc;

	${set}
	rc = pin_user_pages_fast(addr, ${n}, FOLL_WRITE, a.pages);
	if (${test})
		return rc < 0 ? rc : -EFAULT;
	rc = hw_run(a.pages[0]);
	set_page_dirty_lock(a.pages[0]);
	unpin_user_page(a.pages[0]);
	return rc;
}
`;

describe('a number of pages that was set before', () => {
  accepts('partial-pin-leak', 'to one', asked('n = 1;', 'n'));
  accepts('partial-pin-leak', 'to one, and held against that', asked('n = 1;', 'n', 'rc != 1'));
  accepts('partial-pin-leak', 'to one, in an object', asked('a.n = 1;', 'a.n'));
  complains('partial-pin-leak', 'to two', asked('n = 2;', 'n'), 'run:if (rc != n)');
  complains('partial-pin-leak', 'to two, in an object', asked('a.n = 2;', 'a.n'), 'run:if (rc != a.n)');
});
