/** Objects that a function takes in the condition that it waits for. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const files = (wait: string, end = 'buf_end(b);'): string => `struct buf { struct list_head node; int n; struct page **pages; };
struct queue { spinlock_t lock; struct list_head done; wait_queue_head_t wait; };
static void buf_end(struct buf *b)
{
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
	kfree(b);
}
int queue_fill(struct queue *q, struct buf *b, unsigned long a)
{
	int n = pin_user_pages_fast(a, b->n, FOLL_WRITE | FOLL_LONGTERM, b->pages);

	if (n != b->n) {
		if (n > 0)
			unpin_user_pages(b->pages, n);
		kfree(b);
		return -EFAULT;
	}
	spin_lock(&q->lock);
	list_add_tail(&b->node, &q->done);
	spin_unlock(&q->lock);
	return 0;
}
static struct buf *queue_next(struct queue *q)
{
	struct buf *b;

	spin_lock(&q->lock);
	if (list_empty(&q->done)) {
		spin_unlock(&q->lock);
		return NULL;
	}
	b = list_first_entry(&q->done, struct buf, node);
	list_del(&b->node);
	spin_unlock(&q->lock);
	return b;
}
int queue_reap(struct queue *q, bool quiet)
{
	struct buf *b = NULL;
	long ret;

	${wait}
	if (quiet && b->n > 4)
		return -EINVAL;
	${end}
	return 0;
}
`;

const next = '(b = queue_next(q)) != NULL';
const waits: readonly [name: string, wait: string][] = [
  ['one that may be interrupted', `if (wait_event_interruptible(q->wait, ${next}))\n\t\treturn -EINTR;`],
  ['its result in a variable', `ret = wait_event_killable(q->wait, ${next});\n\tif (ret)\n\t\treturn ret;`],
  ['a failure below zero', `ret = wait_event_interruptible(q->wait, ${next});\n\tif (ret < 0)\n\t\treturn ret;`],
  ['one that may be over', `ret = wait_event_timeout(q->wait, ${next}, HZ);\n\tif (!ret)\n\t\treturn -ETIMEDOUT;`],
  ['one that may be both', `ret = wait_event_interruptible_timeout(q->wait, ${next}, HZ);\n\tif (ret <= 0)\n\t\treturn -EINTR;`],
  ['the pointer itself', 'if (wait_event_interruptible(q->wait, (b = queue_next(q))))\n\t\treturn -EINTR;'],
  [
    'one of two conditions',
    `if (wait_event_interruptible(q->wait, !q->wait.open || ${next}))\n\t\treturn -EINTR;\n\tif (!b)\n\t\treturn -ENODEV;`,
  ],
  ['one that ends only so', `wait_event(q->wait, ${next});`],
];

describe('an object that is taken in the condition of a wait', () => {
  for (const [name, wait] of waits) {
    accepts('leak-on-path', `the wait that failed: ${name}`, files(wait).replace('return -EINVAL', 'quiet = false'));
    complains('leak-on-path', `the failure behind the wait: ${name}`, files(wait), 'queue_reap:if (quiet && b->n > 4)');
  }
});

/** A request with pages that is handed to a ring as soon as that has room. */
const handed = (wait: string): string => `int ring_read(struct ring *ring, unsigned long a)
{
	struct page *page;
	int ret;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	${wait}
	unpin_user_pages_dirty_lock(&page, 1, true);
	return ret;
}
`;
describe('a wait that ends only when its condition holds', () => {
  accepts('leak-on-path', 'has no failure', handed('wait_event(ring->room, (ret = ring_add(ring)) != -ENOSPC);'));
  complains(
    'leak-on-path',
    'may be followed by one',
    handed('wait_event(ring->room, (ret = ring_add(ring)) != -ENOSPC);\n\tif (ret < 0)\n\t\treturn ret;'),
    'ring_read:if (ret < 0)',
  );
});
