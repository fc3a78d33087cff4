/** Objects that a library makes in one file, and of which it hands out the array in them. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';
import { region } from './region.js';

const library = (size: string): string => `struct vec { unsigned int n; bool frames; struct page *pages[]; };
struct vec *vec_create(unsigned int n)
{
	struct vec *v;
	size_t size = ${size};

	v = kvmalloc(size, GFP_KERNEL);
	if (!v)
		return NULL;
	v->n = n;
	return v;
}
int vec_fill(struct vec *v, unsigned long a)
{
	int got = pin_user_pages_fast(a, v->n, FOLL_WRITE | FOLL_LONGTERM, v->pages);

	if (got == v->n)
		return 0;
	if (got > 0)
		unpin_user_pages(v->pages, got);
	return -EFAULT;
}
int vec_to_pages(struct vec *v)
{
	return v->frames ? -EINVAL : 0;
}
struct page **vec_pages(struct vec *v)
{
	if (v->frames) {
		int err = vec_to_pages(v);

		if (err)
			return ERR_PTR(err);
	}
	return v->pages;
}
void vec_destroy(struct vec *v)
{
	unpin_user_pages_dirty_lock(v->pages, v->n, true);
	kvfree(v);
}
`;
const user = (failed: string, pages = 'vec_pages(b->vec)'): string => `struct buf { struct vec *vec; struct sg_table sgt; };
static struct vec *vec_of(unsigned long a, unsigned int n)
{
	struct vec *v = vec_create(n);

	if (!v)
		return ERR_PTR(-ENOMEM);
	if (vec_fill(v, a)) {
		kvfree(v);
		return ERR_PTR(-EFAULT);
	}
	return v;
}
void *buf_get(unsigned long a, unsigned int n)
{
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int ret;

	if (!b)
		return ERR_PTR(-ENOMEM);
	b->vec = vec_of(a, n);
	if (IS_ERR(b->vec)) {
		ret = PTR_ERR(b->vec);
		goto free;
	}
	ret = sg_alloc_table_from_pages(&b->sgt, ${pages}, n, 0, n << PAGE_SHIFT, GFP_KERNEL);
	if (ret)
		goto ${failed};
	return b;
destroy:
	vec_destroy(b->vec);
free:
	kfree(b);
	return ERR_PTR(ret);
}
void buf_put(void *priv)
{
	struct buf *b = priv;

	sg_free_table(&b->sgt);
	vec_destroy(b->vec);
	kfree(b);
}
`;

describe('an array in an object of a library', () => {
  for (const size of [
    'struct_size(v, pages, n)',
    'sizeof(*v) + n * sizeof(v->pages[0])',
    'sizeof(struct vec) + flex_array_size(v, pages, n)',
  ]) {
    const files = (failed: string, pages = 'vec_pages(b->vec)') => ({ 'v/vec.c': library(size), 'v/buf.c': user(failed, pages) });
    const told = (pages: string): string =>
      `buf_get:ret = sg_alloc_table_from_pages(&b->sgt, ${pages}, n, 0, n << PAGE_SHIFT, GFP_KERNEL);`;
    complains('leak-on-path', `that is handed out, of ${size}`, files('free'), told('vec_pages(b->vec)'));
    accepts('leak-on-path', `that is dropped, of ${size}`, files('destroy'));
    complains('leak-on-path', `that is looked at, of ${size}`, files('free', 'b->vec->pages'), told('b->vec->pages'));
  }
});

/** An object that one file makes and ends, and another fills. */
const shared = (failed: string) => ({
  'd/obj.c': `struct obj { struct kref ref; struct page *pages[8]; int n; };
struct obj *obj_alloc(void)
{
	struct obj *o = kzalloc(sizeof(struct obj), GFP_KERNEL);

	if (!o)
		return NULL;
	kref_init(&o->ref);
	return o;
}
void obj_release(struct kref *ref)
{
	struct obj *o = container_of(ref, struct obj, ref);

	unpin_user_pages(o->pages, o->n);
	kfree(o);
}
`,
  'd/use.c': `struct obj *obj_fill(unsigned long a)
{
	struct obj *o = obj_alloc();

	if (!o)
		return NULL;
	o->n = pin_user_pages_fast(a, 8, FOLL_LONGTERM, o->pages);
	if (o->n < 0) {
		kfree(o);
		return NULL;
	}
	if (obj_check(o->n)) {
		${failed}
		return NULL;
	}
	return o;
}
`,
});

describe('an object that another file makes', () => {
  complains('leak-on-path', 'and that is freed', shared('kfree(o);'), 'obj_fill:if (obj_check(o->n)) {');
  accepts('leak-on-path', 'and ends, by its count of users', shared('kref_put(&o->ref, obj_release);'));
  complains('leak-on-path', 'and of which nobody hears', shared(''), 'obj_fill:if (obj_check(o->n)) {');
});

/** A queue of a driver, in another folder than the library that takes and drops its pages; the driver itself names no call that drops. */
const queued = (undo: string, failed: string) => ({
  'lib/region.c': region,
  'drv/q/queue.c': `struct queue { struct region *r; };
static int queue_take(struct queue *q, unsigned long a, int n)
{
	q->r = region_get(a, n);
	if (IS_ERR(q->r)) {
		int ret = PTR_ERR(q->r);

		q->r = NULL;
		return ret;
	}
	if (hw_check(n)) {
		region_put(q->r);
		${undo}
		return -EINVAL;
	}
	return 0;
}
static void queue_free(struct queue *q)
{
	if (q->r)
		region_put(q->r);
	q->r = NULL;
}
int queue_create(struct queue *q, unsigned long a, int n)
{
	int ret = queue_take(q, a, n);

	if (ret)
		goto ${failed};
	ret = hw_create(n);
	if (ret)
		goto free;
	return 0;
free:
	queue_free(q);
out:
	return ret;
}
`,
});

describe('what a driver has a library drop', () => {
  complains('double-release', 'and leaves a pointer to', queued('', 'free'), 'queue_create:queue_free(q);');
  accepts('double-release', 'and forgets', queued('q->r = NULL;', 'free'));
  accepts('double-release', 'and does not come back to', queued('', 'out'));
});
