/** Pages on which somebody takes plain references of his own: the drops of these are his, and he may mark them. */
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

/** Two objects of one driver whose pages are taken by one function; of one of them somebody takes references of his own. */
const two = (share: string) => `struct ring { struct page **pages; int n; };
struct buf { struct page **pages; int n; struct sg_table sgt; };
static struct page **take(unsigned long a, int n)
{
	struct page **pages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL);

	if (!pages)
		return NULL;
	if (pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, pages) != n) {
		kvfree(pages);
		return NULL;
	}
	return pages;
}
int ring_get(struct ring *r, unsigned long a, int n)
{
	r->pages = take(a, n);
	if (!r->pages)
		return -EFAULT;
	r->n = n;
	return 0;
}
void ring_put(struct ring *r)
{
	unpin_user_pages(r->pages, r->n);
	kvfree(r->pages);
}
int buf_get(struct device *dev, struct buf *b, unsigned long a, int n)
{
	b->pages = take(a, n);
	if (!b->pages)
		return -EFAULT;
	b->n = n;
	sg_alloc_table_from_pages(&b->sgt, b->pages, n, 0, n << PAGE_SHIFT, GFP_KERNEL);
	return dma_map_sgtable(dev, &b->sgt, DMA_FROM_DEVICE, 0);
}
void buf_put(struct device *dev, struct buf *b)
{
	dma_unmap_sgtable(dev, &b->sgt, DMA_FROM_DEVICE, 0);
	sg_free_table(&b->sgt);
	unpin_user_pages(b->pages, b->n);
	kvfree(b->pages);
}
${share}
`;
const sharing = (object: string) => `void share(struct ${object} *o, struct vm_area_struct *vma)
{
	int i;

	for (i = 0; i < o->n; i++) {
		get_page(o->pages[i]);
		show(vma, o->pages[i]);
	}
}`;

describe('pages that are dropped clean where somebody has references of his own', () => {
  const [ofRing, ofBuf] = ['ring_put:unpin_user_pages(r->pages, r->n);', 'buf_put:unpin_user_pages(b->pages, b->n);'];
  complains('dirty-lost', 'pages which nobody shares', two(''), ofRing, ofBuf);
  complains('dirty-lost', 'pages of one object where those of another are shared', two(sharing('ring')), ofBuf);
  complains('dirty-lost', 'pages of the other object', two(sharing('buf')), ofRing);
});

/** Pins whose elements go through some loops; at the end of all the pins are dropped, unless `end` does otherwise. */
const through = (loops: string, end = 'unpin_user_pages(pages, n);') => `int copy(struct ctx *c, unsigned long a, int n)
{
	struct page *pages[16], *page;
	int i, err = 0, got = pin_user_pages_fast(a, n, 0, pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		return -EFAULT;
	}
	${loops}
	${end}
	return err;
}
`;
const [hold, put] = ['for (i = 0; i < n; i++) get_page(pages[i]);', 'for (i = 0; i < n; i++) put_page(pages[i]);'];
const copyEach = `for (i = 0; i < n; i++) {
		page = pages[i];
		memcpy(c->buf, page_address(page), PAGE_SIZE);
		put_page(page);
	}`;

