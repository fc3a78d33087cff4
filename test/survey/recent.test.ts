/** Calls that kernels from 6.13 on have, and shapes that came with them. */
import { describe } from 'vitest';
import { accepts, complains } from '../check/findings.js';
import { shows } from './helper.js';

const extract = (more: string, failed = '') => `int fill_bio(struct bio *bio, struct iov_iter *iter)
{
	do {
		ssize_t ret = iov_iter_extract_bvecs(iter, bio->bi_io_vec, SZ_1M, &bio->bi_vcnt, bio->bi_max_vecs${more}, 0);

		if (ret <= 0) {
			${failed}
			if (!bio->bi_vcnt)
				return ret;
			break;
		}
	} while (iov_iter_count(iter));
	return 0;
}
void fill_done(struct bio *bio)
{
	bio_release_pages(bio, true);
	bio_put(bio);
}
`;
const sender = `int fill_send(struct bio *bio, struct iov_iter *iter)
{
	int ret = fill_bio(bio, iter);

	if (ret) {
		bio_put(bio);
		return ret;
	}
	bio->bi_end_io = fill_done;
	submit_bio(bio);
	return 0;
}
`;

describe('bvecs that an iterator is extracted to', () => {
  const row = 'conditional bvec container@file put:fill_bio:bio_release_pages,fill_done:bio_release_pages dirty=container mixed';
  shows(
    'as in 7.0',
    extract('', 'if (ret == -EIO)\\n\\t\\t\\t\\tbio_release_pages(bio, false);'.replaceAll('\\n', '\n').replaceAll('\\t', '\t')),
    row,
  );
  shows('as in 7.2', extract(', 511').replace('\t\t\t\n', ''), row.replace('fill_bio:bio_release_pages,', ''));
  accepts('leak-on-path', 'a failure where none was ever extracted', extract('') + sender);
  complains(
    'leak-on-path',
    'a failure with those of earlier rounds',
    extract('').replace('if (!bio->bi_vcnt)', 'if (ret < 0)') + sender,
    'fill_send:int ret = fill_bio(bio, iter);',
  );
});

const registered = (page: string) => `struct ubuf { unsigned int nr; struct bio_vec bvec[]; };
int ubuf_take(struct ubuf *u, unsigned long a, struct page **pages)
{
	int i;

	if (pin_user_pages_fast(a, u->nr, FOLL_LONGTERM, pages) != u->nr)
		return -EFAULT;
	for (i = 0; i < u->nr; i++)
		bvec_set_page(&u->bvec[i], pages[i], PAGE_SIZE, 0);
	return 0;
}
void ubuf_free(struct ubuf *u)
{
	int i;

	for (i = 0; i < u->nr; i++)
		unpin_user_folio(${page}, 1);
}
`;

describe('ways out of a bvec', () => {
  shows(
    'bvec_folio()',
    registered('bvec_folio(&u->bvec[i])'),
    'pin LT page-array→bvec car=ubuf.bvec loop-other@file put:ubuf_free:unpin_user_folio',
  );
  shows(
    'bio_inline_vecs() and for_each_mp_bvec()',
    `int bio_take(struct bio *bio, unsigned long a, int n)
{
	struct page *pages[8];
	int i;

	if (pin_user_pages_fast(a, n, 0, pages) != n)
		return -EFAULT;
	for (i = 0; i < n; i++)
		bvec_set_page(&bio_inline_vecs(bio)[i], pages[i], PAGE_SIZE, 0);
	return 0;
}
void bio_drop(struct bio *bio)
{
	struct bvec_iter iter;
	struct bio_vec bv;

	for_each_mp_bvec(bv, bio->bi_io_vec, iter, bio->bi_iter)
		unpin_user_page(bv.bv_page);
}
`,
    'pin page-array→bvec loop-other@file put:bio_drop:unpin_user_page',
  );
});

const exported = (drop: string) => `static void buf_release(struct dma_buf *buf)
{
	struct sg_table *sgt = buf->priv;
	struct sg_page_iter iter;

	for_each_sgtable_page(sgt, &iter, 0)
		${drop}
	sg_free_table(sgt);
	kfree(sgt);
}
static const struct dma_buf_ops buf_ops = { .release = buf_release };
struct dma_buf *buf_make(unsigned long a, int n, struct page **pages)
{
	struct dma_buf_export_info info = {};
	struct dma_buf *buf;
	struct sg_table *sgt;
	int pinned = pin_user_pages_fast(a, n, FOLL_LONGTERM, pages);

	if (pinned != n)
		goto unpin;
	sgt = kmalloc_obj(*sgt);
	if (!sgt)
		goto unpin;
	if (sg_alloc_table_from_pages(sgt, pages, n, 0, n << PAGE_SHIFT, GFP_KERNEL))
		goto free;
	info.ops = &buf_ops;
	info.priv = sgt;
	buf = dma_buf_export(&info);
	if (!IS_ERR(buf))
		return buf;
	sg_free_table(sgt);
free:
	kfree(sgt);
unpin:
	if (pinned > 0)
		unpin_user_pages(pages, pinned);
	return ERR_PTR(-ENOMEM);
}
`;

