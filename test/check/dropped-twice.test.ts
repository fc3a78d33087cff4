/** Pages in a member of an object that one function drops twice, by helpers or not. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'double-release';

const kept = (body: string, end = 'reg_drop(r);', helper = ''): string => `struct reg {
	struct list_head list;
	struct page **pages;
	unsigned long n;
	unsigned int flags;
	int users;
	refcount_t ref;
	struct kref kref;
};
struct file_ctx { struct reg reg; struct list_head regs; };
int reg_get(struct reg *r, unsigned long a)
{
	int got = pin_user_pages_fast(a, r->n, FOLL_LONGTERM, r->pages);

	if (got != r->n) {
		if (got > 0)
			unpin_user_pages(r->pages, got);
		return got < 0 ? got : -EFAULT;
	}
	return 0;
}
static void put_all(struct page **p, unsigned long n)
{
	unpin_user_pages(p, n);
}
static void reg_drop(struct reg *r)
{
	int i;

	${body}
}
static void reg_put(struct reg *r)
{
	${helper}
}
void reg_del(struct reg *r)
{
	${end}
}
void ctx_end(struct file_ctx *c)
{
	reg_put(&c->reg);
}
`;

const bulk = 'unpin_user_pages(r->pages, r->n);';

describe('what a member keeps, dropped twice', () => {
  const told = (name: string, body: string, end: string, at: string): void => complains(rule, name, kept(body, end), `reg_del:${at}`);
  told('by a helper that is given the object', bulk, 'reg_drop(r);\n\treg_drop(r); /* again */', 'reg_drop(r); /* again */');
  told(
    'by a helper that is given the array',
    '',
    'put_all(r->pages, r->n);\n\tput_all(r->pages, r->n); /* again */',
    'put_all(r->pages, r->n); /* again */',
  );
  told('by a call and a helper', bulk, `${bulk}\n\treg_drop(r);`, 'reg_drop(r);');
  told(
    'by a helper and a call',
    bulk,
    `reg_drop(r);\n\tunpin_user_pages(r->pages, r->n); /* again */`,
    'unpin_user_pages(r->pages, r->n); /* again */',
  );
  const loop = 'for (i = 0; i < r->n; i++)\n\t\tunpin_user_page(r->pages[i]);';
  told('by a helper with a loop', loop, 'reg_drop(r);\n\treg_drop(r); /* again */', 'reg_drop(r); /* again */');
  told('where something fails', bulk, 'if (stop_hw(r))\n\t\treg_drop(r);\n\treg_drop(r); /* again */', 'reg_drop(r); /* again */');
  told(
    'by a helper that looks for them',
    `if (r->pages)\n\t\t${bulk}`,
    'reg_drop(r);\n\treg_drop(r); /* again */',
    'reg_drop(r); /* again */',
  );
  complains(
    rule,
    'in an object that the function finds',
    kept(bulk, 'struct reg *x = list_first_entry(&r->list, struct reg, list);\n\n\treg_drop(x);\n\treg_drop(x); /* again */'),
    'reg_del:reg_drop(x); /* again */',
  );
});

