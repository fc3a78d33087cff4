// SPDX-License-Identifier: Apache-2.0
/* Keeps a user's buffer for as long as a file is open. Its end frees the array alone. */
struct keeper {
	struct page **pages;
	int n;
};

long keeper_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct keeper *keeper = file->private_data;
	int ret;

	if (keeper->n)
		return -EBUSY;
	ret = pin_user_pages_fast(arg, 1, FOLL_LONGTERM, keeper->pages);
	if (ret != 1)
		return -EFAULT;
	keeper->n = 1;
	return 0;
}

int keeper_release(struct inode *inode, struct file *file)
{
	struct keeper *keeper = file->private_data;

	kfree(keeper->pages);
	kfree(keeper);
	return 0;
}
