// SPDX-License-Identifier: Apache-2.0
/* An array inside a struct; all or nothing; a release loop that counts down. */
#include <linux/vmalloc.h>
#include "camera.h"

int cam_stats_start(struct cam_stats *stats, unsigned long uaddr)
{
	stats->nr = pin_user_pages_fast(uaddr, CAM_STAT_PAGES, FOLL_WRITE | FOLL_LONGTERM,
					stats->pages);
	if (stats->nr != CAM_STAT_PAGES)
		goto short_pin;

	stats->vaddr = vmap(stats->pages, stats->nr, VM_MAP, PAGE_KERNEL);
	if (!stats->vaddr)
		goto short_pin;
	return 0;

short_pin:
	while (stats->nr > 0)
		unpin_user_page(stats->pages[--stats->nr]);
	return -EFAULT;
}

void cam_stats_stop(struct cam_stats *stats)
{
	int n = stats->nr;

	vunmap(stats->vaddr);
	while (n--) {
		set_page_dirty_lock(stats->pages[n]);
		unpin_user_page(stats->pages[n]);
	}
	stats->nr = 0;
}
