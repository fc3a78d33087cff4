/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XFER_H
#define XFER_H

#include <linux/mm.h>
#include <linux/workqueue.h>

#define XFER_MAX	64

struct xfer {
	struct work_struct done;
	struct device *dev;
	struct page *pages[XFER_MAX];
	dma_addr_t dma[XFER_MAX];
	unsigned int count;
	bool from_device;
};

#endif
