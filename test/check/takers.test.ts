/** Macros of a driver that take pages, and do more than the call in them. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const taking = (define: string, take: string, rest = '') => `${define}
int hw_run(struct page *p);
int run(unsigned long a)
{
	struct page *page;
	int rc;

	${take}
	rc = hw_run(page);
	${rest}
	unpin_user_page(page);
	return rc;
}
`;
const returning =
  '#define PIN_OR_RETURN(a, p) do { int __r = pin_user_pages_fast((a), 1, 0, (p)); if (__r != 1) return __r < 0 ? __r : -EFAULT; } while (0)';
const valued = '#define PIN(a, p) ({ int __r = pin_user_pages_fast((a), 1, 0, (p)); __r == 1 ? 0 : -EFAULT; })';
const leaving = '#define PIN(a, p) ({ int __r = pin_user_pages_fast((a), 1, 0, (p)); if (__r != 1) return -EFAULT; 0; })';
const failing = 'if (rc)\n\t\treturn rc;';

describe('a macro that takes a page', () => {
  for (const [name, define, take] of [
    ['and returns where it has not', returning, 'PIN_OR_RETURN(a, &page);'],
    ['and has a value of its own', valued, 'rc = PIN(a, &page);\n\tif (rc)\n\t\treturn -EIO;'],
    ['and returns from within its value', leaving, 'rc = PIN(a, &page);'],
  ] as const) {
    for (const rule of ['unchecked-count', 'release-count', 'leak-on-path', 'double-release']) accepts(rule, name, taking(define, take));
    complains('leak-on-path', `${name}, which a failure leaves`, taking(define, take, failing), 'run:rc = hw_run(page);');
  }
});

const dropping = (define: string, drop: string) => `${define}
struct buf { struct page **pages; long n; };
int buf_take(struct buf *b, unsigned long a)
{
	int got = pin_user_pages_fast(a, 1, FOLL_LONGTERM, b->pages);

	if (got != 1)
		return got < 0 ? got : -EFAULT;
	b->n = 1;
	return 0;
}
void buf_give(struct buf *b)
{
	${drop}
}
`;

describe('a macro that drops pages', () => {
  for (const [name, define, drop] of [
    ['an element of its argument', '#define PUT_AT(p, i) unpin_user_page(p[i])', 'PUT_AT(b->pages, 0);'],
    [
      'all elements of its argument',
      '#define PUT_ALL(p, n) do { long i; for (i = 0; i < n; i++) unpin_user_page(p[i]); } while (0)',
      'PUT_ALL(b->pages, b->n);',
    ],
    [
      'by another macro',
      '#define PUT(b) do { int i; for (i = 0; i < (b)->n; i++) unpin_user_page((b)->pages[i]); } while (0)\n#define GIVE(x) PUT(x)',
      'GIVE(b);',
    ],
  ] as const) {
    accepts('never-released', name, dropping(define, drop));
    const plain = define.replaceAll('unpin_user_page', 'put_page');
    complains('wrong-release', `${name}, by the wrong call`, dropping(plain, drop), `buf_give:${drop}`);
  }
});
