/** Fields in which a function keeps pages of several origins, and which are dropped alike. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const buffer = (
  drop: string,
  {
    take = 'pin_user_pages_fast',
    undo = 'unpin_user_pages(b->pages, got);',
    other = 'vmalloc_to_page((void *)a + i * PAGE_SIZE)',
    last = '',
  } = {},
) => `struct buf { struct page **pages; int n; bool user; };
int buf_take(struct buf *b, unsigned long a, int n, bool user)
{
	int i;

	if (user) {
		int got = ${take}(a, n, FOLL_WRITE, b->pages);

		if (got != n) {
			if (got > 0)
				${undo}
			return -EFAULT;
		}
	} else {
		for (i = 0; i < n; i++) {
			b->pages[i] = ${other};
			${last}
		}
	}
	b->n = n;
	b->user = user;
	return 0;
}
void buf_give(struct buf *b)
{
	int i;

	${drop}
}
`;
const rule = 'mixed-release';
const all = 'unpin_user_pages_dirty_lock(b->pages, b->n, true);';
const each = 'put_page(b->pages[i]);';
const rounds = `for (i = 0; i < b->n; i++)\n\t\t${each}`;
const got = { take: 'get_user_pages_fast', undo: 'release_pages(b->pages, got);' };

describe('a field with pages of several origins', () => {
  complains(rule, 'the kernel’s own, unpinned with the user’s', buffer(all), `buf_give:${all}`);
  complains(rule, 'the allocator’s, unpinned with the user’s', buffer(all, { other: 'alloc_page(GFP_KERNEL)' }), `buf_give:${all}`);
  complains(rule, 'the kernel’s own, put with the user’s', buffer(rounds, got), `buf_give:${each}`);
});

describe('a field whose pages are told apart', () => {
  accepts(rule, 'by a flag', buffer(`if (b->user)\n\t\t${all}`));
  accepts(rule, 'by a flag that chooses the drop', buffer(`if (b->user)\n\t\t${all}\n\telse\n\t\t${rounds}`));
  accepts(rule, 'the allocator’s, put with the user’s', buffer(rounds, { ...got, other: 'alloc_page(GFP_KERNEL)' }));
  accepts(rule, 'the kernel’s own, on which a reference was taken', buffer(rounds, { ...got, last: 'get_page(b->pages[i]);' }));
});

describe('a page of the allocator behind those of the user', () => {
  const extended = (
    undo: string,
    give = 'unpin_user_pages(b->pages, b->n);\n\t__free_page(b->pages[b->n]);',
  ) => `struct buf { struct page **pages; int n; };
int buf_take(struct buf *b, unsigned long a, int n)
{
	int got = 0;

	if (!n)
		return -EINVAL;
	got = pin_user_pages_fast(a, n, FOLL_WRITE, b->pages);
	if (got != n)
		goto out;
	b->pages[n] = alloc_page(GFP_KERNEL);
	if (!b->pages[n])
		goto out;
	b->n = n;
	return 0;
out:
	if (got > 0)
		${undo}
	return -ENOMEM;
}
void buf_give(struct buf *b)
{
	${give}
}
`;
  accepts(rule, 'where as many are unpinned as were pinned', extended('unpin_user_pages(b->pages, got);'));
  complains(rule, 'where one more is', extended('unpin_user_pages(b->pages, got + 1);'), 'buf_take:unpin_user_pages(b->pages, got + 1);');
  complains(
    rule,
    'where as many are as somebody else has counted',
    extended('unpin_user_pages(b->pages, b->n);'),
    'buf_take:unpin_user_pages(b->pages, b->n);',
  );
});
