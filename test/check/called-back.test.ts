/** Functions that somebody else calls with the object that holds the pages: its end, and who is told that a device is done. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** An object of which one function is the end, called by whoever has it by its name, and by the taker where that fails. */
const ended = (
  install: string,
  undo = 'um_free(&u->base);',
  more = '',
): string => `struct base { struct kref ref; struct work_struct work; void (*dtor)(struct base *b); };
struct um { struct base base; struct page **pages; int n; };
static void um_free(struct base *b)
{
	struct um *u = container_of(b, struct um, base);

	unpin_user_pages(u->pages, u->n);
	kvfree(u->pages);
	kfree(u);
}
${more}
int um_new(struct file *f, unsigned long a, int n)
{
	struct um *u = kzalloc(sizeof(*u), GFP_KERNEL);
	int got;

	if (!u)
		return -ENOMEM;
	${install}
	u->pages = kvcalloc(n, sizeof(*u->pages), GFP_KERNEL);
	if (!u->pages)
		goto fail;
	got = pin_user_pages_fast(a, n, FOLL_LONGTERM, u->pages);
	u->n = got < 0 ? 0 : got;
	if (got != n)
		goto fail;
	f->private_data = u;
	return 0;
fail:
	${undo}
	return -EFAULT;
}
`;
const left = 'um_new:if (got != n)';

describe('the end of an object that its taker calls where it fails', () => {
  complains('never-released', 'which nobody else knows', ended('u->n = 0;'), left);
  accepts('never-released', 'which other modules are given', `${ended('u->n = 0;')}EXPORT_SYMBOL_GPL(um_free);\n`);
  accepts(
    'never-released',
    'which stands in a table',
    ended('u->base.ops = &um_ops;', undefined, 'static const struct base_ops um_ops = { .free = um_free };'),
  );
  accepts('never-released', 'which is stored in the object', ended('u->base.dtor = um_free;'));
  accepts('never-released', 'which is one of two', ended('u->base.dtor = n ? um_free : NULL;'));
  accepts('never-released', 'which an initialiser has', ended('base_init(&u->base, um_free);'));
  accepts(
    'never-released',
    'which another hands on as it gives up its count',
    ended('kref_init(&u->base.ref);', undefined, 'void um_put(struct um *u)\n{\n	base_put(&u->base, um_free);\n}'),
  );
});

/** An object that the end of a scope ends in its taker, and that is freed without its pages later. */
const scoped = (define: string, declare: string): string => `struct set { unsigned long n; struct page *pages[]; };
static void set_free(struct set *s)
{
	if (s->n)
		unpin_user_pages(s->pages, s->n);
	kvfree(s);
}
${define}
struct set *set_make(unsigned long a, unsigned long n)
{
	struct set *s ${declare} = kvzalloc(struct_size(s, pages, n), GFP_KERNEL);
	long got;

	if (!s)
		return NULL;
	got = pin_user_pages_fast(a, n, FOLL_LONGTERM, s->pages);
	if (got < 0)
		return NULL;
	s->n = got;
	if (got != n)
		return NULL;
	return_ptr(s);
}
void set_drop(struct set *s)
{
	kvfree(s);
}
`;

describe('the end of an object that a scope of its taker ends with', () => {
  const define = 'DEFINE_FREE(set, struct set *, if (_T) set_free(_T))';
  complains('never-released', 'which is nothing else', scoped(define, '__free(set)'), 'set_make:if (got != n)');
  accepts(
    'never-released',
    'which stands in a table, too',
    scoped(`${define}\nstatic const struct set_ops set_ops = { .free = set_free };`, '__free(set)'),
  );
});

