import { describe } from 'vitest';
import { shows } from './helper.js';

const take = (pages = 'pages') => `if (pin_user_pages_fast(a, 8, 0, ${pages}) != 8)\n\t\treturn -EFAULT;`;

describe('4. scatterlists', () => {
  const head = 'struct foo { struct sg_table sgt; struct scatterlist sg[8]; struct page **pages; int nents; };\n';
  const fill = `int f(struct foo *o, unsigned long a)
{
	struct page *pages[8];
	int i;

	${take()}
	sg_init_table(o->sg, 8);
	for (i = 0; i < 8; i++)
		sg_set_page(&o->sg[i], pages[i], PAGE_SIZE, 0);
	return 0;
}
`;
  const build = `int f(struct foo *o, unsigned long a)
{
	struct page *pages[8];

	${take()}
	return sg_alloc_table_from_pages(&o->sgt, pages, 8, 0, 8 * PAGE_SIZE, GFP_KERNEL);
}
`;
  const [inSg, inSgt] = ['pin page-array→sgl car=foo.sg', 'pin page-array→sgl car=foo.sgt'];
  shows(
    'in by sg_set_page, out by sg_page',
    `${head}${fill}void g(struct foo *o)
{
	int i;

	for (i = 0; i < 8; i++)
		unpin_user_page(sg_page(&o->sg[i]));
}`,
    `${inSg} loop-other@file put:g:unpin_user_page`,
  );
  shows(
    'out by for_each_sg',
    `${head}${fill}void g(struct foo *o)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(o->sg, sg, 8, i) {
		set_page_dirty_lock(sg_page(sg));
		unpin_user_page(sg_page(sg));
	}
}`,
    `${inSg} loop-other@file put:g:unpin_user_page dirty=set_page_dirty_lock`,
  );
  const append = (
    more: string,
  ): string => `${head}static struct scatterlist *append(struct scatterlist *sg, struct page **pages, int n, int first)
{
	int i;

	for (i = 0; i < n; i++) {
		if (!first)
			${more}
		sg_set_page(sg, pages[i], PAGE_SIZE, 0);
		first = 0;
	}
	return sg;
}
int f(struct foo *o, unsigned long a)
{
	struct page *pages[8];
	struct scatterlist *sg = o->sgt.sgl;

	${take()}
	append(sg, pages, 8, 1);
	return 0;
}
void g(struct foo *o)
{
	struct sg_page_iter it;

	for_each_sg_page(o->sgt.sgl, &it, o->nents, 0)
		unpin_user_page(sg_page_iter_page(&it));
}`;
  const appended = `${inSgt} loop-other@file put:g:unpin_user_page`;
  shows('in by a function that goes on along its parameter', append('sg = sg_next(sg);'), appended);
  shows('in by a function that counts its parameter up', append('sg++;'), appended);
  shows('in by a function that looks up another list', append('sg = other_list(sg);'), 'pin page-array→sgl none@function gap');
  shows(
    'out by sg_next',
    `${head}${fill}void g(struct foo *o)
{
	struct scatterlist *sg;

	for (sg = o->sg; sg; sg = sg_next(sg))
		unpin_user_page(sg_page(sg));
}`,
    `${inSg} loop-other@file put:g:unpin_user_page`,
  );
  shows(
    'in by sg_alloc_table_from_pages, out by for_each_sg_page',
    `${head}${build}void g(struct foo *o)
{
	struct sg_page_iter it;

	for_each_sg_page(o->sgt.sgl, &it, o->sgt.nents, 0)
		unpin_user_page(sg_page_iter_page(&it));
	sg_free_table(&o->sgt);
}`,
    `${inSgt} loop-other@file put:g:unpin_user_page`,
  );
  shows(
    'out by for_each_sgtable_page',
    `${head}${build}void g(struct foo *o)
{
	struct sg_page_iter it;

	for_each_sgtable_page(&o->sgt, &it, 0) {
		struct page *page = sg_page_iter_page(&it);

		if (!PageReserved(page))
			set_page_dirty(page);
		unpin_user_page(page);
	}
}`,
    `${inSgt} loop-other@file put:g:unpin_user_page dirty=set_page_dirty`,
  );
  shows(
    'out by range',
    `${head}${build}void g(struct foo *o)
{
	struct scatterlist *sg;
	int i;

	for_each_sgtable_sg(&o->sgt, sg, i)
		unpin_user_page_range_dirty_lock(sg_page(sg), sg->length >> PAGE_SHIFT, true);
}`,
    `${inSgt} bulk@file put:g:unpin_user_page_range_dirty_lock dirty=bulk`,
  );
  shows(
    'by sg_alloc_append_table_from_pages',
    `struct bar { struct sg_append_table sgt_append; };
int f(struct bar *o, unsigned long a)
{
	struct page *pages[8];

	${take()}
	return sg_alloc_append_table_from_pages(&o->sgt_append, pages, 8, 0, 8 * PAGE_SIZE, UINT_MAX, 0, GFP_KERNEL);
}
void g(struct bar *o)
{
	struct scatterlist *sg;
	int i;

	for_each_sgtable_sg(&o->sgt_append.sgt, sg, i)
		unpin_user_page(sg_page(sg));
}`,
    'pin page-array→sgl car=bar.sgt_append loop-other@file put:g:unpin_user_page',
  );
  shows(
    'the list is fed, the array is kept and goes back',
    `${head}int f(struct foo *o, unsigned long a)
{
	${take('o->pages')}
	return sg_alloc_table_from_pages(&o->sgt, o->pages, 8, 0, 8 * PAGE_SIZE, GFP_KERNEL);
}
void g(struct foo *o)
{
	sg_free_table(&o->sgt);
	unpin_user_pages_dirty_lock(o->pages, 8, true);
}`,
    'pin page-array→sgl car=foo.pages,foo.sgt bulk@file put:g:unpin_user_pages_dirty_lock dirty=bulk',
  );
  shows(
    'one page in one entry',
    `struct baz { struct scatterlist mem; };
int f(struct baz *o, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1)
		return -1;
	sg_set_page(&o->mem, page, PAGE_SIZE, 0);
	return 0;
}
void g(struct baz *o)
{
	unpin_user_page(sg_page(&o->mem));
}`,
    'pin LT single→sgl car=baz.mem single@file put:g:unpin_user_page',
  );
  shows(
    'a list of this function alone',
    `int f(unsigned long a)
{
	struct page *pages[8];
	struct scatterlist sg[8];
	int i;

	${take()}
	for (i = 0; i < 8; i++)
		sg_set_page(sg + i, pages[i], PAGE_SIZE, 0);
	run(sg);
	for (i = 0; i < 8; i++)
		unpin_user_page(sg_page(sg + i));
	return 0;
}`,
    'pin page-array→sgl loop-other@function put:f:unpin_user_page',
  );
  shows(
    'a list passed down',
    `static void drop(struct scatterlist *sgl, int n)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, n, i)
		unpin_user_page(sg_page(sg));
}
int f(unsigned long a)
{
	struct page *pages[8];
	struct sg_table sgt;

	${take()}
	if (sg_alloc_table_from_pages(&sgt, pages, 8, 0, PAGE_SIZE, GFP_KERNEL))
		return -1;
	drop(sgt.sgl, sgt.orig_nents);
	return 0;
}`,
    'pin page-array→sgl loop-other@file put:drop:unpin_user_page',
  );
});

