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
