/** Pages that are kept in variables of a file, and in what those lead to. */
import { describe } from 'vitest';
import { shows } from './helper.js';

const header = 'struct dev { struct page **pages; int nr; };\n';

/** Takes pages into what a variable leads to. */
const taking = (pages: string, nr: string) => `int dev_map(unsigned long a, int n)
{
	int ret = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, ${pages});

	if (ret < 0)
		return ret;
	${nr} = ret;
	return 0;
}
`;

const dropping = (pages: string, nr: string) => `void dev_unmap(void)
{
	unpin_user_pages_dirty_lock(${pages}, ${nr}, true);
}
`;

describe('pages in a variable of another file', () => {
  const elsewhere = 'pin LT page-array car=dev.pages bulk@cross-file put:b.c:dev_unmap:unpin_user_pages_dirty_lock dirty=bulk';
  shows(
    'that a header declares',
    {
      'dev.h': `${header}extern struct dev the_dev;\n`,
      'main.c': '#include "dev.h"\nstruct dev the_dev;\n',
      'a.c': `#include "dev.h"\n${taking('the_dev.pages', 'the_dev.nr')}`,
      'b.c': `#include "dev.h"\n${dropping('the_dev.pages', 'the_dev.nr')}`,
    },
    elsewhere,
  );
  shows(
    'that each file declares for itself, as one of several',
    {
      'dev.h': header,
      'main.c': '#include "dev.h"\nstruct dev *the_dev;\n',
      'a.c': `#include "dev.h"\nextern struct dev *the_dev, *others[4];\n${taking('the_dev->pages', 'the_dev->nr')}`,
      'b.c': `#include "dev.h"\nextern struct dev *the_dev;\n${dropping('the_dev->pages', 'the_dev->nr')}`,
    },
    elsewhere,
  );
  shows(
    'that is the array itself; a file’s own of the same name is another one',
    {
      'held.h': 'extern struct page *held[64];\nextern int nr_held;\n',
      'a.c': `#include "held.h"\nstruct page *held[64];\nint nr_held;\n${taking('held', 'nr_held')}`,
      'b.c': `#include "held.h"\n${dropping('held', 'nr_held')}`,
      'c.c': 'static struct page *held[4];\nvoid first_put(void)\n{\n\tput_page(held[0]);\n}\n',
    },
    'pin LT page-array car=held bulk@cross-file put:b.c:dev_unmap:unpin_user_pages_dirty_lock dirty=bulk',
  );
});

describe('pages in an object that a variable of the file leads to', () => {
  const unmapping = 'static void dev_unmap(struct dev *d)\n{\n\tunpin_user_pages_dirty_lock(d->pages, d->nr, true);\n}\n';
  const release = 'static int dev_release(struct inode *i, struct file *f)\n{\n\tdev_unmap(f->private_data);\n\treturn 0;\n}\n';
  const row = 'pin LT page-array car=dev.pages bulk@file put:dev_unmap:unpin_user_pages_dirty_lock dirty=bulk';
  shows(
    'are dropped by who is given the object',
    `${header}static struct dev *the_dev;\n${taking('the_dev->pages', 'the_dev->nr')}${unmapping}${release}`,
    row,
  );
  shows(
    'which is the variable itself',
    `${header}static struct dev the_dev;\n${taking('the_dev.pages', 'the_dev.nr')}${unmapping}${release}`,
    row,
  );
  const state = 'pin LT page-array car=state.pages bulk@file put:dev_unmap:unpin_user_pages_dirty_lock dirty=bulk';
  shows(
    'of a struct without a name',
    `static struct {\n\tstruct page **pages;\n\tint nr;\n} state;\n${taking('state.pages', 'state.nr')}${dropping('state.pages', 'state.nr')}`,
    state,
  );
  shows(
    'by a pointer that is defined with the struct',
    `static struct {\n\tstruct page **pages;\n\tint nr;\n} *state;\n${taking('state->pages', 'state->nr')}${dropping('state->pages', 'state->nr')}`,
    state,
  );
});

describe('pages in an object that a call leads to', () => {
  const object = 'struct dev { struct list_head node; struct page **pages; int nr; };\n';
  const of = (who: string) => `int dev_map(struct net_device *n, unsigned long a)
{
	int ret = pin_user_pages_fast(a, 8, FOLL_WRITE | FOLL_LONGTERM, ${who}->pages);

	if (ret < 0)
		return ret;
	${who}->nr = ret;
	return 0;
}
void dev_unmap(struct list_head *n)
{
	unpin_user_pages(${who}->pages, ${who}->nr);
}
`;
  const row = 'pin LT page-array car=dev.pages bulk@file put:dev_unmap:unpin_user_pages';
  shows('a macro that casts', `${object}#define PRIV(d) ((struct dev *)netdev_priv(d))\n${of('PRIV(n)')}`, row);
  shows('a macro around a member', `${object}#define to_dev(l) \\\n\tcontainer_of(l, struct dev, node)\n${of('to_dev(n)')}`, row);
  shows(
    'a helper of the driver’s header',
    {
      'dev.h': `${object}static inline struct dev *dev_of(void *p)\n{\n\treturn dev_get_drvdata(p);\n}\n`,
      'a.c': `#include "dev.h"\n${of('dev_of(n)')}`,
    },
    row,
  );
});

