/** Drops of what was dropped before: what makes two drops the same, and what lies between that makes them two. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'double-release';

const pinned = (body: string): string => `struct obj { struct page *page; struct page **pages; int n; };
int f(struct obj *o, unsigned long a, int n)
{
	int ret, i;

	ret = pin_user_pages_fast(a, n, FOLL_WRITE, o->pages);
	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(o->pages, ret);
		return -EFAULT;
	}
${body}
	return 0;
}
`;

describe('two drops of one thing', () => {
  complains(
    rule,
    'an element in a loop, twice in a round',
    pinned('	for (i = 0; i < n; i++) {\n		unpin_user_page(o->pages[i]);\n		pr_debug("gone");\n		unpin_user_page(o->pages[i]);\n	}'),
    'f:unpin_user_page(o->pages[i]);',
  );
  accepts(
    rule,
    'two elements of a round',
    pinned('	for (i = 0; i < n; i += 2) {\n		unpin_user_page(o->pages[i]);\n		unpin_user_page(o->pages[i + 1]);\n	}'),
  );
  accepts(
    rule,
    'an index that goes on in between',
    pinned('	i = 0;\n	while (i < n) {\n		unpin_user_page(o->pages[i]);\n		i++;\n		unpin_user_page(o->pages[i]);\n		i++;\n	}'),
  );
  accepts(
    rule,
    'a page with one more reference',
    pinned('	for (i = 0; i < n; i++) {\n		unpin_user_page(o->pages[i]);\n		get_page(o->pages[i]);\n		put_page(o->pages[i]);\n	}'),
  );
  accepts(
    rule,
    'a field that another function may have filled again',
    pinned('	unpin_user_pages(o->pages, n);\n	fill(o);\n	unpin_user_pages(o->pages, n);'),
  );
  accepts(
    rule,
    'two arms of which one is taken',
    pinned('	if (o->n)\n		unpin_user_pages(o->pages, n);\n	else\n		unpin_user_pages(o->pages, n);'),
  );
  accepts(rule, 'two parts of an array', pinned('	unpin_user_pages(o->pages, 2);\n	unpin_user_pages(o->pages + 2, n - 2);'));
  complains(
    rule,
    'one page of a scatterlist, through a lookup',
    `struct map { struct scatterlist sg[4]; int n; };
static void unmap(struct map *m)
{
	int i;

	for (i = 0; i < m->n; i++) {
		unpin_user_page(sg_page(&m->sg[i]));
		unpin_user_page(sg_page(&m->sg[i]));
	}
}
int map(struct map *m, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	sg_set_page(&m->sg[m->n++], page, PAGE_SIZE, 0);
	return 0;
}
void end(struct map *m)
{
	unmap(m);
	kfree(m);
}
`,
    'unmap:unpin_user_page(sg_page(&m->sg[i]));',
  );
});

describe('a helper that drops twice', () => {
  const twice = `struct obj { struct page **pages; int n; };
static void own_drop(struct mm_struct *mm, struct page **pages, int n)
{
	unpin_user_pages(pages, n);
	unpin_user_pages(pages, n);
	if (mm)
		atomic64_sub(n, &mm->pinned_vm);
}
static void obj_drop(struct obj *o, struct obj *mapped)
{
	if (mapped)
		own_drop(NULL, mapped->pages, mapped->n);
	else
		own_drop(current->mm, o->pages, o->n);
}
int obj_map(struct obj *o, unsigned long a)
{
	int ret = pin_user_pages_fast(a, o->n, FOLL_WRITE, o->pages);

	if (ret != o->n) {
		if (ret > 0)
			unpin_user_pages(o->pages, ret);
		return -EFAULT;
	}
	if (hw_start(o->n)) {
		obj_drop(o, NULL);
		return -EIO;
	}
	return 0;
}
void obj_end(struct obj *o)
{
	obj_drop(NULL, o);
}
`;
  complains(rule, 'all pages', twice, 'own_drop:unpin_user_pages(pages, n);');
  accepts('leak-on-path', 'who calls it', twice);
});

describe('a helper that drops what the object says that it has', () => {
  const listed = (test: string, short: string): string => `struct list { struct page **pages; int n; int pinned; dma_addr_t dma; };
static void list_end(struct device *dev, struct list *l)
{
	${test}
		unpin_user_pages(l->pages, l->n);
	kfree(l->pages);
	dma_free_coherent(dev, PAGE_SIZE, l, l->dma);
}
struct list *list_make(struct device *dev, unsigned long a, int n)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	struct list *l;
	dma_addr_t dma;
	int got;

	if (!pages)
		return NULL;
	l = dma_alloc_coherent(dev, PAGE_SIZE, &dma, GFP_KERNEL);
	if (!l) {
		kfree(pages);
		return NULL;
	}
	l->dma = dma;
	l->n = n;
	l->pinned = 0;
	l->pages = pages;
	got = pin_user_pages_fast(a, n, FOLL_WRITE, pages);
	if (got != n) {
		if (got > 0)
			${short}
		list_end(dev, l);
		return NULL;
	}
	l->pinned = 1;
	return l;
}
`;
  const drop = 'unpin_user_pages(pages, got);';
  const told = 'if (l->pinned)';
  accepts(rule, 'none, where it was told of none yet', listed(told, drop));
  complains(rule, 'all', listed('', drop), 'list_make:list_end(dev, l);');
  complains('partial-pin-leak', 'none, where nobody else did', listed(told, ';'), 'list_make:if (got != n) {');
});
