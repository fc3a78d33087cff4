/** Pages of an skb that are dropped one by one, and then with the skb. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const send = (fails: string) => `int send_zc(struct sk_buff *skb, struct iov_iter *from, size_t len)
{
	struct page *pages[4];
	size_t start;
	int i;
	ssize_t got = iov_iter_get_pages2(from, pages, len, 4, &start);

	if (got <= 0)
		return -EFAULT;
	for (i = 0; i < DIV_ROUND_UP(got + start, PAGE_SIZE); i++)
		skb_fill_page_desc(skb, i, pages[i], 0, PAGE_SIZE);
	if (link_is_down(skb->dev)) {
		${fails}
		return -ENETDOWN;
	}
	return dev_queue_xmit(skb);
}
`;
const each = 'for (i = 0; i < skb_shinfo(skb)->nr_frags; i++)\n\t\t\tskb_frag_unref(skb, i);';

describe('an skb that is freed', () => {
  const free = 'kfree_skb(skb);';
  complains('double-release', 'after each of its pages was dropped', send(`${each}\n\t\t${free}`), `send_zc:${free}`);
  complains('double-release', 'after its first page was dropped', send(`skb_frag_unref(skb, 0);\n\t\t${free}`), `send_zc:${free}`);
  accepts('double-release', 'with its pages', send(free));
  accepts('double-release', 'without them', send(`${each}\n\t\tskb_shinfo(skb)->nr_frags = 0;\n\t\t${free}`));
  accepts('double-release', 'of which two pages were dropped', send('skb_frag_unref(skb, 0);\n\t\tskb_frag_unref(skb, 1);'));
});