describe('4. skbs and sk_msgs', () => {
  const head = 'struct conn { struct sk_buff *skb; };\n';
  const fill = `int f(struct conn *c, struct sk_buff *skb, unsigned long a)
{
	struct page *pages[8];
	int i, n = get_user_pages_fast(a, 8, 0, pages);

	for (i = 0; i < n; i++)
		skb_fill_page_desc(skb, i, pages[i], 0, PAGE_SIZE);
	c->skb = skb;
	return n;
}
`;
  shows(
    'dropped with the skb',
    `${head}${fill}void g(struct conn *c)
{
	kfree_skb(c->skb);
}`,
    'get page-array→skb car=conn.skb container@file put:g:kfree_skb',
  );
  shows(
    'out by skb_frag_page',
    `${head}${fill}void g(struct conn *c)
{
	int i;

	for (i = 0; i < skb_shinfo(c->skb)->nr_frags; i++)
		put_page(skb_frag_page(&skb_shinfo(c->skb)->frags[i]));
}`,
    'get page-array→skb car=conn.skb loop-other@file put:g:put_page',
  );
  shows(
    'out by skb_frag_unref',
    `${head}${fill}void g(struct conn *c)
{
	skb_frag_unref(c->skb, 0);
}`,
    'get page-array→skb car=conn.skb container@file put:g:skb_frag_unref',
  );
  shows(
    'of this function alone',
    `int f(unsigned long a)
{
	struct sk_buff *skb = alloc_skb(0, GFP_KERNEL);
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	__skb_fill_page_desc(skb, 0, page, 0, PAGE_SIZE);
	consume_skb(skb);
	return 0;
}`,
    'get single→skb container@function put:f:consume_skb',
  );
  shows(
    'a sk_msg',
    `int f(struct sock *sk, unsigned long a)
{
	struct sk_msg msg;
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	sk_msg_page_add(&msg, page, PAGE_SIZE, 0);
	sk_msg_free(sk, &msg);
	put_page(page);
	return 0;
}`,
    // sk_msg_page_add() takes a reference of its own (include/linux/skmsg.h): the site's is still the function's to drop.
    'get single single@function put:f:put_page',
  );
  shows(
    'a sk_msg, in by its element',
    `int f(struct sock *sk, struct sk_msg *msg, unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	sg_set_page(&msg->sg.data[msg->sg.end], page, PAGE_SIZE, 0);
	sk_msg_free(sk, msg);
	return 0;
}`,
    'get single→sgl car=sk_msg.sg.data container@function put:f:sk_msg_free',
  );
});

