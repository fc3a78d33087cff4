// SPDX-License-Identifier: Apache-2.0
#include <linux/mm.h>

struct wr_door {
	struct page *page;
	void __iomem *regs;
};

void wr_door_close(struct wr_door *door);