describe('pages that a dma-buf is exported with', () => {
  shows(
    'are those of its private data',
    exported('unpin_user_page(sg_page_iter_page(&iter));'),
    'pin LT page-array→sgl car=dma_buf.priv loop-other@file put:buf_release:unpin_user_page,buf_make:unpin_user_pages',
  );
  accepts('leak-on-path', 'the buffer that has them', exported('unpin_user_page(sg_page_iter_page(&iter));'));
});

const tree = (drop: string) => `struct dev { struct maple_tree tree; };
int dev_add(struct dev *d, struct page **pages, unsigned long a, int n)
{
	int i;

	if (pin_user_pages_fast(a, n, FOLL_LONGTERM, pages) != n)
		return -EFAULT;
	for (i = 0; i < n; i++) {
		unsigned long pfn = page_to_pfn(pages[i]);

		if (mtree_insert_range(&d->tree, pfn, pfn, d, GFP_KERNEL))
			goto fail;
	}
	kvfree(pages);
	return 0;
fail:
	unpin_user_pages(pages, n);
	kvfree(pages);
	return -ENOMEM;
}
void dev_clear(struct dev *d)
{
	MA_STATE(mas, &d->tree, 0, ULONG_MAX);
	void *entry;

	mas_for_each(&mas, entry, ULONG_MAX) {
		${drop}
		mas_erase(&mas);
	}
}
`;

describe('frame numbers that are the keys of a tree', () => {
  shows(
    'lead to the pages again',
    tree('unpin_user_page(pfn_to_page(mas.index));'),
    'pin LT page-array→pfn→other car=dev.tree loop-other@file put:dev_add:unpin_user_pages,dev_clear:unpin_user_page',
  );
  accepts('never-released', 'those that are dropped', tree('unpin_user_page(pfn_to_page(mas.index));'));
  accepts('leak-on-path', 'those that the tree has', tree('unpin_user_page(pfn_to_page(mas.index));'));
});

const numbered = (store: string, erase: string, walk: string) => `struct mgr { struct xarray xa; };
int mgr_pin(struct mgr *m, unsigned long a, u32 id)
{
	struct page *page;
	int ret = pin_user_pages_fast(a, 1, FOLL_WRITE, &page);

	if (ret != 1)
		return -EFAULT;
	ret = ${store};
	if (ret)
		unpin_user_page(page);
	return ret;
}
void mgr_unpin(struct mgr *m, u32 id)
{
	struct page *page = ${erase};

	if (page)
		unpin_user_page(page);
}
void mgr_destroy(struct mgr *m)
{
	struct page *page;
	unsigned long i;

	${walk}
		unpin_user_page(page);
}
`;

describe('pages under numbers', () => {
  const row =
    'pin single→other car=mgr.xa loop-other@file put:mgr_pin:unpin_user_page,mgr_unpin:unpin_user_page,mgr_destroy:unpin_user_page';
  shows(
    'are found one by one and all in turn',
    numbered('xa_insert(&m->xa, id, page, GFP_KERNEL)', 'xa_erase_irq(&m->xa, id)', 'xa_for_each(&m->xa, i, page)'),
    row,
  );
  shows(
    'the number is looked for',
    numbered(
      'xa_alloc(&m->xa, &id, page, xa_limit_32b, GFP_KERNEL)',
      '__xa_erase(&m->xa, id)',
      'xa_for_each_range(&m->xa, i, page, 0, id)',
    ),
    row,
  );
});

const replaced = (unmap: string) => `static int replace(struct page *old, struct vm_area_struct *vma)
{
	struct folio *folio = page_folio(old);

	folio_lock(folio);
	if (!is_mapped(vma))
		goto unlock;
	${unmap}
	folio_put(folio);
unlock:
	folio_unlock(folio);
	return 0;
}
int write_at(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long a)
{
	struct page *page;
	int ret = get_user_pages_remote(mm, a, 1, FOLL_FORCE, &page, NULL);

	if (ret <= 0)
		return ret;
	ret = replace(page, vma);
	put_page(page);
	return ret;
}
`;

