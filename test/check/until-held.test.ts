/** Loops that wait until there is something, `while (!(buf = take(queue)))`: what comes behind them has it, also if it was there at once. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** @param wait how an object is waited for @param told what is done with it before it ends */
const queue = (wait: string, told: string): string => `struct buf { struct list_head node; int nr; int bytes; struct page **pages; };
struct chan { spinlock_t lock; struct list_head done; };
static void buf_free(struct buf *b)
{
	unpin_user_pages(b->pages, b->nr);
	kfree(b);
}
static int buf_queue(struct chan *c, struct buf *b, unsigned long addr)
{
	int n = pin_user_pages_fast(addr, b->nr, FOLL_LONGTERM, b->pages);

	if (n != b->nr) {
		if (n > 0)
			unpin_user_pages(b->pages, n);
		kfree(b);
		return -EFAULT;
	}
	list_add_tail(&b->node, &c->done);
	return 0;
}
static struct buf *buf_take(struct chan *c)
{
	struct buf *b = list_first_entry_or_null(&c->done, struct buf, node);

	if (b)
		list_del(&b->node);
	return b;
}
static int reap(struct chan *c, int __user *to)
{
	struct buf *b;

	${wait}
	${told}
	buf_free(b);
	return 0;
}
`;

const lost = 'if (put_user(b->bytes, to))\n\t\treturn -EFAULT;';
const ended = 'if (put_user(b->bytes, to)) {\n\t\tbuf_free(b);\n\t\treturn -EFAULT;\n\t}';

describe('an object that is waited for in a loop', () => {
  for (const [name, wait] of [
    ['in its test', 'while (!(b = buf_take(c)))\n\t\tmsleep(1);'],
    [
      'in its test, unless a signal comes',
      'while ((b = buf_take(c)) == NULL)\n\t\tif (wait_event_interruptible(c->wait, 1))\n\t\t\treturn -EINTR;',
    ],
    ['before it and in it', 'b = buf_take(c);\n\twhile (!b) {\n\t\tmsleep(1);\n\t\tb = buf_take(c);\n\t}'],
  ] as const) {
    complains('leak-on-path', `${name}, and lost`, queue(wait, lost), 'reap:if (put_user(b->bytes, to))');
    accepts('leak-on-path', `${name}, and ended`, queue(wait, ended));
  }
});

/** @param wait how the pages are taken @param left what comes before their drop */
const pages = (wait: string, left: string): string => `int f(struct page **pages, unsigned long a, int n)
{
	int got;

	${wait}
	${left}
	unpin_user_pages(pages, got);
	return 0;
}
`;

describe('pages that are taken in the test of a loop', () => {
  for (const [name, wait] of [
    ['until there are any', 'while ((got = pin_user_pages_fast(a, n, 0, pages)) <= 0)\n\t\tcond_resched();'],
    [
      'until it is done',
      'while ((got = pin_user_pages_fast(a, n, 0, pages)) == -EAGAIN)\n\t\tcond_resched();\n\tif (got <= 0)\n\t\treturn got;',
    ],
  ] as const) {
    complains('leak-on-path', `${name}, and lost`, pages(wait, 'if (hw_start(a))\n\t\treturn -EIO;'), 'f:if (hw_start(a))');
    accepts('leak-on-path', `${name}, and dropped`, pages(wait, 'hw_start(a);'));
  }
});
