/** Functions with more ways than are walked: what the rest of the ways do is not known. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** A function that fails with the pages still held, as its caller is to drop them, or is not. */
const fill = `struct region { struct page *page; int n; };
int region_check(unsigned long a);
int region_fill(struct region *r, unsigned long a)
{
	int ret;

	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &r->page) != 1)
		return -EFAULT;
	r->n = 1;
	if (region_check(a) == 0)
		return 0;
	ret = -EINVAL;
	return ret;
}
void region_end(struct region *r)
{
	unpin_user_page(r->page);
	r->n = 0;
}
`;

const asked = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

/** A caller that asks the same things of its parameters twice before it looks at the failure. */
const caller = (count: number, undo: string): string => {
  const names = asked.slice(0, count);
  const ask = (call: string): string => names.map((name) => `	if (${name})\n		${call}(addr);\n`).join('');
  return `${fill}int region_open(struct region *r, unsigned long addr, ${names.map((name) => `int ${name}`).join(', ')})
{
	int ret = region_fill(r, addr);

${ask('trace_begin')}${ask('trace_end')}	if (ret) {
		${undo}
		return ret;
	}
	return 0;
}
`;
};

describe('a caller with few ways', () => {
  complains('leak-on-path', 'no drop', caller(2, 'r->n = 0;'), 'region_fill:if (region_check(a) == 0)');
  accepts('leak-on-path', 'a drop', caller(2, 'region_end(r);'));
});

describe('a caller with more ways than are walked', () => {
  accepts('leak-on-path', 'a drop', caller(7, 'region_end(r);'));
});
