/** Slots of a table that a request chooses for itself: what is free holds nothing. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** @param request the function that user space comes to, of which `requested` is the text */
const table = (
  choose: string,
  index = 'i',
  request = 'table_ioctl',
  requested = '',
) => `struct slot { int id; int n; struct page **pages; };
struct table { unsigned long used; struct ida ida; struct slot slots[64]; struct mutex lock; };
static int slot_fill(struct slot *s, unsigned long a, int n)
{
	int got;

	s->pages = kvmalloc_array(n, sizeof(*s->pages), GFP_KERNEL);
	if (!s->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, s->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(s->pages, got);
		kvfree(s->pages);
		return -EFAULT;
	}
	s->n = n;
	return 0;
}
static long table_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	struct table *t = f->private_data;
	struct slot *s = NULL;
	int i = 0, ret;

	mutex_lock(&t->lock);
	${choose}
	ret = slot_fill(${index === '' ? 's' : `&t->slots[${index}]`}, a, 4);
	if (!ret)
		__set_bit(i, &t->used);
	mutex_unlock(&t->lock);
	return ret;
}
static int table_release(struct inode *inode, struct file *f)
{
	struct table *t = f->private_data;
	int i;

	for_each_set_bit(i, &t->used, 64) {
		unpin_user_pages_dirty_lock(t->slots[i].pages, t->slots[i].n, true);
		kvfree(t->slots[i].pages);
	}
	kfree(t);
	return 0;
}
${requested}const struct file_operations table_fops = { .unlocked_ioctl = ${request}, .release = table_release };
`;
const rule = 'overwritten';

describe('a slot of a table', () => {
  accepts(rule, 'that a call finds free', table('i = find_first_zero_bit(&t->used, 64);'));
  accepts(rule, 'of which a call gives the number', table('i = ida_alloc_max(&t->ida, 63, GFP_KERNEL);'));
  accepts(rule, 'that a loop finds by its number', table('for (i = 0; i < 64; i++) if (!test_bit(i, &t->used)) break;'));
  accepts(rule, 'that a loop finds itself', table('for (i = 0; i < 64; i++) if (t->slots[i].n == 0) { s = &t->slots[i]; break; }', ''));
  const filled = 'slot_fill:s->pages = kvmalloc_array(n, sizeof(*s->pages), GFP_KERNEL);';
  complains(rule, 'that the request names', table('', 'cmd & 63'), filled);
  const called = 'for (i = 0; i < 64; i++) if (t->slots[i].id == cmd) { s = &t->slots[i]; break; }\n\tif (!s)\n\t\treturn -ENOENT;';
  complains(rule, 'that a loop finds by what the request calls it', table(called, ''), filled);
  const through = `static long table_request(struct file *f, unsigned int cmd, unsigned long a)
{
	return table_ioctl(f, cmd, a);
}
`;
  complains(rule, 'that is found so for a request which hands it on', table(called, '', 'table_request', through), filled);
});
