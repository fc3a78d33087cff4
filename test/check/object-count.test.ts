/** Counts of pages that a helper takes into an object of its caller: what the caller drops. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'release-count';

const taken = (body: string, take = 'return pin_user_pages_fast(a, n, FOLL_LONGTERM, v->ptrs);', returns = 'int'): string => `
struct vec { struct page **ptrs; int nr; };
static ${returns} vec_take(unsigned long a, int n, struct vec *v)
{
	${take}
}
static void vec_clear(struct vec *v)
{
	v->nr = 0;
}
int vec_use(unsigned long a, int n, struct vec *v)
{
	${body}
}
void vec_end(struct vec *v, int n)
{
	unpin_user_pages(v->ptrs, n);
}
`;

describe('a caller that finds the pages in its object', () => {
  const by = (drop: string, test = 'ret != n'): string =>
    taken(`int ret = vec_take(a, n, v);\n\n	if (${test}) {\n		${drop}\n		return ret < 0 ? ret : -EFAULT;\n	}\n	return 0;`);
  const error = 'unpin_user_pages(v->ptrs, ret);';
  complains(rule, 'drops an error', by(error), `vec_use:${error}`);
  const all = 'unpin_user_pages(v->ptrs, n);';
  complains(rule, 'drops all after a short count', by(all, 'ret < n'), `vec_use:${all}`);
  const loop = 'for (int i = 0; i < n; i++)\n			unpin_user_page(v->ptrs[i]);';
  complains(rule, 'drops all one by one', by(loop), 'vec_use:unpin_user_page(v->ptrs[i]);');
  accepts(rule, 'drops what there is', by(`if (ret > 0)\n			${error}`));
  accepts(rule, 'drops what there is one by one', by('for (int i = 0; i < ret; i++)\n			unpin_user_page(v->ptrs[i]);'));
  accepts(rule, 'has all where it drops all', taken(`int ret = vec_take(a, n, v);\n\n	if (ret == n)\n		${all}\n	return ret;`));
  accepts(
    rule,
    'drops those of another object',
    taken(`int ret = vec_take(a, n, v);\n\n	if (ret < 0) {\n		unpin_user_pages(other->ptrs, n);\n		return ret;\n	}\n	return 0;`),
  );
});

describe('a helper that leaves its result in the object', () => {
  const drop = 'unpin_user_pages(v->ptrs, v->nr);';
  const left = 'int got = pin_user_pages_fast(a, n, FOLL_LONGTERM, v->ptrs);\n\n	v->nr = got;\n	return got;';
  const using = (before: string, test = 'ret != n'): string =>
    `int ret = vec_take(a, n, v);\n\n	if (${test}) {\n		${before}${drop}\n		return -EFAULT;\n	}\n	return 0;`;
  complains(rule, 'that may be an error', taken(using(''), left), `vec_use:${drop}`);
  accepts(rule, 'that is no error', taken(using('', 'ret > 0 && ret != n'), left));
  accepts(rule, 'that the caller tests there', taken(using('if (v->nr > 0)\n			'), left));
  accepts(rule, 'that the caller sets to zero', taken(using('if (ret < 0)\n			v->nr = 0;\n		'), left));
  accepts(rule, 'that another helper sets to zero', taken(using('if (ret < 0)\n			vec_clear(v);\n		'), left));
  accepts(rule, 'but for an error', taken(using(''), left.replace('v->nr = got', 'v->nr = got < 0 ? 0 : got')));
  accepts(
    rule,
    'or returns before that',
    taken(using('', 'ret >= 0 && ret != n'), left.replace('v->nr = got', 'if (got < 0)\n		return got;\n	v->nr = got')),
  );
  const nothing = 'v->nr = pin_user_pages_fast(a, n, FOLL_LONGTERM, v->ptrs);';
  const seen = (test: string): string => `vec_take(a, n, v);\n	if (${test}) {\n		${drop}\n		return -EFAULT;\n	}\n	return 0;`;
  complains(rule, 'and nowhere else', taken(seen('v->nr != n'), nothing, 'void'), `vec_use:${drop}`);
  accepts(rule, 'and nowhere else, where it is tested', taken(seen('v->nr > 0 && v->nr != n'), nothing, 'void'));
});
