/** Pages that are dropped although who had to give them back has failed to. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'use-after-release';

const region = (end: string, more = '') => `struct card { struct device *dev; const struct card_ops *ops; };
struct region { struct card *card; struct page **pages; int n, id; };
${more}
int card_register(struct card *c, struct region *r);
int region_make(struct card *c, struct region *r, unsigned long a)
{
	int got = pin_user_pages_fast(a, r->n, FOLL_WRITE | FOLL_LONGTERM, r->pages);

	if (got != r->n) {
		if (got > 0)
			unpin_user_pages(r->pages, got);
		return -EFAULT;
	}
	r->card = c;
	if (card_register(c, r)) {
		unpin_user_pages(r->pages, r->n);
		return -EIO;
	}
	return 0;
}
static int card_unregister(struct card *c, int id)
{
	return send_command(c->dev, 7, id);
}
static void region_drop(struct region *r)
{
	unpin_user_pages_dirty_lock(r->pages, r->n, true);
	kfree(r->pages);
}
${end}
`;
const ending = (how: string, before = '') => `void region_end(struct region *r)
{
	int err;
${before}
	${how}
	region_drop(r);
	kfree(r);
}`;
const call = 'err = card_unregister(r->card, r->id);';
const told = `${call}\n\tif (err)\n\t\tdev_err(r->card->dev, "no end of region %d: %d\\n", r->id, err);`;

describe('an end that fails', () => {
  complains(rule, 'pages that are dropped once it is printed', region(ending(told)), `region_end:${call}`);
  complains(
    rule,
    'one that is called through a pointer',
    region(
      ending('if (r->card->ops->region_unmap(r->card, r) < 0)\n\t\tpr_warn("still mapped\\n");'),
      'int use(struct card *c, struct region *r) { return c->ops->region_map(c, r); }',
    ),
    'region_end:if (r->card->ops->region_unmap(r->card, r) < 0)',
  );
  complains(
    rule,
    'one that a helper calls, which tells nobody',
    region(
      `static void region_off(struct region *r)\n{\n\tint err;\n\n\t${told}\n\tr->id = 0;\n}\n${ending('region_off(r);').replace('int err;', '')}`,
    ),
    `region_off:${call}`,
  );
  complains(
    rule,
    'pages that are dropped some calls below',
    region(`static void region_free(struct region *r)\n{\n\tregion_drop(r);\n\tkfree(r);\n}
void region_end(struct region *r)\n{\n\tint err;\n\n\t${told}\n\tregion_free(r);\n}`),
    `region_end:${call}`,
  );
  complains(
    rule,
    'one that gives a region from hardware back to software',
    region(
      ending('err = card_HW2SW_REGION(r->card, r->id);\n\tif (err)\n\t\tdev_err(r->card->dev, "%d\\n", err);'),
      `struct card; struct region;
int card_SW2HW_REGION(struct card *c, int id) { return send_command(c, 8, id); }
int card_HW2SW_REGION(struct card *c, int id) { return send_command(c, 9, id); }
int use(struct card *c, struct region *r) { return card_SW2HW_REGION(c, r->id); }`,
    ),
    'region_end:err = card_HW2SW_REGION(r->card, r->id);',
  );
  const away = (off: string) => ({
    'drivers/app/region.c': region(ending('region_off(r->card, r->id);')),
    'drivers/core/card.c': `struct card { struct device *dev; };
int region_share(struct card *c, int id) { return send_command(c, 8, id); }
int region_unshare(struct card *c, int id) { return send_command(c, 9, id); }
int region_on(struct card *c, int id) { return region_share(c, id); }
void region_off(struct card *c, int id)
{
	int err = region_unshare(c, id);

	${off}
}
`,
  });
  const silent = 'if (err)\n\t\tdev_err(c->dev, "shared still: %d\\n", err);';
  complains(rule, 'one that a helper in another folder calls', away(silent), 'region_off:int err = region_unshare(c, id);');
  accepts(rule, 'one in another folder that the helper sees to', away('if (err)\n\t\tcard_force(c, id);'));
  accepts(
    rule,
    'pages that are left where they are',
    region(ending(`${call}\n\tif (err) {\n\t\tdev_err(r->card->dev, "lost\\n");\n\t\treturn;\n\t}`)),
  );
  accepts(rule, 'a card that is reset then', region(ending(`${told}\n\tif (err)\n\t\tcard_reset(r->card);`)));
  accepts(
    rule,
    'a failure that is seen to',
    region(ending(`${call}\n\tif (err) {\n\t\tdev_err(r->card->dev, "again\\n");\n\t\tcard_force(r->card, r->id);\n\t}`)),
  );
  accepts(
    rule,
    'the end of what nobody has begun',
    region(ending('err = r->card->ops->region_detach(r->card, r);\n\tif (err)\n\t\tpr_err("not detached\\n");')),
  );
  accepts(
    rule,
    'the end of another object',
    region(ending(told.replaceAll('r->id', 'o->id').replaceAll('r->card', 'o->card'), '\tstruct region *o = spare();\n')),
  );
  accepts(
    rule,
    'the end of another object that the same card has',
    region(
      ending(told.replaceAll('r->id', 'o->id').replaceAll('r->card', 'c'), '\tstruct card *c = r->card;\n\tstruct region *o = c->spare;\n'),
      'struct region;',
    ),
  );
  const hidden = (first: string) =>
    region(
      'static void region_nothing(void)\n{\n}',
      `struct card; struct region;
int card_unshare(struct card *c, struct region *r) { return send_command(c, 8, r->id); }
int card_share(struct card *c, struct region *r) { return send_command(c, 9, r->id); }`,
    ) +
    `int region_hide(struct card *c, struct region *r, unsigned long a)
{
	int err = region_make(c, r, a);

	if (err)
		return err;
	${first}
	err = card_unshare(c, r);
	if (err)
		pr_err("region %d is seen still\\n", r->id);
	region_drop(r);
	return err;
}
`;
  accepts(rule, 'the end of what nobody has been told of yet', hidden(''));
  complains(rule, 'the end of what somebody has been told of', hidden('card_share(c, r);'), 'region_hide:err = card_unshare(c, r);');
});

const queue = (asked: string) => `struct mem { struct page **pages; int n; void *kernel; };
struct queue { struct mem mem; int id; };
int hw_create_queue(int id);
static int hw_destroy_queue(int id)
{
	return send_command(id);
}
static int mem_make(struct mem *m, struct ib_udata *udata, unsigned long a)
{
	if (udata) {
		if (pin_user_pages_fast(a, m->n, FOLL_WRITE | FOLL_LONGTERM, m->pages) != m->n)
			return -EFAULT;
		return 0;
	}
	m->kernel = vmalloc(m->n << PAGE_SHIFT);
	return m->kernel ? 0 : -ENOMEM;
}
static void mem_end(struct mem *m)
{
	if (m->kernel)
		vfree(m->kernel);
	else
		unpin_user_pages_dirty_lock(m->pages, m->n, true);
}
int queue_make(struct queue *q, struct ib_udata *udata, unsigned long a)
{
	return mem_make(&q->mem, ${asked});
}
void queue_end(struct queue *q)
{
	int err = hw_destroy_queue(q->id);

	if (err)
		pr_err("queue %d stays\\n", q->id);
	mem_end(&q->mem);
}
`;

describe('the end of a queue', () => {
  complains(rule, "one in a user's pages", queue('udata, a'), 'queue_end:int err = hw_destroy_queue(q->id);');
  accepts(rule, "one of the kernel's own, in memory that it makes as it makes a user's", queue('NULL, 0'));
});
