/** Bios that go into a request, which keeps them with the pages in them. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** Pins pages into a bio of its own and does something with it. */
const mapping = (then: string): string => `int map(struct request *rq, unsigned long a, int n)
{
	struct bio *bio = bio_kmalloc(16, GFP_KERNEL);
	struct page *pages[16];
	int i, got, ret;

	if (!bio)
		return -ENOMEM;
	bio_init(bio, NULL, bio->bi_inline_vecs, 16, req_op(rq));
	got = pin_user_pages_fast(a, n, FOLL_WRITE, pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(pages, got);
		kfree(bio);
		return -EFAULT;
	}
	bio_set_flag(bio, BIO_PAGE_PINNED);
	for (i = 0; i < n; i++)
		__bio_add_page(bio, pages[i], PAGE_SIZE, 0);
	${then}
	return 0;
}
`;

const appended = (undo: string, bio = 'bio'): string => `ret = blk_rq_append_bio(rq, ${bio});
	if (ret) {
		${undo}
		kfree(bio);
		return ret;
	}`;

const drop = 'bio_release_pages(bio, false);';

describe('a bio that goes into a request', () => {
  accepts('leak-on-path', 'one that the request keeps', mapping(appended(drop)));
  accepts('leak-on-path', 'one whose address is given, as to 5.12', mapping(appended(drop, '&bio')));
  complains('leak-on-path', 'one that is freed as that fails', mapping(appended('')), 'map:ret = blk_rq_append_bio(rq, bio);');
  complains('leak-on-path', 'one of a request that is only asked', mapping('blk_rq_payload_bytes(rq);'), 'map:if (got != n) {');
});
