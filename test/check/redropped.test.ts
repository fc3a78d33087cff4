/** Requests that drop the pages of an object and leave it as it was. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const device = (
  drop: string,
  { helper = '', more = '' } = {},
) => `struct ctx { struct page *page; int n; struct mutex lock; struct list_head list; };
${helper}
static long ctx_ioctl(struct file *f, unsigned int cmd, unsigned long at)
{
	struct ctx *c = f->private_data;
	struct page *page;

	switch (cmd) {
	case 1:
		if (c->page)
			return -EBUSY;
		if (pin_user_pages_fast(at, 1, FOLL_WRITE | FOLL_LONGTERM, &page) != 1)
			return -EFAULT;
		c->page = page;
		return 0;
	case 2:
		${drop}
		return 0;
	}
	return -ENOTTY;
}
static int ctx_release(struct inode *i, struct file *f)
{
	struct ctx *c = f->private_data;

	if (c->page)
		unpin_user_pages_dirty_lock(&c->page, 1, true);
	kfree(c);
	return 0;
}
${more}`;
const rule = 'double-release';
const drop = 'unpin_user_page(c->page);';

describe('a request that drops what it finds', () => {
  complains(rule, 'and leaves it', device(drop), `ctx_ioctl:${drop}`);
  complains(rule, 'where it is there', device(`if (c->page)\n\t\t\t${drop}`), `ctx_ioctl:if (c->page)`.replace('if (c->page)', drop));
  complains(
    rule,
    'under a lock',
    device(`mutex_lock(&c->lock);\n\t\tif (c->page)\n\t\t\t${drop}\n\t\tmutex_unlock(&c->lock);`),
    `ctx_ioctl:${drop}`,
  );
  complains(
    rule,
    'by a helper',
    device('ctx_put(c);', { helper: `static void ctx_put(struct ctx *c)\n{\n\t${drop}\n}\n` }),
    `ctx_put:${drop}`,
  );
});

describe('a helper that is given the object first', () => {
  const asked = (body: string): string =>
    device(`ctx_flush(c);\n\t\t${drop}`, { helper: `static void ctx_flush(struct ctx *c)\n{\n\t${body}\n}\n` });
  complains(rule, 'and only reads it', asked('hw_flush(c->n, c->page);'), `ctx_ioctl:${drop}`);
  accepts(rule, 'and changes it', asked('hw_flush(c->n, c->page);\n\tc->page = NULL;'));
  accepts(
    rule,
    'and says whether there are pages',
    device(`if (ctx_flush(c))\n\t\t\t${drop}`, {
      helper: 'static int ctx_flush(struct ctx *c)\n{\n\thw_flush(c->n);\n\treturn c->n > 0;\n}\n',
    }),
  );
  accepts(rule, 'and passes it on', asked('hw_flush(c);'));
  accepts(rule, 'and gives it another name', asked('struct ctx *own = c;\n\n\town->page = NULL;'));
});

describe('a request that drops, and says so', () => {
  accepts(rule, 'by the member', device(`${drop}\n\t\tc->page = NULL;`));
  accepts(rule, 'by the member, before', device('page = c->page;\n\t\tc->page = NULL;\n\t\tunpin_user_page(page);'));
  accepts(rule, 'by another member', device(`${drop}\n\t\tc->n = 0;`));
  accepts(rule, 'by a count', device(`if (atomic_dec_and_test(&c->users))\n\t\t\t${drop}`));
  accepts(rule, 'by another member that it asks for', device(`if (c->n)\n\t\t\t${drop}`));
  accepts(rule, 'by the list that the object was on', device(`list_del(&c->list);\n\t\t${drop}`));
  accepts(rule, 'by the end of the object', device(`${drop}\n\t\tkfree(c);`));
  accepts(rule, 'by a call that may say so', device(`${drop}\n\t\tctx_reset(c);`));
  accepts(
    rule,
    'where the helper is called',
    device('ctx_put(c);\n\t\tc->page = NULL;', { helper: `static void ctx_put(struct ctx *c)\n{\n\t${drop}\n}\n` }),
  );
});

describe('a member that is cleared in another way than by a plain store', () => {
  for (const clear of [
    'WRITE_ONCE(c->page, NULL);',
    'RCU_INIT_POINTER(c->page, NULL);',
    'rcu_assign_pointer(c->page, NULL);',
    'memset(&c->page, 0, sizeof(c->page));',
    'memset(c, 0, sizeof(*c));',
    'page = NULL;\n\t\tswap(c->page, page);',
  ]) {
    accepts(rule, clear, device(`unpin_user_page(c->page);\n\t\t${clear}`));
  }
  accepts(
    rule,
    'by the macro that drops it',
    device('PUT_AND_CLEAR(c->page);', {
      helper: '#define PUT_AND_CLEAR(p) do { if (p) { unpin_user_page(p); p = NULL; } } while (0)',
    }),
  );
  complains(
    rule,
    'not by a macro that only drops',
    device('PUT(c->page);', { helper: '#define PUT(p) do { if (p) { unpin_user_page(p); } } while (0)' }),
    'ctx_ioctl:PUT(c->page);',
  );
});

/** A request that has the pages of an open file replaced, by a helper that drops those before. */
const replacing = ({
  forget = 'w->n = 0;',
  guard = 'if (w->n) {',
  failed = 'return got < 0 ? got : -EFAULT;',
  first = '',
  then = 'win_drop(w);',
} = {}): string => `struct win { struct page **pages; int n; bool on; };
static void win_drop(struct win *w)
{
	${guard}
		unpin_user_pages_dirty_lock(w->pages, w->n, true);
		${forget}
	}
}
static long win_ioctl(struct file *f, unsigned int cmd, unsigned long a)
{
	struct win *w = f->private_data;
	int got;

	${first}
	${then}
	got = pin_user_pages_fast(a, 8, FOLL_WRITE | FOLL_LONGTERM, w->pages);
	if (got != 8) {
		if (got > 0)
			unpin_user_pages(w->pages, got);
		${failed}
	}
	w->n = 8;
	return 0;
}
static int win_release(struct inode *i, struct file *f)
{
	struct win *w = f->private_data;

	win_drop(w);
	kfree(w->pages);
	kfree(w);
	return 0;
}
static const struct file_operations win_fops = { .unlocked_ioctl = win_ioctl, .release = win_release };
`;

describe('pages that a request drops for others, which it does not get', () => {
  const rule = 'double-release';
  const again = 'win_drop:unpin_user_pages_dirty_lock(w->pages, w->n, true);';
  accepts(rule, 'and counts none from then on', replacing());
  complains(rule, 'and counts as before', replacing({ forget: '' }), again);
  accepts(rule, 'and counts none as it fails', replacing({ forget: '', failed: 'w->n = 0;\n\t\treturn -EFAULT;' }));
  accepts(
    rule,
    'and forgets as it fails, by who is given the object',
    replacing({ forget: '', failed: 'win_clear(w);\n\t\treturn -EFAULT;' }),
  );
  accepts(rule, 'and asks for another member', replacing({ forget: '', guard: 'if (w->on) {' }));
  accepts(rule, 'and says so before', replacing({ forget: '', first: 'w->on = false;', then: 'if (w->on)\n\t\twin_drop(w);' }));
});