describe('references that a loop takes on all pages, and another one drops', () => {
  const rules = ['wrong-release', 'double-release', 'leak-on-path', 'never-released', 'use-after-release'];
  const right: Readonly<Record<string, string>> = {
    'by the element': through(`${hold}\n\t${put}`),
    'by a variable': through(`for (i = 0; i < n; i++) {\n\t\tpage = pages[i];\n\t\tget_page(page);\n\t}\n\t${copyEach}`),
    'by other names': through(`${hold}\n\t${copyEach}`),
    'behind the drop of the pins': through(`${hold}\n\tunpin_user_pages(pages, n);\n\t${copyEach}`, ''),
    'but not behind a failure': through(`for (i = 0; i < n; i++) {
		if (!try_get_page(pages[i])) {
			err = -ENOMEM;
			goto undo;
		}
	}
	use(c, pages, n);
undo:
	while (i--)
		put_page(pages[i]);`),
    'in helpers': `struct ctx { struct page **pages; int n; char *buf; };
static void hold(struct ctx *c)
{
	int i;

	for (i = 0; i < c->n; i++)
		get_page(c->pages[i]);
}
static void copy(struct ctx *c)
{
	int i;

	for (i = 0; i < c->n; i++) {
		memcpy(c->buf, page_address(c->pages[i]), PAGE_SIZE);
		put_page(c->pages[i]);
	}
}
int take(struct ctx *c, unsigned long a, int n)
{
	int got = pin_user_pages_fast(a, n, 0, c->pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(c->pages, got);
		return -EFAULT;
	}
	c->n = n;
	hold(c);
	copy(c);
	unpin_user_pages(c->pages, n);
	return 0;
}
`,
    'in helpers that are given the array': `static void hold(struct page **all, int n)
{
	int i;

	for (i = 0; i < n; i++)
		get_page(all[i]);
}
static void leave(struct page **all, int n)
{
	int i;

	for (i = 0; i < n; i++)
		put_page(all[i]);
}
${through('hold(pages, n);\n\tleave(pages, n);')}`,
  };
  for (const [name, c] of Object.entries(right)) for (const rule of rules) accepts(rule, name, c);
  complains('wrong-release', 'all, of which a loop drops one more', through(`${hold}\n\t${copyEach}`, put), `copy:${put}`);
  complains('leak-on-path', 'all, with no drop of the pins', through(`${hold}\n\t${put}`, ''), 'copy:if (got != n) {');
  complains(
    'double-release',
    'a page that loops drop twice beside the pin',
    through(`${hold}\n\t${put}\n\tfor (i = 0; i < n; i++)\n\t\tunpin_user_page(pages[i]);`),
    'copy:unpin_user_pages(pages, n);',
  );
});

/** References of helpers' own on an array of pins, of which the taking function gives up what it has where something fails. */
const helped = (helper: string, call: string, undo: string): string => `${helper}
struct map { struct page *page; };
struct obj { struct map maps[64]; int n; };
int take(struct obj *o, struct iov_iter *it, unsigned long a, int n, struct page **pages)
{
	int err, got = pin_user_pages_fast(a, n, FOLL_WRITE, pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		return -EFAULT;
	}
	${call}
	err = start(o);
	if (err)
		${undo}
	else
		unpin_user_pages_dirty_lock(pages, n, true);
	return err;
}
`;
const holdAll = 'static void hold(struct page **pages, int n)\n{\n\tint i;\n\n\tfor (i = 0; i < n; i++)\n\t\tget_page(pages[i]);\n}';
const spread = `static void spread(struct obj *o, struct page **pages, int n)
{
	struct map *map;
	int i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < 4; j++) {
			if (i * 4 + j >= o->n)
				break;
			map = &o->maps[i * 4 + j];
			map->page = pages[i];
		}
		get_page(pages[i]);
	}
}`;

describe('a plain drop of pins beside references of their own that somebody has taken on them', () => {
  complains(
    'wrong-release',
    'on another way',
    helped(holdAll, 'if (iov_iter_is_kvec(it))\n\t\thold(pages, n);', 'if (!iov_iter_is_kvec(it))\n\t\t\trelease_pages(pages, n);'),
    'take:release_pages(pages, n);',
  );
  complains(
    'wrong-release',
    'for places that keep them',
    helped(spread, 'spread(o, pages, n);', 'release_pages(pages, n);'),
    'take:release_pages(pages, n);',
  );
  accepts(
    'wrong-release',
    'on this one',
    helped(holdAll, 'hold(pages, n);', '{\n\t\trelease_pages(pages, n);\n\t\tunpin_user_pages(pages, n);\n\t}'),
  );
});
