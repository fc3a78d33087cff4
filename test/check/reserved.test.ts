/** Reserved pages: the page of zeros and those of a device are, and are taken with a reference as any other. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

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
