/** Members by which alone pages are come to, and of which nobody who could drop them says the name. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';
import { region } from './region.js';

/** A pair of queues with pages of a library's, and a page for the doorbell. */
const pair = (end: string, more = '', make = 'pair->bell = region_get(a, 1);') => ({
  'lib/region.c': region,
  'drv/pair.h': `struct pair { struct base base; struct region *in; struct region *bell; struct region spare; struct list_head list; };
static inline struct pair *to_pair(struct base *b)
{
	return container_of(b, struct pair, base);
}
`,
  'drv/pair.c': `static int pair_take(struct pair *pair, unsigned long a, int n)
{
	pair->in = region_get(a, n);
	if (IS_ERR(pair->in))
		return PTR_ERR(pair->in);
	${make}
	if (IS_ERR(pair->bell)) {
		int ret = PTR_ERR(pair->bell);

		pair->bell = NULL;
		region_put(pair->in);
		return ret;
	}
	return 0;
}
static int pair_make(struct base *b, unsigned long a, int n)
{
	struct pair *pair = to_pair(b);
	int ret;

	pair->bell = NULL;
	ret = pair_take(pair, a, n);
	if (ret)
		return ret;
	if (hw_make(n)) {
		region_put(pair->bell);
		region_put(pair->in);
		return -EIO;
	}
	return 0;
}
static int pair_end(struct base *b)
{
	struct pair *pair = to_pair(b);

	hw_end(b);
	${end}
	return 0;
}
${more}
static const struct base_ops ops = { .make = pair_make, .end = pair_end };
`,
});
const both = 'region_put(pair->bell);\n\tregion_put(pair->in);';

describe('a second object of a library', () => {
  const told = 'pair_make:if (hw_make(n)) {';
  complains('never-released', 'that the end forgets', pair('region_put(pair->in);'), told);
  complains('never-released', 'of both, that the end forgets', pair(''), told);
  accepts('never-released', 'that the end drops', pair(both));
  accepts('never-released', 'that another file drops', {
    ...pair('region_put(pair->in);'),
    'drv/late.c': 'void pair_late(struct pair *pair)\n{\n\tregion_put(pair->bell);\n}\n',
  });
  accepts(
    'never-released',
    'that a macro drops',
    pair('region_put(pair->in);\n\tPUT_BELL(pair);', '#define PUT_BELL(p) region_put((p)->bell)\n'),
  );
  accepts(
    'never-released',
    'that is found by another name, too',
    pair(
      'region_put(pair->in);\n\tregion_put(the_bell);',
      'static struct region *the_bell;\n',
      'pair->bell = region_get(a, 1);\n\tthe_bell = pair->bell;',
    ),
  );
  accepts(
    'never-released',
    'that is listed',
    pair(
      'region_put(pair->in);',
      '',
      'pair->bell = region_get(a, 1);\n\tif (!IS_ERR(pair->bell))\n\t\tlist_add(&pair->bell->list, &all_bells);',
    ),
  );
  complains(
    'never-released',
    'that is dropped for another, and not at the end',
    pair('region_put(pair->in);', '', 'if (pair->bell)\n\t\tregion_put(pair->bell);\n\tpair->bell = region_get(a, 1);'),
    told,
  );
});

/** A request that takes pages, or drops those that it took. */
const asked = (second: string) => ({
  'lib/region.c': region,
  'drv/ask.c': `struct ask { struct region *window; };
static struct ask the_ask;
long ask_ioctl(struct file *file, unsigned int cmd, unsigned long a)
{
	struct ask *ask = file->private_data;

	switch (cmd) {
	case 1:
		ask->window = region_get(a, 8);
		return PTR_ERR_OR_ZERO(ask->window);
	case 2:
		${second}
		return 0;
	}
	return -ENOTTY;
}
`,
});

describe('an object of which one function is asked for all', () => {
  complains('never-released', 'and drops nothing', asked(''), 'ask_ioctl:ask->window = region_get(a, 8);');
  accepts('never-released', 'and drops it by another command', asked('region_put(ask->window);\n\t\task->window = NULL;'));
});

/** Objects that are made and listed by one function, and handed to the user by a number. */
const numbered = (list: string) => `struct bo { struct list_head list; struct page *pages[8]; };
static LIST_HEAD(bos);
static struct bo *bo_create(void)
{
	struct bo *bo = kzalloc(sizeof(*bo), GFP_KERNEL);

	${list}
	return bo;
}
static int bo_alloc(struct bo *bo, unsigned long a)
{
	int got = pin_user_pages_fast(a, 8, FOLL_LONGTERM, bo->pages);

	if (got == 8)
		return 0;
	if (got > 0)
		unpin_user_pages(bo->pages, got);
	return -EFAULT;
}
static void bo_release(struct bo *bo)
{
	unpin_user_pages(bo->pages, 8);
	list_del(&bo->list);
	kfree(bo);
}
int bo_ioctl(struct file *file, struct bo_req *req)
{
	struct bo *bo = bo_create();

	if (!bo)
		return -ENOMEM;
	if (bo_alloc(bo, req->addr)) {
		list_del(&bo->list);
		kfree(bo);
		return -EFAULT;
	}
	req->handle = (u64)(uintptr_t)bo;
	return 0;
}
`;

describe('an object that the user has by a number', () => {
  accepts('never-released', 'and that is listed where it was made', numbered('list_add(&bo->list, &bos);'));
  accepts('never-released', 'alone, which may come back by another', numbered(''));
});

/** Two objects that one function has made by the same helper. */
const failing = (undo: string) => ({
  ...pair(both),
  'drv/other.c': `static int two_take(struct pair *pair, unsigned long a, int n)
{
	pair->in = region_get(a, n);
	if (IS_ERR(pair->in))
		return PTR_ERR(pair->in);
	pair->bell = region_get(a + 4096, 1);
	if (IS_ERR(pair->bell)) {
		region_put(pair->in);
		return -EFAULT;
	}
	return 0;
}
int two_make(struct pair *pair, unsigned long a, int n)
{
	int ret = two_take(pair, a, n);

	if (ret)
		return ret;
	if (hw_bell(n)) {
		region_put(pair->bell);
		region_put(pair->in);
		return -EIO;
	}
	if (hw_two(n)) {
		${undo}
		return -EIO;
	}
	return 0;
}
`,
});

describe('two objects that one function has filled', () => {
  complains('leak-on-path', 'of which a failure forgets the second', failing('region_put(pair->in);'), 'two_make:if (hw_two(n)) {');
  complains('leak-on-path', 'of which a failure forgets the first', failing('region_put(pair->bell);'), 'two_make:if (hw_two(n)) {');
  accepts('leak-on-path', 'that a failure drops', failing('region_put(pair->bell);\n\t\tregion_put(pair->in);'));
});
