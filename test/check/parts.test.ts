/** Parts of numbers, and structs as a whole: what a test of some bits says, and what goes with a copy. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const send = (undo: string): string => `struct box { struct page **pages; int n; };
int box_send(struct box *b, unsigned long a, unsigned int len)
{
	int ret;

	if (!len || len & 3)
		return -EINVAL;
	ret = pin_user_pages_fast(a, b->n, 0, b->pages);
	if (ret != b->n) {
		if (ret > 0)
			unpin_user_pages(b->pages, ret);
		return -EFAULT;
	}
	if (hw_send(len) < 0) {
		${undo}
		return -EIO;
	}
	unpin_user_pages(b->pages, b->n);
	return 0;
}
`;

const flags = (asked: string): string => `int box_look(unsigned long a, unsigned int flags)
{
	struct page *page = NULL;

	if (flags & LOOK_USER) {
		if (get_user_pages_fast(a, 1, 0, &page) != 1)
			return -EFAULT;
	}
	hw_look(flags);
	if (${asked})
		put_page(page);
	return 0;
}
`;

describe('bits of a number', () => {
  complains('leak-on-path', 'what comes behind a test of some, where the number is not zero', send(''), 'box_send:if (hw_send(len) < 0) {');
  accepts('leak-on-path', 'the same with a drop', send('unpin_user_pages(b->pages, b->n);'));
  complains('leak-on-path', 'a drop by another bit', flags('flags & LOOK_FILE'), 'box_look:if (flags & LOOK_FILE)');
  accepts('leak-on-path', 'a drop by the bit by which they were taken', flags('flags & LOOK_USER'));
});

const published = (publish: string): string => `struct area { struct page **pages; int n; };
struct owner { struct area area; };
static void area_publish(struct area *from, struct area *to)
{
	*to = *from;
}
int owner_add(struct owner *o, unsigned long a, int n)
{
	struct area area = {};

	area.pages = kcalloc(n, sizeof(*area.pages), GFP_KERNEL);
	if (!area.pages)
		return -ENOMEM;
	area.n = pin_user_pages_fast(a, n, FOLL_LONGTERM, area.pages);
	if (area.n <= 0) {
		kfree(area.pages);
		return -EFAULT;
	}
	${publish}
	return 0;
}
void owner_end(struct owner *o)
{
	unpin_user_pages(o->area.pages, o->area.n);
	kfree(o->area.pages);
}
`;

/** An array of structs into which a local one goes, with an array of pages that was allocated for it, and an address of them. */
const tabled = (end: string): string => `struct span { struct page **pages; int n; void *at; };
struct table { struct span *spans; int n; };
static void span_end(struct span *s)
{
	if (s->at)
		vunmap(s->at);
	unpin_user_pages(s->pages, s->n);
	kvfree(s->pages);
}
int table_add(struct table *t, unsigned long a, int n)
{
	struct span s = {0};

	s.pages = kvmalloc(sizeof(*s.pages) * n, GFP_KERNEL);
	if (!s.pages)
		return -ENOMEM;
	s.n = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, s.pages);
	if (s.n != n) {
		if (s.n < 0)
			s.n = 0;
		span_end(&s);
		return -EFAULT;
	}
	s.at = vmap(s.pages, n, VM_MAP, PAGE_KERNEL);
	if (!s.at) {
		span_end(&s);
		return -ENOBUFS;
	}
	t->spans[t->n++] = s;
	return 0;
}
void table_end(struct table *t)
{
	int i;

	for (i = 0; i < t->n; i++)
		${end}
	kfree(t->spans);
}
`;

describe('a struct that is copied as a whole', () => {
  accepts('never-released', 'one that goes into a table with what its pointers lead to', tabled('span_end(&t->spans[i]);'));
  complains(
    'never-released',
    'one that goes into a table, which looks at its address alone',
    tabled('vunmap(t->spans[i].at);'),
    'table_add:t->spans[t->n++] = s;',
  );
  accepts('leak-on-path', 'one that goes into an object by pointers', published('area_publish(&area, &o->area);'));
  accepts('leak-on-path', 'one that is a local one', published('*(&o->area) = area;'));
  complains(
    'leak-on-path',
    'one that goes nowhere',
    published('look_at(area.n);'),
    'owner_add:area.n = pin_user_pages_fast(a, n, FOLL_LONGTERM, area.pages);',
  );
});

const failing = (answer: string): string => `struct span { struct kref ref; struct page **pages; int n; int id; };
static int span_fill(struct span *s, unsigned long a)
{
	int ret = pin_user_pages_fast(a, s->n, FOLL_LONGTERM, s->pages);

	if (ret != s->n) {
		if (ret > 0)
			unpin_user_pages(s->pages, ret);
		return -EFAULT;
	}
	if (hw_share(s->id) < 0)
		return -EIO;
	if (hw_map(s->id) < 0) {
		unpin_user_pages(s->pages, s->n);
		return -EIO;
	}
	return 0;
}
static void span_end(struct kref *ref)
{
	struct span *s = container_of(ref, struct span, ref);

	unpin_user_pages(s->pages, s->n);
	kfree(s);
}
void span_put(struct span *s)
{
	kref_put(&s->ref, span_end);
}
int span_add(struct owner *o, unsigned long a)
{
	struct span *s = span_new(o);
	int ret = span_fill(s, a);

	if (ret) {
		${answer}
		return ret;
	}
	return span_list(o, s);
}
`;

describe('a failure with the pages in a caller that gives the object up', () => {
  accepts('leak-on-path', 'one that puts its reference', failing('span_put(s);'));
  complains('leak-on-path', 'one that does not', failing('hw_stop(s->id);'), 'span_fill:if (hw_share(s->id) < 0)');
});

const emptied = (drop: string): string => `struct ubuf { struct page *page; };
int hw_run(struct page *p);
static void ubuf_free(struct ubuf *u)
{
	unpin_user_page(u->page);
	kfree(u);
}
static void ubuf_put(struct ubuf **at)
{
	if (*at)
		${drop}
	*at = NULL;
}
int run(unsigned long a)
{
	struct ubuf *u = kzalloc(sizeof(*u), GFP_KERNEL);
	int err;

	if (!u)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 1, 0, &u->page) != 1) {
		kfree(u);
		return -EFAULT;
	}
	err = hw_run(u->page);
	if (err) {
		ubuf_put(&u);
		return err;
	}
	ubuf_free(u);
	return 0;
}
`;

describe('an object of which a function is given where its pointer stands', () => {
  accepts('leak-on-path', 'that ends it', emptied('ubuf_free(*at);'));
  complains('leak-on-path', 'that frees it alone', emptied('kfree(*at);'), 'run:err = hw_run(u->page);');
});
