/** Pages that a field keeps, and that something drops from there by a call of the wrong kind: that is told, and not that nothing does. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** Pins that a helper puts into a message, whose end puts the pages. */
const message = (end: string): string => `static int msg_fill(struct iov_iter *from, struct sk_msg *msg, u32 bytes)
{
	struct page *stack[8], **pages = stack;
	size_t off;
	ssize_t got = iov_iter_extract_pages(from, &pages, bytes, 8, 0, &off);
	int i;

	if (got <= 0)
		return -EFAULT;
	for (i = 0; i < DIV_ROUND_UP(off + got, PAGE_SIZE); i++)
		sg_set_page(&msg->sg.data[i], pages[i], PAGE_SIZE, 0);
	return 0;
}
int msg_send(struct sock *sk, struct sk_msg *msg, struct iov_iter *from, u32 bytes)
{
	int ret = msg_fill(from, msg, bytes);

	if (!ret)
		ret = push(sk, msg);
	${end}
	return ret;
}
`;

describe('pins in a message', () => {
  const put = 'sk_msg_free(sk, msg);';
  complains('wrong-release', 'that its end puts', message(put), `msg_send:${put}`);
  accepts('never-released', 'that its end puts', message(put));
});
