/** One thing under several names: what is told does not change. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** Maps of a file, each freed by a function that is given it without its type. */
const maps = (free: string): string => `struct map { struct list_head node; struct page **pages; int n; };
struct ctx { struct list_head maps; };
static void map_free(void *data)
{
	struct map *m = data;

	${free}
	kvfree(m->pages);
	kfree(m);
}
int map_add(struct ctx *c, unsigned long a, int n)
{
	struct map *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int got;

	if (!m)
		return -ENOMEM;
	m->pages = kvmalloc_array(n, sizeof(*m->pages), GFP_KERNEL);
	got = pin_user_pages_fast(a, n, FOLL_LONGTERM, m->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(m->pages, got);
		kvfree(m->pages);
		kfree(m);
		return got < 0 ? got : -EFAULT;
	}
	m->n = n;
	list_add_tail(&m->node, &c->maps);
	return 0;
}
void ctx_release(struct ctx *c)
{
	struct map *m, *next;

	list_for_each_entry_safe(m, next, &c->maps, node) {
		list_del(&m->node);
		map_free(m);
	}
}
`;

describe('an object that is given to its end without its type', () => {
  complains('leak-on-path', 'an end that frees its array alone', maps(''), 'ctx_release:map_free(m);');
  accepts('leak-on-path', 'an end that drops its pages', maps('unpin_user_pages(m->pages, m->n);'));
});

/** A table that is filled round by round, by one of two names of it, and emptied by a function of its own. */
const table = (failed: string): string => `struct table { struct page *page[64]; dma_addr_t dma[64]; int n; struct device *dev; };
static void table_clear(void *data)
{
	struct table *t = data;

	while (t->n--) {
		dma_unmap_page(t->dev, t->dma[t->n], PAGE_SIZE, DMA_BIDIRECTIONAL);
		unpin_user_page(t->page[t->n]);
	}
	t->n = 0;
}
int table_fill(struct table *given, unsigned long a, int n)
{
	struct table *t = given;
	int ret;

	for (t->n = 0; t->n < n; t->n++, a += PAGE_SIZE) {
		ret = pin_user_pages_fast(a, 1, FOLL_LONGTERM, &t->page[t->n]);
		if (ret != 1) {
			ret = ret < 0 ? ret : -EFAULT;
			goto fail;
		}
		t->dma[t->n] = dma_map_page(t->dev, t->page[t->n], 0, PAGE_SIZE, DMA_BIDIRECTIONAL);
		if (dma_mapping_error(t->dev, t->dma[t->n])) {
			${failed}
			ret = -EIO;
			goto fail;
		}
	}
	return 0;
fail:
	table_clear(given);
	return ret;
}
`;

describe('a table under two names', () => {
  complains('leak-on-path', 'the round that failed', table(''), 'table_fill:if (dma_mapping_error(t->dev, t->dma[t->n])) {');
  accepts('leak-on-path', 'a round that drops its page', table('unpin_user_page(t->page[t->n]);'));
});

/** Two pages, or none. */
const two = `	struct page *two[2], *page;
	int got = pin_user_pages_fast(a, 2, 0, two);

	if (got == 1)
		unpin_user_page(two[0]);
	if (got != 2)
		return got < 0 ? got : -EFAULT;
`;

/** One page of such a round, by a variable of its own. */
const byName = 'struct page *page = t->page[t->n];\n\n\t\t\tunpin_user_page(page);';

describe('an element of an array by a name of its own', () => {
  accepts('use-after-release', 'a page that is dropped before those of earlier rounds are unmapped', table(byName));
  accepts('leak-on-path', 'a page of the round that failed', table(byName));
  accepts(
    'double-release',
    'two elements, one after the other',
    `int pair_send(unsigned long a)
{
${two}	page = two[1];
	unpin_user_page(page);
	page = two[0];
	unpin_user_page(page);
	return 0;
}
`,
  );
});

describe('an element of an array that is dropped twice by one name', () => {
  const first = (between: string): string => `int first_send(unsigned long a)
{
${two}	page = two[1];
	unpin_user_page(page);
	${between}
	unpin_user_page(page);
	return 0;
}
`;
  complains('double-release', 'the same', first(''), 'first_send:unpin_user_page(page);');
  accepts('double-release', 'another that stands there then', first('next_of(two, &page);'));
});

/** Pages in two arrays, of which the one is dropped page by page. */
const arrays = (second: string): string => `struct xfer { struct page **src, **dst; int n; };
static int take(unsigned long a, int n, struct page ***out)
{
	struct page **p = kmalloc_array(n, sizeof(*p), GFP_KERNEL);
	int got;

	if (!p)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_WRITE, p);
	if (got == n) {
		*out = p;
		return 0;
	}
	if (got > 0)
		unpin_user_pages(p, got);
	kfree(p);
	return got < 0 ? got : -EFAULT;
}
int copy_user(struct xfer *x, unsigned long from, unsigned long to, int n)
{
	struct page **src, **dst;
	int i, ret;

	ret = take(from, n, &src);
	if (ret)
		return ret;
	ret = take(to, n, &dst);
	if (ret)
		goto put;
	copy_pages(dst, src, n);
	${second}
	kfree(dst);
put:
	for (i = 0; i < n; i++)
		unpin_user_page(src[i]);
	kfree(src);
	return ret;
}
`;

describe('two arrays, of which one is dropped page by page', () => {
  complains('leak-on-path', 'the other', arrays(''), 'copy_user:ret = take(to, n, &dst);');
  accepts('leak-on-path', 'the other, which is dropped as well', arrays('unpin_user_pages(dst, n);'));
});
