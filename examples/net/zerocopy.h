/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ZEROCOPY_H
#define ZEROCOPY_H

#include <linux/skbuff.h>
#include <linux/uio.h>

struct zc_conn {
	struct sk_buff *pending;
	bool lent;
};

#endif
