/** Reserved pages: the page of zeros and those of a device are, and are taken with a reference as any other. */
import { describe, expect, it } from 'vitest';
import { accepts, complains, findingsOf } from './findings.js';

const peek = (drop: string): string => `int peek(unsigned long a, int *value)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	*value = read_word(page);
	${drop}
	return 0;
}
`;

describe('a page that is found to be reserved', () => {
  complains('leak-on-path', 'one that is skipped', peek('if (!PageReserved(page))\n\t\tput_page(page);'), 'peek:if (!PageReserved(page))');
  accepts('leak-on-path', 'one that is not marked', peek('if (!PageReserved(page))\n\t\tset_page_dirty_lock(page);\n\tput_page(page);'));
  const forgotten = (drop: string): string => peek(`if (PageReserved(page))${drop}\n\tif (page)\n\t\tput_page(page);`);
  complains('leak-on-path', 'one that is forgotten', forgotten('\n\t\tpage = NULL;'), 'peek:if (PageReserved(page))');
  accepts('leak-on-path', 'one that is put and forgotten', forgotten(' {\n\t\tput_page(page);\n\t\tpage = NULL;\n\t}'));
});

/** A function with more ways than are walked behind the place where it may forget the page. */
const crowded = (forget: string): string => {
  const asked = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const each = (line: (name: string) => string): string => asked.map((name) => `\t${line(name)}\n`).join('');
  return `int map(struct dev *d, unsigned long addr)
{
	struct page *page;
	int ${asked.map((name) => `${name} = 0`).join(', ')};

	if (get_user_pages_fast(addr, 1, 0, &page) != 1)
		return -EFAULT;
	if (PageReserved(page)) {
		${forget}
	}
	if (d->gone)
		goto out;
	if (d->late)
		goto out;
${each((name) => `if (d->${name})\n\t\t${name} = d->n;`)}${each((name) => `if (${name})\n\t\td->${name}++;`)}	if (page)
		note(d, page);
out:
	if (page)
		put_page(page);
	return 0;
}
`;
};

describe('a page that is forgotten before more ways than are walked', () => {
  it('is told of where that is, and once', async () =>
    expect(await findingsOf(crowded('page = NULL;'), 'leak-on-path')).toEqual(['map:if (PageReserved(page)) {']));
  accepts('leak-on-path', 'one that is not forgotten', crowded('d->reserved++;'));
});
