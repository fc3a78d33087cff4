import { describe } from 'vitest';
import { shows } from './helper.js';

/** One page, the body given. */
const single = (body: string, result = 'int n') => `
int f(unsigned long a)
{
	struct page *page = NULL;
	${result};

	${body}
}`;
const call = 'get_user_pages_fast(a, 1, 0, &page)';
const dropped = 'get single single@function put:f:put_page';

describe('2. one page: was it taken?', () => {
  shows('ret == 1', single(`n = ${call}; if (n == 1) put_page(page); return n;`), dropped);
  shows('1 == ret', single(`n = ${call}; if (1 == n) { put_page(page); } return n;`), dropped);
  shows('ret != 1', single(`n = ${call}; if (n != 1) return -1; put_page(page); return 0;`), dropped);
  shows('ret < 1', single(`n = ${call}; if (n < 1) return -1; put_page(page); return 0;`), dropped);
  shows('ret <= 0', single(`n = ${call}; if (n <= 0) return -1; put_page(page); return 0;`), dropped);
  shows('ret > 0', single(`n = ${call}; if (n > 0) put_page(page); return n;`), dropped);
  shows('ret >= 1', single(`n = ${call}; if (n >= 1) put_page(page); return n;`), dropped);
  shows('ret < 0, then ret == 0', single(`n = ${call}; if (n < 0) return n; if (n == 0) return -1; put_page(page); return 0;`), dropped);
  shows('ret < 0, then !ret', single(`n = ${call}; if (n < 0) return n; if (!n) return -1; put_page(page); return 0;`), dropped);
  shows('unlikely(ret != 1)', single(`n = ${call}; if (unlikely(n != 1)) return -1; put_page(page); return 0;`), dropped);
  shows('WARN_ON(ret != 1)', single(`n = ${call}; if (WARN_ON_ONCE(n != 1)) return -1; put_page(page); return 0;`), dropped);
  shows('a test kept in a variable', single(`n = ${call}; bool ok = n == 1; if (!ok) return -1; put_page(page); return 0;`), dropped);
  shows('two tests in one condition', single(`n = ${call}; if (n < 0 || n != 1) return -1; put_page(page); return 0;`), dropped);
  shows('the page itself is tested', single(`n = ${call}; if (!page) return -1; put_page(page); return 0;`), dropped);
  shows('a bool', single('if (!get_user_page_fast_only(a, 0, &page)) return -1; put_page(page); return 0;'), dropped);
  shows(
    'an error pointer',
    single('page = get_user_page_vma_remote(mm, a, 0, &vma); if (IS_ERR(page)) return PTR_ERR(page); put_page(page); return 0;'),
    dropped,
  );
  shows(
    'an error pointer or NULL',
    single('page = get_user_page_vma_remote(mm, a, 0, &vma); if (IS_ERR_OR_NULL(page)) return -1; put_page(page); return 0;'),
    dropped,
  );
  shows('in an unsigned variable', single(`n = ${call}; if (n != 1) return -1; put_page(page); return 0;`, 'unsigned int n'), dropped);
  shows(
    'an unsigned variable, cast',
    single(`n = ${call}; if ((int)n < 0) return -1; put_page(page); return 0;`, 'unsigned long n'),
    dropped,
  );
  shows(
    'in a field',
    `struct req { int got; };
int f(struct req *r, unsigned long a)
{
	struct page *page;

	r->got = ${call};
	if (r->got != 1)
		return -1;
	put_page(page);
	return 0;
}`,
    dropped,
  );
});

