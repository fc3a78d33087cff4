/** Ends of objects that look through a pointer in them which nobody has set. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'leak-on-path';

const node = (make: string, drop = 'node_drop(node_mm(n), n->pages, n->n);') => `struct owner { struct mm_struct *mm; int users; };
struct node { struct owner *owner; struct page **pages; int n; struct list_head list; };
static struct mm_struct *node_mm(struct node *n)
{
	return n->owner->mm;
}
static void node_drop(struct mm_struct *mm, struct page **pages, int n)
{
	unpin_user_pages(pages, n);
	atomic64_sub(n, &mm->pinned_vm);
}
static void node_free(struct node *n)
{
	if (n->n) {
		${drop}
		kvfree(n->pages);
	}
	kfree(n);
}
static int node_fill(struct node *n, unsigned long a, int count)
{
	struct page **pages = kvmalloc_array(count, sizeof(*pages), GFP_KERNEL);
	int got;

	if (!pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, count, FOLL_LONGTERM, pages);
	if (got != count) {
		if (got > 0)
			unpin_user_pages(pages, got);
		kvfree(pages);
		return -EFAULT;
	}
	n->pages = pages;
	n->n = count;
	return 0;
}
static int node_add(struct owner *o, struct node *n)
{
	if (current->mm != o->mm)
		return -EPERM;
	list_add(&n->list, &all_nodes);
	n->owner = o;
	return 0;
}
int node_make(struct owner *o, unsigned long a, int count, int flags)
{
	struct node *n = ${make}
}
`;
const made = (before: string, after = '') => `kzalloc(sizeof(*n), GFP_KERNEL);
	int err;

	if (!n)
		return -ENOMEM;
	${before}
	err = node_fill(n, a, count);
	if (err) {
		kfree(n);
		return err;
	}
	${after}
	err = node_add(o, n);
	if (err)
		node_free(n);
	return err;`;

describe('an object that is given up as it could not be added', () => {
  complains(rule, 'an owner that is set by who adds it', node(made('n->n = 0;')), 'node_make:node_free(n);');
  complains(rule, 'an owner that some ways set', node(made('if (flags)\n\t\tn->owner = o;')), 'node_make:node_free(n);');
  accepts(rule, 'an owner that is set before', node(made('n->owner = o;')));
  accepts(rule, 'an owner that is set behind the pages', node(made('', 'n->owner = o;')));
  for (const prefix of ['rb', 'list', 'xa'])
    accepts(
      rule,
      `an owner that is set by a function named as the kernel's ${prefix}_ ones`,
      node(made(`${prefix}_own(n, o);`)).replace(
        'int node_make',
        `static void ${prefix}_own(struct node *n, struct owner *o)\n{\n\tn->owner = o;\n}\nint node_make`,
      ),
    );
  complains(rule, 'an owner of an object that is put on a list', node(made('list_add(&n->list, &o->nodes);')), 'node_make:node_free(n);');
  accepts(rule, 'an owner that is copied', node(made('', 'memcpy(n, o, 8);')));
  accepts(rule, 'memory that is not zero', node(made('').replace('kzalloc', 'kmalloc')));
  accepts(
    rule,
    'an end that asks for the owner',
    node(made(''), 'if (n->owner)\n\t\t\tnode_drop(node_mm(n), n->pages, n->n);\n\t\telse\n\t\t\tunpin_user_pages(n->pages, n->n);'),
  );
  accepts(rule, 'an end that has its owner of someone else', node(made(''), 'node_drop(current->mm, n->pages, n->n);'));
  accepts(
    rule,
    'a failure that sets the owner first',
    node(made('')).replace(
      'if (current->mm != o->mm)\n\t\treturn -EPERM;',
      'n->owner = o;\n\tif (current->mm != o->mm)\n\t\treturn -EPERM;',
    ),
  );
});
