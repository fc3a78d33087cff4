/** Pins that a job keeps: for the call that takes them, or beyond it. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const job = (
  wait: string,
  register = 'tx->callback = job_done;',
) => `struct job { struct kref ref; struct page *pages[16]; int n; struct completion done; };
static void job_release(struct kref *ref)
{
	struct job *j = container_of(ref, struct job, ref);

	if (j->n > 0)
		unpin_user_pages_dirty_lock(j->pages, j->n, true);
	kfree(j);
}
static void job_done(void *arg)
{
	struct job *j = arg;

	complete(&j->done);
	kref_put(&j->ref, job_release);
}
long job_ioctl(struct dma_chan *chan, unsigned long a)
{
	struct dma_async_tx_descriptor *tx;
	struct job *j = kzalloc(sizeof(*j), GFP_KERNEL);
	int ret = -EFAULT;

	if (!j)
		return -ENOMEM;
	kref_init(&j->ref);
	init_completion(&j->done);
	j->n = pin_user_pages_fast(a, 16, FOLL_WRITE, j->pages);
	if (j->n != 16)
		goto out;
	tx = job_prepare(chan, j->pages, 16);
	if (!tx)
		goto out;
	kref_get(&j->ref);
	${register}
	tx->callback_param = j;
	dmaengine_submit(tx);
	${wait}
	ret = 0;
out:
	kref_put(&j->ref, job_release);
	return ret;
}
`;

describe('pins of a job', () => {
  accepts('needs-longterm', 'one that the call waits for', job('wait_for_completion(&j->done);'));
  accepts(
    'needs-longterm',
    'one that the call waits for, of which another is told by a call',
    job('wait_for_completion(&j->done);', 'job_notify(tx, job_done);'),
  );
  complains(
    'needs-longterm',
    'one that a signal leaves running',
    job('wait_for_completion_interruptible(&j->done);'),
    'job_ioctl:j->n = pin_user_pages_fast(a, 16, FOLL_WRITE, j->pages);',
  );
  complains('needs-longterm', 'one that nobody waits for', job(''), 'job_ioctl:j->n = pin_user_pages_fast(a, 16, FOLL_WRITE, j->pages);');
});

/** Two calls of a user's, each with an object of its own: one takes its pages itself, one by a helper. */
const twoCalls = (take: string) => `struct args { unsigned long addr; struct page *page; };
int hw_run(struct page *p);
int peek(unsigned long addr)
{
	struct args *a = kzalloc(sizeof(*a), GFP_KERNEL);
	int rc = -ENOMEM;

	if (!a)
		return rc;
	rc = pin_user_pages_fast(addr, 1, FOLL_WRITE, &a->page);
	if (rc == 1) {
		rc = hw_run(a->page);
		unpin_user_pages_dirty_lock(&a->page, 1, true);
	}
	kfree(a);
	return rc;
}
static int args_pin(struct args *a)
{
	return pin_user_pages_fast(a->addr, 1, FOLL_WRITE, &a->page) == 1 ? 0 : -EFAULT;
}
int poke(struct args *a)
{
	${take}
	unpin_user_pages_dirty_lock(&a->page, 1, true);
	return 0;
}
`;
describe('two calls with an object each', () => {
  accepts('needs-longterm', 'of which the other takes its pages by a helper', twoCalls('if (args_pin(a))\n\t\treturn -EFAULT;'));
  complains(
    'needs-longterm',
    'of which the other drops what is there',
    twoCalls('hw_run(a->page);'),
    'peek:rc = pin_user_pages_fast(addr, 1, FOLL_WRITE, &a->page);',
    'args_pin:return pin_user_pages_fast(a->addr, 1, FOLL_WRITE, &a->page) == 1 ? 0 : -EFAULT;',
  );
});

/** A window on user memory, of which a callback pins the part that it wants; `user` is who has such a window. */
const window = (user: string) => `struct window { unsigned long at; struct page *pages[16]; int n; };
struct log { struct window *window; };
typedef int (*visit_t)(struct window *w, void *arg);
static void window_put(struct window *w)
{
	if (w->n) {
		unpin_user_pages_dirty_lock(w->pages, w->n, true);
		w->n = 0;
	}
}
void window_free(struct window *w)
{
	window_put(w);
	kfree(w);
}
static int window_check(struct window *w)
{
	return w->at & 7 ? -EINVAL : 0;
}
struct window *window_new(unsigned long at)
{
	struct window *w = kzalloc(sizeof(*w), GFP_KERNEL);
	int ret;

	if (!w)
		return ERR_PTR(-ENOMEM);
	w->at = at;
	ret = window_check(w);
	if (ret) {
		window_free(w);
		return ERR_PTR(ret);
	}
	return w;
}
int window_fill(struct window *w, int first, int last)
{
	while (first < last) {
		int got;

		window_put(w);
		got = pin_user_pages_fast(w->at + first * PAGE_SIZE, 16, FOLL_WRITE, w->pages);
		if (got <= 0)
			return -EFAULT;
		w->n = got;
		first += got;
	}
	return 0;
}
static int log_visit(struct window *w, void *arg)
{
	return window_fill(w, *(int *)arg, 64);
}
int window_each(struct window *w, void *arg, visit_t visit)
{
	return visit(w, arg);
}
${user}`;

const ended = `long log_ioctl(unsigned long at, int first)
{
	struct window *w = window_new(at);
	int ret;

	if (IS_ERR(w))
		return PTR_ERR(w);
	ret = window_each(w, &first, log_visit);
	window_free(w);
	return ret;
}
`;

describe('pins in an object', () => {
  accepts('needs-longterm', 'one that the call makes and ends, which are taken in a callback', window(ended));
  complains(
    'needs-longterm',
    'one that another call ends',
    window(`long log_start(struct log *l, unsigned long at, int first)
{
	struct window *w = window_new(at);

	if (IS_ERR(w))
		return PTR_ERR(w);
	l->window = w;
	return window_each(w, &first, log_visit);
}
void log_stop(struct log *l)
{
	window_free(l->window);
}
`),
    'window_fill:got = pin_user_pages_fast(w->at + first * PAGE_SIZE, 16, FOLL_WRITE, w->pages);',
  );
  complains(
    'needs-longterm',
    'one that the call has looked up and ends',
    window(`struct window *window_of(struct log *l)
{
	return l->window;
}
long log_move(struct log *l, int first)
{
	return window_each(l->window, &first, log_visit);
}
void log_stop(struct log *l)
{
	struct window *w = window_of(l);

	window_free(w);
}
`),
    'window_fill:got = pin_user_pages_fast(w->at + first * PAGE_SIZE, 16, FOLL_WRITE, w->pages);',
  );
});