describe('a request handler that takes for one command and drops for another', () => {
  const handler = (first: string, second: string): string => `struct dev { struct page **pages; int nr; };
static long dev_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct dev *d = f->private_data;
	int ret;

	switch (cmd) {
${first}${second}	}
	return -ENOTTY;
}
`;
  const map = `	case 1:
		if (d->nr)
			return -EBUSY;
		ret = pin_user_pages_fast(arg, 8, FOLL_WRITE | FOLL_LONGTERM, d->pages);
		if (ret < 0)
			return ret;
		d->nr = ret;
		return 0;
`;
  const unmap = `	case 2:
		unpin_user_pages_dirty_lock(d->pages, d->nr, true);
		d->nr = 0;
		return 0;
`;
  const row = 'pin LT page-array car=dev.pages bulk@function put:dev_ioctl:unpin_user_pages_dirty_lock dirty=bulk';
  shows('behind it', handler(map, unmap), row);
  shows('before it', handler(unmap, map), row);
});

describe('a scatterlist in a variable', () => {
  const listed = (rest: string) => `struct dev { struct scatterlist *first; int id, last; };
static struct scatterlist lists[4];
int list_take(unsigned long a, int i)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1)
		return -EFAULT;
	sg_set_page(&lists[i], page, PAGE_SIZE, 0);
	return 0;
}
${rest}`;
  const row = (car: string, release: string) => `pin LT single→sgl car=${car} ${release}`;
  const dropped = 'single@file put:list_put:unpin_user_page';
  shows(
    'is handed on by who returns it',
    listed(`static struct scatterlist *list_of(int i)
{
	return &lists[i];
}
void list_put(int i)
{
	unpin_user_page(sg_page(list_of(i)));
}`),
    row('lists', dropped),
  );
  shows(
    'and by who stores it in an object',
    listed(`void list_move(struct dev *d)
{
	d->first = lists;
}
void list_put(struct dev *d)
{
	unpin_user_page(sg_page(d->first));
}`),
    row('lists,dev.first', dropped),
  );
  shows(
    'but not by who names it and returns another thing',
    listed(`static struct scatterlist *list_of(struct dev *d)
{
	list_log(lists, d->id);
	return d->first;
}
void list_put(struct dev *d)
{
	unpin_user_page(sg_page(list_of(d)));
}`),
    row('lists', 'none@function'),
  );
});

describe('pages in a variable of the file', () => {
  const row = 'pin LT page-array car=dev.pages bulk@file put:dev_unmap:unpin_user_pages_dirty_lock dirty=bulk';
  for (const declaration of [
    'static struct dev *one;',
    'static struct dev *other, *one;',
    'static int n = 1;\nstatic struct dev none = { 0 }, *one;',
  ])
    shows(declaration, `${header}${declaration}\n${taking('one->pages', 'one->nr')}${dropping('one->pages', 'one->nr')}`, row);
});

describe('a page that a variable holds itself', () => {
  const page = (declared: string, kept: string, found: string) => `${declared}
int slot_take(unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	${kept};
	return 0;
}
void slot_give(void)
{
	unpin_user_page(${found});
}
`;
  const held = (containers: string) => `pin ${containers} car=slot single@file put:slot_give:unpin_user_page`;
  shows('of the file', page('static struct page *slot;', 'slot = page', 'slot'), held('single'));
  shows('that others may know', page('struct page *slot;', 'slot = page', 'slot'), held('single'));
  shows('as a frame number', page('static unsigned long slot;', 'slot = page_to_pfn(page)', 'pfn_to_page(slot)'), held('single→pfn'));
  shows('as an address', page('static void *slot;', 'slot = page_address(page)', 'virt_to_page(slot)'), held('single→other'));
  shows(
    'into which the call puts it',
    `struct page *slot;
int slot_take(unsigned long a)
{
	return pin_user_pages_fast(a, 1, FOLL_WRITE, &slot) == 1 ? 0 : -EFAULT;
}
void slot_give(void)
{
	struct page *page = slot;

	slot = NULL;
	unpin_user_page(page);
}
`,
    held('single'),
  );
  shows(
    'of a function, from one call to the next',
    `int slot_take(unsigned long a)
{
	static struct page *slot;
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	if (slot)
		unpin_user_page(slot);
	slot = page;
	return 0;
}
`,
    'pin single car=slot single@function put:slot_take:unpin_user_page',
  );
  for (const [macro, into, out] of [
    ['DEFINE_IDR(slots)', 'idr_alloc(&slots, page, 0, 0, GFP_KERNEL)', 'idr_remove(&slots, 1)'],
    ['DEFINE_XARRAY(slots)', 'xa_store(&slots, a, page, GFP_KERNEL)', 'xa_erase(&slots, 1)'],
    ['RADIX_TREE(slots, GFP_KERNEL)', 'radix_tree_insert(&slots, a, page)', 'radix_tree_delete(&slots, 1)'],
  ] as const)
    shows(
      `in what ${macro} declares`,
      page(`static ${macro};`, into, out),
      'pin single→other car=slots single@file put:slot_give:unpin_user_page',
    );
});

describe('a page where nobody can say who finds it', () => {
  const kept = (by: string) => `int slot_take(struct file *f, struct dev *d, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	${by};
	return 0;
}
`;
  const gap = 'pin single none@function gap';
  shows('in a field of a general struct', kept('f->private_data = page'), gap);
  shows('in one, cast', kept('f->private_data = (void *)page'), gap);
  shows('on a list, by its lru', kept('list_add(&page->lru, &d->pages)'), gap);
  shows('in what a call of another file is given by its lru', kept('pool_queue(d, &page->lru)'), gap);
  shows('as the data of a device', kept('dev_set_drvdata(d, page)'), gap);
});
