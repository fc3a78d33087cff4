/** Objects with pages that a function waits for in a loop, until there is one. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const queue = (waits: string, left = 'return -EFAULT;') => `struct buf { struct list_head node; int nr; int bytes; struct page **pages; };
struct box { spinlock_t lock; struct list_head done; wait_queue_head_t wait; };
static void buf_end(struct buf *b)
{
	unpin_user_pages_dirty_lock(b->pages, b->nr, true);
	kfree(b);
}
static int buf_queue(struct box *x, struct buf *b, unsigned long addr)
{
	int n = pin_user_pages_fast(addr, b->nr, FOLL_WRITE | FOLL_LONGTERM, b->pages);

	if (n != b->nr) {
		if (n > 0)
			unpin_user_pages(b->pages, n);
		kfree(b);
		return -EFAULT;
	}
	spin_lock(&x->lock);
	list_add_tail(&b->node, &x->done);
	spin_unlock(&x->lock);
	return 0;
}
static struct buf *buf_take(struct box *x)
{
	struct buf *b;

	spin_lock(&x->lock);
	if (list_empty(&x->done)) {
		spin_unlock(&x->lock);
		return NULL;
	}
	b = list_first_entry(&x->done, struct buf, node);
	list_del(&b->node);
	spin_unlock(&x->lock);
	return b;
}
static int box_reap(struct box *x, void __user *arg)
{
	struct buf *b;

	${waits}
	if (copy_to_user(arg, &b->bytes, 4))
		${left}
	buf_end(b);
	return 0;
}
`;

describe('an object that a loop waits for', () => {
  const told = 'box_reap:if (copy_to_user(arg, &b->bytes, 4))';
  const interrupted = 'if (wait_event_interruptible(x->wait, !list_empty(&x->done)))\n\t\t\treturn -EINTR;';
  const loops = [
    'while (!(b = buf_take(x)))\n\t\tcond_resched();',
    `while ((b = buf_take(x)) == NULL)\n\t\t${interrupted}`,
    `while (!(b = buf_take(x))) {\n\t\t${interrupted}\n\t}`,
    `b = buf_take(x);\n\twhile (!b) {\n\t\t${interrupted}\n\t\tb = buf_take(x);\n\t}`,
    'while (!(b = list_first_entry_or_null(&x->done, struct buf, node)))\n\t\tmsleep(1);\n\tlist_del(&b->node);',
    'for (b = buf_take(x); !b; b = buf_take(x))\n\t\tcond_resched();',
  ];
  for (const waits of loops) {
    complains('leak-on-path', waits, queue(waits), told);
    accepts('leak-on-path', `where it is ended: ${waits}`, queue(waits, '{\n\t\t\tbuf_end(b);\n\t\t\treturn -EFAULT;\n\t\t}'));
  }
});
