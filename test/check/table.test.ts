/** Scatterlist tables that a library fills for its callers, and empties page by page. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** Memory of a user that is pinned in steps, a table at a time, and what drops it. */
const memory = (drop: string): string => `struct umem { struct sg_table table; unsigned int n; };
static void __umem_drop(struct umem *u, int dirty)
{
	struct sg_page_iter it;
	struct scatterlist *sg;
	struct page *page;
	int i;

	${drop}
	sg_free_table(&u->table);
}
struct umem *umem_get(unsigned long a, unsigned long n)
{
	struct page **pages;
	struct scatterlist *last = NULL;
	struct umem *u = kzalloc(sizeof(*u), GFP_KERNEL);
	int ret;

	if (!u)
		return ERR_PTR(-ENOMEM);
	pages = (struct page **)__get_free_page(GFP_KERNEL);
	if (!pages) {
		ret = -ENOMEM;
		goto free;
	}
	while (n) {
		ret = pin_user_pages_fast(a, min_t(unsigned long, n, 512), FOLL_WRITE | FOLL_LONGTERM, pages);
		if (ret < 0)
			goto drop;
		a += ret * PAGE_SIZE;
		n -= ret;
		last = __sg_alloc_table_from_pages(&u->table, pages, ret, 0, ret << PAGE_SHIFT, 4096, last, n, GFP_KERNEL);
		u->n = u->table.nents;
		if (IS_ERR(last)) {
			unpin_user_pages(pages, ret);
			ret = PTR_ERR(last);
			goto drop;
		}
	}
	ret = 0;
	goto out;
drop:
	__umem_drop(u, 0);
out:
	free_page((unsigned long)pages);
free:
	if (ret)
		kfree(u);
	return ret ? ERR_PTR(ret) : u;
}
void umem_drop(struct umem *u)
{
	__umem_drop(u, 1);
	kfree(u);
}
`;

/** A user of it: what its failure does. */
const region = (undo: string): string => `#include "umem.h"
struct region { struct umem *umem; int key; };
int region_add(struct region *r, unsigned long a, unsigned long n)
{
	int ret;

	r->umem = umem_get(a, n);
	if (IS_ERR(r->umem))
		return PTR_ERR(r->umem);
	r->key = key_get(n);
	if (r->key < 0) {
		ret = r->key;
		${undo}
		kfree(r);
		return ret;
	}
	return 0;
}
void region_end(struct region *r)
{
	umem_drop(r->umem);
	kfree(r);
}
`;

const loops: readonly [string, string][] = [
  [
    'page by page',
    'for_each_sg_page(u->table.sgl, &it, u->n, 0) {\n\t\tpage = sg_page_iter_page(&it);\n\t\tunpin_user_pages_dirty_lock(&page, 1, dirty);\n\t}',
  ],
  [
    'entry by entry',
    'for_each_sg(u->table.sgl, sg, u->n, i) {\n\t\tpage = sg_page(sg);\n\t\tunpin_user_pages_dirty_lock(&page, 1, dirty);\n\t}',
  ],
];

describe('a table that is filled in steps', () => {
  for (const [how, drop] of loops) {
    const files = (undo: string) => ({ 'umem.c': memory(drop), 'region.c': region(undo) });
    complains('leak-on-path', `a user who fails, dropped ${how}`, files(''), 'region_add:if (r->key < 0) {');
    for (const rule of ['leak-on-path', 'never-released', 'double-release'])
      accepts(rule, `a user who drops ${how}`, files('umem_drop(r->umem);'));
  }
});
