/** Pointers to what holds the pages that are set to NULL before who drops by them is called. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** A queue of requests, of which each leads to the pages of one transfer; `abort` is what ends those that are left. */
const queue = (abort: string) => `struct transfer { struct page *pages[4]; int n; };
struct request { void *transfer; int size; };
struct queue { struct request requests[8]; int first, done; };
static struct transfer *transfer_begin(unsigned long at, int n)
{
	struct transfer *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return NULL;
	t->n = pin_user_pages_fast(at, n, FOLL_WRITE, t->pages);
	if (t->n != n) {
		if (t->n > 0)
			unpin_user_pages(t->pages, t->n);
		kfree(t);
		return NULL;
	}
	return t;
}
static void transfer_end(struct transfer *t)
{
	unpin_user_pages_dirty_lock(t->pages, t->n, true);
	kfree(t);
}
int request_prepare(struct request *r, unsigned long at, int n)
{
	r->transfer = transfer_begin(at, n);
	return r->transfer ? 0 : -ENOMEM;
}
void request_complete(struct request *r)
{
	if (r->transfer)
		transfer_end(r->transfer);
}
void request_done(struct queue *q)
{
	request_complete(&q->requests[q->first]);
	q->first++;
}
${abort}`;

const round = (body: string) => `void queue_abort(struct queue *q)
{
	while (q->first != q->done) {
		struct request *r = &q->requests[q->first];

${body}
		request_complete(r);
		q->first++;
	}
}
`;

describe('a pointer that is set to NULL, and then looked for', () => {
  const place = 'queue_abort:r->transfer = NULL;';
  complains('overwritten', 'in each round', queue(round('\t\tr->transfer = NULL;\n\t\tr->size = 0;')), place);
  complains('overwritten', 'on one way', queue(round('\t\tif (r->size < 0)\n\t\t\tr->transfer = NULL;')), place);
  complains(
    'overwritten',
    'of a parameter',
    queue('void request_abort(struct request *r)\n{\n\tr->transfer = NULL;\n\trequest_complete(r);\n}\n'),
    'request_abort:r->transfer = NULL;',
  );
  complains(
    'overwritten',
    'of an element',
    queue('void queue_abort(struct queue *q)\n{\n\tq->requests[0].transfer = NULL;\n\trequest_complete(&q->requests[0]);\n}\n'),
    'queue_abort:q->requests[0].transfer = NULL;',
  );
});

describe('a pointer that may be set to NULL', () => {
  const silent = (name: string, body: string) => accepts('overwritten', name, queue(round(body)));
  accepts('overwritten', 'nowhere', queue(round('\t\tr->size = 0;')));
  silent('of another field', '\t\tr->size = 0;\n\t\tq->done = 0;');
  silent('where it was taken out before', '\t\tvoid *t = r->transfer;\n\n\t\tr->transfer = NULL;\n\t\ttransfer_end(t);');
  silent('where it was ended before', '\t\ttransfer_end(r->transfer);\n\t\tr->transfer = NULL;');
  silent('where somebody was handed the object before', '\t\trequest_flush(r);\n\t\tr->transfer = NULL;');
  silent('where somebody fills it again', '\t\tr->transfer = NULL;\n\t\trequest_prepare(r, 0, 1);');
  silent('where it was asked before', '\t\tif (!r->transfer)\n\t\t\tcontinue;\n\t\tr->transfer = NULL;');
  silent('where the object is another one then', '\t\tr->transfer = NULL;\n\t\tr = &q->requests[q->done];');
  accepts(
    'overwritten',
    'behind the call',
    queue('void request_abort(struct request *r)\n{\n\trequest_complete(r);\n\tr->transfer = NULL;\n}\n'),
  );
  accepts(
    'overwritten',
    'of an object that was made there',
    queue(
      'int request_try(void)\n{\n\tstruct request *r = kmalloc(sizeof(*r), GFP_KERNEL);\n\n\tr->transfer = NULL;\n\tr->size = 0;\n\trequest_complete(r);\n\treturn 0;\n}\n',
    ),
  );
  accepts(
    'overwritten',
    'of an object of its own',
    queue('int request_try(void)\n{\n\tstruct request r;\n\n\tr.transfer = NULL;\n\trequest_complete(&r);\n\treturn 0;\n}\n'),
  );
});
