/** An object that a function hands out by a parameter, and gives up with its pages as it fails. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

interface Written {
  /** Where the object is handed out: before the last thing that may fail, or behind it. */
  early?: string;
  late?: string;
  /** What a caller answers to the failure. */
  answer?: string;
  /** What is done to the mapping before the pages are dropped. */
  unmap?: string;
}

const handingOut = ({
  early = '',
  late = '',
  answer = 'goto err',
  unmap = '',
}: Written): string => `struct uptr { struct page **pages; int n; bool mapped; };
static int get_pages(unsigned long a, int n, struct uptr *u)
{
	int rc;

	u->pages = kvmalloc_array(n, sizeof(struct page *), GFP_KERNEL);
	if (!u->pages)
		return -ENOMEM;
	rc = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, u->pages);
	if (rc != n) {
		if (rc > 0)
			unpin_user_pages(u->pages, rc);
		kvfree(u->pages);
		return -EFAULT;
	}
	u->n = n;
	return 0;
}
static int pin_host(struct dev *d, unsigned long a, int n, struct uptr *u)
{
	int rc = get_pages(a, n, u);

	if (rc)
		dev_err(d, "no pages");
	return rc;
}
static void unpin_host(struct dev *d, struct uptr *u)
{
	${unmap}
	unpin_user_pages_dirty_lock(u->pages, u->n, true);
	kvfree(u->pages);
}
static int map_host(struct dev *d, unsigned long a, int n, struct uptr **p)
{
	struct uptr *u = kzalloc(sizeof(*u), GFP_KERNEL);
	int rc;

	if (!u)
		return -ENOMEM;
	rc = pin_host(d, a, n, u);
	if (rc)
		goto pin_err;
	${early}
	rc = hw_map(d, n);
	if (rc)
		goto map_err;
	${late}
	return 0;
map_err:
	unpin_host(d, u);
pin_err:
	kfree(u);
	return rc;
}
static void unmap_host(struct dev *d, struct uptr *u)
{
	unpin_host(d, u);
	kfree(u);
}
int map_va(struct dev *d, unsigned long a, int n)
{
	struct uptr *u = NULL;
	int rc = map_host(d, a, n, &u);

	if (rc)
		${answer};
	rc = insert_hash(d, n);
	if (rc)
		goto err;
	return list_object(d, u);
err:
	unmap_host(d, u);
	return rc;
}
`;

describe('an object that is handed out before all has gone well', () => {
  const rule = 'double-release';
  const early = '*p = u;';
  const told = 'map_va:unmap_host(d, u);';
  complains(rule, 'a caller that gives it up once more', handingOut({ early }), told);
  accepts(rule, 'a caller that leaves it at that', handingOut({ early, answer: 'return rc' }));
  accepts(
    rule,
    'one that is handed out where all has gone well',
    handingOut({ late: early, answer: 'if (u)\n\t\t\tgoto err;\n\t\treturn rc' }),
  );
  complains(
    rule,
    'what may be done to a mapping first',
    handingOut({ early, unmap: 'if (u->mapped)\n\t\td->ops->unmap(d, u->pages);' }),
    told,
  );
  accepts(rule, 'what certainly is done first, and is not known', handingOut({ early, unmap: 'd->ops->refill(d, u->pages);' }));
  accepts(rule, 'pages that are not dropped on all ways', handingOut({ early, unmap: 'if (!u->mapped)\n\t\treturn;' }));
});

