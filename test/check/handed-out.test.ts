/** Functions that take an object with pages off a list and hand it out, and callers who lose it. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const shared = `struct buf { struct list_head node; int nr; int bytes; struct page **pages; };
struct chan { spinlock_t lock; struct list_head done; wait_queue_head_t wait; struct buf *last; };
`;

/** @param found how the taker finds and removes the object */
const keeping = (found: string, linkage = 'static '): string => `${linkage}void buf_free(struct buf *b)
{
	unpin_user_pages(b->pages, b->nr);
	kfree(b);
}
${linkage}int buf_queue(struct chan *c, struct buf *b, unsigned long addr)
{
	int n = pin_user_pages_fast(addr, b->nr, FOLL_LONGTERM, b->pages);

	if (n != b->nr) {
		if (n > 0)
			unpin_user_pages(b->pages, n);
		kfree(b);
		return -EFAULT;
	}
	spin_lock(&c->lock);
	list_add_tail(&b->node, &c->done);
	spin_unlock(&c->lock);
	return 0;
}
${linkage}struct buf *buf_take(struct chan *c)
{
	struct buf *b;

	spin_lock(&c->lock);
	${found}
	spin_unlock(&c->lock);
	return b;
}
`;

/** @param told what is done with an object before it ends */
const reap = (told: string, taken = 'struct buf *b = buf_take(c);'): string => `int reap(struct chan *c, int __user *to)
{
	${taken}

	if (!b)
		return -EAGAIN;
	${told}
	buf_free(b);
	return 0;
}
`;

const first = 'b = list_first_entry_or_null(&c->done, struct buf, node);';
const lost = 'if (put_user(b->bytes, to))\n\t\treturn -EFAULT;';
const ended = 'if (put_user(b->bytes, to)) {\n\t\tbuf_free(b);\n\t\treturn -EFAULT;\n\t}';

describe('a function that takes the first object of a list, if there is one', () => {
  const place = 'reap:if (put_user(b->bytes, to))';
  for (const [name, found] of [
    ['and looks whether there is one', `${first}\n\tif (b)\n\t\tlist_del(&b->node);`],
    ['and compares it with NULL', `${first}\n\tif (b != NULL) {\n\t\tlist_del_init(&b->node);\n\t\tc->taken++;\n\t}`],
    ['and leaves where there is none', `${first}\n\tif (!b) {\n\t\tspin_unlock(&c->lock);\n\t\treturn b;\n\t}\n\tlist_del(&b->node);`],
  ] as const) {
    complains('leak-on-path', `${name}, and a caller who loses it`, shared + keeping(found) + reap(lost), place);
    accepts('leak-on-path', `${name}, and a caller who ends it`, shared + keeping(found) + reap(ended));
  }
  accepts(
    'leak-on-path',
    'or leaves it there, if it is not done',
    shared + keeping(`${first}\n\tif (b && b->bytes)\n\t\tlist_del(&b->node);`) + reap(lost),
  );
  accepts(
    'leak-on-path',
    'or hands out another one',
    shared + keeping(`${first}\n\tif (b)\n\t\tlist_del(&b->node);\n\telse\n\t\tb = c->last;`) + reap(lost),
  );
});

describe('a function of another file that takes an object off a list', () => {
  const declared = 'struct buf *buf_take(struct chan *c);\nvoid buf_free(struct buf *b);\n';
  const files = (told: string, found = `${first}\n\tif (b)\n\t\tlist_del(&b->node);`): Record<string, string> => ({
    'drivers/chan/chan.h': shared + declared,
    'drivers/chan/buf.c': `#include "chan.h"\n${keeping(found, '')}`,
    'drivers/chan/main.c': `#include "chan.h"\n${reap(told)}`,
  });
  complains('leak-on-path', 'and a caller who loses it', files(lost), 'reap:if (put_user(b->bytes, to))');
  accepts('leak-on-path', 'and a caller who ends it', files(ended));
  accepts('leak-on-path', 'or only looks at it', files(lost, first));
});
