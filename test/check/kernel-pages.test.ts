/** Pages of the kernel's own memory that stand in an array for those of a user, and are put like these. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'mixed-release';

const written = (drop: string, { more = '', kernel = 'pages[i] = vmalloc_to_page(base + i * PAGE_SIZE);' } = {}): string => `
int vf_write(struct iov_iter *data, void *base, int len)
{
	struct page **pages = NULL;
	bool user = !iov_iter_is_kvec(data);
	size_t offs = 0;
	int i, n, nr;

	if (!iov_iter_is_kvec(data)) {
		n = iov_iter_get_pages_alloc2(data, &pages, len, &offs);
		if (n <= 0)
			return n;
		nr = DIV_ROUND_UP(n + offs, PAGE_SIZE);
	} else {
		nr = vf_pages(data);
		pages = kmalloc_array(nr, sizeof(struct page *), GFP_NOFS);
		if (!pages)
			return -ENOMEM;
		for (i = 0; i < nr; i++) {
			${kernel}${more}
		}
	}
	vf_send(pages);
	${drop}
	kvfree(pages);
	return 0;
}
`;
const each = 'for (i = 0; i < nr; i++)\n\t\t';

describe('a put of all pages of an array', () => {
  const put = 'put_page(pages[i]);';
  complains(rule, 'some of which are of vmalloc()', written(each + put), `vf_write:${put}`);
  complains(
    rule,
    'some of which are of other kernel memory',
    written(each + put, { kernel: 'pages[i] = virt_to_page(base);' }),
    `vf_write:${put}`,
  );
  accepts(rule, 'only for a user', written(`if (!iov_iter_is_kvec(data))\n\t\t${each}${put}`));
  accepts(rule, 'only for a user, by a flag', written(`if (user)\n\t\t${each}${put}`));
  accepts(rule, 'with a reference of its own on each', written(each + put, { more: '\n\t\t\tget_page(pages[i]);' }));
  accepts(rule, 'some of which are of the allocator', written(each + put, { kernel: 'pages[i] = alloc_page(GFP_NOFS);' }));
});
