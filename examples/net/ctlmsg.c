// SPDX-License-Identifier: Apache-2.0
/* Pages of an iterator in a sk_msg; sk_msg_free() drops all of them. */
#include <linux/skmsg.h>
#include <linux/uio.h>

static int ctl_fill(struct sk_msg *msg, struct iov_iter *from, u32 bytes)
{
	struct page *page;
	size_t off;
	ssize_t got;

	while (bytes > 0 && !sk_msg_full(msg)) {
		got = iov_iter_get_pages2(from, &page, bytes, 1, &off);
		if (got <= 0)
			return -EFAULT;
		sg_set_page(sk_msg_elem(msg, msg->sg.end), page, got, off);
		sk_msg_iter_next(msg, end);
		bytes -= got;
	}
	return bytes ? -ENOSPC : 0;
}

int ctl_send(struct sock *sk, struct iov_iter *from, u32 bytes)
{
	struct sk_msg msg;
	int ret;

	sk_msg_init(&msg);
	ret = ctl_fill(&msg, from, bytes);
	sk_msg_free(sk, &msg);
	return ret;
}
