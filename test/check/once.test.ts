/** A way that turns at a call, of which some results are known, and at the test of its result right behind it, to one end. */
import { describe } from 'vitest';
import { complains } from './findings.js';

/** A function that leaves pages where a helper finds no size. @param between what stands between the call and the test */
const sizing = (test: string, between = ''): string => `struct obj { struct page **pages; int n; unsigned long size; };
static unsigned long best_size(struct obj *o, unsigned long map)
{
	if (!map || !o->n)
		return 0;
	return fit(map, o->n);
}
int fill(struct obj *o, unsigned long a, unsigned long map)
{
	unsigned long size;

	if (get_user_pages_fast(a, o->n, 0, o->pages) != o->n)
		return -EFAULT;
	size = best_size(o, map);
	${between}
	${test}
	o->size = size;
	release_pages(o->pages, o->n);
	return 0;
bad:
	return -EINVAL;
}`;

describe('one fault of a call and its test', () => {
  const call = 'fill:size = best_size(o, map);';
  complains('leak-on-path', 'a test right behind the call', sizing('if (!size)\n		return -EINVAL;'), 'fill:if (!size)');
  complains('leak-on-path', 'a test that jumps', sizing('if (size == 0)\n		goto bad;'), 'fill:if (size == 0)');
  complains(
    'leak-on-path',
    'a test of something else in between, which has its own',
    sizing('if (!size)\n		goto bad;', 'if (o->n > 4)\n		goto bad;'),
    call,
    'fill:if (o->n > 4)',
    'fill:if (!size)',
  );
});
