/** Calls in arms of `#if`s that exclude each other: no build has both, so nothing drops the pages of both. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const is = (version: string): string => `#if LINUX_VERSION_CODE >= KERNEL_VERSION(${version})`;

/** A device that takes its page in one of two ways, and drops it. */
const device = (choice: string, drop: string, { end = '#endif', otherwise = '#else' } = {}): string => `struct dev { struct page *page; };
int dev_take(struct dev *d, unsigned long a)
{
${choice}
	return pin_user_pages_fast(a, 1, FOLL_LONGTERM, &d->page) == 1 ? 0 : -EFAULT;
${otherwise}
	return get_user_pages_fast(a, 1, 0, &d->page) == 1 ? 0 : -EFAULT;
${end}
}
void dev_give(struct dev *d)
{
	${drop}
}
`;

/** The same behind a macro or a function with two definitions, with a helper that drops. */
const wrapped = (take: readonly [string, string], drop: string): string => `${is('5, 6, 0')}
${take[0]}
#else
${take[1]}
#endif
static inline void drop_one(struct page *page)
{
${drop}
}
int look(unsigned long a)
{
	struct page *page;

	if (take_one(a, &page) != 1)
		return -EFAULT;
	look_at(page);
	drop_one(page);
	return 0;
}
`;

const macros = [
  '#define take_one(a, p) pin_user_pages_fast(a, 1, 0, p)',
  '#define take_one(a, p) get_user_pages_fast(a, 1, 0, p)',
] as const;
const functions = [
  'static int take_one(unsigned long a, struct page **p) { return pin_user_pages_fast(a, 1, 0, p); }',
  'static int take_one(unsigned long a, struct page **p) { return get_user_pages_fast(a, 1, 0, p); }',
] as const;

/** A drop that is right from one version on and wrong before it. */
const dropFrom = (version: string): string => `${is(version)}\n\tunpin_user_page(page);\n#else\n\tput_page(page);\n#endif`;

describe('two ways of taking pages of which a build has one', () => {
  for (const choice of [is('5, 6, 0'), '#ifdef HAVE_PIN']) {
    const code = device(choice, 'put_page(d->page);');
    accepts('mixed-release', `both under ${choice}`, code);
    complains('wrong-release', `one of them under ${choice}`, code, 'dev_give:put_page(d->page);');
  }
  for (const [name, take] of Object.entries({ macros, functions })) {
    accepts('mixed-release', `${name} for both`, wrapped(take, '\tput_page(page);'));
    accepts('mixed-release', `${name} and a drop that is right later`, wrapped(take, dropFrom('6, 5, 0')));
    complains('wrong-release', `${name} and a drop that is right later`, wrapped(take, dropFrom('6, 5, 0')), 'drop_one:put_page(page);');
    accepts('wrong-release', `${name} and a drop that is right for each`, wrapped(take, dropFrom('5, 6, 0')));
  }
  complains(
    'mixed-release',
    'a build that has both',
    device('\tif (d->page == NULL)', 'put_page(d->page);', { otherwise: '', end: '' }),
    'dev_give:put_page(d->page);',
  );
});
