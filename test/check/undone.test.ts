/** Drops that only undo a failure: what an object keeps once it was made, its end has to drop. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** An object whose pages a helper drops, for a failure of the function that makes it, and for its end. */
const made = (end: string, more = ''): string => `struct xfer { struct page **pages; int n; };
int hw_start(struct xfer *x);
static int xfer_pin(struct xfer *x, unsigned long a, int n)
{
	int got;

	x->pages = kvcalloc(n, sizeof(*x->pages), GFP_KERNEL);
	if (!x->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_LONGTERM, x->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(x->pages, got);
		kvfree(x->pages);
		return got < 0 ? got : -EFAULT;
	}
	x->n = n;
	return 0;
}
static void xfer_unpin(struct xfer *x)
{
	unpin_user_pages(x->pages, x->n);
	kvfree(x->pages);
}
int xfer_create(unsigned long a, int n, struct xfer **out)
{
	struct xfer *x = kzalloc(sizeof(*x), GFP_KERNEL);
	int ret;

	if (!x)
		return -ENOMEM;
	ret = xfer_pin(x, a, n);
	if (ret)
		goto free;
	ret = hw_start(x);
	if (ret)
		goto unpin;
	*out = x;
	return 0;
unpin:
	xfer_unpin(x);
free:
	kfree(x);
	return ret;
}
void xfer_destroy(struct xfer *x)
{
	${end}
	kfree(x);
}
${more}`;

describe('pages that only the failure of who makes their object drops', () => {
  const kept = 'xfer_create:if (ret)';
  complains('never-released', 'by a helper', made(''), kept);
  accepts('never-released', 'and its end', made('xfer_unpin(x);'));
  accepts('never-released', 'and who was given the end to call', made('devm_release(x);', 'void (*xfer_end)(struct xfer *) = xfer_unpin;'));
  accepts(
    'never-released',
    'and who ends it in its place',
    made(
      '',
      `int xfer_set(struct xfer *x, unsigned long a, int n)
{
	if (x->pages)
		xfer_unpin(x);
	x->pages = NULL;
	return n ? xfer_pin(x, a, n) : 0;
}`,
    ),
  );
});
