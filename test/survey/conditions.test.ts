import { describe } from 'vitest';
import { shows } from './helper.js';

const f = (body: string) => `int f(struct mm_struct *mm, unsigned long a, bool b)
{
	struct page *page;
	int n;

${body}
	return 0;
}`;
const get = 'get single single@function put:f:put_page';
const pin = 'pin single single@function put:f:unpin_user_page';

describe('9. arms', () => {
  shows(
    'each arm takes its own way, one drop',
    f(`#ifdef CONFIG_A
	n = get_user_pages_fast(a, 1, 0, &page);
#else
	n = get_user_pages_unlocked(a, 1, &page, 0);
#endif
	if (n != 1)
		return -1;
	put_page(page);`),
    get,
    get,
  );
  shows(
    'each arm drops its own way: what cannot be together is not joined',
    f(`#ifdef CONFIG_PIN
	n = pin_user_pages_fast(a, 1, 0, &page);
#else
	n = get_user_pages_fast(a, 1, 0, &page);
#endif
	if (n != 1)
		return -1;
#ifdef CONFIG_PIN
	unpin_user_page(page);
#else
	put_page(page);
#endif`),
    pin,
    get,
  );
  shows(
    'the same, by version; the second test is the other way round',
    f(`#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
	n = pin_user_pages_fast(a, 1, 0, &page);
#else
	n = get_user_pages_fast(a, 1, 0, &page);
#endif
	if (n != 1)
		return -1;
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 6, 0)
	put_page(page);
#else
	unpin_user_page(page);
#endif`),
    pin,
    get,
  );
  shows(
    'an arm opens a brace that another closes',
    f(`#ifdef CONFIG_A
	if (b) {
#endif
		n = get_user_pages_fast(a, 1, 0, &page);
#ifdef CONFIG_A
	} else {
		n = 0;
	}
#endif
	if (n == 1)
		put_page(page);`),
    get,
  );
  shows(
    'two arms open a brace that is closed once',
    f(`#ifdef CONFIG_A
	if (b) {
#else
	if (mm) {
#endif
		if (get_user_pages_fast(a, 1, 0, &page) != 1)
			return -1;
		put_page(page);
	}`),
    get,
  );
  shows(
    'an if without a statement, which the arm behind it holds',
    f(`	if (b)
#ifdef CONFIG_A
		n = get_user_pages_fast(a, 1, 0, &page);
	else
#endif
		n = 0;
	if (n == 1)
		put_page(page);`),
    get,
  );
  shows(
    'arms inside the call',
    f(`	n = get_user_pages_remote(
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 9, 0)
		current,
#endif
		mm, a, 1, 0, &page,
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
		NULL,
#endif
		NULL);
	if (n != 1)
		return -1;
	put_page(page);`),
    get,
  );
  shows(
    'arms around the head of the function',
    `#ifdef CONFIG_A
int f(unsigned long a)
#else
long f(unsigned long a, int more)
#endif
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	put_page(page);
	return 0;
}`,
    get,
  );
  shows(
    'a whole function in each arm',
    `#ifdef CONFIG_A
int f(unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	put_page(page);
	return 0;
}
#else
int f(unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	unpin_user_page(page);
	return 0;
}
#endif`,
    get,
    pin,
  );
  shows(
    'in a helper, arms of the release',
    `#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
static void drop(struct page *p)
{
	unpin_user_page(p);
}
#else
static void drop(struct page *p)
{
	put_page(p);
}
#endif
int f(unsigned long a)
{
	struct page *page;
	int n;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
	n = pin_user_pages_fast(a, 1, 0, &page);
#else
	n = get_user_pages_fast(a, 1, 0, &page);
#endif
	if (n == 1)
		drop(page);
	return n;
}`,
    'pin single single@file put:drop:unpin_user_page',
    'get single single@file put:drop:put_page',
  );
});

