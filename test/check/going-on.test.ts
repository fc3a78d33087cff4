/** Requests that are not done when the function returns, which it says by an error of its own. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const queued = (code: string, done = 'req_free(r);') => `struct req { struct list_head list; struct page **pages; int n; };
static void req_free(struct req *r)
{
	unpin_user_pages(r->pages, r->n);
	kfree(r->pages);
	kfree(r);
}
static int req_submit(struct req *r)
{
	list_add(&r->list, &queue);
	return ${code};
}
int req_run(unsigned long a, int n)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int got, ret;

	if (!r)
		return -ENOMEM;
	r->pages = kcalloc(n, sizeof(*r->pages), GFP_KERNEL);
	if (!r->pages) {
		kfree(r);
		return -ENOMEM;
	}
	got = pin_user_pages_fast(a, n, FOLL_LONGTERM, r->pages);
	r->n = max(got, 0);
	if (got != n) {
		req_free(r);
		return -EFAULT;
	}
	ret = req_submit(r);
	if (ret != ${code})
		req_free(r);
	return ret;
}
void req_done(struct req *r)
{
	${done}
}
`;

describe('a request that goes on', () => {
  for (const code of ['-EIOCBQUEUED', '-EINPROGRESS']) accepts('leak-on-path', code, queued(code));
  complains('leak-on-path', 'none: it has failed', queued('-EBUSY'), 'req_run:if (got != n) {');
});

const listed = (done: string) => `struct req { struct list_head list; struct page *page; };
int req_run(struct ctx *c, unsigned long a)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &r->page) != 1) {
		kfree(r);
		return -EFAULT;
	}
	list_add(&r->list, &c->requests);
	return -EIOCBQUEUED;
}
void req_done(struct req *r)
{
	${done}
	kfree(r);
}
`;

describe('what such a request keeps', () => {
  complains(
    'never-released',
    'that nobody drops',
    listed('complete(r->done);'),
    'req_run:if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &r->page) != 1) {',
  );
  accepts('never-released', 'that its end drops', listed('unpin_user_page(r->page);'));
});
