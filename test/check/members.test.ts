/** Objects that are members of others, and end with them: what frees one says nothing of its pages, who calls it has dropped them. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const vector = (end: string) => `struct vec { struct page **pages; int n; };
struct buf { struct vec *vec; int id; };
static struct vec *vec_get(unsigned long a, int n)
{
	struct vec *v = kzalloc(sizeof(*v), GFP_KERNEL);

	if (!v)
		return NULL;
	v->pages = kvmalloc_array(n, sizeof(*v->pages), GFP_KERNEL);
	if (!v->pages)
		goto free;
	v->n = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, v->pages);
	if (v->n == n)
		return v;
	if (v->n > 0)
		unpin_user_pages(v->pages, v->n);
	kvfree(v->pages);
free:
	kfree(v);
	return NULL;
}
static void vec_free(struct vec *v)
{
	kvfree(v->pages);
	kfree(v);
}
int buf_map(struct buf *b, unsigned long a, int n)
{
	b->vec = vec_get(a, n);
	return b->vec ? 0 : -ENOMEM;
}
void buf_unmap(struct buf *b)
{
	unpin_user_pages_dirty_lock(b->vec->pages, b->vec->n, true);
	vec_free(b->vec);
}
void buf_abort(struct buf *b)
{
	${end}
	b->vec = NULL;
}
`;

describe('an object in a member of another', () => {
  complains('leak-on-path', 'one that is freed with its pages', vector('vec_free(b->vec);'), 'buf_abort:vec_free(b->vec);');
  accepts('leak-on-path', 'one that is emptied first', vector('buf_unmap(b);'));
  accepts('leak-on-path', 'another that is freed', vector('b->vec = kzalloc(sizeof(*b->vec), GFP_KERNEL);\n\tvec_free(b->vec);'));
});

const frames = (end: string) => `struct frames { int nr, size; bool got; void *ptrs[]; };
static void frames_free(struct frames *v)
{
	WARN_ON(v->got);
	kvfree(v);
}
static int frames_get(struct frames *v, unsigned long a, int n)
{
	int got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, (struct page **)v->ptrs);

	if (got <= 0)
		return got ? got : -EFAULT;
	v->got = true;
	v->nr = got;
	return got;
}
static void frames_put(struct frames *v)
{
	if (!v->got)
		return;
	unpin_user_pages_dirty_lock((struct page **)v->ptrs, v->nr, true);
	v->got = false;
}
struct buf { struct frames *v; };
int buf_map(struct buf *b, unsigned long a, int n)
{
	int got;

	b->v = kvzalloc(struct_size(b->v, ptrs, n), GFP_KERNEL);
	if (!b->v)
		return -ENOMEM;
	got = frames_get(b->v, a, n);
	if (got == n)
		return 0;
	if (got > 0)
		frames_put(b->v);
	frames_free(b->v);
	b->v = NULL;
	return got < 0 ? got : -EFAULT;
}
void buf_unmap(struct buf *b)
{
	${end}
	frames_free(b->v);
	b->v = NULL;
}
`;

describe('an object that is freed by who does not name its pages', () => {
  complains('leak-on-path', 'one of which nobody has dropped them', frames(''), 'buf_unmap:frames_free(b->v);');
  accepts('leak-on-path', 'one that its caller has emptied', frames('frames_put(b->v);'));
});

const pair = (end: string) => `struct inner { struct page **p; long n; };
struct outer { struct inner in, out; };
static int inner_get(struct inner *i, unsigned long a, long n)
{
	long got;

	i->p = kvmalloc_array(n, sizeof(*i->p), GFP_KERNEL);
	if (!i->p)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, i->p);
	if (got == n) {
		i->n = n;
		return 0;
	}
	if (got > 0)
		unpin_user_pages(i->p, got);
	kvfree(i->p);
	return -EFAULT;
}
static void inner_put(struct inner *i)
{
	unpin_user_pages_dirty_lock(i->p, i->n, true);
	kvfree(i->p);
}
struct outer *outer_new(unsigned long in, unsigned long out, long n)
{
	struct outer *o = kzalloc(sizeof(*o), GFP_KERNEL);

	if (!o)
		return NULL;
	if (inner_get(&o->in, in, n))
		goto free;
	if (inner_get(&o->out, out, n))
		goto put;
	return o;
put:
	inner_put(&o->in);
free:
	kfree(o);
	return NULL;
}
void outer_free(struct outer *o)
{
	${end}
	kfree(o);
}
void outer_close(struct outer *o)
{
	inner_put(&o->in);
	inner_put(&o->out);
	kfree(o);
}
`;

describe('an object with two others of one kind', () => {
  complains('leak-on-path', 'one of which the second is forgotten', pair('inner_put(&o->in);'), 'outer_free:kfree(o);');
  complains('leak-on-path', 'one of which the first is forgotten', pair('inner_put(&o->out);'), 'outer_free:kfree(o);');
  accepts('leak-on-path', 'one of which both are ended', pair('inner_put(&o->out);\n\tinner_put(&o->in);'));
});
