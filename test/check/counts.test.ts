/** unchecked-count and release-count: what the result says against what is taken up. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const pin = (body: string, declare = 'int ret, i, j'): string => `struct obj { struct page **pages; unsigned int n; };
static void obj_free(struct obj *o)
{
	unpin_user_pages(o->pages, o->n);
	kfree(o->pages);
}
int f(unsigned long a, int n, struct obj *o)
{
	struct page *pages[16];
	${declare};

${body}
}
`;
const take = '	ret = pin_user_pages_fast(a, n, FOLL_WRITE, pages);\n';
const rest = '	unpin_user_pages(pages, n);\n	return 0;';

describe('unchecked-count', () => {
  const rule = 'unchecked-count';
  complains(
    rule,
    'a result that nobody reads',
    pin(`	pin_user_pages_fast(a, n, FOLL_WRITE, pages);\n${rest}`),
    'f:pin_user_pages_fast(a, n, FOLL_WRITE, pages);',
  );
  complains(
    rule,
    'an error alone that is looked for',
    pin(
      `${take}	if (ret < 0)\n		return ret;\n	for (i = 0; i < n; i++)\n		fill(pages[i]);\n	unpin_user_pages(pages, ret);\n	return 0;`,
    ),
    'f:fill(pages[i]);',
  );
  complains(
    rule,
    'none, and a test for any',
    pin(
      `${take}	if (ret <= 0)\n		return -EFAULT;\n	sg_alloc_table_from_pages(o, pages, n, 0, 64, GFP_KERNEL);\n	unpin_user_pages(pages, ret);\n	return 0;`,
    ),
    'f:sg_alloc_table_from_pages(o, pages, n, 0, 64, GFP_KERNEL);',
  );
  complains(
    rule,
    'a field with the number asked for, handed on as success',
    pin(`	o->n = n;\n	ret = pin_user_pages_fast(a, n, FOLL_WRITE, o->pages);\n	if (ret < 0)\n		return ret;\n	return 0;`),
    'f:return 0;',
  );
  complains(
    rule,
    'an unsigned name that is tested as it is set',
    pin(
      `	if ((got = pin_user_pages_fast(a, n, FOLL_WRITE, pages)) < 0)\n		return -EFAULT;\n	unpin_user_pages(pages, got);\n	return 0;`,
      'unsigned long got',
    ),
    'f:if ((got = pin_user_pages_fast(a, n, FOLL_WRITE, pages)) < 0)',
  );
  complains(
    rule,
    'an unsigned name that is tested for less than zero',
    pin(
      `	got = pin_user_pages_fast(a, n, FOLL_WRITE, pages);\n	if (got < 0)\n		return -EFAULT;\n	unpin_user_pages(pages, got);\n	return 0;`,
      'unsigned long got',
    ),
    'f:if (got < 0)',
  );
  complains(
    rule,
    'an error that is compared with an unsigned number',
    pin(
      `	ret = pin_user_pages_fast(a, o->n, FOLL_WRITE, pages);\n	if (ret < o->n)\n		return -EFAULT;\n	for (i = 0; i < o->n; i++)\n		fill(pages[i]);\n	unpin_user_pages(pages, o->n);\n	return 0;`,
    ),
    'f:fill(pages[i]);',
  );
  complains(
    rule,
    'one page whose error is passed over',
    pin(
      '	ret = pin_user_pages_fast(a, 1, FOLL_WRITE, pages);\n	fill(pages[0]);\n	if (ret == 1)\n		unpin_user_page(pages[0]);\n	return 0;',
    ),
    'f:fill(pages[0]);',
  );
  for (const [name, body] of [
    [
      'all or nothing',
      `${take}	if (ret != n) {\n		if (ret > 0)\n			unpin_user_pages(pages, ret);\n		return -EFAULT;\n	}\n	for (i = 0; i < n; i++)\n		fill(pages[i]);\n${rest}`,
    ],
    [
      'a number that becomes the result',
      `${take}	if (ret < 0)\n		return ret;\n	n = ret;\n	for (i = 0; i < n; i++)\n		fill(pages[i]);\n${rest}`,
    ],
    [
      'a field that keeps the result',
      `	ret = pin_user_pages_fast(a, n, 0, o->pages);\n	if (ret < 0)\n		return ret;\n	o->n = ret;\n	return 0;`,
    ],
    [
      'less than asked between signed numbers',
      `${take}	if (ret < n) {\n		for (i = 0; i < ret; i++)\n			unpin_user_page(pages[i]);\n		return -EFAULT;\n	}\n	fill(pages[0]);\n${rest}`,
    ],
    [
      'one page, which is there or not',
      '	ret = pin_user_pages_fast(a, 1, FOLL_WRITE, pages);\n	if (ret < 0)\n		return ret;\n	fill(pages[0]);\n	unpin_user_page(pages[0]);\n	return 0;',
    ],
    [
      'a loop that goes on until all are there',
      '	for (i = 0; i < n; i += ret) {\n		ret = pin_user_pages_fast(a, n - i, 0, pages + i);\n		if (ret <= 0)\n			break;\n	}\n	unpin_user_pages(pages, i);\n	return 0;',
    ],
    [
      'slots that are tested',
      `	memset(pages, 0, sizeof(pages));\n${take}	for (i = 0; i < n; i++)\n		if (pages[i])\n			unpin_user_page(pages[i]);\n	return ret;`,
    ],
    ['a result that the caller gets', `${take}	return ret;`],
  ] as const)
    accepts(rule, name, pin(body));
  accepts(
    rule,
    'an unsigned name that is compared with the number',
    pin(`	got = pin_user_pages_fast(a, n, 0, pages);\n	if (got != n)\n		return -EFAULT;\n${rest}`, 'unsigned long got'),
  );
  accepts(
    rule,
    'a pointer that was NULL before and tells',
    'struct page *f(unsigned long a)\n{\n	struct page *page = NULL;\n	get_user_pages_fast(a, 1, 0, &page);\n	return page;\n}',
  );
  accepts(
    rule,
    'a call that says yes or no',
    'void f(unsigned long a)\n{\n	struct page *page;\n	if (get_user_page_fast_only(a, 0, &page)) {\n		look(page);\n		put_page(page);\n	}\n}',
  );
  const returned = (what: string): string =>
    pin(`${take}	if (ret != n) {\n		if (ret > 0)\n			unpin_user_pages(pages, ret);\n		return ${what};\n	}\n${rest}`);
  complains(rule, 'a short count that is returned where zero is success', returned('ret'), 'f:return ret;');
  accepts(rule, 'an error that is returned for a short count', returned('ret < 0 ? ret : -EFAULT'));
  accepts(rule, 'a count that is what the function returns', pin(`${take}	return ret;`));
  complains(
    rule,
    'a short count of a part, in a loop',
    pin(
      '	for (i = 0; i < n; i += j) {\n		j = 4;\n		ret = pin_user_pages_fast(a, j, FOLL_WRITE, o->pages + i);\n		if (ret == j)\n			continue;\n		break;\n	}\n	if (i != n) {\n		obj_free(o);\n		return ret;\n	}\n	return 0;',
    ),
    'f:return ret;',
  );
  const moved = (onError: string): string => `int f(struct queue *q, struct iov_iter *iter)
{
	size_t at;
	ssize_t ret = iov_iter_get_pages2(iter, q->pages, 16384, 4, &at);
	if (ret < 0) {
		${onError}
	}
	q->len = ret;
out:
	return 0;
}`;
  complains(rule, 'an error of an iterator that ends as success', moved('goto out;'), 'f:return 0;');
  accepts(rule, 'an error that is kept', moved('q->error = ret;\n		goto out;'));
  accepts(rule, 'an error after which something is tested', moved('if (q->zeroes)\n			goto out;\n		return ret;'));
  const helper = (call: string): string => `struct box { struct page **pages; int n; };
static int box_take(struct box *b, unsigned long a)
{
	int ret = pin_user_pages_fast(a, b->n, FOLL_WRITE, b->pages);
	if (ret == b->n)
		return 0;
	if (ret > 0)
		unpin_user_pages(b->pages, ret);
	return -EFAULT;
}
void box_drop(struct box *b)
{
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
}
int box_start(struct box *b, unsigned long a)
{
	${call}
	return box_go(b);
}`;
  complains(rule, "a helper's result that a caller ignores", helper('box_take(b, a);'), 'box_start:box_take(b, a);');
  accepts(rule, "a helper's result that a caller tests", helper('if (box_take(b, a))\n		return -EFAULT;'));
});

describe('unchecked-count of numbers on the way', () => {
  const rule = 'unchecked-count';
  const above = (test: string): string => `${take}	if (${test})\n		return -EFAULT;\n`;
  complains(
    rule,
    'a loop from the second page on',
    pin(`${above('ret < 0')}	for (i = 1; i < n; i++)\n		fill(pages[i]);\n	unpin_user_pages(pages, ret);\n	return 0;`),
    'f:fill(pages[i]);',
  );
  accepts(
    rule,
    'a loop from the second page on, up to the result',
    pin(`${above('ret < 0')}	for (i = 1; i < ret; i++)\n		fill(pages[i]);\n	unpin_user_pages(pages, ret);\n	return 0;`),
  );
  const chunks = (test: string): string =>
    pin(
      `	for (i = 0; i < o->n; i += 16) {\n		n = min(o->n - i, 16);\n		ret = pin_user_pages_fast(a, n, FOLL_WRITE, o->pages + i);\n		if (${test}) {\n			j += n;\n			continue;\n		}\n		if (ret > 0)\n			j += ret;\n		break;\n	}\n	o->n = j;\n	return 0;`,
      'int ret, i, j = 0',
    );
  complains(rule, 'a chunk that is counted as whole', chunks('ret >= 0'), 'f:j += n;');
  accepts(rule, 'a chunk that is counted as whole where it is', chunks('ret == n'));
  const chosen = (arm: string): string =>
    pin(
      `${take}	i = 0;\n	if (ret != n)\n		i = ret < 0 ? ${arm} : -EFAULT;\n	if (i) {\n		if (ret > 0)\n			unpin_user_pages(pages, ret);\n		return i;\n	}\n${rest}`,
    );
  accepts('release-count', 'an error that is one arm of two', chosen('ret'));
  accepts('release-count', 'a constant that is one arm of two', chosen('-EIO'));
  complains('release-count', 'a success that is one arm of two', chosen('0'), 'f:unpin_user_pages(pages, n);');
  const rounds = (status: string): string =>
    pin(
      `	for (j = 0; j < 4; j++) {\n		i = 0;\n		ret = pin_user_pages_fast(a, n, FOLL_WRITE, pages);\n		if (ret != n)\n			i = ${status};\n		if (i)\n			return i;\n		fill(pages, n);\n		unpin_user_pages(pages, n);\n	}\n	return 0;`,
    );
  accepts(rule, 'a failure that is told in a loop', rounds('-EFAULT'));
  complains(rule, 'a failure that is told as none in a loop', rounds('0'), 'f:fill(pages, n);');
  const named = (value: string): string =>
    `enum { BOX_OK = ${value}, BOX_FAILED = -1 };\n${pin(
      `	int err = BOX_OK;\n	o->n = n;\n	ret = pin_user_pages_fast(a, n, FOLL_WRITE, o->pages);\n	if (ret < 0)\n		err = BOX_FAILED;\n	return err;`,
    )}`;
  complains(rule, 'a success with a name, set before', named('0'), 'f:return err;');
  accepts(rule, 'a result with a name that is no zero', named('1'));
  const wrapped = (test: string, asked = 'n'): string => `static int take(unsigned long a, int n, struct page **pages)
{
	int ret = pin_user_pages_fast(a, n, FOLL_WRITE, pages);
	if (ret == -EAGAIN)
		log_it();
	return ret;
}
int f(unsigned long a, int n, struct page **pages)
{
	int i, ret = take(a, ${asked}, pages);
	if (${test})
		return -EFAULT;
	for (i = 0; i < n; i++)
		fill(pages[i]);
	unpin_user_pages(pages, ret);
	return 0;
}`;
  complains(rule, 'a count that a helper hands on', wrapped('ret < 0'), 'f:fill(pages[i]);');
  accepts(rule, 'a count that a helper hands on, compared with what was asked', wrapped('ret != n'));
  accepts(rule, 'one page that a helper takes', wrapped('ret < 0', '1'));
  const bytes = (test: string): string => `int f(struct bio *bio, struct iov_iter *iter, struct page **pages, int nr)
{
	size_t at, len = iter->count;
	ssize_t ret = iov_iter_extract_pages(iter, &pages, len, nr, 0, &at);
	if (ret < 0)
		return ret;
	if (user_backed_iter(iter) && ${test}) {
		if (ret > 0)
			unpin_user_pages(pages, DIV_ROUND_UP(at + ret, PAGE_SIZE));
		return -EFAULT;
	}
	fill(pages, nr, len, at);
	return 0;
}`;
  complains(rule, 'bytes of which fewer came', bytes('ret == 0'), 'f:fill(pages, nr, len, at);');
  accepts(rule, 'bytes of which fewer would have been seen', bytes('ret != len'));
});

describe('unchecked-count of pages that an object keeps', () => {
  const kept = (after: string): string => `struct box { struct page **pages; int n; };
static void box_free(struct box *b, int n)
{
	unpin_user_pages(b->pages, n);
	kfree(b->pages);
}
int box_fill(struct box *b, unsigned long a, unsigned long size)
{
	int n = size >> PAGE_SHIFT;
	int ret = pin_user_pages_fast(a, n, FOLL_WRITE, b->pages);

	if (ret < 0)
		return ret;
	${after}
	return 0;
}
`;
  complains('unchecked-count', 'a number that nobody looks at', kept(''), 'box_fill:return 0;');
  accepts('unchecked-count', 'a number that the object keeps', kept('b->n = ret;'));
  accepts('unchecked-count', 'a number that another function is told', kept('box_count(b, ret);'));
});

describe('unchecked-count of what a pointer hands on', () => {
  const filled = (test: string): string => `struct page **take(unsigned long a, int n, int *count)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	int ret;

	ret = pin_user_pages_fast(a, n, FOLL_WRITE, pages);
	if (${test}) {
		*count = n;
		return pages;
	}
	if (ret > 0)
		unpin_user_pages(pages, ret);
	kfree(pages);
	return NULL;
}
`;
  complains('unchecked-count', 'an array with the number asked for, and no error', filled('ret >= 0'), 'take:return pages;');
  accepts('unchecked-count', 'an array with all that was asked for', filled('ret == n'));
});

const short = (helper: string, then: string): string => `static int ${helper}
${pin(`${take}	if (ret != n)\n		${then}\n${rest}`)}`;

describe('what becomes of an array that is not full', () => {
  const rule = 'unchecked-count';
  const fill = `look_up(struct page **pages, unsigned long a, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		unsigned long pfn = my_pfn(a + i);

		if (!pfn)
			return -EFAULT;
		pages[i] = pfn_to_page(pfn);
	}
	return 0;
}`;
  const drop = (test: string): string => `drop(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		${test}put_page(pages[i]);
	}
	return 0;
}`;
  accepts(rule, 'a function that fills it in another way', short(fill, 'return look_up(pages, a, n);'));
  accepts(
    rule,
    'a function that tests each page before it drops it',
    short(drop('if (!pages[i])\n			break;\n		'), 'return drop(pages, n);'),
  );
  complains(
    rule,
    'a function that tests something else of each',
    short(drop('if (pages[i] == zero)\n			continue;\n		'), 'return drop(pages, n);'),
    'f:return drop(pages, n);',
  );
  complains('release-count', 'a function that tests none', short(drop(''), 'return drop(pages, n);'), 'f:return drop(pages, n);');
});

describe('an array that is filled again', () => {
  accepts(
    'unchecked-count',
    'the parts that are taken where all at once could not be',
    pin(
      `${take}	if (ret == -ENOMEM) {\n		for (i = 0; i < n; i += ret) {\n			ret = pin_user_pages_fast(a + i, 1, FOLL_WRITE, &pages[i]);\n			if (ret <= 0)\n				break;\n		}\n	}\n	if (i < n)\n		return -EFAULT;\n${rest}`,
    ),
  );
});

describe('release-count', () => {
  const rule = 'release-count';
  complains(
    rule,
    'all that were asked for, where fewer were taken',
    pin(
      `${take}	if (ret != n) {\n		unpin_user_pages(pages, n);\n		return -EFAULT;\n	}\n	fill(pages[0]);\n	unpin_user_pages(pages, ret);\n	return 0;`,
    ),
    'f:unpin_user_pages(pages, n);',
  );
  complains(
    rule,
    'an error as a number',
    pin(
      `${take}	if (ret != n) {\n		unpin_user_pages(pages, ret);\n		return -EFAULT;\n	}\n	fill(pages[0]);\n	unpin_user_pages(pages, ret);\n	return 0;`,
    ),
    'f:unpin_user_pages(pages, ret);',
  );
  complains(
    rule,
    'one more, up to the count itself',
    pin(`${take}	if (ret < 0)\n		return ret;\n	for (i = 0; i <= ret; i++)\n		unpin_user_page(pages[i]);\n	return 0;`),
    'f:unpin_user_page(pages[i]);',
  );
  complains(
    rule,
    'one more, down from the count',
    pin(`${take}	if (ret < 0)\n		return ret;\n	i = ret;\n	while (i >= 0)\n		unpin_user_page(pages[i--]);\n	return 0;`),
    'f:unpin_user_page(pages[i--]);',
  );
  complains(
    rule,
    'one less, down to the second',
    pin(`${take}	if (ret < 0)\n		return ret;\n	for (i = ret - 1; i > 0; i--)\n		unpin_user_page(pages[i]);\n	return 0;`),
    'f:unpin_user_page(pages[i]);',
  );
  complains(
    rule,
    'one less, from the second',
    pin(`${take}	if (ret < 0)\n		return ret;\n	for (i = 1; i < ret; i++)\n		unpin_user_page(pages[i]);\n	return 0;`),
    'f:unpin_user_page(pages[i]);',
  );
  complains(
    rule,
    'a helper that drops as many as the field says',
    pin(
      `	o->n = n;\n	ret = pin_user_pages_fast(a, n, FOLL_WRITE, o->pages);\n	if (ret != n) {\n		obj_free(o);\n		return -EFAULT;\n	}\n	return 0;`,
    ),
    'f:obj_free(o);',
  );
  complains(
    rule,
    'a loop over all that were asked for',
    pin(
      `${take}	if (ret < n) {\n		for (i = 0; i < n; i++)\n			put_it(pages[i]);\n	}\n	for (i = 0; i < ret; i++)\n		unpin_user_page(pages[i]);\n	return 0;`.replace(
        'put_it',
        'unpin_user_page',
      ),
    ),
    'f:unpin_user_page(pages[i]);',
  );
  for (const [name, body] of [
    ['the result', `${take}	if (ret < 0)\n		return ret;\n	unpin_user_pages(pages, ret);\n	return 0;`],
    [
      'the result where there is one',
      `${take}	if (ret != n) {\n		if (ret > 0)\n			unpin_user_pages(pages, ret);\n		return -EFAULT;\n	}\n${rest}`,
    ],
    [
      'an unwind that counts down',
      `${take}	if (ret < 0)\n		return ret;\n	i = ret;\n	while (--i >= 0)\n		unpin_user_page(pages[i]);\n	return 0;`,
    ],
    [
      'another that counts down',
      `${take}	if (ret < 0)\n		return ret;\n	for (i = ret - 1; i >= 0; i--)\n		unpin_user_page(pages[i]);\n	return 0;`,
    ],
    [
      'one that compares what it counts down',
      `${take}	if (ret < 0)\n		return ret;\n	while (ret-- > 0)\n		unpin_user_page(pages[ret]);\n	return 0;`,
    ],
    [
      'one that stands one behind',
      `${take}	if (ret < 0)\n		return ret;\n	for (i = ret; i > 0; i--)\n		unpin_user_page(pages[i - 1]);\n	return 0;`,
    ],
    ['a third', `${take}	if (ret < 0)\n		return ret;\n	while (ret--)\n		unpin_user_page(pages[ret]);\n	return 0;`],
    [
      'a field that was corrected',
      `	o->n = n;\n	ret = pin_user_pages_fast(a, n, FOLL_WRITE, o->pages);\n	if (ret != n) {\n		o->n = ret < 0 ? 0 : ret;\n		obj_free(o);\n		return -EFAULT;\n	}\n	return 0;`,
    ],
    [
      'a number that was corrected',
      `${take}	if (ret < n) {\n		n = ret > 0 ? ret : 0;\n		unpin_user_pages(pages, n);\n		return -EFAULT;\n	}\n${rest}`,
    ],
    ['an error that a loop makes nothing of', `${take}	for (i = 0; i < ret; i++)\n		unpin_user_page(pages[i]);\n	return ret;`],
  ] as const)
    accepts(rule, name, pin(body));

  const bytes = (count: string, drop = 'unpin_user_pages(b->pages, b->n);'): string => `struct box { struct page **pages; size_t n; };
static void box_drop(struct box *b)
{
	size_t nr = b->n;

	unpin_user_pages(b->pages, nr);
}
int f(struct box *b, struct iov_iter *iter, size_t n)
{
	size_t at;
	ssize_t len = iov_iter_extract_pages(iter, &b->pages, n, 16, 0, &at);
	if (len < 0)
		return len;
	if (len == n)
		return 0;
	b->n = ${count};
	${drop}
	return -EFAULT;
}`;
  complains('release-count', 'bytes that are counted in whole pages', bytes('len / PAGE_SIZE'), 'f:unpin_user_pages(b->pages, b->n);');
  complains('release-count', 'such bytes that a helper drops by another name', bytes('len / PAGE_SIZE', 'box_drop(b);'), 'f:box_drop(b);');
  accepts('release-count', 'bytes behind an offset, rounded up', bytes('DIV_ROUND_UP(len + at, PAGE_SIZE)'));
});

const many = (first: string) => `int f(unsigned long a, unsigned long n, struct page **pages, int *x)
{
	int nr, ret = 0, ${Array.from({ length: 9 }, (_, i) => `r${i} = 0`).join(', ')};

	nr = pin_user_pages_fast(a, n, FOLL_WRITE, pages);
	${first}
${Array.from(
  { length: 9 },
  (_, i) => `	if (x[${i}] && more(${i}))
		r${i} = 1;
	if (r${i})
		tell(r${i});
`,
).join('')}out:
	unpin_user_pages(pages, nr);
	return ret;
}
`;
describe('a function with many conditions that belong to nothing', () => {
  const out = (test: string) => `if (${test}) {
		ret = -EFAULT;
		goto out;
	}`;
  complains('release-count', 'an error that jumps over them', many(out('nr != n')), 'f:unpin_user_pages(pages, nr);');
  accepts(
    'release-count',
    'an error that is told apart',
    many(`if (nr < 0)
		return nr;
	${out('nr != n')}`),
  );
});

const instead = (other: string) => `int f(unsigned long a, struct ctx *c)
{
	struct page *page;

	if (!get_user_page_fast_only(a, FOLL_WRITE, &page)) {
		${other}
		if (!c->pfn)
			return -EFAULT;
	}
	fill(page);
	put_page(page);
	return 0;
}
`;
describe('a page that is another one where none was taken', () => {
  for (const rule of ['unchecked-count', 'release-count'] as const) {
    accepts(rule, 'a page that was looked up instead', instead('page = pfn_to_page(c->pfn);'));
  }
  complains('release-count', 'a page that is not there', instead(''), 'f:put_page(page);');
});

const wrapped = (fill: string) => `struct wrap { struct page **pages; int n, how; };
int f(struct wrap *w, unsigned long a)
{
	int got, i;

	got = get_user_pages_fast(a, w->n, FOLL_WRITE, w->pages);
	if (got >= 0) {
		if (got != w->n) {
			for (i = 0; i < got; i++)
				put_page(w->pages[i]);
			return -EFAULT;
		}
		w->how = 1;
		return 0;
	}
	for (i = 0; i < w->n; i++) {
		${fill}
	}
	for (i = 0; i < w->n; i++)
		note(w->pages[i]);
	w->how = 2;
	return 0;
}
`;
describe('an array that is filled by hand where the call has failed', () => {
  accepts('unchecked-count', 'other pages in it', wrapped('struct page *page = table_page(a + i);\n\n\t\tw->pages[i] = page;'));
  complains('unchecked-count', 'nothing in it', wrapped('table_look(a + i);'), 'f:note(w->pages[i]);', 'f:return 0;');
});

const oneByOne = (undo: string): string => `int f(unsigned long a, unsigned long n)
{
	struct page *pages[16];
	unsigned long i, pinned = 0;
	int ret = 0;

	for (i = 0; i < n; i++) {
		ret = pin_user_pages_fast(a + i * PAGE_SIZE, 1, FOLL_LONGTERM, &pages[i]);
		if (ret != 1)
			goto undo;
		pinned++;
	}
	ret = use(pages, n);
undo:
	${undo}
	return ret;
}
`;

describe('pages that are taken one by one', () => {
  for (const undo of [
    'while (i--) unpin_user_page(pages[i]);',
    'while (pinned > 0) unpin_user_page(pages[--pinned]);',
    'unpin_user_pages(pages, pinned);',
  ]) {
    accepts('release-count', `the earlier ones dropped by ${undo}`, oneByOne(undo));
    accepts('unchecked-count', `the earlier ones dropped by ${undo}`, oneByOne(undo));
  }
});

const found = (fail: string) => `box_t f(unsigned long a, unsigned long n, struct page **pages, struct ctx *c)
{
	box_t b = c->box;
	long got = pin_user_pages_fast(a, n, FOLL_WRITE, pages);

	if (got != n)
		goto short_of;
	unpin_user_pages(pages, n);
	if (!tell(b))
		return ${fail};
	return b;
short_of:
	if (got > 0)
		unpin_user_pages(pages, got);
	return ${fail};
}
`;
describe('a function of which nobody can see what it returns', () => {
  complains('unchecked-count', 'zero for an error', found('0'), 'f:return 0;');
  accepts('unchecked-count', 'NULL for one, as a pointer does', found('NULL'));
});

const compared = (test: string): string => pin(`${take}	i = ret;\n	if (ret <= 0)\n		return -EFAULT;\n${test}${rest}`);
describe('the result in two variables', () => {
  const drop = 'f:unpin_user_pages(pages, n);';
  complains('release-count', 'no test of them', compared(''), drop);
  complains('release-count', 'a test whether they differ', compared('	if (i != ret)\n		return -EIO;\n'), drop);
  accepts('release-count', 'a test of one with the number asked for', compared('	if (i != n)\n		return -EIO;\n'));
});

/** Objects with a page each, on a list of which all are given up where one fails. */
const listed = (undo: string) => `struct seg { struct list_head list; struct page *page; };
int add(struct list_head *all, unsigned long at, int n)
{
	struct seg *s, *next;
	LIST_HEAD(fresh);
	int i, ret;

	for (i = 0; i < n; i++) {
		s = kmalloc(sizeof(*s), GFP_KERNEL);
		if (!s)
			return -ENOMEM;
		ret = pin_user_pages_fast(at, 1, FOLL_WRITE, &s->page);
		if (ret != 1) {
			ret = ret < 0 ? ret : -EFAULT;
			goto undo;
		}
		list_add_tail(&s->list, &fresh);
	}
	list_splice_tail(&fresh, all);
	return 0;
undo:
	${undo}
	return ret;
}
`;

