/** Objects that are taken from where others find them: who does that has to see to their pages, or to hand them to somebody. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const waiting = (
  end: string,
  more = '',
  counted = '',
) => `struct req { struct list_head node; ${more}${counted}struct page *pages[8]; int n, status; struct completion done; };
struct chan { struct list_head reqs; struct mutex lock; struct req *current; };
static void req_free(struct req *r)
{
	unpin_user_pages_dirty_lock(r->pages, r->n, true);
	kfree(r);
}
static void req_put(struct req *r)
{
	if (refcount_dec_and_test(&r->users))
		req_free(r);
}
int req_start(struct chan *c, unsigned long a)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	r->n = pin_user_pages_fast(a, 8, FOLL_WRITE | FOLL_LONGTERM, r->pages);
	if (r->n != 8) {
		if (r->n > 0)
			unpin_user_pages(r->pages, r->n);
		kfree(r);
		return -EFAULT;
	}
	list_add_tail(&r->node, &c->reqs);
	return 0;
}
int req_wait(struct chan *c, int n)
{
	struct req *r;
	int ret = 0, found = 0;

	mutex_lock(&c->lock);
	list_for_each_entry(r, &c->reqs, node) {
		if (r->n == n) {
			list_del(&r->node);
			found = 1;
			break;
		}
	}
	mutex_unlock(&c->lock);
	if (!found)
		return -ENOENT;
	ret = wait_for_completion_interruptible(&r->done);
	${end}
	return ret;
}
`;

const wrong = 'if (ret < 0)\n\t\treturn ret;\n\treq_free(r);';

describe('an object that is taken off a list', () => {
  complains('leak-on-path', 'one that a failure leaves to nobody', waiting(wrong), 'req_wait:if (ret < 0)');
  complains(
    'leak-on-path',
    'one that is ended by what it came to',
    waiting('if (r->status != -EAGAIN)\n\t\treq_free(r);'),
    'req_wait:if (r->status != -EAGAIN)',
  );
  accepts('leak-on-path', 'one that is ended on every way', waiting('req_free(r);'));
  accepts('leak-on-path', 'one that is put back', waiting('if (ret < 0)\n\t\tlist_add(&r->node, &c->reqs);\n\telse\n\t\treq_free(r);'));
  accepts('leak-on-path', 'one that is kept elsewhere', waiting('if (ret < 0)\n\t\tc->current = r;\n\telse\n\t\treq_free(r);'));
  accepts('leak-on-path', 'one of which a device is told', waiting('if (ret < 0)\n\t\twritel(r, c);\n\telse\n\t\treq_free(r);'));
  accepts('leak-on-path', 'one that is found in another way, too', waiting(wrong, 'struct rb_node by_id; '));
  accepts('leak-on-path', 'one that others use', waiting('if (ret < 0)\n\t\treturn ret;', '', 'refcount_t users; '));
  complains(
    'leak-on-path',
    'one of which the own use is not ended',
    waiting('if (ret < 0)\n\t\treturn ret;\n\treq_put(r);', '', 'refcount_t users; '),
    'req_wait:if (ret < 0)',
  );
});

const keyed = (end: string) => `struct buf { struct page **pages; int n; };
struct client { struct xarray bufs; };
int buf_add(struct client *c, unsigned long a, int n, u32 *id)
{
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int ret = -ENOMEM;

	if (!b)
		return ret;
	b->pages = kvmalloc_array(n, sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages)
		goto free;
	b->n = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, b->pages);
	if (b->n != n) {
		ret = -EFAULT;
		goto unpin;
	}
	ret = xa_alloc(&c->bufs, id, b, xa_limit_32b, GFP_KERNEL);
	if (!ret)
		return 0;
unpin:
	if (b->n > 0)
		unpin_user_pages(b->pages, b->n);
	kvfree(b->pages);
free:
	kfree(b);
	return ret;
}
static void buf_free(struct buf *b)
{
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
	kvfree(b->pages);
	kfree(b);
}
int buf_del(struct client *c, u32 id)
{
	struct buf *b = xa_erase(&c->bufs, id);

	if (!b)
		return -ENOENT;
	${end}
	return 0;
}
`;

const cached = (keep: string) => `struct ent { struct list_head lru; struct page *page; unsigned long key; int busy; };
struct cache { struct list_head lru; struct xarray map; struct ent *last; };
int cache_add(struct cache *c, unsigned long a)
{
	struct ent *e = kzalloc(sizeof(*e), GFP_KERNEL);

	if (!e)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &e->page) != 1) {
		kfree(e);
		return -EFAULT;
	}
	${keep}
	list_add(&e->lru, &c->lru);
	return 0;
}
void cache_use(struct cache *c, unsigned long key)
{
	struct ent *e;

	list_for_each_entry(e, &c->lru, lru) {
		if (e->key == key) {
			list_del_init(&e->lru);
			e->busy++;
			break;
		}
	}
}
void cache_shrink(struct cache *c)
{
	struct ent *e, *next;

	list_for_each_entry_safe(e, next, &c->lru, lru) {
		list_del(&e->lru);
		unpin_user_pages_dirty_lock(&e->page, 1, true);
		kfree(e);
	}
}
`;

describe('an object that is taken off the list of those that nobody uses', () => {
  complains('leak-on-path', 'one that stands there alone', cached(''), 'cache_use:if (e->key == key) {');
  accepts('leak-on-path', 'one that is found by a key, too', cached('xa_store(&c->map, e->key, e, GFP_KERNEL);'));
  accepts('leak-on-path', 'one that a field leads to, too', cached('c->last = e;'));
});

describe('an object that is taken from an xarray', () => {
  complains(
    'leak-on-path',
    'one that a failure leaves to nobody',
    keyed('if (buf_stop(c, id))\n\t\treturn -EIO;\n\tbuf_free(b);'),
    'buf_del:if (buf_stop(c, id))',
  );
  complains(
    'leak-on-path',
    'one that is asked whether it is an error, too',
    keyed('if (buf_stop(c, id))\n\t\treturn -EIO;\n\tbuf_free(b);').replace('if (!b)', 'if (IS_ERR_OR_NULL(b))'),
    'buf_del:if (buf_stop(c, id))',
  );
  accepts('leak-on-path', 'one that is ended', keyed('buf_free(b);'));
  accepts(
    'leak-on-path',
    'one that is given to a function of which nothing is known',
    keyed('if (buf_stop(c, b))\n\t\treturn -EIO;\n\tbuf_free(b);'),
  );
});

const remove = 'rhashtable_remove_fast(ht, &b->node, params)';
const hashed = (
  failed: string,
  at = 'if (!b)\n\t\treturn -ENOENT;',
  taken = remove,
) => `struct hbuf { struct rhash_head node; u64 key; struct page *pages[4]; };
int hbuf_add(struct rhashtable *ht, struct hbuf *b)
{
	int ret = pin_user_pages_fast(b->key, 4, FOLL_LONGTERM, b->pages);

	if (ret != 4) {
		if (ret > 0)
			unpin_user_pages(b->pages, ret);
		return -EFAULT;
	}
	ret = rhashtable_insert_fast(ht, &b->node, params);
	if (ret)
		unpin_user_pages(b->pages, 4);
	return ret;
}
int hbuf_del(struct rhashtable *ht, u64 key)
{
	struct hbuf *b = rhashtable_lookup_fast(ht, &key, params);
	int err;

	${at}
	err = ${taken};
	if (err)
		return -ENOENT;
	${failed}
	unpin_user_pages(b->pages, 4);
	kfree(b);
	return 0;
}
`;

describe('an object of a hash table', () => {
  accepts('leak-on-path', 'that could not be taken out', hashed(''));
  complains('leak-on-path', 'that was taken out', hashed('if (hw_stop(key))\n\t\treturn -EIO;'), 'hbuf_del:if (hw_stop(key))');
  const chosen = (failed: string): string => hashed(failed, '', `b ? ${remove} : -ENOENT`);
  accepts('leak-on-path', 'that could not be taken out, or was not there', chosen(''));
  complains('leak-on-path', 'that was there, and taken out', chosen('if (hw_stop(key))\n\t\treturn -EIO;'), 'hbuf_del:if (hw_stop(key))');
});

/** Maps that are found by their ids, or in a tree by a function that takes one out, and end by a function for all. */
const mapped = ({
  users = '',
  add = 'xa_insert(&c->maps, m->at, m, GFP_KERNEL)',
  take = 'xa_erase(&c->maps, at)',
  del = '',
} = {}): string => `struct map { ${users}struct rb_node node; unsigned long at; int n; struct page **pages; };
struct ctx { struct xarray maps; struct rb_root root; };
static void map_free(struct map *m)
{
	unpin_user_pages_dirty_lock(m->pages, m->n, true);
	kfree(m->pages);
	kfree(m);
}
static void map_put(struct map *m)
{
	if (!refcount_dec_and_test(&m->users))
		return;
	map_free(m);
}
static struct map *ctx_take(struct ctx *c, unsigned long at)
{
	struct rb_node *n;

	for (n = rb_first(&c->root); n; n = rb_next(n)) {
		struct map *m = rb_entry(n, struct map, node);

		if (m->at == at) {
			rb_erase(&m->node, &c->root);
			return m;
		}
	}
	return NULL;
}
static struct map *ctx_find(struct ctx *c, unsigned long at)
{
	struct map *m = ctx_take(c, at);

	if (!m)
		m = c->last;
	return m;
}
static int ctx_store(struct ctx *c, struct map *m)
{
	${add.startsWith('xa_') ? `return ${add};` : `${add};\n\treturn 0;`}
}
int map_add(struct ctx *c, unsigned long a)
{
	struct map *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return -ENOMEM;
	m->at = a;
	m->pages = kcalloc(4, sizeof(*m->pages), GFP_KERNEL);
	if (!m->pages)
		goto free;
	m->n = pin_user_pages_fast(a, 4, FOLL_WRITE | FOLL_LONGTERM, m->pages);
	if (m->n != 4)
		goto drop;
	if (ctx_store(c, m))
		goto drop;
	return 0;
drop:
	if (m->n > 0)
		unpin_user_pages(m->pages, m->n);
free:
	kfree(m->pages);
	kfree(m);
	return -EFAULT;
}
int map_end(struct ctx *c, unsigned long at)
{
	struct map *m = ${take};

	if (m)
		map_${users === '' ? 'free' : 'put'}(m);
	return 0;
}
int map_del(struct ctx *c, unsigned long at)
{
	struct map *m = ${take};

	if (!m)
		return -ENOENT;
	${del}
	return 0;
}
`;

