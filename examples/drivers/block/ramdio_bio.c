// SPDX-License-Identifier: Apache-2.0
/* Pages of a user's buffer in a bio: generic code drops them, and marks them dirty, when the I/O ends. */
#include "ramdio.h"

static void ramdio_end_io(struct bio *bio)
{
	bio_release_pages(bio, bio_data_dir(bio) == READ);
	bio_put(bio);
}

int ramdio_submit(struct block_device *bdev, unsigned long uaddr, blk_opf_t opf)
{
	struct page *pages[4];
	struct bio *bio;
	int i, got;

	bio = bio_alloc(bdev, ARRAY_SIZE(pages), opf, GFP_KERNEL);
	if (!bio)
		return -ENOMEM;

	got = pin_user_pages_fast(uaddr, ARRAY_SIZE(pages), FOLL_WRITE, pages);
	if (got < (int)ARRAY_SIZE(pages)) {
		if (got > 0)
			unpin_user_pages(pages, got);
		bio_put(bio);
		return -EFAULT;
	}
	bio_set_flag(bio, BIO_PAGE_PINNED);
	for (i = 0; i < got; i++)
		__bio_add_page(bio, pages[i], PAGE_SIZE, 0);
	bio->bi_end_io = ramdio_end_io;
	submit_bio(bio);
	return 0;
}
