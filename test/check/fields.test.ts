/** What is known of an object's fields where somebody asks for them before pages are dropped. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const flagged = ({
  early = '',
  late = '',
  test = 'o->pinned',
}): string => `struct obj { struct page **pages; int n; bool pinned; void *map; };
static void obj_free(struct obj *o)
{
	if (${test})
		unpin_user_pages(o->pages, o->n);
	kfree(o->pages);
	kfree(o);
}
int obj_make(struct dev *d, unsigned long a, int n)
{
	struct obj *o = kzalloc(sizeof(*o), GFP_KERNEL);
	int ret;

	if (!o)
		return -ENOMEM;
	o->pages = kcalloc(n, sizeof(*o->pages), GFP_KERNEL);
	if (!o->pages) {
		kfree(o);
		return -ENOMEM;
	}
	ret = pin_user_pages_fast(a, n, FOLL_LONGTERM, o->pages);
	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(o->pages, ret);
		kfree(o->pages);
		kfree(o);
		return -EFAULT;
	}
	o->n = n;
	${early}
	ret = dev_room(d, n);
	if (ret) {
		obj_free(o);
		return ret;
	}
	${late}
	d->o = o;
	return 0;
}
void obj_end(struct dev *d)
{
	obj_free(d->o);
}
`;

describe('a field that is set once nothing fails any more', () => {
  complains('leak-on-path', 'a flag', flagged({ late: 'o->pinned = true;' }), 'obj_make:if (ret) {');
  accepts('leak-on-path', 'a flag that is set at once', flagged({ early: 'o->pinned = true;' }));
  complains('leak-on-path', 'a pointer', flagged({ late: 'o->map = dev_map(d);', test: 'o->map' }), 'obj_make:if (ret) {');
  accepts('leak-on-path', 'a pointer that a function may have set', flagged({ early: 'obj_map(o);', test: 'o->map' }));
  accepts('leak-on-path', 'a count that is there', flagged({ test: 'o->n' }));
});

const started = (start: string): string => `struct obj { struct page **pages; int n; bool pinned; };
static void obj_start(struct obj *o)
{
	${start}
}
static int obj_take(struct obj *o, unsigned long a, int n)
{
	int ret = pin_user_pages_fast(a, n, FOLL_LONGTERM, o->pages);

	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(o->pages, ret);
		return -EFAULT;
	}
	return 0;
}
int obj_begin(struct dev *d, struct obj *o, unsigned long a, int n)
{
	int ret;

	o->pinned = false;
	ret = obj_take(o, a, n);
	if (ret)
		return ret;
	obj_start(o);
	ret = dev_room(d, n);
	if (ret) {
		if (o->pinned)
			unpin_user_pages(o->pages, n);
		kfree(o);
		return ret;
	}
	d->o = o;
	return 0;
}
void obj_end(struct dev *d)
{
	struct obj *o = d->o;

	unpin_user_pages(o->pages, o->n);
	kfree(o);
}
`;

describe('a field that was cleared, and that a function may set', () => {
  complains('leak-on-path', 'one that it leaves alone', started('o->n = 1;'), 'obj_begin:if (ret) {');
  accepts('leak-on-path', 'one that it sets', started('o->pinned = true;'));
});

const taken = (before: string): string => `struct obj { struct page **pages; int n; bool pinned; };
static int obj_take(struct obj *o, unsigned long a, int n)
{
	o->pages = kcalloc(n, sizeof(*o->pages), GFP_KERNEL);
	if (!o->pages)
		return -ENOMEM;
	${before}
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, o->pages) != 1) {
		kfree(o->pages);
		return -EFAULT;
	}
	return 0;
}
static void obj_drop(struct obj *o)
{
	if (o->pinned)
		unpin_user_page(o->pages[0]);
	kfree(o->pages);
}
int obj_make(struct dev *d, unsigned long a, int n)
{
	struct obj *o = kzalloc(sizeof(*o), GFP_KERNEL);
	int ret;

	if (!o)
		return -ENOMEM;
	ret = obj_take(o, a, n);
	if (ret)
		goto free;
	ret = dev_room(d, n);
	if (ret)
		goto drop;
	o->pinned = true;
	d->o = o;
	return 0;
drop:
	obj_drop(o);
free:
	kfree(o);
	return ret;
}
void obj_end(struct dev *d)
{
	obj_drop(d->o);
	kfree(d->o);
}
`;

describe('a field of a new object that is given to who takes the pages', () => {
  complains('leak-on-path', 'one that he leaves alone', taken('o->n = n;'), 'obj_make:if (ret)');
  accepts('leak-on-path', 'one that he sets', taken('o->pinned = true;'));
});

/** The helper that drops the pages sets their number to zero itself. */
const reset = (end: string, early = ''): string => `struct obj { struct page **pages; unsigned int used; };
static void obj_drop(struct obj *o)
{
	unsigned int i;

	for (i = 0; i < o->used; i++)
		put_page(o->pages[i]);
	o->used = 0;
}
int obj_fill(struct obj *o, unsigned long a, int len)
{
	int ret;

	o->used = (len + 4095) >> 12;
	ret = get_user_pages_fast(a, o->used, FOLL_WRITE, o->pages);
	if (ret != o->used) {
		${early}
		return -EFAULT;
	}
	ret = hw_run(o->pages);
	obj_drop(o);
	${end}
	return ret;
}
`;

