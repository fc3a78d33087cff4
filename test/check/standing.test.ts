/** Failures that drop pages and leave standing what a device reaches them by. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'use-after-release';

const head = `struct ring { struct page **pages; int n; int id; };
struct queue { struct page **pages; int n; struct ring ring; struct ring other; void *status; int made; };
static int queue_pin(struct queue *q, unsigned long a, int n)
{
	q->pages = kcalloc(n, sizeof(*q->pages), GFP_KERNEL);
	if (!q->pages)
		return -ENOMEM;
	if (pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, q->pages) != n) {
		kfree(q->pages);
		return -EFAULT;
	}
	q->n = n;
	q->ring.pages = q->pages;
	return 0;
}
static void queue_unpin(struct queue *q)
{
	unpin_user_pages_dirty_lock(q->pages, q->n, true);
	kfree(q->pages);
}
`;

const queue = (failed: string, ring = 'ring', end = '', more = '') => `${head}${more}
int queue_create(struct hw *hw, struct queue *q, unsigned long a, int n, void __user *out)
{
	int ret;

	ret = queue_pin(q, a, n);
	if (ret)
		return ret;
	ret = hw_create_ring(hw, &q->${ring});
	if (ret) {
		dev_err(hw->dev, "no ring\\n");
		goto unpin;
	}
	q->status = (void *)get_zeroed_page(GFP_KERNEL);
	if (!q->status) {
		ret = -ENOMEM;
		${failed}
	}
	if (copy_to_user(out, &q->ring.id, sizeof(int))) {
		ret = -EFAULT;
		goto free;
	}
	return 0;
free:
	free_page((unsigned long)q->status);
	hw_destroy_ring(hw, &q->${ring});
${end}unpin:
	queue_unpin(q);
	return ret;
}
`;

describe('a ring that is made of pinned pages', () => {
  complains(rule, 'one that a failure leaves', queue('goto unpin;'), 'queue_create:if (!q->status) {');
  accepts(rule, 'one that it destroys itself', queue('hw_destroy_ring(hw, &q->ring);\n\t\tgoto unpin;'));
  accepts(
    rule,
    'one that it has a helper destroy',
    queue(
      'queue_stop(hw, q);\n\t\tgoto unpin;',
      'ring',
      '',
      'static void queue_stop(struct hw *hw, struct queue *q)\n{\n\thw_destroy_ring(hw, &q->ring);\n}\n',
    ),
  );
  accepts(rule, 'one that somebody may destroy who is not known', queue('queue_stop(hw, q);\n\t\tgoto unpin;'));
  accepts(rule, 'one that is made of other memory', queue('goto unpin;', 'other'));
  accepts(
    rule,
    'one that is destroyed under a condition',
    queue('goto undo;', 'ring', 'undo:\n\tif (q->made)\n\t\thw_destroy_ring(hw, &q->ring);\n'),
  );
});

const buffer = (failed: string, undo: string) => `struct buf { struct page **pages; int n; };
struct pack { u64 *addrs; int n; };
static int buf_pin(struct hw *hw, unsigned long a, int n, struct buf **out)
{
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		return -ENOMEM;
	b->pages = kcalloc(n, sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages) {
		kfree(b);
		return -ENOMEM;
	}
	if (pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, b->pages) != n) {
		kfree(b->pages);
		kfree(b);
		return -EFAULT;
	}
	b->n = n;
	*out = b;
	return 0;
}
static void buf_unpin(struct hw *hw, struct buf *b)
{
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
	kfree(b->pages);
	kfree(b);
}
static void pack_free(struct pack *p)
{
	kfree(p->addrs);
	kfree(p);
}
int buf_map(struct hw *hw, unsigned long a, int n, u64 at)
{
	struct buf *b;
	struct pack *p;
	int ret;

	ret = buf_pin(hw, a, n, &b);
	if (ret)
		return ret;
	ret = pack_make(hw, b, &p);
	if (ret)
		goto unpin;
	ret = map_pack(hw, at, p);
	if (ret)
		goto free;
	ret = hw_flush(hw);
	if (ret)
		${failed}
	ret = buf_list(hw, b);
	pack_free(p);
	return ret;
free:
	pack_free(p);
unpin:
	buf_unpin(hw, b);
	return ret;
}
void buf_unmap(struct hw *hw, struct buf *b, struct pack *p, u64 at)
{
	${undo}
	buf_unpin(hw, b);
}
`;

describe('a mapping of what was made of a buffer', () => {
  complains(rule, 'one that the end of the buffer undoes', buffer('goto free;', 'unmap_pack(hw, at, p);'), 'buf_map:if (ret)');
  accepts(rule, 'one that nobody undoes', buffer('goto free;', ''));
  complains(
    rule,
    'one with a wish before it that is no failure',
    buffer('goto free;', 'unmap_pack(hw, at, p);')
      .replace('int ret;\n\n\tret = buf_pin', 'bool wished = hw->fast && hw_asked(hw);\n\tint ret;\n\n\tret = buf_pin')
      .replace(
        'ret = hw_flush(hw);\n\tif (ret)\n\t\tgoto free;',
        'if (wished) {\n\t\tret = hw_flush(hw);\n\t\tif (ret < 0)\n\t\t\tgoto free;\n\t}',
      ),
    'buf_map:if (ret < 0)',
  );
});

const page = (failed: string) => `int page_map(struct dev *dev, unsigned long a, struct ent *e)
{
	struct page *page;
	dma_addr_t at;
	int ret = -EIO;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	at = dma_map_page(dev, page, 0, PAGE_SIZE, DMA_FROM_DEVICE);
	if (dma_mapping_error(dev, at)) {
		ret = -ENOMEM;
		goto unpin;
	}
	ret = hw_check(e->id);
	if (ret)
		${failed}
	ret = hw_send(e->id, at);
	if (ret)
		goto unmap;
	e->page = page;
	e->at = at;
	return 0;
unmap:
	dma_unmap_page(dev, at, PAGE_SIZE, DMA_FROM_DEVICE);
unpin:
	unpin_user_page(page);
	return ret;
}
`;

const ring = (make: string) => queue('goto unpin;').replace('ret = hw_create_ring(hw, &q->ring);', make);

describe('a ring of which an error is made', () => {
  const made = 'ret = PTR_ERR_OR_ZERO(hw_create_ring(hw, &q->ring));';
  complains(rule, 'one that a later failure leaves', ring(made), 'queue_create:if (!q->status) {');
  accepts(
    rule,
    'one that has failed itself',
    ring(made).replace('q->status = (void *)get_zeroed_page(GFP_KERNEL);', '').replace('if (!q->status) {', 'if (ret < 0) {'),
  );
});

describe('one page that is mapped for a device', () => {
  complains(rule, 'one that a failure leaves mapped', page('goto unpin;'), 'page_map:if (ret)');
  accepts(rule, 'one that it unmaps', page('goto unmap;'));
});

/** Pages that are mapped one by one, all of which have been taken before. */
const mapped = (
  undone: string,
  end = 'dma_unmap_page(b->dev, b->at[i], PAGE_SIZE, DMA_FROM_DEVICE);',
) => `struct buf { struct device *dev; struct page **pages; dma_addr_t *at; int n; };
int buf_map(struct buf *b, unsigned long a, int n)
{
	int i, got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, b->pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		return -EFAULT;
	}
	for (i = 0; i < n; i++) {
		b->at[i] = dma_map_page(b->dev, b->pages[i], 0, PAGE_SIZE, DMA_FROM_DEVICE);
		if (dma_mapping_error(b->dev, b->at[i]))
			goto unpin;
	}
	b->n = n;
	return 0;
unpin:
	${undone}
	unpin_user_pages(b->pages, n);
	return -ENOMEM;
}
void buf_unmap(struct buf *b)
{
	int i;

	for (i = 0; i < b->n; i++)
		${end}
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
}
`;

describe('pages that are mapped in rounds', () => {
  const failed = 'buf_map:if (dma_mapping_error(b->dev, b->at[i]))';
  const unmap = (index: string) => `dma_unmap_page(b->dev, b->at[${index}], PAGE_SIZE, DMA_FROM_DEVICE);`;
  complains(rule, 'those before the one that fails', mapped(''), failed);
  accepts(rule, 'those that nobody unmaps', mapped('', 'buf_note(i);'));
  for (const undone of [
    `while (--i >= 0)\n\t\t${unmap('i')}`,
    `while (i--)\n\t\t${unmap('i')}`,
    `for (i--; i >= 0; i--)\n\t\t${unmap('i')}`,
    `for (; i > 0; i--)\n\t\t${unmap('i - 1')}`,
    `while (i > 0) {\n\t\ti--;\n\t\t${unmap('i')}\n\t}`,
  ])
    accepts(rule, `those that are unmapped by ${undone.slice(0, undone.indexOf('\n'))}`, mapped(undone));
  accepts(rule, 'those that somebody may unmap who is not known', mapped('buf_stop(b);'));
});
