/** Variables with a cleanup: what runs on each way out of their scopes. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const head = 'DEFINE_FREE(unpin, struct page *, if (_T) unpin_user_page(_T))\n';

/** Pages of which each is pinned in the scope of one round. */
const rounds = (way: string, clean = ' __free(unpin)'): string => `${head}
int scan(unsigned long a, int n)
{
	int i, ret = 0;

	for (i = 0; i < n; i++) {
		struct page *page${clean} = NULL;

		if (pin_user_pages_fast(a + i, 1, 0, &page) != 1)
			return -EFAULT;
		if (is_odd(a))
			${way};
		use(page);
		${clean === '' ? 'unpin_user_page(page);' : ''}
	}
out:
	return ret;
}`;

const said = 'scan:if (is_odd(a))';
const round = 'scan:for (i = 0; i < n; i++) {';
const failed = 'scan:if (pin_user_pages_fast(a + i, 1, 0, &page) != 1)';

describe('a way out of a scope', () => {
  for (const [way, ...places] of [
    ['continue', round, failed],
    ['break', said],
    ['goto out', said],
    ['return -EIO', said],
  ] as const) {
    accepts('leak-on-path', `a variable with a cleanup by ${way}`, rounds(way));
    complains('leak-on-path', `a variable without one by ${way}`, rounds(way, ''), ...places);
  }
});

/** A `goto` within the scope, to a label at which the variable is still open. */
const inside = (drop: string): string => `${head}
int f(unsigned long a)
{
	struct page *page __free(unpin) = NULL;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	if (is_odd(a))
		goto busy;
	use(page);
	return 0;
busy:
	${drop}
	return -EBUSY;
}`;

describe('a jump that stays in the scope', () => {
  accepts('use-after-release', 'a variable that is used behind the label', inside('mark(page_address(page));'));
  accepts('double-release', 'a variable whose scope ends once', inside(''));
  complains('double-release', 'a variable that is dropped and cleaned up', inside('unpin_user_page(page);'), 'f:return -EBUSY;');
});

/** One page that goes with its scope, NULL at first or not. */
const scoped = (first: string): string => `${head}
int f(unsigned long a)
{
	struct page *page __free(unpin)${first};

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	use(page);
	return 0;
}`;

describe('a cleanup where nothing was taken', () => {
  accepts('unchecked-count', 'a variable that was NULL', scoped(' = NULL'));
  complains('unchecked-count', 'a variable that was nothing', scoped(''), 'f:return -EFAULT;');
});
