/** What is still kept for an open file when it is closed. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const fops = (name: string): string =>
  `static const struct file_operations ${name}_fops = { .unlocked_ioctl = ${name}_ioctl, .release = ${name}_release };\n`;

const field = (drop: string, rest = fops('box')): string => `struct box { struct page **pages; int n; };
static void box_empty(struct box *b)
{
	unpin_user_pages_dirty_lock(b->pages, b->n, true);
	kfree(b->pages);
	b->pages = NULL;
}
static int box_fill(struct box *b, unsigned long a)
{
	int got;

	if (b->pages)
		return -EBUSY;
	b->pages = kcalloc(8, sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, 8, FOLL_WRITE | FOLL_LONGTERM, b->pages);
	if (got != 8) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		kfree(b->pages);
		b->pages = NULL;
		return -EFAULT;
	}
	b->n = 8;
	return 0;
}
static long box_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	struct box *b = f->private_data;

	switch (cmd) {
	case 1:
		return box_fill(b, a);
	case 2:
		if (!b->pages)
			return -EINVAL;
		box_empty(b);
		return 0;
	}
	return -ENOTTY;
}
static int box_release(struct inode *i, struct file *f)
{
	struct box *b = f->private_data;

	${drop}
	kfree(b);
	return 0;
}
${rest}`;

describe('pages in what a file stands for', () => {
  complains('leak-on-path', 'a release that does not look for them', field(''), 'box_release:kfree(b);');
  accepts('leak-on-path', 'one that drops them', field('if (b->pages)\n\t\tbox_empty(b);'));
  accepts('leak-on-path', "one that is no file's", field('', ''));
});

const listed = (put: string, head: string, drop: string): string => `struct chunk { struct list_head list; struct page **pages; int n; };
struct owner { ${head}; };
static void chunk_free(struct chunk *c)
{
	unpin_user_pages_dirty_lock(c->pages, c->n, true);
	kfree(c->pages);
	kfree(c);
}
static void owner_clear(struct owner *o)
{
	struct chunk *c, *next;

	list_for_each_entry_safe(c, next, &o->chunks, list) {
		list_del(&c->list);
		chunk_free(c);
	}
}
static int chunk_add(struct owner *o, unsigned long a)
{
	struct chunk *c = kzalloc(sizeof(*c), GFP_KERNEL);
	int got;

	if (!c)
		return -ENOMEM;
	c->pages = kcalloc(8, sizeof(*c->pages), GFP_KERNEL);
	if (!c->pages) {
		kfree(c);
		return -ENOMEM;
	}
	got = pin_user_pages_fast(a, 8, FOLL_WRITE | FOLL_LONGTERM, c->pages);
	if (got != 8) {
		if (got > 0)
			unpin_user_pages(c->pages, got);
		kfree(c->pages);
		kfree(c);
		return -EFAULT;
	}
	c->n = 8;
	${put}
	return 0;
}
static long owner_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	struct owner *o = f->private_data;

	switch (cmd) {
	case 1:
		return chunk_add(o, a);
	case 2:
		owner_clear(o);
		return 0;
	}
	return -ENOTTY;
}
static int owner_release(struct inode *i, struct file *f)
{
	struct owner *o = f->private_data;

	${drop}
	kfree(o);
	return 0;
}
${fops('owner')}`;

describe('pages in what hangs in a list of what a file stands for', () => {
  const put = 'list_add(&c->list, &o->chunks);';
  const head = 'struct list_head chunks';
  complains('leak-on-path', 'a release that frees the head', listed(put, head, ''), 'owner_release:kfree(o);');
  accepts('leak-on-path', 'one that empties the list', listed(put, head, 'owner_clear(o);'));
  accepts('leak-on-path', 'one that hands it to who cannot be looked into', listed(put, head, 'owner_gone(o);'));
});

describe('pages in what stands in an array of what a file stands for', () => {
  for (const [put, head, all] of [
    ['xa_insert(&o->chunks, a, c, GFP_KERNEL)', 'struct xarray chunks', 'xa_for_each(&o->chunks, i, c)'],
    ['idr_alloc(&o->chunks, c, 1, 0, GFP_KERNEL) < 0', 'struct idr chunks', 'idr_for_each_entry(&o->chunks, c, i)'],
  ]) {
    const kind = put?.slice(0, put.indexOf('_'));
    const stored = (drop: string, rest = ''): string =>
      `${rest}${listed(`if (${put}) {\n\t\tchunk_free(c);\n\t\treturn -ENOMEM;\n\t}`, head ?? '', drop)}`.replace(
        /\tstruct chunk \*c, \*next;[^}]*\}/,
        `\tstruct chunk *c;\n\tint i;\n\n\t${all}\n\t\tchunk_free(c);`,
      );
    const destroy = `${kind}_destroy(&o->chunks);`;
    complains('leak-on-path', `${kind}: a release that does not look into it`, stored(''), 'owner_release:kfree(o);');
    complains('leak-on-path', `${kind}: a release that frees the array itself`, stored(destroy), 'owner_release:kfree(o);');
    const helper = `struct owner;\nstatic void owner_fini(struct owner *o)\n{\n\t${destroy}\n}\n`;
    complains('leak-on-path', `${kind}: a release that has it freed`, stored('owner_fini(o);', helper), 'owner_release:kfree(o);');
    accepts('leak-on-path', `${kind}: one that drops what is in it first`, stored(`owner_clear(o);\n\t${destroy}`));
    accepts('leak-on-path', `${kind}: one that goes through it`, stored(`${kind}_for_each_of(&o->chunks, chunk_free);\n\t${destroy}`));
    accepts('leak-on-path', `${kind}: one that looks on, behind it`, stored(`${destroy}\n\tend_all(o->chunks);`));
  }
});

/** Maps of an open file's, in a tree, that are made by a helper of a request which takes several; where one fails, those before it end. */
const branched = ({
  drop = '',
  request = 'return cmd == 1 ? maps_several(s, both, 2) : 0;',
} = {}): string => `struct map { struct rb_node node; unsigned long at; int n; struct page **pages; };
struct maps { struct rb_root root; };
static int map_pin(struct map *m)
{
	int got = pin_user_pages_fast(m->at, m->n, FOLL_LONGTERM, m->pages);

	if (got == m->n)
		return 0;
	if (got > 0)
		unpin_user_pages(m->pages, got);
	return -EFAULT;
}
static void map_end(struct map *m)
{
	unpin_user_pages(m->pages, m->n);
	kfree(m->pages);
	kfree(m);
}
static void maps_put(struct maps *s, struct map *m)
{
	struct rb_node **p = &s->root.rb_node, *parent = NULL;

	while (*p) {
		parent = *p;
		p = rb_entry(parent, struct map, node)->at < m->at ? &parent->rb_right : &parent->rb_left;
	}
	rb_link_node(&m->node, parent, p);
	rb_insert_color(&m->node, &s->root);
}
static int maps_add(struct maps *s, unsigned long a)
{
	struct map *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int ret;

	if (!m)
		return -ENOMEM;
	m->at = a;
	m->n = 4;
	m->pages = kcalloc(4, sizeof(*m->pages), GFP_KERNEL);
	ret = m->pages ? map_pin(m) : -ENOMEM;
	if (ret) {
		kfree(m->pages);
		kfree(m);
		return ret;
	}
	maps_put(s, m);
	return 0;
}
static void maps_del(struct maps *s, unsigned long a)
{
	struct rb_node *n;

	for (n = rb_first(&s->root); n; n = rb_next(n)) {
		struct map *m = rb_entry(n, struct map, node);

		if (m->at != a)
			continue;
		rb_erase(n, &s->root);
		map_end(m);
		return;
	}
}
static int maps_several(struct maps *s, unsigned long *a, int n)
{
	int i, ret = 0;

	for (i = 0; i < n; i++) {
		ret = maps_add(s, a[i]);
		if (ret)
			goto undo;
	}
	return 0;
undo:
	while (i--)
		maps_del(s, a[i]);
	return ret;
}
static void maps_clear(struct maps *s)
{
	struct rb_node *n;

	while ((n = rb_first(&s->root))) {
		struct map *m = rb_entry(n, struct map, node);

		rb_erase(n, &s->root);
		map_end(m);
	}
}
static long maps_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	struct maps *s = f->private_data;
	unsigned long both[2] = { a, a + 4 * PAGE_SIZE };

	int ret = 0;

	if (cmd == 2)
		maps_del(s, a);
	${request}
}
static int maps_release(struct inode *i, struct file *f)
{
	struct maps *s = f->private_data;

	${drop}
	kfree(s);
	return 0;
}
${fops('maps')}`;

describe('pages in what hangs in a tree, by the helper of a request that takes several', () => {
  complains('leak-on-path', 'a release that does not look for them', branched(), 'maps_release:kfree(s);');
  accepts('leak-on-path', 'one that goes through the tree', branched({ drop: 'maps_clear(s);' }));
  const within = 'ret = maps_several(s, both, 2);\n\tif (!ret) {\n\t\trun(s);\n\t\tmaps_clear(s);\n\t}\n\treturn ret;';
  accepts('leak-on-path', 'one of a file whose requests drop them before they return', branched({ request: within }));
});