/** An exported buffer, which its maker gives up where it cannot be exported; a device writes to it by who has attached to it. */
const exported = ({
  end = 'unpin_user_pages_dirty_lock(u->pages, u->n, true);',
  before = '',
} = {}): string => `struct ubuf { struct page **pages; int n; };
static int ubuf_map(struct device *dev, struct ubuf *u, struct sg_table *sg)
{
	if (sg_alloc_table_from_pages(sg, u->pages, u->n, 0, u->n << PAGE_SHIFT, GFP_KERNEL))
		return -ENOMEM;
	return dma_map_sgtable(dev, sg, DMA_FROM_DEVICE, 0);
}
static struct sg_table *ubuf_attach(struct dma_buf_attachment *at, enum dma_data_direction dir)
{
	struct sg_table *sg = kzalloc(sizeof(*sg), GFP_KERNEL);

	return sg && !ubuf_map(at->dev, at->dmabuf->priv, sg) ? sg : NULL;
}
static void ubuf_release(struct dma_buf *buf)
{
	struct ubuf *u = buf->priv;

	${end}
	kvfree(u->pages);
	kfree(u);
}
static const struct dma_buf_ops ubuf_ops = { .map_dma_buf = ubuf_attach, .release = ubuf_release };
static int ubuf_pin(struct ubuf *u, unsigned long a)
{
	int got = pin_user_pages_fast(a, u->n, FOLL_WRITE | FOLL_LONGTERM, u->pages);

	if (got == u->n)
		return 0;
	if (got > 0)
		unpin_user_pages(u->pages, got);
	return -EFAULT;
}
int ubuf_create(struct device *dev, struct sg_table *sg, unsigned long a, int n)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct ubuf *u = kzalloc(sizeof(*u), GFP_KERNEL);
	struct dma_buf *buf;

	if (!u)
		return -ENOMEM;
	u->n = n;
	u->pages = kvcalloc(n, sizeof(*u->pages), GFP_KERNEL);
	if (!u->pages || ubuf_pin(u, a))
		goto free;
	${before}
	info.ops = &ubuf_ops;
	info.priv = u;
	buf = dma_buf_export(&info);
	if (!IS_ERR(buf))
		return dma_buf_fd(buf, O_RDWR);
	unpin_user_pages(u->pages, u->n);
free:
	kvfree(u->pages);
	kfree(u);
	return -ENOMEM;
}
`;

describe('a buffer that its maker gives up', () => {
  const rule = 'dirty-lost';
  const clean = 'unpin_user_pages(u->pages, u->n);';
  accepts(rule, 'before anybody could write to it', exported());
  complains(rule, 'beside an end that marks nothing', exported({ end: clean }), `ubuf_release:${clean}`);
  complains(
    rule,
    'behind a device that it has let at it',
    exported({ end: clean, before: 'if (ubuf_map(dev, u, sg))\n\t\tgoto free;' }),
    `ubuf_release:${clean}`,
    `ubuf_create:${clean}`,
  );
});

const undone = ({
  first = 'unpin_user_pages(b->pages, b->n);',
  then = 'kref_put(&b->ref, ubuf_free);',
  end = '',
  use = '',
  fails = 'xa_alloc(&c->bufs, &b->id, b, xa_limit_32b, GFP_KERNEL)',
} = {}) => `
struct ubuf { struct kref ref; u32 id; int n; struct page *pages[]; };
struct uctx { struct xarray bufs; struct ubuf *last; };
static void ubuf_free(struct kref *ref)
{
	struct ubuf *b = container_of(ref, struct ubuf, ref);

	${end}
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
	kfree(b);
}
int ubuf_make(struct uctx *c, unsigned long a, int n)
{
	struct ubuf *b = kzalloc(struct_size(b, pages, n), GFP_KERNEL);
	int ret;

	if (!b)
		return -ENOMEM;
	kref_init(&b->ref);
	ret = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, b->pages);
	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(b->pages, ret);
		kfree(b);
		return -EFAULT;
	}
	b->n = n;
	${use}
	if (${fails}) {
		${first}
		${then}
		return -ENOMEM;
	}
	return 0;
}
void ubuf_del(struct uctx *c, u32 id)
{
	struct ubuf *b = xa_erase(&c->bufs, id);

	if (b)
		kref_put(&b->ref, ubuf_free);
}
`;

describe('an object that is given up once its pages are dropped', () => {
  const rule = 'double-release';
  for (const then of ['kref_put(&b->ref, ubuf_free);', 'ubuf_free(&b->ref);']) {
    complains(rule, `by ${then}`, undone({ then }), `ubuf_make:${then}`);
    accepts(rule, `by ${then}, which alone drops them`, undone({ first: '', then }));
    accepts(rule, `by ${then}, which counts none any more`, undone({ first: 'unpin_user_pages(b->pages, b->n);\n\t\tb->n = 0;', then }));
    accepts(rule, `by ${then}, which may leave them`, undone({ then, end: 'if (!b->id)\n\t\treturn;' }));
  }
  accepts(rule, 'with another use of it', undone({ use: 'kref_get(&b->ref);' }));
  accepts(rule, 'where others have it', undone({ use: 'c->last = b;', fails: 'hw_start(c)' }));
  accepts(rule, 'which is freed', undone({ then: 'kfree(b);' }));
});
