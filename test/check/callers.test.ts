/** What the callers of a function that takes pages make of them: many callers, failures that are handed on, memory with two names. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** An object that holds pages, taken by one function and ended by another. */
const region = `struct region { struct page **pages; int n; };
struct region *region_get(unsigned long a, int n)
{
	struct region *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return ERR_PTR(-ENOMEM);
	r->pages = kcalloc(n, sizeof(*r->pages), GFP_KERNEL);
	r->n = n;
	if (pin_user_pages_fast(a, n, FOLL_LONGTERM, r->pages) != n) {
		kfree(r->pages);
		kfree(r);
		return ERR_PTR(-EFAULT);
	}
	return r;
}
void region_put(struct region *r)
{
	unpin_user_pages(r->pages, r->n);
	kfree(r->pages);
	kfree(r);
}
`;

const user = (name: string, undo: string): string => `struct ${name} { struct region *r; int id; };
int ${name}_make(struct ${name} **out, unsigned long a, int n)
{
	struct ${name} *u = kzalloc(sizeof(*u), GFP_KERNEL);
	int ret;

	if (!u)
		return -ENOMEM;
	u->r = region_get(a, n);
	if (IS_ERR(u->r)) {
		ret = PTR_ERR(u->r);
		goto free;
	}
	ret = ${name}_register(u);
	if (ret)
		goto put;
	*out = u;
	return 0;
put:
	${undo}
free:
	kfree(u);
	return ret;
}
`;

const many = Array.from({ length: 70 }, (_, i) => user(`user${i}`, 'region_put(u->r);')).join('');

describe('a function with many callers', () => {
  complains('leak-on-path', 'the last of them', region + many + user('late', ''), 'late_make:ret = late_register(u);');
  accepts('leak-on-path', 'all of them', region + many + user('late', 'region_put(u->r);'));
});

const queue = (undo: string): string => `${region}struct queue { struct region *r; void *table; int id; };
struct adapter { struct queue send; struct queue done; };
static int queue_map(struct queue *q)
{
	q->id = id_alloc(64);
	return q->id < 0 ? -ENOSPC : 0;
}
static int queue_init(struct queue *q, unsigned long a, int n)
{
	int ret;

	q->r = region_get(a, n);
	if (IS_ERR(q->r))
		return PTR_ERR(q->r);
	q->table = kzalloc(64, GFP_KERNEL);
	if (!q->table) {
		ret = -ENOMEM;
		goto put;
	}
	ret = queue_map(q);
	if (ret)
		${undo};
	return 0;
put:
	region_put(q->r);
	return ret;
}
static int pair_init(struct adapter *d, unsigned long a, int n)
{
	int ret = queue_init(&d->send, a, n);

	if (ret)
		return ret;
	d->done.r = region_get(a + 4096, n);
	if (IS_ERR(d->done.r)) {
		region_put(d->send.r);
		return PTR_ERR(d->done.r);
	}
	return 0;
}
int adapter_open(struct adapter *d, unsigned long a, int n)
{
	if (pair_init(d, a, n))
		return -EINVAL;
	return 0;
}
void adapter_close(struct adapter *d)
{
	region_put(d->send.r);
	region_put(d->done.r);
}
`;

describe('a failure that is handed on as it is', () => {
  complains('leak-on-path', 'the function that fails with the pages, alone', queue('return ret'), 'queue_init:ret = queue_map(q);');
  accepts('leak-on-path', 'one that drops them', queue('goto put'));
});

const named = (drop: string): string => `${region}struct view { struct region *r; int id; };
static void view_free(struct view *v)
{
	view_forget(v->id);
	kfree(v);
}
struct view *view_get(unsigned long a, int n)
{
	struct region *r = region_get(a, n);
	struct view *v;

	if (IS_ERR(r))
		return NULL;
	v = kzalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		goto put;
	v->r = r;
	if (view_setup(v->id)) {
		view_free(v);
		goto put;
	}
	return v;
put:
	${drop}
	return NULL;
}
`;

describe('memory that a function has another name for than the object which it frees', () => {
  accepts('leak-on-path', 'pages that it drops by that name', named('region_put(r);'));
  complains('leak-on-path', 'pages that it does not drop', named(''), 'view_get:if (!v)', 'view_get:if (view_setup(v->id)) {');
});
