// SPDX-License-Identifier: Apache-2.0
/* A doorbell page of user space, pinned until the file is closed. */
#include "door.h"

int wr_door_open(struct wr_door *door, unsigned long uaddr)
{
	int ret;

	ret = pin_user_pages_fast(uaddr, 1, FOLL_WRITE | FOLL_LONGTERM,
				  &door->page);
	if (ret != 1)
		return ret < 0 ? ret : -EFAULT;

	if (wr_door_arm(door->regs, page_to_phys(door->page))) {
		unpin_user_page(door->page);
		door->page = NULL;
		return -EIO;
	}
	return 0;
}
