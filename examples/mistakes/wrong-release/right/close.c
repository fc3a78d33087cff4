// SPDX-License-Identifier: Apache-2.0
#include "door.h"

void wr_door_close(struct wr_door *door)
{
	if (!door->page)
		return;
	set_page_dirty_lock(door->page);
	unpin_user_page(door->page);
	door->page = NULL;
}
