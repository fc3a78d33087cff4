/** Functions of a driver that it calls by the name of a macro, another one in each arm of an `#if`, and how it asks for the version there. */
import { describe } from 'vitest';
import { shows } from '../survey/helper.js';
import { accepts, complains } from './findings.js';

const body = (end = 'PUT(pages, n);') => `int run(unsigned long a, int n)
{
	struct page *pages[16];
	int got = TAKE(a, n, pages);

	if (got != n) {
		if (got > 0)
			PUT(pages, got);
		return -EFAULT;
	}
	${end}
	return 0;
}
`;
const functions = `static void put_new(struct page **p, int n)
{
	unpin_user_pages(p, n);
}
static void put_old(struct page **p, int n)
{
	release_pages(p, n);
}
static int take_new(unsigned long a, int n, struct page **p)
{
	return pin_user_pages_fast(a, n, 0, p);
}
static int take_old(unsigned long a, int n, struct page **p)
{
	return get_user_pages_fast(a, n, 0, p);
}
`;
const named = (put: string, old: string, end?: string) => `${functions}
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
#define PUT ${put}
#define TAKE take_new
#else
#define PUT ${old}
#define TAKE take_old
#endif
${body(end)}`;

describe('a function that a macro is another name for', () => {
  const right = named('put_new', 'put_old');
  shows(
    'is who drops',
    right,
    'wrapper pin page-array caller@caller put:put_new:unpin_user_pages via=take_new',
    'wrapper get page-array caller@caller put:put_old:release_pages via=take_old',
  );
  accepts('wrong-release', 'each in its arm', right);
  accepts('leak-on-path', 'each in its arm', right);
  complains('wrong-release', 'that of the other arm', named('put_old', 'put_old'), 'put_old:release_pages(p, n);');
  complains('leak-on-path', 'with callers who leave the pages', named('put_new', 'put_old', ''), 'run:if (got != n) {');
});

const beside = (test: string) => `${test}
#define TAKE(a, n, p) pin_user_pages_fast(a, n, 0, p)
#define PUT(p, n) unpin_user_pages(p, n)
#else
#define TAKE(a, n, p) get_user_pages_fast(a, n, 0, p)
static inline void PUT(struct page **p, int n)
{
	release_pages(p, n);
}
#endif
${body('#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 4, 0)\n\tPUT(pages, n);\n#else\n\trelease_pages(pages, n);\n#endif')}`;

describe('a version', () => {
  for (const test of [
    'LINUX_VERSION_CODE >= KVER(5,6,0)',
    'LINUX_VERSION_IS_GEQ(5, 6, 0)',
    '!LINUX_VERSION_IS_LESS(5, 6, 0)',
    'SINCE(5,6,0)',
  ])
    accepts('wrong-release', `that is asked for by ${test}`, beside(`#if ${test}`));
  complains(
    'wrong-release',
    'that is asked for the other way round',
    beside('#if KVER(5,6,0) > LINUX_VERSION_CODE'),
    'run:release_pages(pages, n);',
  );
});
