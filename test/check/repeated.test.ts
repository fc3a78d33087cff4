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
    'an element that a function named as those of trees stores anew in between',
    pinned(
      '	for (i = 0; i < n; i++) {\n		unpin_user_page(o->pages[i]);\n		rb_renew(o, i);\n		unpin_user_page(o->pages[i]);\n	}',
    ).replace('int f(', 'static void rb_renew(struct obj *o, int i)\n{\n\to->pages[i] = obj_page(o, i);\n}\nint f('),
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

/** A function that is handed pages by the result of another, and drops them by a helper which frees their array, too. */
const handed = (body: string): string => `struct vm { unsigned long locked; int fd; };
struct cmd { u64 address; int error; };
static struct page **vm_lock(struct vm *vm, unsigned long a, unsigned long *n)
{
	struct page **pages = kmalloc_array(*n, sizeof(*pages), GFP_KERNEL);
	int got;

	if (!pages)
		return ERR_PTR(-ENOMEM);
	got = pin_user_pages_fast(a, *n, FOLL_WRITE, pages);
	if (got != *n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		kfree(pages);
		return ERR_PTR(-ENOMEM);
	}
	return pages;
}
static void vm_unlock(struct vm *vm, struct page **pages, unsigned long n)
{
	unpin_user_pages(pages, n);
	kfree(pages);
	vm->locked -= n;
}
int vm_run(struct vm *vm, unsigned long a, unsigned long end)
{
	unsigned long n = 1;
	struct page **pages;
	struct cmd cmd;
	int ret = 0;

${body}
	return ret;
}
`;
const locked = `		pages = vm_lock(vm, a, &n);
		if (IS_ERR(pages))
			return PTR_ERR(pages);
`;
const sent = `		cmd.address = page_to_pfn(pages[0]) << PAGE_SHIFT;
		ret = vm_send(vm->fd, &cmd);
`;
const loop = (body: string): string => `	for (; a < end; a += PAGE_SIZE) {\n${locked}${body}	}`;
const again = 'vm_run:vm_unlock(vm, pages, n);';
const unlock = '		vm_unlock(vm, pages, n);\n';

describe('pages that came by a result, and are dropped twice by a helper', () => {
  complains(rule, 'after a call that is not known', handed(`${locked}${sent}${unlock}${unlock}`), again);
  accepts(rule, 'with a call that is not known in between', handed(`${locked}${unlock}		vm_refill(vm, pages, n);\n${unlock}`));
  accepts(rule, 'other pages the second time', handed(`${locked}${sent}${unlock}${locked}${unlock}`));
  complains(rule, 'in one round of a loop', handed(loop(`${sent}${unlock}${unlock}`)), again);
  complains(rule, 'in one round, where it failed', handed(loop(`${sent}		if (ret)\n	${unlock}${unlock}`)), again);
  accepts(rule, 'in one round, in another way', handed(loop(`${sent}		if (ret) {\n	${unlock}			continue;\n		}\n${unlock}`)));
  complains(
    rule,
    'behind a loop that was left with them',
    handed(`${loop(`${sent}${unlock}		if (ret)\n			goto out;\n`)}	return 0;\nout:\n${unlock}`),
    again,
  );
});

/** A page that is dropped once in each round of a loop, as often as it was taken. */
const often = (body: string): string => `static void own_put(struct page *page)
{
	unpin_user_page(page);
}
int f(unsigned long a, int n)
{
	struct page *page;
	int i;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
${body}
	return 0;
}
`;

describe('a page that may have been taken more than once', () => {
  const put = '		own_put(page);\n';
  accepts(rule, 'once a round', often(`	for (i = 0; i < n; i++)\n${put}`));
  accepts(rule, 'before a loop and in it', often(`	own_put(page);\n	for (i = 1; i < n; i++)\n${put}`));
  complains(rule, 'twice in a row', often(`	own_put(page);\n	own_put(page);`), 'f:own_put(page);');
  complains(rule, 'twice a round', often(`	for (i = 0; i < n; i++) {\n${put}${put}	}`), 'f:own_put(page);');
});

/** A page that an unknown call is given before it is dropped, so that no path is followed there. */
const hashed = (end: string, { page = 'struct page *page = NULL;', helper = 'put_page(p);' } = {}): string => `
DEFINE_FREE(drop, struct page *, if (_T) put_page(_T))
static void put(struct page *p, int n)
{
	${helper}
}
int hash_one(unsigned long a, int n)
{
	${page}

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	hash(page);
	put_page(page);
${end}	return 0;
}
`;

describe('a second drop by a helper, behind an unknown call', () => {
  const again = 'hash_one:put(page, n);';
  const cleaned = { page: 'struct page *page __free(drop) = NULL;' };
  complains(rule, 'of the page', hashed('	put(page, n);\n'), again);
  complains(rule, 'which asks whether there is a page', hashed('	put(page, n);\n', { helper: 'if (p)\n\t\tput_page(p);' }), again);
  accepts(rule, 'which drops in some cases', hashed('	put(page, n);\n', { helper: 'if (n)\n\t\tput_page(p);' }));
  accepts(rule, 'which drops another page', hashed('	put(page, n);\n', { helper: 'p = next_page(p);\n\tput_page(p);' }));
  accepts(rule, 'of another page', hashed('	page = next_page(n);\n	put(page, n);\n'));
  accepts(rule, 'of one more reference', hashed('	get_page(page);\n	put(page, n);\n'));
  complains(rule, 'at the end of a scope', hashed('', cleaned), 'hash_one:return 0;');
  accepts(rule, 'at the end of a scope, of what is set to NULL', hashed('	page = NULL;\n', cleaned));
});
