/** A function that drops what an object has, has it filled again by a callee, and drops once more. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const files = (between: string): string => `struct obj { struct page *page; int n; };
static int obj_take(struct obj *o, unsigned long a)
{
	return pin_user_pages_fast(a, 1, 0, &o->page) == 1 ? 0 : -EFAULT;
}
static void obj_store(struct obj *o, struct page *page)
{
	o->page = page;
}
static void obj_count(struct obj *o)
{
	if (o->page)
		o->n++;
}
int obj_run(struct obj *o, struct page *other, unsigned long a)
{
	if (pin_user_pages_fast(a, 1, 0, &o->page) != 1)
		return -EFAULT;
	hw_run(a);
	unpin_user_page(o->page);
	${between}
	unpin_user_page(o->page);
	return 0;
}
`;

describe('two drops with a call between them', () => {
  accepts('double-release', 'a callee that takes others', files('if (obj_take(o, a + PAGE_SIZE))\n\t\treturn -EFAULT;\n\thw_run(a);'));
  accepts('double-release', 'a callee that stores another', files('obj_store(o, other);'));
  complains('double-release', 'a callee that only looks', files('obj_count(o);'), 'obj_run:unpin_user_page(o->page);');
});
