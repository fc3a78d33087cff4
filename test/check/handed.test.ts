/** What a function that others were handed pages by, or hand them to, may do: fail far away, fail at once, make an object, ask for the user's pages. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const queued = (undo: string) => ({
  'lib/hw.c': `int hw_queue_set(struct hw_queue *q, void *data)
{
	int rc = hw_write(q->number, __pa(data));

	if (rc)
		return -EIO;
	q->data = data;
	return 0;
}
`,
  'drv/queue.c': `struct dev { struct hw_queue q; struct page *page; };
int dev_set(struct dev *dev, unsigned long a)
{
	struct page *page;
	void *data;
	int rc;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	data = page_address(page) + offset_in_page(a);
	rc = hw_queue_set(&dev->q, data);
	if (rc) {
		${undo}
		return rc;
	}
	dev->page = page;
	return 0;
}
void dev_unset(struct dev *dev)
{
	put_page(dev->page);
}
`,
});
describe('a library that is given the address of the data, and fails', () => {
  complains('leak-on-path', 'a page that is not dropped then', queued(';'), 'dev_set:rc = hw_queue_set(&dev->q, data);');
  accepts('leak-on-path', 'one that is', queued('put_page(page);'));
});