describe('4. bvecs and bios', () => {
  const head = 'struct io { struct bio_vec *bv; int nr; struct bio *bio; };\n';
  const fill = (set: string) => `int f(struct io *io, unsigned long a)
{
	struct page *pages[8];
	int i;

	${take()}
	for (i = 0; i < 8; i++)
		${set};
	return 0;
}
`;
  const out = `void g(struct io *io)
{
	int i;

	for (i = 0; i < io->nr; i++)
		unpin_user_page(io->bv[i].bv_page);
}`;
  shows(
    'in by bvec_set_page, out by bv_page',
    `${head}${fill('bvec_set_page(&io->bv[i], pages[i], PAGE_SIZE, 0)')}${out}`,
    'pin page-array→bvec car=io.bv loop-other@file put:g:unpin_user_page',
  );
  shows(
    'in by bv_page',
    `${head}${fill('io->bv[i].bv_page = pages[i]')}${out}`,
    'pin page-array→bvec car=io.bv loop-other@file put:g:unpin_user_page',
  );
  shows(
    'in as a whole bio_vec',
    `${head}${fill('io->bv[i] = (struct bio_vec){ .bv_page = pages[i], .bv_len = PAGE_SIZE }')}${out}`,
    'pin page-array→bvec car=io.bv loop-other@file put:g:unpin_user_page',
  );
  const bio = `int f(struct io *io, unsigned long a)
{
	struct page *pages[8];
	int i;

	${take()}
	for (i = 0; i < 8; i++)
		bio_add_page(io->bio, pages[i], PAGE_SIZE, 0);
	return 0;
}
`;
  shows(
    'a bio that generic code drops',
    `${head}${bio}void g(struct io *io)
{
	bio_release_pages(io->bio, true);
}`,
    'pin page-array→bvec car=io.bio container@file put:g:bio_release_pages dirty=container',
  );
  shows(
    'a bio that generic code drops, clean',
    `${head}${bio}void g(struct io *io)
{
	bio_release_pages(io->bio, false);
}`,
    'pin page-array→bvec car=io.bio container@file put:g:bio_release_pages',
  );
  shows(
    'a bio that is walked',
    `${head}${bio}void g(struct io *io)
{
	struct bvec_iter_all iter;
	struct bio_vec *bvec;

	bio_for_each_segment_all(bvec, io->bio, iter)
		unpin_user_page(bvec->bv_page);
}`,
    'pin page-array→bvec car=io.bio loop-other@file put:g:unpin_user_page',
  );
  shows(
    'a bio of this function alone',
    `int f(struct bio *bio, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)
		return -1;
	__bio_add_page(bio, page, PAGE_SIZE, 0);
	submit_bio_wait(bio);
	bio_release_pages(bio, true);
	return 0;
}`,
    'pin single→bvec container@function put:f:bio_release_pages dirty=container',
  );
});

