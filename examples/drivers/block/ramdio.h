/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RAMDIO_H
#define RAMDIO_H

#include <linux/bio.h>
#include <linux/bvec.h>
#include <linux/uio.h>

struct ramdio_req {
	struct bio_vec *bv;
	unsigned int nr;
	bool need_unpin;
	bool write;
};

#endif