describe('an object that is taken out and freed without its pages', () => {
  const rule = 'leak-on-path';
  const keyed = (del: string): string => mapped({ del }).replace('struct rb_node node; ', '');
  complains(rule, 'by its key', keyed('hw_stop(at);\n\tkfree(m);'), 'map_del:kfree(m);');
  accepts(rule, 'by its key, which are dropped', keyed('map_free(m);'));
});

describe('an object that counts its users, and is taken out', () => {
  const rule = 'leak-on-path';
  const counted = (del: string): string => mapped({ users: 'refcount_t users; ', del }).replace('struct rb_node node; ', '');
  complains(rule, 'where others give up its reference then', counted('hw_stop(at);'), 'map_del:if (!m)');
  accepts(rule, 'and given up', counted('map_put(m);'));
  accepts(rule, 'where nobody gives up a reference then', counted('hw_stop(at);').replace('map_put(m);', 'hw_stop(at);'));
});

describe('an object that a function takes out and hands out', () => {
  const rule = 'leak-on-path';
  const add = 'rb_link_node(&m->node, NULL, &c->root.rb_node);\n\trb_insert_color(&m->node, &c->root)';
  const found = (del: string, take = 'ctx_take(c, at)'): string => mapped({ add, take, del });
  complains(rule, 'and that nobody ends', found('hw_stop(at);'), 'map_del:if (!m)');
  complains(rule, 'and that a failure leaves', found('if (hw_stop(at))\n\t\treturn -EIO;\n\tmap_free(m);'), 'map_del:if (hw_stop(at))');
  accepts(rule, 'and that is ended', found('map_free(m);'));
  accepts(rule, 'or one that it has found otherwise', found('hw_stop(at);', 'ctx_find(c, at)'));
});

