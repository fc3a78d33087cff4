// SPDX-License-Identifier: Apache-2.0
/* Registers a user's buffer with a device. A second request loses the pages of the first. */
struct ring {
	struct page **pages;
	int n;
};

static int ring_register(struct ring *ring, unsigned long addr, int n)
{
	struct page **pages;
	int ret;

	pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	ret = pin_user_pages_fast(addr, n, FOLL_LONGTERM, pages);
	if (ret != n) {
		if (ret > 0)
			unpin_user_pages(pages, ret);
		kfree(pages);
		return -EFAULT;
	}
	ring->pages = pages;
	ring->n = n;
	return 0;
}

long ring_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct ring *ring = file->private_data;

	return ring_register(ring, arg, 16);
}

int ring_release(struct inode *inode, struct file *file)
{
	struct ring *ring = file->private_data;

	if (ring->pages)
		unpin_user_pages(ring->pages, ring->n);
	kfree(ring->pages);
	return 0;
}
