/** Requests that user space makes again, each of which takes a page into the same field. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const device = (
  params: string,
  take: string,
  { before = '', member = 'unlocked_ioctl', first = '' }: { before?: string; member?: string; first?: string } = {},
) => `struct ctx { struct page *page; int state; };
static long ctx_request(${params})
{
	struct ctx *c = f->private_data;
	struct page *page;

	${before}
	${take}
	return 0;
}
static int ctx_open(struct inode *i, struct file *f)
{
	struct ctx *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return -ENOMEM;
	f->private_data = c;
	${first}
	return 0;
}
static int ctx_release(struct inode *i, struct file *f)
{
	struct ctx *c = f->private_data;

	if (c->page)
		unpin_user_pages_dirty_lock(&c->page, 1, true);
	kfree(c);
	return 0;
}
static const struct file_operations ctx_fops = { .open = ctx_open, .release = ctx_release, .${member} = ctx_request };
`;
const ioctl = (take: string, more = {}) =>
  device('struct file *f, unsigned int cmd, unsigned long at', take, more).replaceAll('ctx_request', 'ctx_ioctl');
const write = (take: string, member = 'write') => device('struct file *f, const char __user *at, size_t n, loff_t *pos', take, { member });

const direct = `if (pin_user_pages_fast((unsigned long)at, 1, FOLL_WRITE | FOLL_LONGTERM, &c->page) != 1)
		return -EFAULT;`;
const local = `if (pin_user_pages_fast((unsigned long)at, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	c->page = page;`;
const rule = 'overwritten';
const called = 'if (pin_user_pages_fast((unsigned long)at, 1, FOLL_WRITE | FOLL_LONGTERM, &c->page) != 1)';

describe('a request that takes a page into a field', () => {
  complains(rule, 'which an ioctl stores there', ioctl(local), 'ctx_ioctl:c->page = page;');
  complains(rule, 'which the call itself puts there', ioctl(direct), `ctx_ioctl:${called}`);
  for (const member of ['write', 'read', 'mmap', 'write_iter'])
    complains(rule, `by .${member}`, write(direct, member), `ctx_request:${called}`);
});

describe('a request that keeps its page', () => {
  accepts(rule, 'which asks for one before', ioctl(direct, { before: 'if (c->page)\n\t\treturn -EBUSY;' }));
  accepts(rule, 'which drops one before', ioctl(direct, { before: 'if (c->page)\n\t\tunpin_user_page(c->page);\n\tc->page = NULL;' }));
  accepts(rule, 'which is made once for each file', write(direct, 'open'));
  accepts(rule, 'which nobody makes', write(direct, 'note'));
});

describe('a slot that a request stores over', () => {
  const slots = (asked: string, test: string): string => `struct seg { struct page **pages; int n; struct page *last; };
struct tab { struct seg *seg[64]; int n; };
static struct seg *seg_make(unsigned long a, int n)
{
	struct seg *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	s->pages = kvcalloc(n, sizeof(*s->pages), GFP_KERNEL);
	if (!s->pages)
		goto bad;
	if (pin_user_pages_fast(a, n, FOLL_LONGTERM, s->pages) != n)
		goto bad;
	s->n = n;
	return s;
bad:
	kvfree(s->pages);
	kfree(s);
	return NULL;
}
static long tab_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct tab *t = f->private_data;
	${asked}
	struct seg *s;

	if (copy_from_user(&u, (void __user *)arg, sizeof(u)) || u.slot >= 64)
		return -EINVAL;
	${test}
	s = seg_make(u.at, u.n);
	if (!s)
		return -ENOMEM;
	t->seg[u.slot] = s;
	t->n = u.n;
	return 0;
}
static int tab_close(struct inode *i, struct file *f)
{
	struct tab *t = f->private_data;
	int k;

	for (k = 0; k < 64; k++)
		if (t->seg[k])
			unpin_user_pages(t->seg[k]->pages, t->seg[k]->n);
	kfree(t);
	return 0;
}
static const struct file_operations tab_fops = { .unlocked_ioctl = tab_ioctl, .release = tab_close };
`;
  const own = 'struct { __u64 at; __u32 n, slot; } u;';
  const store = 'tab_ioctl:t->seg[u.slot] = s;';
  complains(rule, 'and has looked at what it is asked for', slots(own, 'if (u.n > 4096)\n		return -EINVAL;'), store);
  complains(
    rule,
    'and has looked at that in a variable',
    slots(`${own}\n	int n;`, 'n = u.n;\n	if (n > 4096)\n		return -EINVAL;'),
    store,
  );
  complains(
    rule,
    'and has looked at what it has made itself',
    slots(own, 's = kzalloc(sizeof(*s), GFP_KERNEL);\n	if (!s || s->n)\n		return -ENOMEM;'),
    store,
  );
  accepts(rule, 'and has looked at a count of the object', slots(own, 'if (t->n)\n		return -EBUSY;'));
  accepts(rule, 'and has compared that with it', slots(own, 'if (t->n >= u.n)\n		return -EBUSY;'));
  accepts(rule, 'and has looked at the slot', slots(own, 'if (t->seg[u.slot])\n		return -EBUSY;'));
});