/** A function that gives a device the pages with whom to tell of their end, waits for him, and drops them. */
const transfer = (
  told: string,
  behind: string,
  give = 'usb_fill_bulk_urb(urb, dev, pipe, page_address(x->page), PAGE_SIZE, x_done, x);',
): string => `struct xfer { struct list_head node; struct page *page; struct completion done; int status; };
static LIST_HEAD(finished);
static void x_done(struct urb *urb)
{
	struct xfer *x = urb->context;

	${told}
}
int x_run(struct urb *urb, struct usb_device *dev, unsigned int pipe, unsigned long a)
{
	struct xfer *x = kzalloc(sizeof(*x), GFP_KERNEL);
	int ret;

	if (!x)
		return -ENOMEM;
	init_completion(&x->done);
	ret = pin_user_pages_fast(a, 1, FOLL_WRITE, &x->page);
	if (ret != 1) {
		kfree(x);
		return -EFAULT;
	}
	${give}
	ret = usb_submit_urb(urb, GFP_KERNEL);
	${behind}
	return ret;
}
`;
const telling = 'x->status = urb->status;\n	complete(&x->done);';
const waiting = `if (!ret)
		wait_for_completion(&x->done);
	unpin_user_pages_dirty_lock(&x->page, 1, true);
	kfree(x);`;
const taking = 'x_run:if (ret != 1) {';

describe('a call that is given an object and whom to call with it', () => {
  accepts('never-released', 'who only tells of the end', transfer(telling, waiting));
  accepts(
    'never-released',
    'who only tells of it, by an interrupt',
    transfer(telling, waiting, 'ret = request_irq(pipe, (void *)x_done, 0, "x", x);'),
  );
  const thread = 'struct task_struct *t = kthread_run((void *)x_done, x, "x");';
  accepts('never-released', 'who only tells of it, as a thread', transfer(telling, waiting, thread));
  accepts('never-released', 'who drops them as a thread', transfer('unpin_user_page(x->page);\n	kfree(x);', '', thread));
  accepts('leak-on-path', 'who calls another by a member of it', transfer('x->status = 0;\n	x->urb->complete(x);', '', thread));
  accepts('leak-on-path', 'who gives up a count', transfer('x_put(x);', '', thread));
  accepts('never-released', 'who drops them', transfer('unpin_user_page(x->page);\n	kfree(x);', ''));
  accepts('leak-on-path', 'who drops them', transfer('unpin_user_page(x->page);\n	kfree(x);', ''));
  accepts('leak-on-path', 'who lists it for somebody', transfer('list_add(&x->node, &finished);', ''));
  accepts('leak-on-path', 'who ends it by another', transfer('x_free(x);', ''));
  complains('never-released', 'who only tells of the end, of which nobody drops them', transfer(telling, ''), taking);
  complains(
    'leak-on-path',
    'who only tells of it, and one way frees the object with them',
    transfer(telling, `if (ret) {\n		kfree(x);\n		return ret;\n	}\n	${waiting}`),
    'x_run:if (ret) {',
  );
});

/** A request that a function lists, and somebody takes off the list when a device is done with it. */
const queued = (wait: string, wake: string): string => `struct dev { spinlock_t lock; struct list_head queue; wait_queue_head_t wq; };
struct req { struct list_head node; struct page *page; int state; };
int req_run(struct dev *d, unsigned long a)
{
	struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int ret = -EFAULT;

	if (!r)
		return -ENOMEM;
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &r->page) != 1)
		goto free;
	spin_lock_irq(&d->lock);
	list_add_tail(&r->node, &d->queue);
	spin_unlock_irq(&d->lock);
	${wait}
free:
	kfree(r);
	return ret;
}
void req_drop(struct req *r)
{
	unpin_user_page(r->page);
}
void dev_irq(struct dev *d)
{
	struct req *r;

	spin_lock(&d->lock);
	r = list_first_entry_or_null(&d->queue, struct req, node);
	if (r) {
		list_del(&r->node);
		${wake}
	}
	spin_unlock(&d->lock);
}
`;
const waited = 'wait_event(d->wq, READ_ONCE(r->state));\n	unpin_user_page(r->page);\n	ret = 0;';
const woken = 'WRITE_ONCE(r->state, 1);\n		wake_up_all(&d->wq);';

