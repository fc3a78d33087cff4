/** Objects with pages on a list of which the head stands in another object: who frees that one has lost them, where nobody has looked there. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'leak-on-path';
const add = 'list_add_tail(&c->list, &m->chunks);';
const put = 'chunks_put(m);';

/** A region of which the chunks are taken by one function, and dropped by another. */
const regions = ({
  add: adding = add,
  failed = put,
  left = put,
} = {}) => `struct chunk { struct list_head list, all; struct page *pages[16]; int n; };
struct dev { struct list_head all; };
struct mr { struct list_head chunks; struct mutex lock; struct dev *dev; };
int hw_alloc_id(void);
int hw_map(struct chunk *c);
static void chunks_put(struct mr *m)
{
	struct chunk *c, *t;

	list_for_each_entry_safe(c, t, &m->chunks, list) {
		unpin_user_pages(c->pages, c->n);
		list_del(&c->list);
		kfree(c);
	}
}
static int chunks_get(struct mr *m, unsigned long a, int n)
{
	struct chunk *c;
	int got;

	while (n > 0) {
		c = kzalloc(sizeof(*c), GFP_KERNEL);
		if (!c)
			return -ENOMEM;
		got = pin_user_pages_fast(a, 16, FOLL_LONGTERM, c->pages);
		if (got <= 0) {
			kfree(c);
			return got ? got : -EFAULT;
		}
		c->n = got;
		${adding}
		n -= got;
		a += got * PAGE_SIZE;
	}
	return 0;
}
struct mr *mr_create(unsigned long a, int n)
{
	struct mr *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int ret;

	if (!m)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&m->chunks);
	mutex_init(&m->lock);
	ret = chunks_get(m, a, n);
	if (ret) {
		${failed}
		kfree(m);
		return ERR_PTR(ret);
	}
	mutex_lock(&m->lock);
	mutex_unlock(&m->lock);
	ret = hw_alloc_id();
	if (ret) {
		${left}
		kfree(m);
		return ERR_PTR(ret);
	}
	return m;
}
void mr_destroy(struct mr *m)
{
	chunks_put(m);
	kfree(m);
}
`;

describe('a list in an object that could not be made', () => {
  accepts(rule, 'that is gone through', regions());
  complains(rule, 'that the failure of its own leaves', regions({ failed: '' }), 'chunks_get:if (!c)');
  complains(rule, 'that a later failure leaves', regions({ left: '' }), 'mr_create:if (ret) {');
  accepts(rule, 'that goes to another', regions({ left: 'list_splice(&m->chunks, &gone);' }));
  accepts(rule, 'that is looked into', regions({ left: 'WARN_ON(!list_empty(&m->chunks));' }));
  for (const both of [
    `${add}\n\t\tlist_add_tail(&c->all, &m->dev->all);`,
    `list_add_tail(&c->all, &m->dev->all);\n\t\t${add}`,
    'list_add_tail(&c->all, &m->dev->all);',
  ])
    accepts(rule, `beside which the chunks are on another: ${both}`, regions({ add: both, left: '' }));
});

/** A region that takes its chunks itself. */
const one = (end: string, added = '', head = 'while (n > 0)') => `struct chunk { struct list_head list; struct page *pages[16]; int n; };
struct mr { struct list_head chunks; };
int hw_alloc_id(void);
int hw_map(struct chunk *c);
struct mr *mr_create(unsigned long a, int n)
{
	struct mr *m = kzalloc(sizeof(*m), GFP_KERNEL);
	struct chunk *c;
	int ret = -ENOMEM;

	if (!m)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&m->chunks);
	${head} {
		c = kzalloc(sizeof(*c), GFP_KERNEL);
		if (!c)
			goto fail;
		c->n = pin_user_pages_fast(a, 16, FOLL_LONGTERM, c->pages);
		if (c->n <= 0) {
			kfree(c);
			goto fail;
		}
		list_add(&c->list, &m->chunks);
		${added}
		n -= c->n;
	}
	return m;
fail:
	${end}
	kfree(m);
	return ERR_PTR(ret);
}
void mr_destroy(struct mr *m)
{
	struct chunk *c, *t;

	list_for_each_entry_safe(c, t, &m->chunks, list) {
		unpin_user_pages(c->pages, c->n);
		kfree(c);
	}
	kfree(m);
}
`;

describe('a list of what earlier rounds have taken', () => {
  const drop = 'list_del(&c->list);\n\t\tunpin_user_pages(c->pages, c->n);\n\t\tkfree(c);';
  const all = `while (!list_empty(&m->chunks)) {\n\t\tc = list_first_entry(&m->chunks, struct chunk, list);\n\t\t${drop}\n\t}`;
  const undone = `if (hw_map(c)) {\n\t\t${drop}\n\t\tgoto fail;\n\t\t}`;
  accepts(rule, 'that is emptied', one(all));
  accepts(rule, 'from which the last is taken, and which is emptied then', one(all, undone));
  complains(
    rule,
    'that is freed with the object',
    one(''),
    'mr_create:if (!c)',
    'mr_create:c->n = pin_user_pages_fast(a, 16, FOLL_LONGTERM, c->pages);',
  );
  accepts(rule, 'of which there is one, that is taken from it', one('', undone, 'for (c = NULL; !c;)'));
  complains(
    rule,
    'of which there is one',
    one('', 'ret = hw_alloc_id();\n\t\tif (ret)\n\t\t\tgoto fail;', 'for (c = NULL; !c;)'),
    'mr_create:if (ret)',
  );
});
