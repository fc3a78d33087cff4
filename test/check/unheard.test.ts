/** Objects that live on though a failure has dropped their pages: nobody has looked whether it failed. */
import { describe, expect, it } from 'vitest';
import { accepts, complains, pathsOf } from './findings.js';

const rule = 'double-release';

const array = ({
  bind = 'obj_pin(o);',
  fail = '',
  done = '',
  test = '!o->pages',
} = {}) => `struct obj { struct page **pages; int n; int pinned; };
static int obj_pin(struct obj *o)
{
	int ret;

	if (pin_user_pages_fast(o->addr, o->n, FOLL_WRITE | FOLL_LONGTERM, o->pages) != o->n)
		return -EFAULT;
	ret = hw_map(o->dev, o->addr);
	if (ret) {
		unpin_user_pages(o->pages, o->n);
		${fail}
		return ret;
	}
	${done}
	return 0;
}
static void obj_unpin(struct obj *o)
{
	if (${test})
		return;
	unpin_user_pages_dirty_lock(o->pages, o->n, true);
}
static int obj_bind(struct obj *o)
{
	int ret;

	${bind}
	return hw_bind(o->dev, o->addr);
}
static void obj_unbind(struct obj *o)
{
	obj_unpin(o);
}
const struct obj_ops ops = { .bind = obj_bind, .unbind = obj_unbind };
`;

const drop = 'obj_pin:unpin_user_pages(o->pages, o->n);';

describe('an object with an array', () => {
  complains(rule, 'one that is bound whatever became of it', array(), drop);
  accepts(rule, 'one that is not', array({ bind: 'ret = obj_pin(o);\n\tif (ret)\n\t\treturn ret;' }));
  accepts(rule, 'one that forgets the array', array({ fail: 'o->pages = NULL;' }));
  accepts(rule, 'one that says whether it has pages', array({ done: 'o->pinned = 1;', test: '!o->pinned' }));
});

const table = ({ fail = '', done = '', test = '!o->sg || !o->sg->sgl', free = 'kfree(o->sg);' } = {}) => `struct obj {
	struct page **pages; int n; struct device *dev; struct sg_table *sg; int mapped;
};
static int obj_pin(struct obj *o)
{
	int ret;

	if (pin_user_pages_fast(o->addr, o->n, FOLL_WRITE | FOLL_LONGTERM, o->pages) != o->n)
		return -EFAULT;
	ret = sg_alloc_table_from_pages(o->sg, o->pages, o->n, 0, o->n << PAGE_SHIFT, GFP_KERNEL);
	if (ret)
		goto unpin;
	ret = dma_map_sgtable(o->dev, o->sg, DMA_BIDIRECTIONAL, 0);
	if (ret)
		goto free;
	${done}
	return 0;
free:
	${free}
	${fail}
unpin:
	unpin_user_pages(o->pages, o->n);
	return ret;
}
static void obj_unpin(struct obj *o)
{
	struct sg_page_iter it;

	if (${test})
		return;
	dma_unmap_sgtable(o->dev, o->sg, DMA_BIDIRECTIONAL, 0);
	for_each_sgtable_page(o->sg, &it, 0) {
		struct page *page = sg_page_iter_page(&it);

		set_page_dirty_lock(page);
		unpin_user_page(page);
	}
	sg_free_table(o->sg);
}
static int obj_bind(struct obj *o)
{
	obj_pin(o);
	return hw_bind(o->dev, o->addr);
}
static void obj_unbind(struct obj *o)
{
	obj_unpin(o);
}
const struct obj_ops ops = { .bind = obj_bind, .unbind = obj_unbind };
`;

describe('an object with a table that is dropped from', () => {
  complains(rule, 'one that leads to the freed table', table(), drop);
  accepts(rule, 'one that forgets the table', table({ fail: 'o->sg = NULL;' }));
  accepts(rule, 'one with a table that says that it is empty', table({ free: 'sg_free_table(o->sg);' }));
  accepts(rule, 'one that says whether it is mapped', table({ done: 'o->mapped = 1;', test: '!o->mapped' }));
});

it('tells where the second drop is', async () => {
  const [path] = await pathsOf(array(), rule);
  expect(path?.at(-1)).toBe('obj_unpin: dropped again by unpin_user_pages_dirty_lock()');
});
