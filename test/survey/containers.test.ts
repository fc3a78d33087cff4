import { describe } from 'vitest';
import { shows } from './helper.js';

const take = (pages = 'pages') => `if (pin_user_pages_fast(a, 8, 0, ${pages}) != 8)\n\t\treturn -EFAULT;`;

describe('4. scatterlists', () => {
  const head = 'struct foo { struct sg_table sgt; struct scatterlist sg[8]; struct page **pages; int nents; };\n';
  const fill = `int f(struct foo *o, unsigned long a)\n{\n\tstruct page *pages[8];\n\tint i;\n\n\t${take()}\n\tsg_init_table(o->sg, 8);\n\tfor (i = 0; i < 8; i++)\n\t\tsg_set_page(&o->sg[i], pages[i], PAGE_SIZE, 0);\n\treturn 0;\n}\n`;
  const build = `int f(struct foo *o, unsigned long a)\n{\n\tstruct page *pages[8];\n\n\t${take()}\n\treturn sg_alloc_table_from_pages(&o->sgt, pages, 8, 0, 8 * PAGE_SIZE, GFP_KERNEL);\n}\n`;
  const [inSg, inSgt] = ['pin page-array→sgl car=foo.sg', 'pin page-array→sgl car=foo.sgt'];
  shows('in by sg_set_page, out by sg_page', `${head}${fill}void g(struct foo *o)\n{\n\tint i;\n\n\tfor (i = 0; i < 8; i++)\n\t\tunpin_user_page(sg_page(&o->sg[i]));\n}`, `${inSg} loop-other@file put:g:unpin_user_page`);
  shows('out by for_each_sg', `${head}${fill}void g(struct foo *o)\n{\n\tstruct scatterlist *sg;\n\tint i;\n\n\tfor_each_sg(o->sg, sg, 8, i) {\n\t\tset_page_dirty_lock(sg_page(sg));\n\t\tunpin_user_page(sg_page(sg));\n\t}\n}`, `${inSg} loop-other@file put:g:unpin_user_page dirty=set_page_dirty_lock`);
  shows('out by sg_next', `${head}${fill}void g(struct foo *o)\n{\n\tstruct scatterlist *sg;\n\n\tfor (sg = o->sg; sg; sg = sg_next(sg))\n\t\tunpin_user_page(sg_page(sg));\n}`, `${inSg} loop-other@file put:g:unpin_user_page`);
  shows('in by sg_alloc_table_from_pages, out by for_each_sg_page', `${head}${build}void g(struct foo *o)\n{\n\tstruct sg_page_iter it;\n\n\tfor_each_sg_page(o->sgt.sgl, &it, o->sgt.nents, 0)\n\t\tunpin_user_page(sg_page_iter_page(&it));\n\tsg_free_table(&o->sgt);\n}`, `${inSgt} loop-other@file put:g:unpin_user_page`);
  shows('out by for_each_sgtable_page', `${head}${build}void g(struct foo *o)\n{\n\tstruct sg_page_iter it;\n\n\tfor_each_sgtable_page(&o->sgt, &it, 0) {\n\t\tstruct page *page = sg_page_iter_page(&it);\n\n\t\tif (!PageReserved(page))\n\t\t\tset_page_dirty(page);\n\t\tunpin_user_page(page);\n\t}\n}`, `${inSgt} loop-other@file put:g:unpin_user_page dirty=set_page_dirty`);
  shows('out by range', `${head}${build}void g(struct foo *o)\n{\n\tstruct scatterlist *sg;\n\tint i;\n\n\tfor_each_sgtable_sg(&o->sgt, sg, i)\n\t\tunpin_user_page_range_dirty_lock(sg_page(sg), sg->length >> PAGE_SHIFT, true);\n}`, `${inSgt} bulk@file put:g:unpin_user_page_range_dirty_lock dirty=bulk`);
  shows('by sg_alloc_append_table_from_pages', `struct bar { struct sg_append_table sgt_append; };\nint f(struct bar *o, unsigned long a)\n{\n\tstruct page *pages[8];\n\n\t${take()}\n\treturn sg_alloc_append_table_from_pages(&o->sgt_append, pages, 8, 0, 8 * PAGE_SIZE, UINT_MAX, 0, GFP_KERNEL);\n}\nvoid g(struct bar *o)\n{\n\tstruct scatterlist *sg;\n\tint i;\n\n\tfor_each_sgtable_sg(&o->sgt_append.sgt, sg, i)\n\t\tunpin_user_page(sg_page(sg));\n}`, 'pin page-array→sgl car=bar.sgt_append loop-other@file put:g:unpin_user_page');
  shows('the list is fed, the array is kept and goes back', `${head}int f(struct foo *o, unsigned long a)\n{\n\t${take('o->pages')}\n\treturn sg_alloc_table_from_pages(&o->sgt, o->pages, 8, 0, 8 * PAGE_SIZE, GFP_KERNEL);\n}\nvoid g(struct foo *o)\n{\n\tsg_free_table(&o->sgt);\n\tunpin_user_pages_dirty_lock(o->pages, 8, true);\n}`, 'pin page-array→sgl car=foo.pages,foo.sgt bulk@file put:g:unpin_user_pages_dirty_lock dirty=bulk');
  shows('one page in one entry', 'struct baz { struct scatterlist mem; };\nint f(struct baz *o, unsigned long a)\n{\n\tstruct page *page;\n\n\tif (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1)\n\t\treturn -1;\n\tsg_set_page(&o->mem, page, PAGE_SIZE, 0);\n\treturn 0;\n}\nvoid g(struct baz *o)\n{\n\tunpin_user_page(sg_page(&o->mem));\n}', 'pin LT single→sgl car=baz.mem single@file put:g:unpin_user_page');
  shows('a list of this function alone', `int f(unsigned long a)\n{\n\tstruct page *pages[8];\n\tstruct scatterlist sg[8];\n\tint i;\n\n\t${take()}\n\tfor (i = 0; i < 8; i++)\n\t\tsg_set_page(sg + i, pages[i], PAGE_SIZE, 0);\n\trun(sg);\n\tfor (i = 0; i < 8; i++)\n\t\tunpin_user_page(sg_page(sg + i));\n\treturn 0;\n}`, 'pin page-array→sgl loop-other@function put:f:unpin_user_page');
  shows('a list passed down', `static void drop(struct scatterlist *sgl, int n)\n{\n\tstruct scatterlist *sg;\n\tint i;\n\n\tfor_each_sg(sgl, sg, n, i)\n\t\tunpin_user_page(sg_page(sg));\n}\nint f(unsigned long a)\n{\n\tstruct page *pages[8];\n\tstruct sg_table sgt;\n\n\t${take()}\n\tif (sg_alloc_table_from_pages(&sgt, pages, 8, 0, PAGE_SIZE, GFP_KERNEL))\n\t\treturn -1;\n\tdrop(sgt.sgl, sgt.orig_nents);\n\treturn 0;\n}`, 'pin page-array→sgl loop-other@file put:drop:unpin_user_page');
});