/** Objects of an array, which one function takes out by their keys, and another all of. */
const tabled = (
  one: string,
  all: string,
  add = 'xa_insert(&t->xa, key, e, GFP_KERNEL)',
  more = '',
): string => `struct ent { struct page *page; };
struct tab { struct xarray xa; };
int tab_add(struct tab *t, u32 key, unsigned long a)
{
	struct ent *e = kzalloc(sizeof(*e), GFP_KERNEL);
	int err;

	if (!e)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &e->page) != 1) {
		kfree(e);
		return -EFAULT;
	}
	err = ${add};
	if (err) {
		unpin_user_page(e->page);
		kfree(e);
	}
	return err;
}
int tab_del(struct tab *t, u32 key)
{
	struct ent *e = xa_load(&t->xa, key);

	if (!e)
		return -ENOENT;
	xa_erase(&t->xa, key);
	${one}
	kfree(e);
	return 0;
}
void tab_fini(struct tab *t)
{
	struct ent *e;
	unsigned long i;

	xa_for_each(&t->xa, i, e) {
		${all}
		kfree(e);
	}
	xa_destroy(&t->xa);
}
${more}`;

describe('objects that are freed as they are taken out of an array', () => {
  const drop = 'unpin_user_page(e->page);';
  const free = 'kfree(e);';
  accepts('leak-on-path', 'with their pages dropped', tabled(drop, drop));
  complains('leak-on-path', 'one by its key, and nothing dropped', tabled('', drop), `tab_del:${free}`);
  complains('leak-on-path', 'all of them, and nothing dropped', tabled(drop, ''), `tab_fini:${free}`);
  const others =
    'int tab_note(struct tab *t, u32 key)\n{\n\treturn xa_insert(&t->xa, key, kzalloc(sizeof(struct ent), GFP_KERNEL), GFP_KERNEL);\n}\n';
  accepts('leak-on-path', 'into which others put such without pages', tabled('', drop, undefined, others));
});

