/** Ends of objects, one of which comes after an unknown call that was given the pages, and another that forgets to drop them. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** @param sent what the worker does before it ends the object @param left how a cancelled object ends */
const posted = (sent: string, left: string, free = 'unpin_user_pages(r->pages, r->nr);'): string => `
struct req { struct delayed_work work; u32 id; int nr; struct page **pages; };
struct dev { struct xarray reqs; };
static void req_free(struct req *r)
{
	${free}
	kvfree(r->pages);
	kfree(r);
}
static void req_work(struct work_struct *w)
{
	struct req *r = container_of(to_delayed_work(w), struct req, work);

	${sent}
	req_free(r);
}
int req_post(struct dev *d, struct req *r, unsigned long addr)
{
	int got = pin_user_pages_fast(addr, r->nr, FOLL_LONGTERM, r->pages);

	if (got != r->nr) {
		if (got > 0)
			unpin_user_pages(r->pages, got);
		return -EFAULT;
	}
	INIT_DELAYED_WORK(&r->work, req_work);
	if (xa_insert(&d->reqs, r->id, r, GFP_KERNEL)) {
		unpin_user_pages(r->pages, got);
		return -EBUSY;
	}
	schedule_delayed_work(&r->work, HZ);
	return 0;
}
int req_cancel(struct dev *d, u32 id)
{
	struct req *r = xa_load(&d->reqs, id);

	if (!r || !cancel_delayed_work(&r->work))
		return -ENOENT;
	xa_erase(&d->reqs, id);
	${left}
	return 0;
}
`;

const freed = 'kvfree(r->pages);\n\tkfree(r);';

describe('an end of an object that drops its pages after an unknown call', () => {
  for (const [name, sent] of [
    ['that is given the pages', 'hw_send(r->pages, r->nr);'],
    ['that is given the object', 'hw_send(r);'],
    ['that is given nothing', 'hw_ring(1);'],
  ] as const) {
    complains('leak-on-path', `${name}, and one that does not drop them`, posted(sent, freed), 'req_cancel:kvfree(r->pages);');
    accepts('leak-on-path', `${name}, and one that does`, posted(sent, 'req_free(r);'));
  }
  accepts('leak-on-path', 'that may have dropped them', posted('hw_send(r->pages, r->nr);', freed, 'hw_done(r->pages, r->nr);'));
});
