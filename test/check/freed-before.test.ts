/** Pages that are looked for in memory which was freed before: in an array, an object, the entries of a scatterlist. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'use-after-release';

const local = (end: string): string => `int hash_user(struct dev *d, unsigned long addr, int max)
{
	struct page **pages = kcalloc(max, sizeof(*pages), GFP_KERNEL);
	int n;

	if (!pages)
		return -ENOMEM;
	n = pin_user_pages_fast(addr, max, 0, pages);
	hash(d, pages, n);
${end}	return 0;
}
`;
const free = '	kfree(pages);\n';
const drop = '	if (n > 0)\n		unpin_user_pages(pages, n);\n';

describe('an array in a variable', () => {
  complains(rule, 'the freeing before the drop', local(free + drop), 'hash_user:unpin_user_pages(pages, n);');
  accepts(rule, 'the drop before the freeing', local(drop + free));
  accepts(rule, 'another array by then', local(`${free}	pages = d->spare;\n${drop}`));
  accepts(rule, 'a freeing on another path', local(`	if (n <= 0) {\n	${free}		return n;\n	}\n${drop}${free}`));
  accepts(rule, 'memory that is there until the readers are done', local(`	kfree_rcu(pages, rcu);\n${drop}`));
});

/** Pages that an object keeps in several ways, and a function that ends it. */
const kept = (end: string): string => `struct seg { struct page **pages; struct bio_vec *bv; struct sg_table sgt; int n; };
int seg_get(struct seg *s, unsigned long addr)
{
	int i, n = get_user_pages_fast(addr, s->n, 0, s->pages);

	if (n != s->n) {
		if (n > 0)
			release_pages(s->pages, n);
		return -EFAULT;
	}
	for (i = 0; i < n; i++)
		bvec_set_page(&s->bv[i], s->pages[i], PAGE_SIZE, 0);
	return sg_alloc_table_from_pages(&s->sgt, s->pages, n, 0, n * PAGE_SIZE, GFP_KERNEL);
}
static void put_all(struct page **pages, int n)
{
	while (n--)
		put_page(pages[n]);
}
void seg_put(struct seg *s)
{
	struct sg_page_iter iter;
	struct page *page;
	int i;

${end}}
`;

describe('memory that an object leads to', () => {
  complains(rule, 'an array', kept('	kvfree(s->pages);\n	release_pages(s->pages, s->n);\n'), 'seg_put:release_pages(s->pages, s->n);');
  accepts(rule, 'the array of another object', kept('	kvfree(s->next->pages);\n	release_pages(s->pages, s->n);\n'));
  complains(
    rule,
    'an array that a helper drops',
    kept('	kvfree(s->pages);\n	put_all(s->pages, s->n);\n'),
    'seg_put:put_all(s->pages, s->n);',
  );
  complains(
    rule,
    'the object',
    kept('	kfree(s);\n	for (i = 0; i < s->n; i++) {\n		page = s->pages[i];\n		put_page(page);\n	}\n'),
    'seg_put:put_page(page);',
  );
  accepts(rule, 'a page that was read before', kept('	page = s->pages[0];\n	kfree(s->pages);\n	kfree(s);\n	put_page(page);\n'));
  complains(rule, 'bvecs', kept('	kfree(s->bv);\n	put_page(s->bv[0].bv_page);\n'), 'seg_put:put_page(s->bv[0].bv_page);');
  const each = '	for_each_sgtable_page(&s->sgt, &iter, 0)\n		put_page(sg_page_iter_page(&iter));\n';
  const table = '	sg_free_table(&s->sgt);\n';
  complains(rule, 'the entries of a scatterlist', kept(table + each), 'seg_put:put_page(sg_page_iter_page(&iter));');
  accepts(rule, 'the entries of a scatterlist, dropped first', kept(each + table));
  accepts(rule, 'pages of which a scatterlist was made', kept(`${table}	release_pages(s->pages, s->n);\n`));
});