describe('what a member keeps, dropped by two calls of which one alone does', () => {
  const twice = 'reg_drop(r);\n\treg_drop(r);';
  accepts(rule, 'a helper that empties the object', kept(`${bulk}\n\tr->n = 0;`, twice));
  accepts(rule, 'a helper that looks whether it was there', kept(`if (!r->pages)\n\t\treturn;\n\t${bulk}\n\tr->pages = NULL;`, twice));
  accepts(rule, 'on two ways', kept(bulk, 'if (stop_hw(r)) {\n\t\treg_drop(r);\n\t\treturn;\n\t}\n\treg_drop(r);'));
  accepts(
    rule,
    'of two objects',
    kept(bulk, 'struct reg *x = list_first_entry(&r->list, struct reg, list);\n\n\treg_drop(x);\n\treg_drop(r);'),
  );
  accepts(rule, 'with other pages in between', kept(bulk, 'reg_drop(r);\n\tif (reg_get(r, 0))\n\t\treturn;\n\treg_drop(r);'));
  accepts(
    rule,
    'a list',
    kept(bulk, 'struct reg *x, *y;\n\n\tlist_for_each_entry_safe(x, y, &r->list, list)\n\t\treg_drop(x);\n\treg_drop(r);'),
  );
  const puts = 'reg_put(r);\n\treg_put(r);';
  accepts(rule, 'a helper that counts users', kept(bulk, puts, 'if (--r->users == 0)\n\t\treg_drop(r);'));
  accepts(rule, 'a helper that counts users, turned round', kept(bulk, puts, 'r->users--;\n\tif (r->users)\n\t\treturn;\n\treg_drop(r);'));
  accepts(rule, 'a helper that counts references', kept(bulk, puts, 'if (refcount_dec_and_test(&r->ref))\n\t\treg_drop(r);'));
  accepts(rule, 'a helper that counts in an atomic', kept(bulk, puts, 'if (!atomic_dec_and_test(&r->users))\n\t\treturn;\n\treg_drop(r);'));
  accepts(rule, 'a helper that puts a kref', kept(bulk, puts, 'kref_put(&r->kref, reg_free);'));
  accepts(rule, 'a helper that takes it out first', kept(bulk, puts, 'if (test_and_clear_bit(0, &r->flags))\n\t\treg_drop(r);'));
  accepts(rule, 'a helper that asks for a flag', kept(bulk, puts, 'if (!(r->flags & 1))\n\t\treturn;\n\treg_drop(r);\n\tr->flags &= ~1;'));
  accepts(
    rule,
    'a helper that exchanges the member',
    kept(bulk, puts, 'struct page **p = xchg(&r->pages, NULL);\n\n\tif (p)\n\t\tunpin_user_pages(p, r->n);'),
  );
  accepts(
    rule,
    'a flag that is handed on',
    kept('', `if (!(r->flags & 1))\n\t\t${bulk}\n\tend(r->pages, r->n, r->flags & 1);`).replace(
      'static void reg_drop',
      'static void end(struct page **p, unsigned long n, bool all)\n{\n\tif (all)\n\t\tunpin_user_pages(p, n);\n}\nstatic void reg_drop',
    ),
  );
  accepts(
    rule,
    'a member that is handed on',
    kept('', `if (!r->users)\n\t\t${bulk}\n\tend(r->pages, r->n, r->users);`).replace(
      'static void reg_drop',
      'static void end(struct page **p, unsigned long n, bool all)\n{\n\tif (all)\n\t\tunpin_user_pages(p, n);\n}\nstatic void reg_drop',
    ),
  );
});

/** A request with two users: who waits for it, and who answers it. */
const counted = (
  raise: string,
  undo: string,
  ends = 'refcount_dec_and_test(&io->ref)',
): string => `struct io { struct page *page; refcount_t ref; };
static void io_get(struct io *io)
{
	refcount_inc(&io->ref);
}
static void io_note(struct io *io)
{
	io->page->private = 0;
}
static void io_put(struct io *io)
{
	if (!${ends})
		return;
	put_page(io->page);
	kfree(io);
}
int io_run(unsigned long a)
{
	struct io *io = kzalloc(sizeof(*io), GFP_KERNEL);
	int ret;

	if (get_user_pages_fast(a, 1, 0, &io->page) != 1) {
		kfree(io);
		return -EFAULT;
	}
	refcount_set(&io->ref, 1);
	${raise}
	ret = io_send(io->page->index);
	if (ret) {
		${undo}
		return ret;
	}
	io_put(io);
	return 0;
}
`;

describe('an object that counts its users', () => {
  const twice = 'io_put(io);\n\t\tio_put(io);';
  accepts('double-release', 'two uses that are given up', counted('refcount_inc(&io->ref);', twice));
  accepts('double-release', 'two, of which a helper counts one', counted('io_get(io);', twice));
  complains('double-release', 'one that is given up twice', counted('', twice), 'io_run:io_put(io);');
  complains('double-release', 'one that is given up twice behind a look at it', counted('io_note(io);', twice), 'io_run:io_put(io);');
  complains('double-release', 'one that nobody counts', counted('refcount_inc(&io->ref);', twice, 'io'), 'io_run:io_put(io);');
});