describe('9. ladders', () => {
  shows(
    'four rungs',
    f(`#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	n = get_user_pages(a, 1, FOLL_WRITE, &page);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(4, 9, 0)
	n = get_user_pages(a, 1, FOLL_WRITE, &page, NULL);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(4, 6, 0)
	n = get_user_pages(a, 1, 1, 0, &page, NULL);
#else
	n = get_user_pages(current, mm, a, 1, 1, 0, &page, NULL);
#endif
	if (n != 1)
		return -1;
	put_page(page);`),
    get,
    get,
    get,
    get,
  );
  shows(
    'rungs of the release',
    f(`#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
	n = pin_user_pages_fast(a, 1, 0, &page);
#else
	n = get_user_pages_fast(a, 1, 0, &page);
#endif
	if (n != 1)
		return -1;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
	unpin_user_page(page);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(5, 2, 0)
	put_user_page(page);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(4, 6, 0)
	put_page(page);
#else
	page_cache_release(page);
#endif`),
    pin,
    'get single single@function put:f:put_user_page,f:put_page,f:page_cache_release',
  );
  shows(
    'other rungs where it is dropped, of which one goes with each of those where it is taken',
    `static int pin_at(struct mm_struct *mm, unsigned long a, unsigned long *pfn)
{
	struct page *page;
	int ret;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	ret = get_user_pages_remote(mm, a, 1, FOLL_WRITE, &page, NULL);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(4, 10, 0)
	ret = get_user_pages_remote(current, mm, a, 1, FOLL_WRITE, &page, NULL, NULL);
#else
	ret = get_user_pages_remote(current, mm, a, 1, FOLL_WRITE, &page, NULL);
#endif
	if (ret != 1)
		return -EFAULT;
	*pfn = page_to_pfn(page);
	return 0;
}
#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 17, 0)
vm_fault_t fault(struct vm_fault *vmf)
#else
int fault(struct vm_area_struct *vma, struct vm_fault *vmf)
#endif
{
	unsigned long pfn;

	if (pin_at(current->mm, vmf->pgoff, &pfn))
		return VM_FAULT_SIGBUS;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 6, 0)
	put_page(pfn_to_page(pfn));
#else
	page_cache_release(pfn_to_page(pfn));
#endif
	return VM_FAULT_NOPAGE;
}`,
    'get single→pfn single@file put:fault:put_page',
    'get single→pfn single@file put:fault:put_page',
    'get single→pfn single@file put:fault:put_page,fault:page_cache_release',
  );
  shows(
    'a rung that is misspelt',
    f(`#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 6, 0)
	n = get_user_pages(current, mm, a, 1, 1, 0, &page, NULL);
#elsif LINUX_VERSION_CODE < KERNEL_VERSION(4, 9, 0)
	n = get_user_pages(a, 1, 1, 0, &page, NULL);
#else
	n = get_user_pages(a, 1, FOLL_WRITE, &page, NULL);
#endif
	if (n != 1)
		return -1;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 6, 0)
	put_page(page);
#else
	page_cache_release(page);
#endif`),
    'get single single@function put:f:page_cache_release',
    get,
    get,
  );
  shows(
    'a macro by version',
    `#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#define my_get(a, n, p) get_user_pages(a, n, 0, p)
#else
#define my_get(a, n, p) get_user_pages(a, n, 0, p, NULL)
#endif
int f(unsigned long a)
{
	struct page *page;

	if (my_get(a, 1, &page) != 1)
		return -1;
	put_page(page);
	return 0;
}`,
    get,
  );
});

const wanted = (members: string, more = ''): string => `struct want { unsigned long at; struct page **out; bool pin; };
struct box { struct page *pinned; };
static int take(struct want *w)
{
	struct page *page;
	int n;

	if (w->pin)
		n = pin_user_pages_fast(w->at, 1, 0, &page);
	else
		n = get_user_pages_fast(w->at, 1, 0, &page);
	if (n != 1)
		return -EFAULT;
	*w->out = page;
	return 0;
}
int box_map(struct box *b, unsigned long a)
{
	struct want w = { .at = a, .out = &b->pinned, ${members} };
	${more}
	return take(&w);
}
void box_unmap(struct box *b)
{
	unpin_user_page(b->pinned);
}
int peek(unsigned long a)
{
	struct page *page = NULL;
	struct want w = { .at = a, .out = &page };

	if (take(&w))
		return -EFAULT;
	look(page);
	put_page(page);
	return 0;
}
`;

const pinned = 'pin single car=want.out,box.pinned single@file put:box_unmap:unpin_user_page';
const unknown = 'get single car=want.out,box.pinned single@file put:box_unmap:unpin_user_page,peek:put_page';

describe('an object that says how to take the pages', () => {
  shows('the callers that ask so', wanted('.pin = true'), pinned, 'get single car=want.out single@file put:peek:put_page');
  shows('a caller of which nothing is known', wanted('.pin = b->pin'), pinned, unknown);
  shows('a caller that asks so later', wanted('', 'w.pin = true;'), pinned, 'get single car=want.out single@file put:peek:put_page');
});

describe('a condition of which the function changes what it tests', () => {
  const registered = (set: string): string => `struct box { struct page **pages; struct page **old; int n; };
int f(struct box *b, unsigned long a)
{
	int ret;

	if (b->pages)
		return -EBUSY;
	${set}
	if (!b->pages)
		return -ENOMEM;
	ret = pin_user_pages_fast(a, b->n, 0, b->old);
	if (ret != b->n) {
		if (ret > 0)
			unpin_user_pages(b->old, ret);
		return -EFAULT;
	}
	unpin_user_pages(b->old, b->n);
	return 0;
}`;
  shows(
    'a field that is set between two tests of it',
    registered('b->pages = kcalloc(b->n, sizeof(struct page *), GFP_KERNEL);'),
    'pin page-array car=box.old bulk@function put:f:unpin_user_pages×2',
  );
});
