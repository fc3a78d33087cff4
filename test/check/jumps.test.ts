/** Macros that leave the place where they stand. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const head = `#define ON_ERROR(call) \\
	status = call; \\
	if (status != 0) { \\
		goto failed; \\
	}
#define GO(where, what) do { status = (what); goto where; } while (0)
#define GIVE_UP(what) return (what)
#define SEEN(x) ((x) > 0)
`;
const take = (then: string, folder = 'inc'): Record<string, string> => ({
  [`${folder}/jumps.h`]: head,
  'drv/take.c': `#include "../${folder}/jumps.h"
struct obj { struct page **pages; int n; struct table table; };

int take(struct obj *o, unsigned long a, int n)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	int i, got, status = 0;

	if (!pages)
		GIVE_UP(-ENOMEM);
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, pages);
	if (got < n) {
		for (i = 0; i < got; i++)
			unpin_user_page(pages[i]);
		GO(failed, -EFAULT);
	}
	for (i = 0; i < n; i++)
		flush_dcache_page(pages[i]);
	${then}
	o->pages = pages;
	o->n = n;
	return 0;
undo:
	unpin_user_pages(pages, n);
failed:
	kfree(pages);
	return status;
}

void drop(struct obj *o)
{
	unpin_user_pages_dirty_lock(o->pages, o->n, true);
	kfree(o->pages);
}
`,
});

describe('macros that jump', () => {
  accepts('unchecked-count', 'a count that such a one has looked at', take(''));
  accepts('unchecked-count', "one of a driver's own folder of that name", take('', 'include'));
  accepts('leak-on-path', 'one that is done with', take(''));
  complains(
    'leak-on-path',
    'one that tests what it is given',
    take('ON_ERROR(table_make(&o->table, n));'),
    'take:ON_ERROR(table_make(&o->table, n));',
  );
  accepts('leak-on-path', 'one that is told where to go', take('if (table_make(&o->table, n))\n\t\tGO(undo, -EIO);'));
  complains(
    'leak-on-path',
    'one that is told to go too far',
    take('if (table_make(&o->table, n))\n\t\tGO(failed, -EIO);'),
    'take:if (table_make(&o->table, n))',
  );
});

const never = (loop: string) => `int get(unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	${loop}
		touch(a);
	if (bad(a))
		return -EINVAL;
	put_page(page);
	return 0;
}
`;
describe('a loop that has no round', () => {
  complains('leak-on-path', 'what is left behind `while (0)`', never('while (0)'), 'get:if (bad(a))');
  complains('leak-on-path', 'what is left behind `for (; 0;)`', never('for (; 0;)'), 'get:if (bad(a))');
});