describe('a request that is taken off its list and left with the pages', () => {
  accepts('leak-on-path', 'for whom it was listed by, who waits', queued(waited, woken));
  accepts('leak-on-path', 'for him, who drops them by another', queued(waited.replace('unpin_user_page(r->page)', 'req_drop(r)'), woken));
  accepts(
    'leak-on-path',
    'for him, who waits for a completion of all',
    queued(waited.replace(/wait_event.*;/, 'wait_for_completion(&d->idle);'), 'complete(&d->idle);'),
  );
  accepts(
    'leak-on-path',
    'for him, who has it on his stack',
    queued(waited, woken)
      .replace('struct req *r = kzalloc(sizeof(*r), GFP_KERNEL);', 'struct req own = {}, *r = &own;')
      .replace('	kfree(r);\n', ''),
  );
  complains('leak-on-path', 'where nobody is woken', queued(waited, 'r->state = 1;'), 'dev_irq:if (r) {');
  complains('leak-on-path', 'where he does not wait', queued('return 0;', woken), 'dev_irq:if (r) {');
  complains(
    'leak-on-path',
    'where he waits for what was there before',
    queued(`return 0;`, woken).replace('	spin_lock_irq', '	wait_event(d->wq, !d->busy);\n	spin_lock_irq'),
    'dev_irq:if (r) {',
  );
});

/** An object with a base by which it is ended, through a pointer that its taker has stored. */
const based = (undo: string, put: string, more = ''): string => `struct base;
struct base_ops { void (*free)(struct base *b); };
struct base { struct list_head node; refcount_t ref; const struct base_ops *ops; void (*dtor)(struct base *b); void (*note)(struct base *b); };
struct um { struct base base; struct page **pages; int n; };
static void um_free(struct base *b)
{
	struct um *u = container_of(b, struct um, base);

	unpin_user_pages(u->pages, u->n);
	kfree(u->pages);
	kfree(u);
}
static void um_note(struct base *b)
{
	b->node.next = NULL;
}
${more}static void base_put(struct base *b)
{
	${put}
}
int um_add(struct list_head *head, unsigned long a, int n)
{
	struct um *u = kzalloc(sizeof(*u), GFP_KERNEL);
	int got;

	if (!u)
		return -ENOMEM;
	u->pages = kcalloc(n, sizeof(*u->pages), GFP_KERNEL);
	if (!u->pages) {
		kfree(u);
		return -ENOMEM;
	}
	got = pin_user_pages_fast(a, n, FOLL_LONGTERM, u->pages);
	u->base.dtor = um_free;
	u->base.note = um_note;
	if (got != n) {
		u->n = got < 0 ? 0 : got;
		${undo}
		return -EFAULT;
	}
	u->n = got;
	list_add(&u->base.node, head);
	return 0;
}
void um_end(struct base *b)
{
	list_del(&b->node);
	b->dtor(b);
}
`;

describe('an object that is ended by a pointer in a member of it', () => {
  const short = 'um_add:if (got != n) {';
  const undo = 'base_put(&u->base);';
  accepts('partial-pin-leak', 'which a helper calls', based(undo, 'b->dtor(b);'));
  accepts('partial-pin-leak', 'which it calls for the last user', based(undo, 'if (refcount_dec_and_test(&b->ref))\n		b->dtor(b);'));
  accepts(
    'partial-pin-leak',
    'which stands in a table',
    based(undo, 'if (b->ops && b->ops->free)\n		b->ops->free(b);', 'static const struct base_ops um_ops = { .free = um_free };\n'),
  );
  accepts('partial-pin-leak', 'which the taker calls itself', based('u->base.dtor(&u->base);', ''));
  complains('partial-pin-leak', 'which nobody calls there', based('', 'b->dtor(b);'), short);
  complains('partial-pin-leak', 'which is another one', based(undo, 'b->note(b);'), short);
  complains('partial-pin-leak', 'which the taker calls another one by', based('u->base.note(&u->base);', ''), short);
});
