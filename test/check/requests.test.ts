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

/** A request that has a helper take the pages, works with them, and has another drop them. */
const mapped = (request: string, more = ''): string => `struct dev {
	struct page *pages[16];
	int n;
	int (*xfer)(struct dev *d);
};
static struct page *shared[16];
static int dev_map(struct dev *d, unsigned long a, int n)
{
	int got = pin_user_pages_fast(a, n, FOLL_LONGTERM, d->pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(d->pages, got);
		return -EFAULT;
	}
	d->n = n;
	return 0;
}
static void dev_unmap(struct dev *d)
{
	unpin_user_pages(d->pages, d->n);
}
${more}
static ssize_t dev_write(struct file *f, const char __user *at, size_t n, loff_t *pos)
{
	struct dev *d = f->private_data;
	int ret;

	${request}
}
static const struct file_operations dev_fops = { .write = dev_write };
`;
const mapping = 'dev_map:int got = pin_user_pages_fast(a, n, FOLL_LONGTERM, d->pages);';
const worked = (between: string, more = ''): string =>
  mapped(`ret = dev_map(d, (unsigned long)at, 16);\n	if (ret)\n		return ret;\n	${between}`, more);
const released = `static int dev_release(struct inode *i, struct file *f)
{
	struct dev *d = f->private_data;

	unpin_user_pages(d->pages, d->n);
	kfree(d);
	return 0;
}
static const struct file_operations more_fops = { .release = dev_release };
`;

describe('a request that has a helper take pages', () => {
  accepts(rule, 'which drops them at once', worked('dev_unmap(d);\n	return n;'));
  accepts(rule, 'which drops them when it is done', worked('ret = d->xfer(d);\n	dev_unmap(d);\n	return ret < 0 ? ret : n;'));
  accepts(
    rule,
    'which drops them by a label',
    worked('ret = d->xfer(d);\n	if (ret < 0)\n		goto out;\n	ret = n;\nout:\n	unpin_user_pages(d->pages, d->n);\n	return ret;'),
  );
  accepts(
    rule,
    'whose helper has another take them',
    mapped(
      'ret = dev_prepare(d, (unsigned long)at);\n	if (ret)\n		return ret;\n	ret = d->xfer(d);\n	dev_unmap(d);\n	return ret;',
      'static int dev_prepare(struct dev *d, unsigned long a)\n{\n	if (a & 1)\n		return -EINVAL;\n	return dev_map(d, a, 16);\n}',
    ),
  );
  accepts(
    rule,
    'into a variable of the file',
    mapped(
      'ret = dev_map((unsigned long)at, 16);\n	if (ret)\n		return ret;\n	ret = d->xfer(d);\n	unpin_user_pages(shared, 16);\n	return ret;',
    )
      .replaceAll('d->pages', 'shared')
      .replace('dev_map(struct dev *d, ', 'dev_map(')
      .replace('	d->n = n;\n', ''),
  );
  complains(
    rule,
    'which leaves them where the work fails',
    worked('ret = d->xfer(d);\n	if (ret)\n		return ret;\n	dev_unmap(d);\n	return n;'),
    mapping,
  );
  complains(rule, 'which leaves them to the end of the file', worked('return d->xfer(d);', released), mapping);
  complains(
    rule,
    'which drops them where nothing could be started',
    worked('ret = hw_start(d->pages[0]);\n	if (ret)\n		dev_unmap(d);\n	return ret;', released),
    mapping,
  );
});

describe('an object on the stack of a request', () => {
  const onStack = (object: string, given: string): string =>
    worked('dev_unmap(d);\n	return n;', released)
      .replace('struct dev *d = f->private_data;\n	int ret;', `${object}\n	int ret;`)
      .replace('dev_map(d, (unsigned long)at', `dev_map(${given}, (unsigned long)at`)
      .replace('	dev_unmap(d);', `	hw_start(${given});`);
  accepts(rule, 'by its address', onStack('struct dev own = {};', '&own'));
  accepts(rule, 'by a pointer to it', onStack('struct dev own = {}, *d = &own;', 'd'));
  accepts(rule, 'in another', onStack('struct { int k; struct dev dev; } own = {};', '&own.dev'));
  accepts(rule, 'as an array', onStack('struct dev own[1] = {};', 'own'));
  complains(
    rule,
    'which only has a pointer to one',
    onStack('struct { int k; struct dev *dev; } own = { 1, f->private_data };', 'own.dev'),
    mapping,
  );
  complains(rule, 'unless it outlives the request', onStack('static struct dev own;', '&own'), mapping);
  complains(
    rule,
    'unless it need not be that',
    onStack('struct dev own = {}, *d = &own;\n	if (f->private_data)\n		d = f->private_data;', 'd'),
    mapping,
  );
});