/** An object that its list gives first, and that is left where it says that something has failed. */
const first = (
  take: string,
  left: string,
) => `struct xfer { struct list_head node; struct page *pages[8]; int n, status; unsigned int errors; };
struct chan { struct list_head done; spinlock_t lock; };
static void xfer_free(struct xfer *x)
{
	unpin_user_pages(x->pages, x->n);
	kfree(x);
}
int xfer_add(struct chan *c, unsigned long a)
{
	struct xfer *x = kzalloc(sizeof(*x), GFP_KERNEL);

	if (!x)
		return -ENOMEM;
	x->n = pin_user_pages_fast(a, 8, FOLL_LONGTERM, x->pages);
	if (x->n != 8) {
		if (x->n > 0)
			unpin_user_pages(x->pages, x->n);
		kfree(x);
		return -EFAULT;
	}
	spin_lock(&c->lock);
	list_add_tail(&x->node, &c->done);
	spin_unlock(&c->lock);
	return 0;
}
int xfer_reap(struct chan *c, int *status)
{
	struct xfer *x = NULL;
	int ret;

	spin_lock(&c->lock);
	${take}
	spin_unlock(&c->lock);
	if (!x)
		return -ENODEV;
	${left}
	xfer_free(x);
	return 0;
}
`;

describe('the first object of a list', () => {
  for (const take of [
    'if (!list_empty(&c->done)) {\n\t\tx = list_first_entry(&c->done, struct xfer, node);\n\t\tlist_del(&x->node);\n\t}',
    'x = list_first_entry_or_null(&c->done, struct xfer, node);\n\tif (x)\n\t\tlist_del_init(&x->node);',
  ]) {
    for (const left of [
      'ret = x->status;\n\tif (ret)\n\t\treturn ret;',
      'ret = 0;\n\tif (x->errors)\n\t\treturn x->errors;',
      'ret = put_user(x->status, status);\n\tif (ret)\n\t\treturn ret;',
    ])
      complains(
        'leak-on-path',
        `left with its own number: ${left} of ${take}`,
        first(take, left),
        left.includes('errors') ? 'xfer_reap:if (x->errors)' : 'xfer_reap:if (ret)',
      );
    accepts(
      'leak-on-path',
      `ended before its number is given: ${take}`,
      first(take, 'ret = x->status;\n\tif (ret) {\n\t\txfer_free(x);\n\t\treturn ret;\n\t}'),
    );
    accepts(
      'leak-on-path',
      `put back: ${take}`,
      first(take, 'ret = x->status;\n\tif (ret) {\n\t\tlist_add(&x->node, &c->done);\n\t\treturn ret;\n\t}'),
    );
  }
  const pop = first(
    'if (!list_empty(&c->done)) {\n\t\tx = list_first_entry(&c->done, struct xfer, node);\n\t\tlist_del(&x->node);\n\t}',
    '',
  )
    .replace('int xfer_reap(struct chan *c, int *status)', 'static struct list_head *xfer_pop(struct chan *c)')
    .replace('return -ENODEV;', 'return NULL;')
    .replace('\txfer_free(x);\n\treturn 0;', '\treturn &x->node;')
    .replace('\tint ret;\n', '');
  accepts(
    'leak-on-path',
    'handed out by its member',
    `${pop}int xfer_next(struct chan *c)
{
	struct list_head *node = xfer_pop(c);

	if (node)
		xfer_free(list_entry(node, struct xfer, node));
	return 0;
}
`,
  );
});

