/** Paths through several functions, and what must be understood for a path to be told or left alone. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const wrapper = `struct box { struct page **pages; int n; };
static int box_fill(struct box *b, unsigned long a)
{
	int ret = pin_user_pages_fast(a, b->n, 0, b->pages);

	if (ret == b->n)
		return 0;
	if (ret > 0)
		unpin_user_pages(b->pages, ret);
	return -EFAULT;
}
static void box_empty(struct box *b)
{
	unpin_user_pages(b->pages, b->n);
}
`;

const caller = (onError: string): string => `${wrapper}
struct box *box_make(unsigned long a, int n)
{
	struct box *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		return NULL;
	b->n = n;
	b->pages = kcalloc(n, sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages || box_fill(b, a))
		goto free;
	if (box_announce(n)) {
		${onError}
		goto free;
	}
	return b;
free:
	kfree(b->pages);
	kfree(b);
	return NULL;
}
void box_end(struct box *b)
{
	box_empty(b);
	kfree(b->pages);
	kfree(b);
}
`;

describe('the caller of a function that hands pages on', () => {
  complains('leak-on-path', 'an object that is freed with its pages', caller(''), 'box_make:if (box_announce(n)) {');
  accepts('leak-on-path', 'one whose pages are dropped by a helper first', caller('box_empty(b);'));
});

const rounds = (undo: string): string => `static int one(unsigned long a, struct page **page, unsigned long *at)
{
	if (pin_user_pages_fast(a, 1, 0, page) != 1)
		return -EFAULT;
	*at = look_at(a);
	return *at ? 0 : -EINVAL;
}
int all(unsigned long a, int n, struct page **pages, unsigned long *at)
{
	int i, ret = 0;

	for (i = 0; i < n; i++) {
		ret = one(a + i * PAGE_SIZE, &pages[i], &at[i]);
		if (ret)
			goto undo;
	}
	for (i = 0; i < n; i++)
		unpin_user_page(pages[i]);
	return 0;
undo:
	${undo}
	kfree(pages);
	return ret;
}
`;

describe('the undoing of a loop', () => {
  complains(
    'leak-on-path',
    'the rounds before the one that failed',
    rounds('while (--i >= 0)\n\t\tunpin_user_page(pages[i]);'),
    'one:return *at ? 0 : -EINVAL;',
  );
  accepts('leak-on-path', 'the round that failed too', rounds('for (; i >= 0; i--)\n\t\tunpin_user_page(pages[i]);'));
});

const teardown = (drop: string): string => `${wrapper}
long box_ioctl(struct box *b, unsigned int cmd, unsigned long arg)
{
	if (b->n)
		return -EBUSY;
	b->n = 1;
	return box_fill(b, arg);
}
void box_close(struct box *b)
{
	box_empty(b);
	kfree(b->pages);
	kfree(b);
}
void box_abort(struct list_head *boxes)
{
	struct box *b = list_first_entry(boxes, struct box, list);

	list_del(&b->list);
	${drop}
	kfree(b->pages);
	kfree(b);
}
`;

describe('the ends of an object', () => {
  complains('leak-on-path', 'one that frees what another drops first', teardown(''), 'box_abort:kfree(b->pages);');
  accepts('leak-on-path', 'one that drops first too', teardown('box_empty(b);'));
});

describe('conditions that belong together', () => {
  const mode = (second: string): string => `int f(unsigned long a, int user, struct page **pages)
{
	int ret = 0;

	if (user) {
		ret = pin_user_pages_fast(a, 1, 0, pages);
		if (ret != 1)
			return -EFAULT;
	}
	ret = look_at(a);
	${second}
		unpin_user_page(pages[0]);
	kfree(pages);
	return ret;
}
`;
  accepts('leak-on-path', 'the same test around the drop', mode('if (user)'));
  complains('leak-on-path', 'another test around the drop', mode('if (ret)'), 'f:if (ret)');

  const zeroed = `struct req { struct page **list; };
int f(unsigned long a, int n)
{
	struct req *req = kzalloc(sizeof(*req), GFP_KERNEL);
	struct page **list = kcalloc(n, sizeof(*list), GFP_KERNEL);
	int ret;

	ret = pin_user_pages_fast(a, n, 0, list);
	if (ret < 0)
		goto free;
	ret = look_at(a);
	if (!req->list)
		unpin_user_pages(list, n);
free:
	kfree(list);
	kfree(req);
	return ret;
}
`;
  accepts('leak-on-path', 'a field of zeroed memory that nobody has set', zeroed);
});

const many = (leave: string): string => `struct box { ${Array.from({ length: 60 }, (_, i) => `int f${i};`).join(' ')} int bad; };
int box_look(struct box *b, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
${Array.from({ length: 60 }, (_, i) => `	if (b->f${i})\n		look(${i});`).join('\n')}
	if (b->bad)
		${leave}
	look(-1);
put:
	unpin_user_page(page);
	return 0;
}
`;

describe('conditions of which nothing is asked again', () => {
  complains('leak-on-path', 'a return behind many of them', many('return -EIO;'), 'box_look:if (b->bad)');
  accepts('leak-on-path', 'a jump to the drop behind many of them', many('goto put;'));
});

const handing = (onError: string): string => `struct frag { struct page *page; };
struct box { struct frag frags[16]; int n; };
int box_take(struct box *b, unsigned long a, int n)
{
	struct page *pages[16];
	int i, ret;

	ret = pin_user_pages_fast(a, n, 0, pages);
	if (ret != n) {
		n = ret;
		i = 0;
		ret = -EFAULT;
		goto drop;
	}
	for (i = 0; i < n; i++) {
		if (box_has(b, i)) {
			unpin_user_page(pages[i]);
			continue;
		}
		ret = box_reserve(b, i);
		if (ret < 0)
			${onError}
		b->frags[i].page = pages[i];
	}
	return 0;
drop:
	while (i < n)
		unpin_user_page(pages[i++]);
	return ret;
}
`;

describe('a loop that drops some pages', () => {
  complains('leak-on-path', 'a way out that forgets the others', handing('return ret;'), 'box_take:if (ret < 0)');
  accepts('leak-on-path', 'a way out that drops the others', handing('goto drop;'));
});

const taking = (onError: string, caller = 'return box_take(b, a);'): string => `struct box { struct page *page; void *at; };
static int box_take(struct box *b, unsigned long a)
{
	struct client *client;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &b->page) != 1)
		return -EFAULT;
	client = client_new(a);
	if (!client) {
		${onError}
		return -ENOMEM;
	}
	b->at = page_address(b->page);
	return 0;
}
int box_start(struct box *b, unsigned long a)
{
	${caller}
}
void box_drop(struct box *b)
{
	if (b->at)
		unpin_user_page(b->page);
}
`;

const partly = (onError: string): string => `struct args { struct page **pages; int num; };
static void args_drop(struct args *ap)
{
	int i;

	for (i = 0; i < ap->num; i++)
		put_page(ap->pages[i]);
}
static int args_fill(struct args *ap, unsigned long a, size_t *n)
{
	struct page **pages = kcalloc(*n, sizeof(*pages), GFP_KERNEL);
	size_t got = 0;
	int i, ret = 0;

	if (!pages)
		return -ENOMEM;
	while (got < *n) {
		ret = get_user_pages_fast(a + got, *n - got, 0, pages);
		if (ret < 0)
			break;
		got += ret;
		for (i = 0; i < got; i++) {
			ap->pages[ap->num] = pages[i];
			ret -= 1;
			ap->num++;
		}
	}
	kfree(pages);
	*n = got;
	return ret < 0 ? ret : 0;
}
int args_send(struct args *ap, unsigned long a, size_t count)
{
	int sent, err = 0, all = 0;

	while (count) {
		size_t n = count;

		err = args_fill(ap, a, &n);
		if (${onError})
			break;
		sent = send_all(ap, n);
		args_drop(ap);
		if (sent < 0) {
			err = sent;
			break;
		}
		count -= sent;
		all += sent;
	}
	return all > 0 ? all : err;
}
`;

describe('who takes pages and fails after some', () => {
  accepts('leak-on-path', 'a caller that sends what there is', partly('err && !n'));
  complains('leak-on-path', 'a caller that gives up', partly('err'), 'args_fill:return ret < 0 ? ret : 0;');
});

describe('who takes pages and fails', () => {
  complains('leak-on-path', 'a failure that leaves them in the object', taking(''), 'box_take:if (!client) {');
  accepts('leak-on-path', 'a failure that drops them', taking('unpin_user_page(b->page);'));
  accepts(
    'leak-on-path',
    'a failure that its caller answers',
    taking('', 'int ret = box_take(b, a);\n\n	if (ret < 0)\n		unpin_user_page(b->page);\n	return ret;'),
  );
  complains(
    'leak-on-path',
    'a failure that its caller does not look at, and drops later',
    taking('', 'box_take(b, a);\n	if (b->at)\n		box_look(b);\n	unpin_user_page(b->page);\n	return 0;'),
    'box_take:if (!client) {',
  );
  accepts('leak-on-path', 'a failure that cannot be', taking('').replace('if (!client) {', 'if (WARN_ON(!client)) {'));
});

const planes = (undo: string): string => `struct dma { struct page *map[64]; };
int prepare(struct dma *dma, unsigned long y, int ny, unsigned long uv, int nuv)
{
	int y_pages, uv_pages = 0;

	y_pages = pin_user_pages_unlocked(y, ny, &dma->map[0], 0);
	if (y_pages == ny)
		uv_pages = pin_user_pages_unlocked(uv, nuv, &dma->map[y_pages], 0);
	if (y_pages != ny || uv_pages != nuv) {
		if (y_pages == ny && uv_pages > 0)
			${undo}
		if (y_pages > 0)
			unpin_user_pages(dma->map, y_pages);
		return -EFAULT;
	}
	if (announce(ny + nuv)) {
		unpin_user_pages(dma->map, ny + nuv);
		return -EIO;
	}
	return 0;
}
void finish(struct dma *dma, int n)
{
	unpin_user_pages(dma->map, n);
}
`;

describe('one array that two calls fill', () => {
  complains('partial-pin-leak', 'a drop of the first part alone', planes('log_it();'), 'prepare:if (y_pages != ny || uv_pages != nuv) {');
  accepts('partial-pin-leak', 'a drop of both', planes('unpin_user_pages(&dma->map[y_pages], uv_pages);'));
});

const counted = (drop: string): string => `static int take(unsigned long a, struct page **pages, int n, int *got)
{
	int ret = pin_user_pages_fast(a, n, 0, pages);

	*got = ret > 0 ? ret : 0;
	return ret == n ? 0 : -EFAULT;
}
int use(unsigned long a, int n)
{
	struct page *pages[16];
	int got = 0, err;

	err = take(a, pages, n, &got);
	if (err)
		goto drop;
	err = look(a);
drop:
	for (; got > 0; got--)
		${drop};
	return err;
}
`;

describe('a number that a helper sets behind a pointer', () => {
  complains('leak-on-path', 'a loop over it that drops nothing', counted('log_it(got)'), 'use:err = take(a, pages, n, &got);');
  accepts('leak-on-path', 'a loop over it that drops', counted('unpin_user_page(pages[got - 1])'));
});

const framed = (test: string): string => `static bool box_is_device_pfn(unsigned long pfn)
{
	return pfn >= last_pfn;
}
static unsigned long take_pfn(unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return 0;
	return page_to_pfn(page);
}
int use(unsigned long a, int bad)
{
	unsigned long pfn = take_pfn(a);

	if (!pfn)
		return -EFAULT;
	if (${test})
		return -ENOEXEC;
	unpin_user_page(pfn_to_page(pfn));
	return 0;
}
`;

describe('a frame number', () => {
  complains('leak-on-path', 'a return where something is wrong', framed('bad'), 'use:if (bad)');
  complains('leak-on-path', 'a return where it is another one', framed('pfn == bad'), 'use:if (pfn == bad)');
  accepts('leak-on-path', 'a return where it is no page of the system', framed('box_is_device_pfn(pfn)'));
  accepts('leak-on-path', 'a return where it is the number that stands for none', framed('pfn == ~0UL'));
  accepts('leak-on-path', 'a return where none is written as below zero', framed('(unsigned long)-1 == pfn'));
});

const batched = (more: string): string => `struct batch { struct page *pages[16]; int n; int ops; };
static void drop(struct batch *b)
{
	int i;

	for (i = 0; i < b->n; i++)
		unpin_user_page(b->pages[i]);
	b->n = 0;
}
static int fill(struct batch *b, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	b->pages[b->n++] = page;
	${more}
	return 0;
}
int use(unsigned long a)
{
	struct batch b;
	int ret;

	b.n = 0;
	b.ops = 0;
	ret = fill(&b, a);
	if (ret)
		return ret;
	if (b.ops)
		drop(&b);
	return 0;
}
`;

describe('a number that was set to zero before pages are taken', () => {
  accepts('leak-on-path', 'one that is counted up with them', batched('b->ops++;'));
  accepts('leak-on-path', 'one that is set with them', batched('b->ops = 1;'));
  complains('leak-on-path', 'one that stays what it was', batched(''), 'use:ret = fill(&b, a);');
});

const run = (known: string): string => `static void put_frame(unsigned long frame)
{
	unpin_user_page(pfn_to_page(frame));
}
static int take_frame(unsigned long a, unsigned long *frame)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	*frame = page_to_pfn(page);
	return 0;
}
long take_run(unsigned long a, long n, unsigned long *first, unsigned long next)
{
	long i;

	if (take_frame(a, first))
		return -EFAULT;
	for (i = 1; i < n; i++) {
		unsigned long frame = 0;

		if (take_frame(a + i * PAGE_SIZE, &frame))
			break;
		if (frame != ${known}) {
			put_frame(frame);
			break;
		}
	}
	return i;
}
`;

describe('frame numbers of which the first is kept', () => {
  accepts('leak-on-path', 'those that go on from it', run('*first + i'));
  complains('leak-on-path', 'those that are compared with something else', run('next'), 'take_run:for (i = 1; i < n; i++) {');
  complains(
    'leak-on-path',
    'pages of which two addresses are compared, once',
    `int write_all(unsigned long a, unsigned long len)
{
	struct page *pages[4];
	unsigned long start, end;

	if (pin_user_pages_fast(a, 4, 0, pages) != 4)
		return -EFAULT;
	start = (unsigned long)page_address(pages[0]);
	end = (unsigned long)page_address(pages[3]);
	if (start + len == end) {
		if (len > room)
			return -ENOSPC;
	}
	unpin_user_pages(pages, 4);
	return 0;
}
`,
    'write_all:if (len > room)',
  );
});

const mapping = (onError: string): string => `int box_map(struct device *dev, unsigned long a, int n)
{
	struct page *pages[16];
	int i, err;

	if (pin_user_pages_fast(a, n, FOLL_WRITE, pages) != n)
		return -EFAULT;
	for (i = 0; i < n; i++) {
		err = box_map_one(dev, i);
		if (err) {
			${onError}
		}
	}
	unpin_user_pages(pages, n);
	return 0;
}
`;

describe('a loop that fails in one of its rounds', () => {
  complains(
    'leak-on-path',
    'a drop of the page of that round alone',
    mapping('unpin_user_page(pages[i]);\n			return err;'),
    'box_map:if (err) {',
  );
  accepts('leak-on-path', 'a drop of all', mapping('unpin_user_pages(pages, n);\n			return err;'));
  accepts(
    'leak-on-path',
    'a drop of that page and of the others',
    mapping(
      'unpin_user_page(pages[i]);\n			for (j = 0; j < n; j++)\n				if (j != i)\n					unpin_user_page(pages[j]);\n			return err;',
    ).replace('int i,', 'int i, j,'),
  );
});

const inRounds = (before: string, after: string) => `int take(unsigned long a, unsigned int len, struct page *own)
{
	struct page **pages = kmalloc(16 * sizeof(*pages), GFP_KERNEL);
	int ret = 0, got, i;

	if (!pages)
		return -ENOMEM;
	while (len && !ret) {
		${before}
		got = pin_user_pages_fast(a, 16, 0, pages);
		if (got < 0) {
			ret = got;
			goto out;
		}
		for (i = 0; i < got; i++)
			if (page_to_phys(pages[i]) != len + i)
				ret = -EFAULT;
		${after}
		len -= 16;
	}
out:
	kfree(pages);
	return ret;
}
`;
describe('a loop that drops a page of its own before it takes others', () => {
  complains('leak-on-path', 'what the rounds take', inRounds('put_page(own);', ''), 'take:got = pin_user_pages_fast(a, 16, 0, pages);');
  accepts('leak-on-path', 'what each round drops', inRounds('put_page(own);', 'unpin_user_pages(pages, got);'));
});

const ranged = (drop: string): string => `int range_touch(struct mm_struct *mm, unsigned long addr, unsigned long size)
{
	struct page *page;
	unsigned long start = addr & PAGE_MASK, end, at;

	end = start + size;
	for (at = start; at < end; at += PAGE_SIZE) {
		if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
			return -EFAULT;
		${drop}
	}
	return 0;
}
`;

describe('a sum of numbers', () => {
  complains('leak-on-path', 'a loop up to it', ranged(''), 'range_touch:if (get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)');
  accepts('leak-on-path', 'a loop up to it that drops', ranged('put_page(page);'));
});

const segments = (
  type: string,
  step: string,
  rest: string,
): string => `int iter_take(struct iov_iter *it, struct page **pages, size_t *count)
{
	${type} n = 0, more;
	size_t at;
	ssize_t got;
	int i, ret = 0;

	do {
		if (n == 0) {
			got = iov_iter_get_pages2(it, pages, LONG_MAX, 16, &at);
			if (got <= 0) {
				ret = -EFAULT;
				break;
			}
			n = DIV_ROUND_UP(at + got, PAGE_SIZE);
		} else {
			got = iov_iter_get_pages2(it, &pages[n], PAGE_SIZE, 1, &at);
			if (got <= 0) {
				ret = -EFAULT;
				break;
			}
			n += ${step};
			more = pages_left(it);
			${rest}
		}
	} while (iov_iter_count(it));
	if (ret) {
		for (i = 0; i < n; i++)
			put_page(pages[i]);
		n = 0;
	}
	*count = n;
	return ret;
}
`;

describe('a number that only grows', () => {
  const rule = 'leak-on-path';
  accepts(rule, 'a count that is asked again for zero', segments('size_t', '1', ''));
  accepts(rule, 'a count to which an unsigned number is added too', segments('size_t', '1', 'n += more;'));
  complains(rule, 'a count that may be what it was', segments('int', 'more', ''), 'iter_take:} while (iov_iter_count(it));');
  complains(rule, 'a count that a number is taken from', segments('size_t', '1', 'n -= more;'), 'iter_take:} while (iov_iter_count(it));');
});

const meeting = (second: string): string => `int box_fill(struct box *b, unsigned long a)
{
	struct page *page;
	int ret = 0;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	if (box_full(b)) {
		ret = -ENOSPC;
		goto out;
	}
	if (box_late(b)) {
		ret = -ENOSPC;
		${second}
	}
	unpin_user_page(page);
out:
	return ret;
}
`;

describe('branches that meet', () => {
  complains(
    'leak-on-path',
    'each of two that end alike',
    meeting('goto out;'),
    'box_fill:if (box_full(b)) {',
    'box_fill:if (box_late(b)) {',
  );
  complains(
    'leak-on-path',
    'the one of two that forgets the page',
    meeting('goto drop;\n	}\ndrop:\n	if (b) {'),
    'box_fill:if (box_full(b)) {',
  );
});

const passing = (depth: number, drop: string): string => `struct page *take_0(unsigned long a)
{
	struct page *page;

	return get_user_pages_fast(a, 1, 0, &page) == 1 ? page : NULL;
}
${Array.from({ length: depth }, (_, k) => `struct page *take_${k + 1}(unsigned long a)\n{\n\treturn take_${k}(a);\n}\n`).join('')}int take(unsigned long a)
{
	struct page *page = take_${depth}(a);

	if (!page)
		return -EFAULT;
	${drop}
	return 0;
}
`;

describe('a page that many functions hand on as their result', () => {
  complains('leak-on-path', 'the last that forgets it', passing(6, ''), 'take:struct page *page = take_6(a);');
  accepts('leak-on-path', 'the last that drops it', passing(6, 'put_page(page);'));
});

const addressed = (store: string): Readonly<Record<string, string>> => ({
  'driver/queue.h': 'struct queue { u32 *entries; };\nint hw_queue_set(struct queue *q, u32 *entries);\n',
  'driver/set.c': `#include "queue.h"
int queue_set(struct queue *q, unsigned long a)
{
	struct page *page;
	u32 *entries;

	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	entries = page_to_virt(page);
	hw_queue_set(q, entries);
	return 0;
}
`,
  'hw/queue.c': `#include "../driver/queue.h"
int hw_queue_set(struct queue *q, u32 *entries)
{
	${store}
	return 0;
}
`,
});

describe('the address of a page that is handed far away', () => {
  complains(
    'leak-on-path',
    'one that is only looked at',
    addressed('hw_write(entries[0]);'),
    'queue_set:if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)',
  );
  accepts('leak-on-path', 'one that is kept there', addressed('q->entries = entries;'));
});

describe('arrays that may not be there', () => {
  const touched = (unless: string): string => `int touch(unsigned long a, int n, bool keep)
{
	struct page **pages = NULL;
	int i, ret;

	if (keep) {
		pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
		if (!pages)
			return -ENOMEM;
	}
	ret = get_user_pages_fast(a, n, 0, pages);
	${unless}
		for (i = 0; i < ret; i++)
			put_page(pages[i]);
	kfree(pages);
	return ret < 0 ? ret : 0;
}
`;
  accepts('leak-on-path', 'a call that takes nothing where there is no array', touched('if (keep)'));
  complains(
    'leak-on-path',
    'an array that is dropped in the other case',
    touched('if (!keep)'),
    'touch:ret = get_user_pages_fast(a, n, 0, pages);',
  );
});

describe('a driver with names of its own', () => {
  const own = (drop: string): string => `#define MY_UNPIN unpin_user_page
void my_free(void *p)
{
	if (my_tracker)
		my_tracker->forget(p);
	if (is_vmalloc_addr(p))
		vfree(p);
	else
		kfree(p);
}
struct kept { struct page **pages, **counters; int n; bool queue; };
static void drop_all(struct page **pages, int n)
{
	int i;

	for (i = 0; i < n; i++)
		MY_UNPIN(pages[i]);
}
static void kept_end(struct kept *k)
{
	if (k->queue) {
		${drop}
		my_free(k->pages);
	} else {
		drop_all(k->counters, k->n);
		my_free(k->counters);
	}
	kmem_cache_free(kept_cache, k);
}
int kept_make(unsigned long a, int n)
{
	struct kept *k = kmem_cache_zalloc(kept_cache, GFP_KERNEL);
	int ret = -ENOMEM;

	if (!k)
		return ret;
	k->queue = true;
	k->pages = my_alloc(n);
	if (!k->pages)
		goto free;
	ret = pin_user_pages_fast(a, n, 0, k->pages);
	if (ret != n) {
		if (ret > 0)
			drop_all(k->pages, ret);
		my_free(k->pages);
		goto free;
	}
	k->n = n;
	ret = announce(n);
	kept_end(k);
	return ret;
free:
	kmem_cache_free(kept_cache, k);
	return ret;
}
`;
  accepts('leak-on-path', 'pages that are dropped before the array is freed', own('drop_all(k->pages, k->n);'));
  complains('leak-on-path', 'pages that are not, by the way that the flag says', own(''), 'kept_make:return ret;');
});

describe('a call that another kernel takes otherwise', () => {
  accepts(
    'leak-on-path',
    'arguments that fit no kernel',
    `struct mem { int n; struct page *pages[8]; };
int lock(struct mem *mem, unsigned long a, int n, int write)
{
	int ret = get_user_pages(a, n,
#if MY_API >= KERNEL_VERSION(4, 9, 0)
		write ? FOLL_WRITE : 0,
#else
		write, write,
#endif
		&mem->pages[0]
#if MY_API < KERNEL_VERSION(6, 5, 0) && !MY_BACKPORT(15, 6)
		, NULL
#endif
		);

	while (ret-- > 0)
		put_page(mem->pages[ret]);
	return -EFAULT;
}
`,
  );
});

describe('an object that knows what it holds', () => {
  const ended = (test: string): string => `struct obj { struct page **pages; int n; unsigned int flags; };
static inline bool obj_is_user(const struct obj *o)
{
	return o->flags & OBJ_USER;
}
static void my_free(void *p)
{
	kvfree(p);
}
int obj_fill(struct obj *o, unsigned long a)
{
	int ret = pin_user_pages_fast(a, o->n, 0, o->pages);

	if (ret == o->n)
		return 0;
	if (ret > 0)
		unpin_user_pages(o->pages, ret);
	return -EFAULT;
}
void obj_end(struct obj *o)
{
	if (${test})
		unpin_user_pages(o->pages, o->n);
	my_free(o->pages);
	kfree(o);
}
`;
  accepts('leak-on-path', 'pages of which the object is asked whether they are there', ended('obj_is_user(o)'));
  complains('leak-on-path', 'pages of which somebody else is asked', ended('may_sleep()'), 'obj_end:my_free(o->pages);');
});

describe('a helper that says whether all came', () => {
  const looked = (count: string, failed: string): string => `static int get(void *at, struct page **pages, unsigned int n)
{
	int got = get_user_pages_fast((unsigned long)at, n, 0, pages);

	return got != n;
}
int look_up(void *at, unsigned int n)
{
	struct page *pages[4];

	if (get(at, pages, ${count})) {
		${failed}
		return -EFAULT;
	}
	flush_dcache_page(pages[0]);
	release_pages(pages, ${count});
	return 0;
}
`;
  accepts('leak-on-path', 'one page, of which none is not a few', looked('1', ''));
  complains('partial-pin-leak', 'two pages, of which one may come', looked('2', ''), 'look_up:if (get(at, pages, 2)) {');
  complains(
    'leak-on-path',
    'one page that came',
    looked('1', '').replace('release_pages(pages, 1);', ''),
    'look_up:if (get(at, pages, 1)) {',
  );
});

const status = (test: string): string => `enum my_status { MY_BROKEN = -2, MY_FAULT = -1, MY_OK = 0 };

static enum my_status take(struct page **pages, unsigned long a, int n)
{
	enum my_status status = my_prepare(a);
	int got;

	if (status != MY_OK)
		return status;
	got = pin_user_pages_fast(a, n, FOLL_WRITE, pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		status = MY_FAULT;
	}
	return status;
}

int run(unsigned long a, int n)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	enum my_status status;

	if (!pages)
		return -ENOMEM;
	status = take(pages, a, n);
	if (${test})
		goto out;
	unpin_user_pages_dirty_lock(pages, n, true);
out:
	kfree(pages);
	return status;
}
`;

describe('names of numbers that a function returns', () => {
  accepts('leak-on-path', 'a test for one that it does not return where it takes', status('status == MY_BROKEN'));
  accepts('leak-on-path', 'a test for what it returns where it takes nothing', status('status != MY_OK'));
  complains('leak-on-path', 'a test that takes one for the other', status('status == MY_OK'), 'run:status = take(pages, a, n);');
});

const noted = (failed: string, exceeded: string) => `#define NOTED(err) (note_error(__func__, __LINE__, err), err)
#define my_unlikely(x) __builtin_expect(!!(x), 0)
struct req { struct page **pages; int n; };

static int fill(struct req *r, unsigned long a)
{
	int got = pin_user_pages_fast(a, r->n, FOLL_WRITE, r->pages);

	if (my_unlikely(got < 0)) {
		r->n = 0;
		return NOTED(-got);
	}
	if (got != r->n) {
		r->n = got;
		return NOTED(EFAULT);
	}
	return 0;
}

static int begin(struct req *r, unsigned long a)
{
	int error = fill(r, a);

	if (error) {
		${failed}
		return error;
	}
	return 0;
}

int run(unsigned long a, int n)
{
	struct req r = { .n = n, .pages = kcalloc(n, sizeof(*r.pages), GFP_KERNEL) };
	int error = begin(&r, a);

	if (error)
		goto out;
	if (n > MY_MOST) {
		error = NOTED(EFBIG);
		${exceeded}
	}
	error = my_send(r.pages, n);
drop:
	unpin_user_pages_dirty_lock(r.pages, n, true);
out:
	kfree(r.pages);
	return error;
}
`;

describe('errors that are returned as they stand, by macros that take note of them', () => {
  const undo = 'unpin_user_pages(r->pages, r->n);';
  accepts('leak-on-path', 'those after which the pages are dropped', noted(undo, 'goto drop;'));
  complains('leak-on-path', 'one that leaves the pages', noted(undo, 'goto out;'), 'run:if (n > MY_MOST) {');
  complains('partial-pin-leak', 'one that the caller does not undo', noted('', 'goto drop;'), 'fill:if (got != r->n) {');
});

const walkedBy = (loop: string) => `int take(unsigned long a, char *p, char *end)
{
	struct page **pages = kmalloc(16 * sizeof(*pages), GFP_KERNEL);
	int got;

	if (!pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, 16, 0, pages);
	if (got != 16) {
		if (got > 0)
			unpin_user_pages(pages, got);
		kfree(pages);
		return -EFAULT;
	}
	${loop}
		flush_line(p);
	kfree(pages);
	return 0;
}
`;
describe('a loop by a pointer that goes on', () => {
  complains('leak-on-path', 'what is lost behind it', walkedBy('for (; p < end; p++)'), 'take:if (got != 16) {');
  complains('leak-on-path', 'what is lost behind one that goes down', walkedBy('while (p-- > end)'), 'take:if (got != 16) {');
});

const atTheEnd = (keep: string) => `struct list { int n; unsigned long addrs[1]; };
int list_take(unsigned long a, int n, struct list **out)
{
	struct list *l = kmalloc(sizeof(*l) + n * 16, GFP_KERNEL);
	struct page **pages;
	unsigned long *addrs;
	int got;

	if (!l)
		return -ENOMEM;
	l->n = n;
	addrs = l->addrs;
	pages = (struct page **)(addrs + n);
	got = pin_user_pages_fast(a, n, 0, pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		kfree(l);
		return -EFAULT;
	}
	${keep}
	return 0;
}
void list_drop(struct list *l)
{
	struct page **pages = (struct page **)(l->addrs + l->n);

	unpin_user_pages(pages, l->n);
	kfree(l);
}
`;
describe('an array behind the array at the end of an object', () => {
  accepts('leak-on-path', 'pages that the object keeps there', atTheEnd('*out = l;'));
  complains('leak-on-path', 'an object that is freed with them', atTheEnd('kfree(l);'), 'list_take:if (got != n) {');
});

const queued = (test: string, known = '') => `${known}struct list { int n; struct page *pages[8]; };
int list_queue(unsigned long a)
{
	struct list *l = kmalloc(sizeof(*l), GFP_KERNEL);
	int status;

	if (!l)
		return -ENOMEM;
	l->n = pin_user_pages_fast(a, 8, 0, l->pages);
	if (l->n != 8) {
		if (l->n > 0)
			unpin_user_pages(l->pages, l->n);
		kfree(l);
		return -EFAULT;
	}
	status = bulk_queue(l);
	if (${test})
		return -EIO;
	unpin_user_pages(l->pages, 8);
	kfree(l);
	return 0;
}
`;
describe('a call that nobody can look into, and a name for what it returns', () => {
  accepts('leak-on-path', 'a name that nobody knows', queued('status == BULK_QUEUED'));
  complains('leak-on-path', 'a failure', queued('status < 0'), 'list_queue:status = bulk_queue(l);');
  complains(
    'leak-on-path',
    'a name for zero',
    queued('status != BULK_QUEUED', 'enum { BULK_QUEUED };\n'),
    'list_queue:status = bulk_queue(l);',
  );
});

const contiguous = (end: string) => `struct span { unsigned long a; phys_addr_t phys; int n; };
static int span_take(struct span *s, phys_addr_t *phys)
{
	struct page **page = kmalloc(s->n * sizeof(void *), GFP_KERNEL);
	int i, n = s->n, ret;

	if (!page)
		return -ENOMEM;
	ret = get_user_pages_fast(s->a, n, FOLL_WRITE, page);
	if (ret < 0)
		goto out;
	if (ret < n) {
		n = ret;
		ret = -EINVAL;
		goto put;
	}
	for (i = 1; i < n; i++) {
		if (page[i] != page[i - 1] + 1) {
			ret = -EINVAL;
			goto put;
		}
	}
	*phys = __pfn_to_phys(page_to_pfn(page[0]));
	ret = 0;
put:
	if (ret < 0)
		for (i = 0; i < n; i++)
			put_page(page[i]);
out:
	kfree(page);
	return ret;
}
int span_map(struct device *dev, struct span *s)
{
	phys_addr_t phys;
	dma_addr_t dma;
	int ret = span_take(s, &phys);

	if (ret < 0)
		return ret;
	dma = phys_to_dma(dev, phys);
	if (dma == 0)
		${end};
	s->phys = phys;
	return 0;
}
void span_end(struct span *s)
{
	struct page *page = pfn_to_page(__phys_to_pfn(s->phys));
	int i;

	for (i = 0; i < s->n; i++)
		put_page(page + i);
}
`;
describe('pages that stand one behind the other', () => {
  complains('leak-on-path', 'an address that is lost', contiguous('return -EIO'), 'span_map:if (dma == 0)');
  accepts('leak-on-path', 'an address that is kept', contiguous('tell(dev)'));
});

describe('a way out by either of two tests', () => {
  complains(
    'leak-on-path',
    'both of which lose the pages, once',
    `int look(unsigned long a)
{
	struct page *page;
	struct group *g;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	g = find_group(a);
	if (g == NULL || IS_ERR(g))
		return -ENOENT;
	unpin_user_page(page);
	return 0;
}
`,
    'look:if (g == NULL || IS_ERR(g))',
  );
});

const outward = (fail: string) => `static int take(unsigned long a, int n, struct page ***out)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	int got, ret;

	if (!pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, 0, pages);
	if (got <= 0) {
		kfree(pages);
		return got;
	}
	*out = pages;
	ret = fault_in(a, got);
	if (ret) {
		${fail}
		return ret;
	}
	return got;
}
int put(struct box *b, unsigned long a, int n)
{
	struct page **pages = NULL;
	int got = take(a, n, &pages);

	if (got <= 0)
		return -EFAULT;
	b->pages = pages;
	b->n = got;
	return 0;
}
void drop(struct box *b)
{
	unpin_user_pages(b->pages, b->n);
	kfree(b->pages);
}
`;
describe('an array that a function hands out through a pointer to it', () => {
  complains('leak-on-path', 'one that a failure leaves there', outward(''), 'put:if (got <= 0)');
  accepts('leak-on-path', 'one that a failure drops first', outward('unpin_user_pages(pages, got);\n\t\tkfree(pages);'));
});
