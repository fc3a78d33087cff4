/** Two lists of one struct: objects come to the second one only once their pages were dropped, or still have them there. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const drop = 'unpin_user_pages(r->pages, r->nr);';
const move = 'list_move_tail(&r->entry, &q->done);';

const finish = `static void finish(struct queue *q, struct req *r)
{
	r->result = 0;
	${move}
}`;

/** @param moved what the worker does with an object @param more further functions @param end what the release does with the lists */
const queue = (moved: string, more: string, end: string): string => `
struct req { struct list_head entry; int nr; int result; struct page **pages; };
struct queue { struct mutex lock; struct list_head waiting, done; struct work_struct work; };
static int submit(struct queue *q, struct req *r, unsigned long addr)
{
	int n = pin_user_pages_fast(addr, r->nr, FOLL_LONGTERM, r->pages);

	if (n != r->nr) {
		if (n > 0)
			unpin_user_pages(r->pages, n);
		kfree(r);
		return -EFAULT;
	}
	list_add_tail(&r->entry, &q->waiting);
	return 0;
}
${moved.includes('finish') ? finish : ''}
static void queue_work_fn(struct work_struct *w)
{
	struct queue *q = container_of(w, struct queue, work);
	struct req *r = list_first_entry_or_null(&q->waiting, struct req, entry);

	if (!r)
		return;
	${moved}
}
${more}
static int queue_release(struct inode *inode, struct file *file)
{
	struct queue *q = file->private_data;
	struct req *r, *n;
	LIST_HEAD(gone);

	${end}
	kfree(q);
	return 0;
}
static int queue_open(struct inode *inode, struct file *file)
{
	struct queue *q = kzalloc(sizeof(*q), GFP_KERNEL);

	if (!q)
		return -ENOMEM;
	INIT_LIST_HEAD(&q->waiting);
	INIT_LIST_HEAD(&q->done);
	file->private_data = q;
	return 0;
}
static long queue_ioctl(struct file *file, unsigned int cmd, unsigned long addr)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	r->pages = kcalloc(4, sizeof(*r->pages), GFP_KERNEL);
	return submit(file->private_data, r, addr);
}
const struct file_operations fops = { .open = queue_open, .release = queue_release, .unlocked_ioctl = queue_ioctl };
`;

const each = (head: string, body: string): string => `list_for_each_entry_safe(r, n, &${head}, entry) {\n\t\t${body}\n\t}`;
const dropped = `${drop}\n\t\tkfree(r); /* waiting */`;
const freed = 'kfree(r); /* done */';
const both = `${each('q->waiting', dropped)}\n\t${each('q->done', freed)}`;
const spliced = `${each('q->waiting', dropped)}\n\tlist_splice_init(&q->done, &gone);\n\t${each('gone', freed)}`;

/** Takes a finished object, and loses it if user space cannot be told. */
const reap = `static int reap(struct queue *q, void __user *to)
{
	struct req *r = list_first_entry_or_null(&q->done, struct req, entry);

	if (!r)
		return -EAGAIN;
	list_del(&r->entry);
	if (copy_to_user(to, &r->result, 4))
		return -EFAULT;
	${drop}
	kfree(r);
	return 0;
}`;

describe('a list of objects whose pages were dropped', () => {
  accepts('leak-on-path', 'an end that only frees them', queue(`${drop}\n\t${move}`, '', both));
  accepts('leak-on-path', 'an end that moves them to a list of its own', queue(`${drop}\n\t${move}`, '', spliced));
  accepts('leak-on-path', 'a helper that puts them there', queue(`${drop}\n\tfinish(q, r);`, '', both));
  accepts('leak-on-path', 'one of them that is lost', queue(`${drop}\n\t${move}`, reap, both));
  complains(
    'leak-on-path',
    'an end that only frees those of the other list',
    queue(`${drop}\n\t${move}`, '', `${each('q->waiting', 'kfree(r); /* waiting */')}\n\t${each('q->done', freed)}`),
    'queue_release:kfree(r); /* waiting */',
  );
});

describe('a list of objects that still have their pages', () => {
  const place = 'queue_release:kfree(r); /* done */';
  complains('leak-on-path', 'an end that only frees them', queue(move, '', both), place);
  complains('leak-on-path', 'an end that moves them to a list of its own', queue(move, '', spliced), place);
  complains('leak-on-path', 'that a helper puts there', queue('finish(q, r);', '', both), place);
  complains('leak-on-path', 'only some of which have none', queue(`if (hw_ok(1))\n\t\t${drop}\n\t${move}`, '', both), place);
  complains(
    'leak-on-path',
    'to which another function moves all that wait',
    queue(`${drop}\n\t${move}`, 'static void flush(struct queue *q)\n{\n\tlist_splice_init(&q->waiting, &q->done);\n}', both),
    place,
  );
  complains(
    'leak-on-path',
    'one of which is lost',
    queue(move, reap, each('q->done', dropped)),
    'reap:if (copy_to_user(to, &r->result, 4))',
  );
});
