/** Members of an object of zeros that are structs with pages of their own: what their ends go by is zero until somebody sets it. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const two = (note: string, end: string, counted = '') => `struct buf { struct page **pages; int n; };
struct req { struct buf in, out; };
static int buf_get(struct buf *b, unsigned long a, int n)
{
	int got = pin_user_pages_fast(a, n, FOLL_LONGTERM, b->pages);

	if (got != n) {
		if (got > 0)
			unpin_user_pages(b->pages, got);
		return -EFAULT;
	}
	${counted}
	return 0;
}
static void buf_note(struct buf *b, int n)
{
	b->n = n;
}
static void buf_put(struct buf *b)
{
	if (!b->n)
		return;
	unpin_user_pages(b->pages, b->n);
	b->n = 0;
}
int req_run(unsigned long a, int n)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int ret;

	if (!r)
		return -ENOMEM;
	ret = buf_get(&r->out, a, n);
	${note}
	${end}
	kfree(r);
	return ret;
}
`;
const both = 'buf_put(&r->in);\n\tbuf_put(&r->out);';
const more = 'if (!ret)\n\t\tret = buf_get(&r->in, a + n, n);';

describe('ends of members of an object, where one could not be filled', () => {
  const right = two(more, both, 'b->n = n;');
  accepts('double-release', 'of which each counts its pages', right);
  accepts('leak-on-path', 'of which each counts its pages', right);
  complains('leak-on-path', 'of which one is left', two(more, 'buf_put(&r->in);', 'b->n = n;'), 'req_run:ret = buf_get(&r->out, a, n);');
  for (const note of ['if (!ret)\n\t\tbuf_note(&r->out, n);', 'if (!ret)\n\t\tr->out.n = n;', 'if (!ret)\n\t\thw_note(&r->out);'])
    accepts('leak-on-path', `of which one is counted later: ${note}`, two(note, both));
  complains('leak-on-path', 'of which one is never counted', two('hw_run(n);', both), 'req_run:ret = buf_get(&r->out, a, n);');
});
