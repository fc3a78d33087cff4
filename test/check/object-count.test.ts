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

describe('a helper that leaves its result in the object and returns whether it has all', () => {
  const drop = 'unpin_user_pages(v->ptrs, v->nr);';
  const status = (returned: string, kept = 'got'): string =>
    `int got = pin_user_pages_fast(a, n, FOLL_LONGTERM, v->ptrs);\n\n	v->nr = ${kept};\n	${returned}`;
  const either = status('return got == n ? 0 : -EFAULT;');
  const failing = (test: string, before = ''): string =>
    `int ret = vec_take(a, n, v);\n\n	if (${test}) {\n		${before}${drop}\n		return ret;\n	}\n	return 0;`;
  for (const returned of [
    'return got == n ? 0 : -EFAULT;',
    'if (got != n)\n		return got < 0 ? got : -EFAULT;\n	return 0;',
    'if (v->nr == n)\n		return 0;\n	return -EFAULT;',
  ])
    complains(rule, returned, taken(failing('ret'), status(returned)), `vec_use:${drop}`);
  for (const test of ['ret < 0', 'ret != 0']) complains(rule, `where ${test}`, taken(failing(test), either), `vec_use:${drop}`);
  accepts(rule, 'where it has all', taken(failing('!ret'), either));
  accepts(rule, 'where it has all, tested at once', taken(`if (vec_take(a, n, v))\n		return -EFAULT;\n	${drop}\n	return 0;`, either));
  accepts(rule, 'where the number is tested', taken(failing('ret', 'if (v->nr > 0)\n			'), either));
  accepts(rule, 'where the helper leaves none', taken(failing('ret'), status('return got == n ? 0 : -EFAULT;', 'max(got, 0)')));
  accepts(
    rule,
    'where the helper has set it to zero',
    taken(failing('ret'), status('if (got < 0)\n		v->nr = 0;\n	return got == n ? 0 : -EFAULT;')),
  );
  accepts(rule, 'where it says something else', taken(failing('ret'), status('return vec_told(v);')));
});