describe('the page of an object that is another one then', () => {
  const drop = 'unpin_user_page(s->page);';
  complains('release-count', 'which it is not', listed(drop), `add:${drop}`);
  accepts('release-count', 'of a list', listed(`list_for_each_entry_safe(s, next, &fresh, list)\n\t\t${drop}`));
  accepts('release-count', 'which is the first of a list', listed(`s = list_first_entry(&fresh, struct seg, list);\n\t${drop}`));
});

/** One page in an array of its own, which is given up where the call has failed. */
const boxed = (failed: string, before = '') => `static void box_free(struct page **pages)
{
	kfree(pages);
}
static void box_drop(struct page **pages)
{
	flush_dcache_page(pages[0]);
	kfree(pages);
}
int box_take(struct box *b, unsigned long a)
{
	struct page **pages = kmalloc_array(1, sizeof(*pages), GFP_KERNEL);
	int ret;

	if (!pages)
		return -ENOMEM;
	ret = pin_user_pages_fast(a, 1, FOLL_LONGTERM, pages);
	${before}
	if (ret != 1) {
		${failed}
		return ret < 0 ? ret : -EFAULT;
	}
	b->pages = pages;
	return 0;
}
`;

describe('the array of one page that could not be taken', () => {
  const rule = 'unchecked-count';
  accepts(rule, 'which is freed', boxed('kfree(pages);'));
  accepts(rule, 'which a helper frees', boxed('box_free(pages);'));
  accepts(rule, 'which is kept before the result is looked at', boxed('kvfree(b->pages);', 'b->pages = pages;'));
  complains(rule, 'which a helper looks into', boxed('box_drop(pages);'), 'box_take:box_drop(pages);');
  complains(rule, 'of which a page is looked at', boxed('flush_dcache_page(pages[0]);'), 'box_take:flush_dcache_page(pages[0]);');
  complains(rule, 'of which the page is kept', boxed('kfree(pages);', 'b->first = pages[0];'), 'box_take:b->first = pages[0];');
});

describe('the one page in a variable of its own', () => {
  const copied = (test: string): string => `int hw_run(struct page *p);
int run(unsigned long a)
{
	struct page *pages[1], *page;
	int got;

	got = pin_user_pages_fast(a, 1, 0, pages);
	page = pages[0];
	${test}
	got = hw_run(page);
	unpin_user_page(page);
	return got;
}
`;
  accepts(
    'unchecked-count',
    'that is set to another one where it was taken',
    `int run(unsigned long a)
{
	struct page *page, *better;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &better) == 1) {
		unpin_user_page(page);
		page = better;
	}
	use(page);
	unpin_user_page(page);
	return 0;
}
`,
  );
  accepts('unchecked-count', 'that is set before it is asked', copied('if (got != 1)\n\t\treturn got < 0 ? got : -EFAULT;'));
  complains('unchecked-count', 'that is used where it is not asked', copied('if (!page)\n\t\treturn -EFAULT;'), 'run:got = hw_run(page);');
});