describe('4. pipes', () => {
  shows(
    'pipe buffers of this pipe',
    `int f(struct pipe_inode_info *pipe, unsigned long a)
{
	struct pipe_buffer *buf = pipe_head_buf(pipe);
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	buf->page = page;
	pipe_buf_release(pipe, buf);
	return 0;
}`,
    'get single→pipe container@function put:f:pipe_buf_release',
  );
  shows(
    "out by the buffer's page",
    `int f(struct pipe_inode_info *pipe, unsigned long a)
{
	struct pipe_buffer *buf = pipe_head_buf(pipe);

	if (get_user_pages_fast(a, 1, 0, &buf->page) != 1)
		return -1;
	if (send(pipe))
		put_page(buf->page);
	return 0;
}`,
    'get single→pipe single@function put:f:put_page',
  );
});

describe('4. frame numbers', () => {
  const head = 'struct map { unsigned long pfn; u64 phys; unsigned long *pfns; int nr; };\n';
  const take1 = `struct page *page;

	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1)
		return -1;`;
  shows(
    'a pfn',
    `${head}int f(struct map *m, unsigned long a)
{
	${take1}
	m->pfn = page_to_pfn(page);
	return 0;
}
void g(struct map *m)
{
	unpin_user_page(pfn_to_page(m->pfn));
}`,
    'pin LT single→pfn car=map.pfn single@file put:g:unpin_user_page',
  );
  shows(
    'a physical address, shifted back',
    `${head}int f(struct map *m, unsigned long a)
{
	${take1}
	m->phys = page_to_phys(page);
	return 0;
}
void g(struct map *m)
{
	struct page *page = pfn_to_page(m->phys >> PAGE_SHIFT);

	SetPageDirty(page);
	unpin_user_page(page);
}`,
    'pin LT single→pfn car=map.phys single@file put:g:unpin_user_page dirty=SetPageDirty',
  );
  shows(
    'an array of pfns',
    `${head}int f(struct map *m, unsigned long a)
{
	struct page *pages[8];
	int i;

	${take()}
	for (i = 0; i < 8; i++)
		m->pfns[i] = page_to_pfn(pages[i]);
	return 0;
}
void g(struct map *m)
{
	int i;

	for (i = 0; i < m->nr; i++)
		unpin_user_page(pfn_to_page(m->pfns[i]));
}`,
    'pin page-array→pfn car=map.pfns loop-other@file put:g:unpin_user_page',
  );
  shows(
    'a range of pfns, which the _range_ call could take',
    `struct r { unsigned long first; long npages; };
int f(struct r *r, unsigned long a)
{
	struct page *pages[8];

	${take()}
	r->first = page_to_pfn(pages[0]);
	return 0;
}
void g(struct r *r)
{
	unsigned long pfn;

	for (pfn = r->first; pfn < r->first + r->npages; pfn++)
		unpin_user_page(pfn_to_page(pfn));
}`,
    'pin page-array→pfn car=r.first loop-collapsible@file put:g:unpin_user_page',
  );
  shows(
    'a pfn that is returned',
    {
      'a.c': `unsigned long take(unsigned long a)
{
	${take1.replace('return -1', 'return 0')}
	return page_to_pfn(page);
}
`,
      'b.c': `void g(unsigned long a)
{
	unsigned long pfn = take(a);

	if (pfn)
		unpin_user_page(pfn_to_page(pfn));
}
`,
    },
    'wrapper pin LT single→pfn caller@caller put:b.c:g:unpin_user_page via=take',
  );
  const kept = `${head}int f(struct map *m, unsigned long a)
{
	${take1}
	m->pfn = page_to_pfn(page);
	return 0;
}
`;
  shows(
    'a pfn given to a helper of another folder',
    {
      'a/a.c': `${kept}void g(struct map *m)
{
	frame_put(m->pfn);
}
`,
      'b/b.c': `void frame_put(unsigned long pfn)
{
	unpin_user_page(pfn_to_page(pfn));
}
`,
    },
    'pin LT single→pfn car=map.pfn single@cross-file put:b.c:frame_put:unpin_user_page',
  );
  shows(
    'a pfn by way of who gives it',
    `${kept}static unsigned long frame_of(struct map *m)
{
	return m->pfn;
}
void g(struct map *m)
{
	unpin_user_page(pfn_to_page(frame_of(m)));
}`,
    'pin LT single→pfn car=map.pfn single@file put:g:unpin_user_page',
  );
  shows(
    'a pfn by way of who gives it, from a variable',
    `${kept}static unsigned long frame_of(struct map *m)
{
	unsigned long pfn = m->pfn;

	return pfn;
}
void g(struct map *m)
{
	unpin_user_page(pfn_to_page(frame_of(m)));
}`,
    'pin LT single→pfn car=map.pfn single@file put:g:unpin_user_page',
  );
  shows(
    'a scatterlist given to a helper of another folder, by way of who gives it',
    {
      'a/a.c': `struct map { struct sg_table *sgt; };
int f(struct map *m, unsigned long a)
{
	struct page *pages[8];

	${take()}
	sg_alloc_table_from_pages(m->sgt, pages, 8, 0, 8 << PAGE_SHIFT, GFP_KERNEL);
	return 0;
}
static struct sg_table *table_of(struct map *m)
{
	struct sg_table *sgt = m->sgt;

	m->sgt = NULL;
	return sgt;
}
void g(struct map *m)
{
	table_put(table_of(m));
}
`,
      'b/b.c': `void table_put(struct sg_table *sgt)
{
	struct sg_page_iter it;

	for_each_sgtable_page(sgt, &it, 0)
		unpin_user_page(sg_page_iter_page(&it));
}
`,
    },
    'pin page-array→sgl car=map.sgt loop-other@cross-file put:b.c:table_put:unpin_user_page',
  );
  shows(
    'a bio in a field, which another file has given back to its own function',
    {
      'a.c': `struct req { struct bio *bio; };
int f(struct req *r, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	bio_add_page(r->bio, page, PAGE_SIZE, 0);
	return 0;
}
`,
      'b.c': `static void done(struct bio *bio)
{
	bio_release_pages(bio, false);
}
void send(struct req *r)
{
	struct bio *bio = r->bio;

	bio->bi_end_io = done;
	submit_bio(bio);
}
`,
    },
    'pin single→bvec car=req.bio container@cross-file put:b.c:done:bio_release_pages',
  );
  shows(
    'structs beside an array are no pages',
    `struct desc { int length; };
struct set { struct page **pages; struct desc *descs; };
int f(struct set *s, unsigned long a)
{
	s->descs = (void *)(s->pages + 8);
	if (pin_user_pages_fast(a, 8, 0, s->pages) != 8)
		return -1;
	return 0;
}
void g(struct set *s)
{
	unpin_user_pages(s->pages, 8);
}`,
    'pin page-array car=set.pages bulk@file put:g:unpin_user_pages',
  );
  shows(
    'a pfn by way of another struct',
    `${kept}struct batch { unsigned long frame; };
void g(struct map *m, struct batch *b)
{
	b->frame = m->pfn;
}
void h(struct batch *b)
{
	unpin_user_page(pfn_to_page(b->frame));
}`,
    'pin LT single→pfn car=map.pfn,batch.frame single@file put:h:unpin_user_page',
  );
  shows(
    'a number by value is not changed for the caller',
    `struct win { unsigned long at; unsigned long other; };
int step(unsigned long at, unsigned long pfn)
{
	at += pfn;
	return at > 8;
}
int f(struct win *w, unsigned long a)
{
	${take1}
	if (step(w->at, page_to_pfn(page)))
		return 1;
	unpin_user_page(page);
	return 0;
}
void g(struct win *w)
{
	unpin_user_page(pfn_to_page(w->at));
}`,
    'pin LT single single@function put:f:unpin_user_page',
  );
  shows(
    'a number by reference is',
    `struct win { unsigned long at; };
void frame(unsigned long *at, struct page *page)
{
	*at = page_to_pfn(page);
}
int f(struct win *w, unsigned long a)
{
	${take1}
	frame(&w->at, page);
	return 0;
}
void g(struct win *w)
{
	unpin_user_page(pfn_to_page(w->at));
}`,
    'pin LT single→pfn car=win.at single@file put:g:unpin_user_page',
  );
  shows(
    'a struct is no frame number',
    `${kept}struct node { struct node *next; unsigned long at; };
void g(struct map *m, struct node *n)
{
	n->next = (struct node *)m->pfn;
}
void h(struct node *n)
{
	unpin_user_page(pfn_to_page((unsigned long)n->next));
}`,
    'pin LT single car=map.pfn none@function',
  );
  shows(
    'an address of the page kept, the page found by it',
    `struct win { void *vaddr; };
int f(struct win *w, unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	w->vaddr = page_address(page);
	return 0;
}
void g(struct win *w)
{
	put_page(virt_to_page(w->vaddr));
}`,
    'get single→other car=win.vaddr single@file put:g:put_page',
  );
  shows(
    'a list that is made first and then given to a table',
    `struct range { struct page **pages; int n; struct sg_table table; };
static void chain(struct sg_table *table, struct page **pages, int n)
{
	struct scatterlist *first = (struct scatterlist *)__get_free_page(GFP_KERNEL);
	int i;

	table->sgl = first;
	for (i = 0; i < n; i++)
		sg_set_page(&first[i], pages[i], PAGE_SIZE, 0);
}
void range_take(struct range *r, unsigned long a)
{
	if (pin_user_pages_fast(a, r->n, FOLL_LONGTERM, r->pages) == r->n)
		chain(&r->table, r->pages, r->n);
}
void range_drop(struct range *r)
{
	unpin_user_pages(r->pages, r->n);
}
`,
    'pin LT page-array→sgl car=range.pages,range.table bulk@file put:range_drop:unpin_user_pages',
  );
  shows(
    'entries of a page table that a driver builds',
    `struct table { u64 *entries; int n; };
int table_fill(struct table *t, unsigned long a, struct page **pages)
{
	int i, got = get_user_pages_fast(a, t->n, 1, pages);

	for (i = 0; i < got; i++)
		t->entries[i] = page_to_phys(pages[i]);
	return got;
}
void table_free(struct table *t)
{
	u64 *entry = t->entries;
	pte_t pte;
	int i;

	for (i = 0; i < t->n; i++) {
		pte.pte = *entry++;
		if (!pte.pte)
			break;
		put_page(pte_page(pte));
	}
}
`,
    'get page-array→pfn car=table.entries loop-other@file put:table_free:put_page',
  );
  const lock = `typedef struct LOCK { int n; struct page *pages[1]; } LOCK;
int lock(LOCK *l, unsigned long a, int n)
{
	l->n = pin_user_pages_fast(a, n, FOLL_LONGTERM, &l->pages[0]);
	return l->n;
}
void unlock(LOCK *l)
{
	while (l->n-- > 0)
		unpin_user_page(l->pages[l->n]);
}
`;
  shows('an array that ends a struct', lock, 'pin LT page-array car=LOCK.pages loop-collapsible@file put:unlock:unpin_user_page');
});