describe('4. skbs and sk_msgs', () => {
  const head = 'struct conn { struct sk_buff *skb; };\n';
  const fill = 'int f(struct conn *c, struct sk_buff *skb, unsigned long a)\n{\n\tstruct page *pages[8];\n\tint i, n = get_user_pages_fast(a, 8, 0, pages);\n\n\tfor (i = 0; i < n; i++)\n\t\tskb_fill_page_desc(skb, i, pages[i], 0, PAGE_SIZE);\n\tc->skb = skb;\n\treturn n;\n}\n';
  shows('dropped with the skb', `${head}${fill}void g(struct conn *c)\n{\n\tkfree_skb(c->skb);\n}`, 'get page-array→skb car=conn.skb container@file put:g:kfree_skb');
  shows('out by skb_frag_page', `${head}${fill}void g(struct conn *c)\n{\n\tint i;\n\n\tfor (i = 0; i < skb_shinfo(c->skb)->nr_frags; i++)\n\t\tput_page(skb_frag_page(&skb_shinfo(c->skb)->frags[i]));\n}`, 'get page-array→skb car=conn.skb loop-other@file put:g:put_page');
  shows('out by skb_frag_unref', `${head}${fill}void g(struct conn *c)\n{\n\tskb_frag_unref(c->skb, 0);\n}`, 'get page-array→skb car=conn.skb container@file put:g:skb_frag_unref');
  shows('of this function alone', 'int f(unsigned long a)\n{\n\tstruct sk_buff *skb = alloc_skb(0, GFP_KERNEL);\n\tstruct page *page;\n\n\tif (get_user_pages_fast(a, 1, 0, &page) != 1)\n\t\treturn -1;\n\t__skb_fill_page_desc(skb, 0, page, 0, PAGE_SIZE);\n\tconsume_skb(skb);\n\treturn 0;\n}', 'get single→skb container@function put:f:consume_skb');
  shows('a sk_msg', 'int f(struct sock *sk, unsigned long a)\n{\n\tstruct sk_msg msg;\n\tstruct page *page;\n\n\tif (get_user_pages_fast(a, 1, 0, &page) != 1)\n\t\treturn -1;\n\tsk_msg_page_add(&msg, page, PAGE_SIZE, 0);\n\tsk_msg_free(sk, &msg);\n\treturn 0;\n}', 'get single→sgl container@function put:f:sk_msg_free');
  shows('a sk_msg, in by its element', 'int f(struct sock *sk, struct sk_msg *msg, unsigned long a)\n{\n\tstruct page *page;\n\n\tif (get_user_pages_fast(a, 1, 0, &page) != 1)\n\t\treturn -1;\n\tsg_set_page(&msg->sg.data[msg->sg.end], page, PAGE_SIZE, 0);\n\tsk_msg_free(sk, msg);\n\treturn 0;\n}', 'get single→sgl container@function put:f:sk_msg_free');
});

