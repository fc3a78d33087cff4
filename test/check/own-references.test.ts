/** Pages of an array that are put into a container of somebody else's, with a plain reference of its own for each: its drop is that one's. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const lent = (each: string) => `struct arg { struct page **pages; int n; };
struct lent { int nr; struct bio_vec bvs[]; };
int arg_get(struct arg *ap, unsigned long a, int n)
{
	int got = pin_user_pages_fast(a, n, FOLL_LONGTERM, ap->pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(ap->pages, got);
		return -EFAULT;
	}
	ap->n = n;
	return 0;
}
void arg_put(struct arg *ap)
{
	unpin_user_pages(ap->pages, ap->n);
}
static void lent_release(void *priv)
{
	struct lent *l = priv;
	int i;

	for (i = 0; i < l->nr; i++)
		put_page(l->bvs[i].bv_page);
	kvfree(l);
}
int lend(struct arg *ap, struct cmd *cmd)
{
	struct lent *l = kvmalloc(struct_size(l, bvs, ap->n), GFP_KERNEL);
	struct bio_vec *bvs;
	struct page *page;
	int i, err;

	if (!l)
		return -ENOMEM;
	l->nr = ap->n;
	bvs = l->bvs;
	for (i = 0; i < ap->n; i++) {
		${each}
	}
	err = register_bvecs(cmd, bvs, lent_release, l);
	if (err)
		lent_release(l);
	return err;
}
`;

describe('pages that are lent with references of their own', () => {
  const rule = 'wrong-release';
  const rounds = '}\n\tfor (i = 0; i < ap->n; i++) {';
  for (const each of [
    'bvs[i].bv_page = ap->pages[i]; get_page(ap->pages[i]);',
    'bvs[i].bv_page = ap->pages[i]; get_page(bvs[i].bv_page);',
    'bvs[i].bv_page = ap->pages[i]; folio_get(page_folio(ap->pages[i]));',
    'bvs[i].bv_page = folio_page(page_folio(ap->pages[i]), 0); get_page(ap->pages[i]);',
    'page = ap->pages[i]; bvs[i].bv_page = page; get_page(ap->pages[i]);',
    `bvs[i].bv_page = ap->pages[i]; ${rounds} get_page(ap->pages[i]);`,
  ])
    accepts(rule, each, lent(each));
  for (const each of ['bvs[i].bv_page = ap->pages[i];', 'page = ap->pages[i]; get_page(other); bvs[i].bv_page = page;'])
    complains(rule, each, lent(each), 'lent_release:put_page(l->bvs[i].bv_page);');
});
