/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LEGACY_H
#define LEGACY_H

struct v44_map {
	struct page **pages;
	int nr;
	int rw;
};

struct v52_buf {
	struct page **pages;
	unsigned long npages;
};

#endif
