/** Pages that are taken once more by `goto retry` while the first ones are held: where the second call fails, there is nothing of its own. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const bind = (short: string, again = 'goto retry;') => `static void drop_all(struct page **p, int n)
{
	while (n > 0)
		unpin_user_page(p[--n]);
}
int bind(struct bo *bo, unsigned long addr)
{
	struct page *pages[16];
	int got, i, tries = 3;

retry:
	got = pin_user_pages_fast(addr, 16, FOLL_WRITE, pages);
	if (got != 16) {
		${short}
		return -EFAULT;
	}
	if (hw_bind(bo, pages) == -EAGAIN && tries--) {
		${again}
	}
	hw_wait(bo);
	unpin_user_pages(pages, 16);
	return 0;
}
`;

describe('a second try with the pages of the first one held', () => {
  const call = 'got = pin_user_pages_fast(addr, 16, FOLL_WRITE, pages);';
  for (const short of [
    'if (got > 0)\n\t\t\tunpin_user_pages(pages, got);',
    'while (got > 0)\n\t\t\tunpin_user_page(pages[--got]);',
    'for (i = 0; i < got; i++)\n\t\t\tunpin_user_page(pages[i]);',
    'if (got > 0)\n\t\t\tdrop_all(pages, got);',
  ]) {
    complains('leak-on-path', `that drops a short count so: ${short}`, bind(short), `bind:${call}`);
    accepts('leak-on-path', `where they are dropped first: ${short}`, bind(short, 'unpin_user_pages(pages, 16);\n\t\tgoto retry;'));
  }
});