describe('4. bvecs and bios', () => {
  const head = 'struct io { struct bio_vec *bv; int nr; struct bio *bio; };\n';
  const fill = (set: string) => `int f(struct io *io, unsigned long a)\n{\n\tstruct page *pages[8];\n\tint i;\n\n\t${take()}\n\tfor (i = 0; i < 8; i++)\n\t\t${set};\n\treturn 0;\n}\n`;
  const out = 'void g(struct io *io)\n{\n\tint i;\n\n\tfor (i = 0; i < io->nr; i++)\n\t\tunpin_user_page(io->bv[i].bv_page);\n}';
  shows('in by bvec_set_page, out by bv_page', `${head}${fill('bvec_set_page(&io->bv[i], pages[i], PAGE_SIZE, 0)')}${out}`, 'pin page-array→bvec car=io.bv loop-other@file put:g:unpin_user_page');
  shows('in by bv_page', `${head}${fill('io->bv[i].bv_page = pages[i]')}${out}`, 'pin page-array→bvec car=io.bv loop-other@file put:g:unpin_user_page');
  shows('in as a whole bio_vec', `${head}${fill('io->bv[i] = (struct bio_vec){ .bv_page = pages[i], .bv_len = PAGE_SIZE }')}${out}`, 'pin page-array→bvec car=io.bv loop-other@file put:g:unpin_user_page');
  const bio = `int f(struct io *io, unsigned long a)\n{\n\tstruct page *pages[8];\n\tint i;\n\n\t${take()}\n\tfor (i = 0; i < 8; i++)\n\t\tbio_add_page(io->bio, pages[i], PAGE_SIZE, 0);\n\treturn 0;\n}\n`;
  shows('a bio that generic code drops', `${head}${bio}void g(struct io *io)\n{\n\tbio_release_pages(io->bio, true);\n}`, 'pin page-array→bvec car=io.bio container@file put:g:bio_release_pages dirty=container');
  shows('a bio that generic code drops, clean', `${head}${bio}void g(struct io *io)\n{\n\tbio_release_pages(io->bio, false);\n}`, 'pin page-array→bvec car=io.bio container@file put:g:bio_release_pages');
  shows('a bio that is walked', `${head}${bio}void g(struct io *io)\n{\n\tstruct bvec_iter_all iter;\n\tstruct bio_vec *bvec;\n\n\tbio_for_each_segment_all(bvec, io->bio, iter)\n\t\tunpin_user_page(bvec->bv_page);\n}`, 'pin page-array→bvec car=io.bio loop-other@file put:g:unpin_user_page');
  shows('a bio of this function alone', `int f(struct bio *bio, unsigned long a)\n{\n\tstruct page *page;\n\n\tif (pin_user_pages_fast(a, 1, FOLL_WRITE, &page) != 1)\n\t\treturn -1;\n\t__bio_add_page(bio, page, PAGE_SIZE, 0);\n\tsubmit_bio_wait(bio);\n\tbio_release_pages(bio, true);\n\treturn 0;\n}`, 'pin single→bvec container@function put:f:bio_release_pages dirty=container');
});

