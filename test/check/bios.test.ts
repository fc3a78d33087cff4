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
