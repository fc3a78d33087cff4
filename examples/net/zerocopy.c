// SPDX-License-Identifier: Apache-2.0
/* Pages of an iterator become the frags of an skb; freeing the skb drops them, or its owner takes them back first. */
#include "zerocopy.h"

static int zc_fill(struct sk_buff *skb, struct iov_iter *from, size_t length)
{
	struct page *pages[MAX_SKB_FRAGS];
	int frag = skb_shinfo(skb)->nr_frags;
	size_t start;
	ssize_t copied;
	int n = 0;

	copied = iov_iter_get_pages2(from, pages, length, MAX_SKB_FRAGS - frag, &start);
	if (copied < 0)
		return -EFAULT;

	skb->len += copied;
	skb->data_len += copied;
	while (copied > 0) {
		int size = min_t(int, copied, PAGE_SIZE - start);

		skb_fill_page_desc(skb, frag++, pages[n++], start, size);
		start = 0;
		copied -= size;
	}
	return 0;
}

int zc_queue(struct zc_conn *conn, struct iov_iter *from, size_t length)
{
	struct sk_buff *skb = alloc_skb(0, GFP_KERNEL);
	int ret;

	if (!skb)
		return -ENOMEM;
	ret = zc_fill(skb, from, length);
	conn->pending = skb;
	return ret;
}

/* Pages that were only lent go back before the skb does. */
static void zc_strip(struct sk_buff *skb)
{
	int i;

	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++)
		put_page(skb_frag_page(&skb_shinfo(skb)->frags[i]));
	skb_shinfo(skb)->nr_frags = 0;
}

void zc_done(struct zc_conn *conn)
{
	if (conn->lent)
		zc_strip(conn->pending);
	kfree_skb(conn->pending);
	conn->pending = NULL;
}