describe('4. pipes', () => {
  shows('pipe buffers of this pipe', 'int f(struct pipe_inode_info *pipe, unsigned long a)\n{\n\tstruct pipe_buffer *buf = pipe_head_buf(pipe);\n\tstruct page *page;\n\n\tif (get_user_pages_fast(a, 1, 0, &page) != 1)\n\t\treturn -1;\n\tbuf->page = page;\n\tpipe_buf_release(pipe, buf);\n\treturn 0;\n}', 'get single→pipe container@function put:f:pipe_buf_release');
  shows('out by the buffer\'s page', 'int f(struct pipe_inode_info *pipe, unsigned long a)\n{\n\tstruct pipe_buffer buf;\n\n\tif (get_user_pages_fast(a, 1, 0, &buf.page) != 1)\n\t\treturn -1;\n\tput_page(buf.page);\n\treturn 0;\n}', 'get single→pipe single@function put:f:put_page');
});

describe('4. frame numbers', () => {
  const head = 'struct map { unsigned long pfn; u64 phys; unsigned long *pfns; int nr; };\n';
  const take1 = 'struct page *page;\n\n\tif (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &page) != 1)\n\t\treturn -1;';
  shows('a pfn', `${head}int f(struct map *m, unsigned long a)\n{\n\t${take1}\n\tm->pfn = page_to_pfn(page);\n\treturn 0;\n}\nvoid g(struct map *m)\n{\n\tunpin_user_page(pfn_to_page(m->pfn));\n}`, 'pin LT single→pfn car=map.pfn single@file put:g:unpin_user_page');
  shows('a physical address, shifted back', `${head}int f(struct map *m, unsigned long a)\n{\n\t${take1}\n\tm->phys = page_to_phys(page);\n\treturn 0;\n}\nvoid g(struct map *m)\n{\n\tstruct page *page = pfn_to_page(m->phys >> PAGE_SHIFT);\n\n\tSetPageDirty(page);\n\tunpin_user_page(page);\n}`, 'pin LT single→pfn car=map.phys single@file put:g:unpin_user_page dirty=SetPageDirty');
  shows('an array of pfns', `${head}int f(struct map *m, unsigned long a)\n{\n\tstruct page *pages[8];\n\tint i;\n\n\t${take()}\n\tfor (i = 0; i < 8; i++)\n\t\tm->pfns[i] = page_to_pfn(pages[i]);\n\treturn 0;\n}\nvoid g(struct map *m)\n{\n\tint i;\n\n\tfor (i = 0; i < m->nr; i++)\n\t\tunpin_user_page(pfn_to_page(m->pfns[i]));\n}`, 'pin page-array→pfn car=map.pfns loop-other@file put:g:unpin_user_page');
  shows('a range of pfns, which the _range_ call could take', `struct r { unsigned long first; long npages; };\nint f(struct r *r, unsigned long a)\n{\n\tstruct page *pages[8];\n\n\t${take()}\n\tr->first = page_to_pfn(pages[0]);\n\treturn 0;\n}\nvoid g(struct r *r)\n{\n\tunsigned long pfn;\n\n\tfor (pfn = r->first; pfn < r->first + r->npages; pfn++)\n\t\tunpin_user_page(pfn_to_page(pfn));\n}`, 'pin page-array→pfn car=r.first loop-collapsible@file put:g:unpin_user_page');
  shows('a pfn that is returned', {
    'a.c': `unsigned long take(unsigned long a)\n{\n\t${take1.replace('return -1', 'return 0')}\n\treturn page_to_pfn(page);\n}\n`,
    'b.c': 'void g(unsigned long a)\n{\n\tunsigned long pfn = take(a);\n\n\tif (pfn)\n\t\tunpin_user_page(pfn_to_page(pfn));\n}\n',
  }, 'wrapper pin LT single→pfn caller@caller put:b.c:g:unpin_user_page via=take');
  shows('an address of the page kept, the page found by it', 'struct win { void *vaddr; };\nint f(struct win *w, unsigned long a)\n{\n\tstruct page *page;\n\n\tif (get_user_pages_fast(a, 1, 0, &page) != 1)\n\t\treturn -1;\n\tw->vaddr = page_address(page);\n\treturn 0;\n}\nvoid g(struct win *w)\n{\n\tput_page(virt_to_page(w->vaddr));\n}', 'get single→other car=win.vaddr single@file put:g:put_page');
});
