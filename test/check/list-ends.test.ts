/** Objects with pages that hang in a list: how a function comes to them, and where it ends them. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const head = `struct reg { struct list_head list; struct page **pages; unsigned long n; };
struct vm { struct list_head regs; struct list_head spare; };
static void reg_drop(struct reg *r)
{
	unpin_user_pages(r->pages, r->n);
	kvfree(r->pages);
	kfree(r);
}
`;
const make = `	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	r->n = 16;
	r->pages = kvcalloc(16, sizeof(*r->pages), GFP_KERNEL);
	if (!r->pages)
		goto bad;
	k = pin_user_pages_fast(va, 16, FOLL_LONGTERM, r->pages);
	if (k != 16) {
		if (k > 0)
			unpin_user_pages(r->pages, k);
		goto bad;
	}
	list_add_tail(&r->list, &vm->regs);
	return 0;
bad:
	kvfree(r->pages);
	kfree(r);
	return k < 0 ? k : -EFAULT;
}
`;
const emptied = (loop: string, more = '') => `${head}long vm_add(struct vm *vm, unsigned long va)
{
	struct reg *r;
	int k = -ENOMEM;

${make}
void vm_del(struct vm *vm)
{
	struct reg *r = list_first_entry_or_null(&vm->regs, struct reg, list);

	if (!r)
		return;
	list_del(&r->list);
	reg_drop(r);
}
${more}
void vm_free(struct vm *vm)
{
	struct list_head *at, *next;
	struct reg *r, *other;

	${loop}
	kfree(vm);
}
`;
const each = (first: string, last: string) => `list_for_each_safe(at, next, &vm->regs) {
		list_del(at);
		${first}
		${last}
	}`;
const first = (last: string) => `while (!list_empty(&vm->regs)) {
		r = list_first_entry(&vm->regs, struct reg, list);
		list_del(&r->list);
		${last}
	}`;

describe('a list of objects with pages that is emptied', () => {
  const rule = 'leak-on-path';
  const entry = 'r = list_entry(at, struct reg, list);';
  complains(rule, 'by a loop over members', emptied(each(entry, 'kfree(r);')), 'vm_free:kfree(r);');
  accepts(rule, 'by a loop over members, and dropped', emptied(each(entry, 'reg_drop(r);')));
  for (const call of ['list_entry(at, struct reg, list)', 'container_of(at, struct reg, list)']) {
    complains(rule, `by what a member stands in, ${call}`, emptied(each('', `kfree(${call});`)), `vm_free:kfree(${call});`);
    accepts(rule, `by what a member stands in, and dropped: ${call}`, emptied(each('', `reg_drop(${call});`)));
    const own = `${entry}\n\t\tunpin_user_pages(r->pages, r->n);\n\t\tkvfree(r->pages);`;
    accepts(rule, `by what a member stands in, dropped by another name: ${call}`, emptied(each(own, `kfree(${call});`)));
  }
  complains(rule, 'from its head on', emptied(first('kfree(r);')), 'vm_free:kfree(r);');
  accepts(rule, 'from its head on, and dropped', emptied(first('reg_drop(r);')));
  // Who puts others there, without pages, frees those.
  const others = `void vm_note(struct vm *vm, struct reg *r)
{
	list_add(&r->list, &vm->regs);
}`;
  accepts(rule, 'to which others add theirs', emptied(each('', 'kfree(list_entry(at, struct reg, list));'), others));
  const spare = each('', 'kfree(list_entry(at, struct reg, list));').replace('&vm->regs', '&vm->spare');
  accepts(rule, 'which is another one', emptied(spare));
});

const command = (before: string, after: string) => `${head}long vm_ioctl(struct file *f, unsigned int cmd, unsigned long va)
{
	struct vm *vm = f->private_data;
	struct reg *r;
	int k = -ENOMEM;

	${before}
${make.replace('return 0;', `${after}\n\treturn 0;`)}`;

describe('a request that takes pages or drops them', () => {
  const rule = 'never-released';
  const found = `r = list_first_entry_or_null(&vm->regs, struct reg, list);
		if (!r)
			return -ENOENT;
		list_del(&r->list);
		reg_drop(r);`;
  const kept = 'vm_ioctl:if (cmd == 3) {';
  accepts(rule, 'of another, by a helper', command(`if (cmd == 2) {\n\t\t${found}\n\t\treturn 0;\n\t}`, ''));
  accepts(rule, 'of another, in a case', command(`switch (cmd) {\n\tcase 2:\n\t\t${found}\n\t\treturn 0;\n\t}`, ''));
  complains(rule, 'as it fails', command('', `if (cmd == 3) {\n\t\tlist_del(&r->list);\n\t\treg_drop(r);\n\t\treturn -EIO;\n\t}`), kept);
});

/** One object of a list that is looked for under a lock, and ended behind it. */
const foundIn = (take: string, end: string) => `${head}long vm_add(struct vm *vm, unsigned long va)
{
	struct reg *r;
	int k = -ENOMEM;

${make}
void vm_free(struct vm *vm)
{
	struct reg *r, *next;

	list_for_each_entry_safe(r, next, &vm->regs, list) {
		list_del(&r->list);
		reg_drop(r);
	}
	kfree(vm);
}
int vm_del(struct vm *vm, unsigned long n)
{
	struct reg *r, *next, *victim = NULL;
	struct page **pages = NULL;
	unsigned long nr = 0;

	spin_lock(&vm->lock);
	list_for_each_entry_safe(r, next, &vm->regs, list) {
		if (r->n == n) {
			list_del(&r->list);
			${take}
			break;
		}
	}
	spin_unlock(&vm->lock);
	if (!victim)
		return -ENOENT;
	${end}
	return 0;
}
`;

describe('an object of a list that is freed by another variable', () => {
  const [place, kept] = ['vm_del:kfree(victim);', 'victim = r;\n\t\t\tpages = r->pages;\n\t\t\tnr = r->n;'];
  complains('leak-on-path', 'by that alone', foundIn('victim = r;', 'kfree(victim);'), place);
  complains('leak-on-path', 'with the array in a variable', foundIn(kept, 'kfree(victim);\n\tkvfree(pages);'), 'vm_del:kvfree(pages);');
  accepts(
    'leak-on-path',
    'behind a drop by its members',
    foundIn('victim = r;', 'unpin_user_pages(victim->pages, victim->n);\n\tkfree(victim);'),
  );
  accepts('leak-on-path', 'before a drop by variables', foundIn(kept, 'kfree(victim);\n\tunpin_user_pages(pages, nr);'));
  accepts(
    'leak-on-path',
    'before a drop of what there is',
    foundIn(kept, 'kfree(victim);\n\tif (pages)\n\t\tunpin_user_pages(pages, nr);'),
  );
  accepts(
    'leak-on-path',
    'behind a test, before a drop of what there is',
    foundIn(kept, 'if (!pages)\n\t\treturn 0;\n\tkfree(victim);\n\tif (pages)\n\t\tunpin_user_pages(pages, nr);'),
  );
  accepts('leak-on-path', 'by who drops the pages, too', foundIn('victim = r;', 'reg_drop(victim);'));
});