describe('a table that a request frees in an object', () => {
  const table = (object: string): string => `struct req { int n; struct page **pages; };
static int req_begin(struct req *r, unsigned long a)
{
	r->pages = kcalloc(8, sizeof(*r->pages), GFP_KERNEL);
	if (!r->pages)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 8, 0, r->pages) != 8) {
		kfree(r->pages);
		return -EFAULT;
	}
	r->n = 8;
	return 0;
}
static void req_end(struct req *r)
{
	unpin_user_pages(r->pages, r->n);
	kfree(r->pages);
}
static long req_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	${object}
	if (cmd == 1)
		return req_begin(r, a);
	req_end(r);
	return 0;
}
`;
  complains('use-after-release', 'that was there before', table('struct req *r = f->private_data;\n'), 'req_begin:kfree(r->pages);');
  accepts('use-after-release', 'that is on its stack', table('struct req own = { 0 }, *r = &own;\n'));
});

describe('a function with the name of a request', () => {
  const undone = (name: string, call: string): string => `struct region { struct page **pages; unsigned long n; };
struct dev { struct region *region; };
static void ${name}(struct region *r)
{
	unpin_user_pages(r->pages, r->n);
}
static int dev_add(struct dev *d, unsigned long a)
{
	struct region *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	r->pages = kcalloc(8, sizeof(*r->pages), GFP_KERNEL);
	if (!r->pages)
		goto free;
	r->n = 8;
	if (pin_user_pages_fast(a, 8, FOLL_LONGTERM, r->pages) != 8)
		goto free;
	if (d->region)
		goto put;
	d->region = r;
	return 0;
put:
	${call}
free:
	kfree(r->pages);
	kfree(r);
	return -EFAULT;
}
`;
  accepts('double-release', 'that undoes what its caller has made', undone('dev_ioctl_undo', 'dev_ioctl_undo(r);'));
  complains(
    'double-release',
    'that nobody calls',
    undone('dev_ioctl_drop', 'unpin_user_pages(r->pages, r->n);'),
    'dev_ioctl_drop:unpin_user_pages(r->pages, r->n);',
  );
  complains(
    'double-release',
    'that a request calls',
    `${undone('dev_ioctl_drop', 'unpin_user_pages(r->pages, r->n);')}static long dev_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	struct region *r = f->private_data;

	dev_ioctl_drop(r);
	return 0;
}
`,
    'dev_ioctl_drop:unpin_user_pages(r->pages, r->n);',
  );
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

/** A request that has one helper end what stands in a member of the open object, and another put pages there. */
const ended = ({ first = 'map_end(&s->map);', lock = 'mutex_lock(&s->m);', end = '' } = {}): string => `
struct map { struct page **pages; int n; };
struct sd { struct mutex m; struct map map, other; };
static void map_end(struct map *map)
{
	if (!map->pages)
		return;
	unpin_user_pages_dirty_lock(map->pages, map->n, true);
	kvfree(map->pages);
	map->pages = NULL;
}
static int map_fill(struct map *map, unsigned long a, int n)
{
	struct page **pages = kvcalloc(n, sizeof(*pages), GFP_KERNEL);
	int got;

	if (!pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		kvfree(pages);
		return -EFAULT;
	}
	map->pages = pages;
	map->n = n;
	return 0;
}
static long sd_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct sd *s = f->private_data;
	long err = 0;

	${lock}
	switch (cmd) {
	case SD_FILL:
		${first}
		err = map_fill(&s->map, arg, 16);
		break;
	case SD_END:
		map_end(&s->map);
		break;
	}
	${end}
	return err;
}
static int sd_release(struct inode *i, struct file *f)
{
	struct sd *s = f->private_data;

	map_end(&s->map);
	kfree(s);
	return 0;
}
static const struct file_operations sd_fops = { .unlocked_ioctl = sd_ioctl, .release = sd_release };
`;

describe('a request that has what stands in its object ended, and filled again', () => {
  const fill = 'map_fill:map->pages = pages;';
  for (const how of [{ end: 'mutex_unlock(&s->m);' }, { lock: 'guard(mutex)(&s->m);' }]) {
    const name = how.lock ?? 'a lock';
    accepts(rule, `under ${name}`, ended(how));
    complains(rule, `under ${name}, but for the end`, ended({ ...how, first: '' }), fill);
    complains(rule, `under ${name}, where another member is ended`, ended({ ...how, first: 'map_end(&s->other);' }), fill);
  }
});