describe('2. nothing held', () => {
  shows(
    'where the result is negative',
    single(`n = ${call}; if (n < 0) { put_page(page); return n; } return 0;`),
    'get single none@function',
  );
  shows('where the result is zero', single(`n = ${call}; if (n == 0) { put_page(page); return n; } return 0;`), 'get single none@function');
  shows(
    'where the result is neither positive',
    single(`n = ${call}; if (n <= 0) goto out; return 0; out: put_page(page); return n;`),
    'get single none@function',
  );
  shows(
    'where the bool is false',
    single('if (get_user_page_fast_only(a, 0, &page)) return 0; put_page(page); return 1;'),
    'get single none@function',
  );
  shows(
    'where the pointer is an error',
    single('page = get_user_page_vma_remote(mm, a, 0, &vma); if (IS_ERR(page)) { put_page(page); return -1; } return 0;'),
    'get single none@function',
  );
  shows(
    'before the call, and after another was put in its place',
    single(`page = find_get_page(mapping, 0); put_page(page); if (${call} != 1) return -1; page = other; put_page(page); return 0;`),
    'get single none@function',
  );
  shows(
    'what earlier rounds took is held though this round failed',
    `
int f(unsigned long a, struct page **pages, int want)
{
	int n, done;

	for (done = 0; done < want; done += n) {
		n = pin_user_pages_fast(a + done * PAGE_SIZE, want - done, 0, pages + done);
		if (n <= 0) {
			unpin_user_pages(pages, done);
			return -EFAULT;
		}
	}
	return 0;
}`,
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
});

/** An array; what `short` does drops what came, `full` all. */
const array = (body: string, declared = 'int n, i') => `
int f(unsigned long a, int want, struct page **pages)
{
	${declared};

	n = pin_user_pages_fast(a, want, FOLL_WRITE, pages);
	${body}
}`;

const again = (test: string): string => `int f(unsigned long a, int n, struct page **pages)
{
	int i, got = pin_user_pages_fast(a, n, FOLL_WRITE, pages);

	if (got == n)
		goto done;
	if (${test}) {
		n = load(a, pages);
		goto drop;
	}
done:
	for (i = 0; i < got; i++)
		unpin_user_page(pages[i]);
	return 0;
drop:
	for (i = 0; i < n; i++)
		put_page(pages[i]);
	return 0;
}`;

describe('2. one error: what follows it drops nothing of the call', () => {
  shows('ret == -EFAULT', again('got == -EFAULT'), 'pin page-array loop-collapsible@function put:f:unpin_user_page');
  shows('-EFAULT == ret', again('-EFAULT == got'), 'pin page-array loop-collapsible@function put:f:unpin_user_page');
  shows('0 > ret', again('0 > got'), 'pin page-array loop-collapsible@function put:f:unpin_user_page');
});

describe('2. an array: short and full', () => {
  shows(
    'ret != want drops what came',
    array(`if (n != want) {
		if (n > 0)
			unpin_user_pages(pages, n);
		return -EFAULT;
	}
	use(pages);
	unpin_user_pages_dirty_lock(pages, want, true);
	return 0;`),
    'pin page-array bulk@function put:f:unpin_user_pages,f:unpin_user_pages_dirty_lock dirty=bulk',
  );
  shows(
    'ret < want, in a loop; the full count goes at once and gives the form',
    array(`if (n < want) {
		for (i = 0; i < n; i++)
			unpin_user_page(pages[i]);
		return -EFAULT;
	}
	unpin_user_pages(pages, want);
	return 0;`),
    'pin page-array bulk@function put:f:unpin_user_page,f:unpin_user_pages',
  );
  shows(
    'want > ret; the full count goes in a loop and gives the form',
    array(`if (want > n) {
		if (n > 0)
			unpin_user_pages(pages, n);
		return -EFAULT;
	}
	for (i = 0; i < want; i++)
		unpin_user_page(pages[i]);
	return 0;`),
    'pin page-array loop-collapsible@function put:f:unpin_user_pages,f:unpin_user_page',
  );
  shows(
    'ret > 0 drops as many',
    array('if (n > 0)\n\t\tunpin_user_pages(pages, n);\n\treturn n;'),
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
  shows(
    'a short count is good enough',
    array(`if (n < 0)
		return n;
	want = n;
	use(pages);
	unpin_user_pages(pages, want);
	return 0;`),
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
  shows(
    'a loop that runs zero times on an error',
    array('for (i = 0; i < n; i++)\n\t\tunpin_user_page(pages[i]);\n\treturn n;'),
    'pin page-array loop-collapsible@function put:f:unpin_user_page',
  );
  shows(
    'all in one unsigned variable',
    array(
      `if (n != want)
		return -EFAULT;
	unpin_user_pages(pages, n);
	return 0;`,
      'unsigned int n',
    ),
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
  shows(
    'the count goes on in another variable',
    array(`if (n < 0)
		return n;
	i = n;
	n = start_io(pages);
	if (n)
		goto undo;
	finish_io(pages);
undo:
	unpin_user_pages(pages, i);
	return n;`),
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
});

describe('2. chunks and chains', () => {
  shows(
    'pins in chunks until done, through a moving pointer',
    `
int f(unsigned long a, long left, struct page **pages)
{
	struct page **p = pages;
	long n;

	while (left) {
		n = pin_user_pages(a, min_t(long, left, 64), FOLL_WRITE, p);
		if (n < 0)
			goto undo;
		a += n << PAGE_SHIFT;
		p += n;
		left -= n;
	}
	run(pages);
	n = 0;
undo:
	unpin_user_pages(pages, p - pages);
	return n;
}`,
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
  shows(
    'one chunk a round, dropped in the same round',
    `
int f(unsigned long a, long left)
{
	struct page *pages[16];
	long n;

	do {
		n = pin_user_pages_fast(a, 16, 0, pages);
		if (n <= 0)
			break;
		run(pages, n);
		unpin_user_pages(pages, n);
		a += n * PAGE_SIZE;
		left -= n;
	} while (left > 0);
	return left ? -EFAULT : 0;
}`,
    'pin page-array bulk@function put:f:unpin_user_pages',
  );
  shows(
    'one page a round, dropped in the same round: a release, not a release loop',
    `
int f(unsigned long a, int count)
{
	struct page *page;
	int i;

	for (i = 0; i < count; i++, a += PAGE_SIZE) {
		if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
			return -EFAULT;
		clear_highpage(page);
		set_page_dirty_lock(page);
		put_page(page);
	}
	return 0;
}`,
    'get single single@function put:f:put_page dirty=set_page_dirty_lock',
  );
  shows(
    'a goto chain that unwinds',
    `
struct job { struct page **pages; int nr; struct sg_table sgt; };
int f(struct job *job, unsigned long a, int want)
{
	int ret;

	job->pages = kvmalloc_array(want, sizeof(struct page *), GFP_KERNEL);
	if (!job->pages)
		return -ENOMEM;
	ret = pin_user_pages_fast(a, want, FOLL_WRITE, job->pages);
	if (ret < 0)
		goto err_free;
	job->nr = ret;
	if (ret != want) {
		ret = -EFAULT;
		goto err_unpin;
	}
	ret = prepare(job);
	if (ret)
		goto err_unpin;
	return 0;

err_unpin:
	unpin_user_pages(job->pages, job->nr);
err_free:
	kvfree(job->pages);
	return ret;
}
void g(struct job *job)
{
	unpin_user_pages_dirty_lock(job->pages, job->nr, true);
	kvfree(job->pages);
}`,
    'pin page-array car=job.pages bulk@file put:f:unpin_user_pages,g:unpin_user_pages_dirty_lock dirty=bulk',
  );
  shows(
    'two sites and one chain: each has its own releases',
    `
int f(unsigned long in, unsigned long out, int n)
{
	struct page *src, *dst;
	int ret = -EFAULT;

	if (get_user_pages_fast(in, 1, 0, &src) != 1)
		return ret;
	if (pin_user_pages_fast(out, 1, FOLL_WRITE, &dst) != 1)
		goto put_src;
	ret = copy(src, dst);
	unpin_user_page(dst);
put_src:
	put_page(src);
	return ret;
}`,
    'get single single@function put:f:put_page',
    'pin single single@function put:f:unpin_user_page',
  );
  shows(
    'tries again with other flags',
    `
int f(unsigned long a)
{
	struct page *page;
	int n, flags = FOLL_WRITE;

again:
	n = get_user_pages_fast(a, 1, flags, &page);
	if (n == -EFAULT && flags) {
		flags = 0;
		goto again;
	}
	if (n < 1)
		return n;
	put_page(page);
	return 0;
}`,
    'get single single@function put:f:put_page',
  );
  shows(
    'falls back from one call to another',
    `
int f(unsigned long a, int want, struct page **pages)
{
	int n = get_user_pages_fast_only(a, want, 0, pages);

	if (n != want) {
		if (n > 0)
			release_pages(pages, n);
		n = get_user_pages_unlocked(a, want, pages, 0);
	}
	if (n <= 0)
		return -EFAULT;
	run(pages, n);
	while (n--)
		put_page(pages[n]);
	return 0;
}`,
    'get page-array loop-collapsible@function put:f:release_pages,f:put_page',
    'get page-array loop-collapsible@function put:f:put_page',
  );
});