describe('a number of pages that is set to zero by who drops them', () => {
  const undo = 'while (ret > 0)\n\t\t\tput_page(o->pages[--ret]);';
  complains('release-count', 'a drop of all where fewer are there', reset('', 'obj_drop(o);'), 'obj_fill:obj_drop(o);');
  accepts('release-count', 'a drop of those that are there', reset('', undo));
  accepts('double-release', 'a second call, which drops none', reset('obj_drop(o);', undo));
});

const asked = (stores: string): string => `struct obj { struct page **pages; int n; bool pinned; };
static int obj_take(struct obj *o, unsigned long a, int n)
{
	int ret = pin_user_pages_fast(a, n, FOLL_LONGTERM, o->pages);

	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(o->pages, ret);
		return -EFAULT;
	}
	o->n = n;
	${stores}
	return 0;
}
int obj_new(struct dev *d, unsigned long a, int n)
{
	struct obj *o = kzalloc(sizeof(*o), GFP_KERNEL);
	int ret;

	if (!o)
		return -ENOMEM;
	o->pages = kcalloc(n, sizeof(*o->pages), GFP_KERNEL);
	if (!o->pages) {
		kfree(o);
		return -ENOMEM;
	}
	ret = obj_take(o, a, n);
	if (ret)
		goto err;
	ret = dev_room(d, n);
	if (ret)
		goto err;
	d->o = o;
	return 0;
err:
	if (o->pinned)
		unpin_user_pages(o->pages, o->n);
	kfree(o->pages);
	kfree(o);
	return ret;
}
void obj_end(struct dev *d)
{
	struct obj *o = d->o;

	unpin_user_pages(o->pages, o->n);
	kfree(o->pages);
	kfree(o);
}
`;

describe('a field that the caller of who takes the pages asks for itself', () => {
  complains('leak-on-path', 'one that he leaves alone', asked(''), 'obj_new:if (ret)');
  accepts('leak-on-path', 'one that he sets', asked('o->pinned = true;'));
});

const through = (array: string, end: string) => `struct args { unsigned long addr; struct page **pages; int n; int got; };
int hw_run(struct page *p);
static int fill(struct args *a)
{
	int rc;

	a->got = 0;
	while (a->got < a->n) {
		rc = pin_user_pages_fast(a->addr + a->got * PAGE_SIZE, a->n - a->got, FOLL_WRITE, ${array});
		if (rc <= 0) {
			if (a->got)
				unpin_user_pages(a->pages, a->got);
			return rc < 0 ? rc : -EFAULT;
		}
		a->got += rc;
	}
	return 0;
}
int run(unsigned long addr)
{
	struct page *page;
	struct args a = { .addr = addr, .pages = &page, .n = 1 };
	int rc;

	rc = fill(&a);
	if (rc)
		return rc;
	rc = hw_run(page);
	set_page_dirty_lock(page);
	${end}
	return rc;
}
`;

describe('a page that is stored through a pointer in an object', () => {
  for (const array of ['a->pages + a->got', '&a->pages[a->got]']) {
    accepts('never-released', `at ${array}`, through(array, 'unpin_user_page(page);'));
    complains('wrong-release', `at ${array}, dropped as another`, through(array, 'put_page(page);'), 'run:put_page(page);');
  }
});