/** Buffers that are found by their address, of which the last user leaves those of a pool. @param last how a user is counted off; @param out how one of another size is taken out */
const pooled = ({
  last = 'if (!refcount_dec_and_test(&b->users))\n\t\treturn;\n\tif (b->pooled)\n\t\treturn;',
  out = 'b->pooled = false;\n\t\tlist_del_init(&b->list);',
} = {}): string => `struct buf { struct list_head list; unsigned long at; long size; refcount_t users; bool pooled; struct page **pages; int n; };
struct pool { struct list_head bufs; };
static void buf_drop(struct buf *b)
{
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
	kvfree(b->pages);
	list_del_init(&b->list);
	kfree(b);
}
void buf_put(struct buf *b)
{
	${last}
	buf_drop(b);
}
struct buf *buf_get(struct pool *f, unsigned long at, long size)
{
	struct buf *b;

	list_for_each_entry(b, &f->bufs, list) {
		if (b->at != at)
			continue;
		if (b->size == size) {
			refcount_inc(&b->users);
			return b;
		}
		${out}
		break;
	}
	b = kzalloc(sizeof(*b), GFP_KERNEL);
	if (!b)
		return NULL;
	refcount_set(&b->users, 1);
	b->n = size >> PAGE_SHIFT;
	b->pages = kvmalloc_array(b->n, sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages)
		goto err;
	if (pin_user_pages_fast(at, b->n, FOLL_WRITE | FOLL_LONGTERM, b->pages) <= 0)
		goto err;
	b->at = at;
	b->size = size;
	b->pooled = true;
	list_add_tail(&b->list, &f->bufs);
	return b;
err:
	kvfree(b->pages);
	kfree(b);
	return NULL;
}
void pool_end(struct pool *f)
{
	struct buf *b, *n;

	list_for_each_entry_safe(b, n, &f->bufs, list)
		if (b->pooled)
			buf_drop(b);
}
`;

describe('an object that stays where others find it behind its last user', () => {
  const rule = 'leak-on-path';
  const place = 'buf_get:if (b->size == size) {';
  complains(rule, 'and is taken out for users who need not be there', pooled(), place);
  const read = 'refcount_dec(&b->users);\n\tif (refcount_read(&b->users) > 0)\n\t\treturn;\n\tif (b->pooled)\n\t\treturn;';
  complains(rule, 'of which the count is read', pooled({ last: read }), place);
  const ofAtomics = (text: string): string => text.replaceAll('refcount_', 'atomic_');
  complains(rule, 'of which an atomic count is read', ofAtomics(pooled({ last: read })), place);
  const ofOther = read.replace('&b->users', '&b->readers');
  accepts(rule, 'of which another count is read than was lowered', ofAtomics(pooled({ last: ofOther })));
  accepts(
    rule,
    'and is dropped where there are none',
    pooled({ out: 'b->pooled = false;\n\t\tlist_del_init(&b->list);\n\t\tif (!refcount_read(&b->users))\n\t\t\tbuf_drop(b);' }),
  );
  accepts(rule, 'never', pooled({ last: 'if (!refcount_dec_and_test(&b->users))\n\t\treturn;' }));
  accepts(rule, 'for a flag that is not taken back', pooled({ out: 'b->at = 0;\n\t\tlist_del_init(&b->list);' }));
});
