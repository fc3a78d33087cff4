/** What a bio tells: how much of a page it has taken, and whether references go with it. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const added = (test: string, undo = 'unpin_user_page(page);') => `int bd_read(struct block_device *bdev, unsigned long a, unsigned int n)
{
	unsigned int len = n, got;
	struct page *page;
	struct bio *bio;
	int rc = pin_user_pages_fast(a, 1, FOLL_WRITE, &page);

	if (rc != 1)
		return rc < 0 ? rc : -EFAULT;
	bio = bio_alloc(bdev, 1, REQ_OP_READ, GFP_KERNEL);
	bio_set_flag(bio, BIO_PAGE_PINNED);
	${test} {
		${undo}
		bio_put(bio);
		return -EINVAL;
	}
	rc = submit_bio_wait(bio);
	bio_release_pages(bio, true);
	bio_put(bio);
	return rc;
}
`;

describe('how much of a page a bio has taken', () => {
  for (const test of [
    'if (bio_add_page(bio, page, n, 0) != n)',
    'if (bio_add_page(bio, page, n, 0) < n)',
    'if (!(bio_add_page(bio, page, n, 0) >= n))',
    'if (n != bio_add_page(bio, page, n, 0))',
    'got = bio_add_page(bio, page, len, 0); if (len > got)',
    'if (bio_add_page(bio, page, PAGE_SIZE, 0) < PAGE_SIZE)',
    'if (bio_add_page(bio, page, n << 9, 0) != n << 9)',
    'if (bio_add_pc_page(q, bio, page, n, 0) != n)',
  ]) {
    accepts('leak-on-path', test, added(test));
    complains('leak-on-path', test, added(test, ''), `bd_read:${test} {`);
  }
  const other = 'if (bio_add_page(bio, page, n, 0) == 512)';
  complains('leak-on-path', 'another length', added(other), `bd_read:${other} {`);
});

const flagged = (undo: string, set = 'if (iov_iter_extract_will_pin(iter))\n\t\tbio_set_flag(bio, BIO_PAGE_PINNED);') => `
static void bd_drop(struct bio *bio, struct page *page)
{
	if (bio_flagged(bio, BIO_PAGE_PINNED))
		unpin_user_page(page);
}
int bd_map(struct bio **out, struct iov_iter *iter, blk_opf_t op)
{
	struct page *page, **pp = &page;
	struct bio *bio;
	bool pinned;
	ssize_t len;
	size_t off;

	bio = bio_kmalloc(1, GFP_KERNEL);
	if (!bio)
		return -ENOMEM;
	bio_init(bio, NULL, bio->bi_inline_vecs, 1, op);
	${set}
	len = iov_iter_extract_pages(iter, &pp, PAGE_SIZE, 1, 0, &off);
	if (len <= 0)
		goto out;
	if (bio_add_page(bio, page, len, off) != len) {
		${undo}
		goto out;
	}
	*out = bio;
	return 0;
out:
	bio_uninit(bio);
	kfree(bio);
	return -EFAULT;
}
void bd_end(struct bio *bio)
{
	bio_release_pages(bio, true);
	bio_uninit(bio);
	kfree(bio);
}
`;
const asked = 'if (bio_flagged(bio, BIO_PAGE_PINNED))';
const failed = 'bd_map:if (bio_add_page(bio, page, len, off) != len) {';

describe('whether references go with a bio, by its flags', () => {
  const rule = 'leak-on-path';
  accepts(rule, 'asked where they are dropped', flagged(`${asked}\n\t\t\tunpin_user_page(page);`));
  accepts(rule, 'asked by a helper', flagged('bd_drop(bio, page);'));
  accepts(
    rule,
    'and left where there are none',
    flagged('if (!bio_flagged(bio, BIO_PAGE_PINNED))\n\t\t\tgoto out;\n\t\tunpin_user_page(page);'),
  );
  accepts(
    rule,
    'kept in a variable',
    flagged('pinned = bio_flagged(bio, BIO_PAGE_PINNED);\n\t\tif (pinned)\n\t\t\tunpin_user_page(page);'),
  );
  complains(rule, 'asked, and not dropped', flagged(`${asked}\n\t\t\tpr_debug("pinned");`), failed);
  complains(rule, 'where there are none alone', flagged(`if (!bio_flagged(bio, BIO_PAGE_PINNED))\n\t\t\tunpin_user_page(page);`), failed);
  const other = 'if (bio_flagged(bio, BIO_QUIET))';
  complains(rule, 'by another flag', flagged(`${other}\n\t\t\tunpin_user_page(page);`), `bd_map:${other}`);
  complains(rule, 'by one that nobody has set', flagged(`${asked}\n\t\t\tunpin_user_page(page);`, ''), `bd_map:${asked}`);
  const taken = (text: string) =>
    text.replace('iov_iter_extract_pages(iter, &pp, PAGE_SIZE, 1, 0, &off)', 'iov_iter_get_pages2(iter, &page, PAGE_SIZE, 1, &off)');
  const noReference = taken(flagged('if (!bio_flagged(bio, BIO_NO_PAGE_REF))\n\t\t\tput_page(page);', ''));
  accepts(rule, 'which it has but for that flag', noReference);
});

const beside = (complete: string) => `struct dio { struct page **pages; int n; };
${complete}
static void dio_end_io(struct bio *bio)
{
	struct dio *d = bio->bi_private;

	bio_put(bio);
	dio_complete(d);
}
int dio_read(struct dio *d, struct block_device *bdev, unsigned long a, int n)
{
	struct bio *bio;
	int i, rc;

	rc = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, d->pages);
	if (rc != n) {
		if (rc > 0)
			unpin_user_pages(d->pages, rc);
		return -EFAULT;
	}
	d->n = n;
	bio = bio_alloc(bdev, n, REQ_OP_READ, GFP_KERNEL);
	bio->bi_private = d;
	bio->bi_end_io = dio_end_io;
	for (i = 0; i < n; i++)
		__bio_add_page(bio, d->pages[i], PAGE_SIZE, 0);
	submit_bio(bio);
	return 0;
}
`;

describe('a bio that is given back beside an object that keeps its pages', () => {
  const dropping = 'static void dio_complete(struct dio *d)\n{\n\tunpin_user_pages_dirty_lock(d->pages, d->n, true);\n}';
  accepts('leak-on-path', 'which drops them', beside(dropping));
  complains(
    'leak-on-path',
    'which drops none',
    beside(dropping.replace(/unpin[^;]*/, 'd->n = 0')),
    'dio_end_io:static void dio_end_io(struct bio *bio)',
  );
});