describe('the reference of a mapping that goes', () => {
  const row = 'get single single@function put:write_at:put_page';
  shows('by its folio, from 6.8 on', replaced('folio_remove_rmap_pte(folio, old, vma);'), row);
  shows('by its page', replaced('page_remove_rmap(old, vma, false);'), row);
  shows('is not there where no mapping goes', replaced(';'), 'get single single@file put:replace:folio_put,write_at:put_page');
});

const installed = (give: string) => `struct alloc { struct page **pages; };
int alloc_install(struct alloc *al, struct mm_struct *mm, unsigned long a, int i)
{
	struct page *page;

	if (get_user_pages_remote(mm, a, 1, FOLL_NOFAULT, &page, NULL) != 1)
		return -ESRCH;
	al->pages[i] = page;
	return 0;
}
void alloc_free(struct alloc *al, int n)
{
	int i;

	for (i = 0; i < n; i++)
		${give}
	kvfree(al->pages);
}
`;

describe('pages that stand where the allocator has put others', () => {
  accepts('never-released', 'some that nothing drops but what frees', installed('__free_page(al->pages[i]);'));
  complains('never-released', 'some that nothing drops', installed('trace_page(i);'), 'alloc_install:al->pages[i] = page;');
});

describe('an iterator whose direction is tested', () => {
  const splice = (test: string) => `static int to_pipe(struct iov_iter *from, struct page **pages)
{
	size_t start;
	ssize_t n = iov_iter_get_pages2(from, pages, ~0UL, 16, &start);

	if (n <= 0)
		return n;
	put_page(pages[0]);
	return 0;
}
long splice_user(struct iovec *uiov, int n, int mode, struct page **pages)
{
	struct iovec *iov;
	struct iov_iter iter;
	int type = mode ? ITER_SOURCE : ITER_DEST;

	if (import_iovec(type, uiov, n, 8, &iov, &iter) < 0)
		return -EFAULT;
	if (${test})
		return to_pipe(&iter, pages);
	return 0;
}
`;
  accepts('needs-pin', 'one that is read from there', splice('type == ITER_SOURCE'));
  complains(
    'needs-pin',
    'one that is filled there',
    splice('type == ITER_DEST'),
    'to_pipe:ssize_t n = iov_iter_get_pages2(from, pages, ~0UL, 16, &start);',
  );
});

const memfd = (keep: string) => `struct buf { struct folio **kept; long n; };
static long buf_pin(struct buf *b, struct file *memfd, loff_t end, struct folio **folios)
{
	pgoff_t offset;
	long i, n = memfd_pin_folios(memfd, 0, end, folios, 16, &offset);

	if (n <= 0)
		return n ? n : -EINVAL;
	for (i = 0; i < n; i++)
		${keep}
	return n;
}
long buf_create(struct buf *b, struct file *memfd, loff_t end)
{
	struct folio **folios = kvmalloc_objs(*folios, 16);
	long n = buf_pin(b, memfd, end, folios);

	${keep === 'count(b);' ? 'unpin_folios(folios, n);' : ''}
	kvfree(folios);
	return n;
}
void buf_free(struct buf *b)
{
	long i;

	for (i = 0; i < b->n; i++)
		unpin_folio(b->kept[i]);
}
`;

describe('folios that are pinned into an array of the caller', () => {
  shows(
    'and kept in a field, are the kept ones',
    memfd('b->kept[b->n++] = folios[i];'),
    'pin page-array car=buf.kept loop-collapsible@file put:buf_free:unpin_folio',
  );
  shows(
    'and kept nowhere else, are the caller’s',
    memfd('count(b);'),
    'wrapper pin page-array caller@caller put:buf_create:unpin_folios via=buf_pin',
  );
});

describe('a frame number beside pages that their array drops', () => {
  shows(
    'carries nothing',
    `struct input { u64 pfns[8]; };
int hypercall(struct input *in, unsigned long a)
{
	struct page *pages[8];
	int i, n = pin_user_pages_fast(a, 8, FOLL_WRITE, pages);

	for (i = 0; i < n; i++)
		in->pfns[i] = page_to_pfn(pages[i]);
	do_hypercall(in);
	if (n > 0)
		unpin_user_pages(pages, n);
	return n;
}
`,
    'pin page-array bulk@function put:hypercall:unpin_user_pages',
  );
});
