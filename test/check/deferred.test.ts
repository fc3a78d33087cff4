/** Objects whose pages are dropped by what is scheduled when the last user is gone. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** A request takes the first object with pages off a list and gives up a use of it; the last use is given up by this. */
const files = (
  member: string,
  last: string,
): string => `struct req { struct kref ref; struct list_head link; int n; struct page **pages; ${member} };
struct queue { spinlock_t lock; struct list_head finished; struct workqueue_struct *wq; struct kthread_worker *worker; };
static void req_end(struct req *r)
{
	unpin_user_pages(r->pages, r->n);
	kfree(r);
}
static void req_release(struct kref *ref)
{
	struct req *r = container_of(ref, struct req, ref);

	${last}
}
int queue_collect(struct queue *q)
{
	struct req *r;

	spin_lock_irq(&q->lock);
	r = list_first_entry_or_null(&q->finished, struct req, link);
	if (r)
		list_del(&r->link);
	spin_unlock_irq(&q->lock);
	if (!r)
		return -ENOENT;
	kref_put(&r->ref, req_release);
	return 0;
}
int queue_submit(struct queue *q, struct req *r, unsigned long a)
{
	int n = pin_user_pages_fast(a, r->n, FOLL_LONGTERM, r->pages);

	if (n != r->n) {
		if (n > 0)
			unpin_user_pages(r->pages, n);
		kfree(r);
		return -EFAULT;
	}
	kref_init(&r->ref);
	spin_lock_irq(&q->lock);
	list_add_tail(&r->link, &q->finished);
	spin_unlock_irq(&q->lock);
	return 0;
}
`;

/** What is scheduled, by the function that it calls later. */
const ended = (type: string, parameter: string, schedule: string): string =>
  files(`${type} late;`, schedule).replace(
    'static void req_release',
    `void req_late(${parameter} *w)\n{\n\treq_end(container_of(w, struct req, late));\n}\nstatic void req_release`,
  );

const ways: readonly [type: string, parameter: string, schedule: string][] = [
  ['struct work_struct', 'struct work_struct', 'queue_work(system_wq, &r->late);'],
  ['struct rcu_work', 'struct work_struct', 'queue_rcu_work(system_wq, &r->late);'],
  ['struct delayed_work', 'struct work_struct', 'mod_delayed_work(system_wq, &r->late, HZ);'],
  ['struct irq_work', 'struct irq_work', 'irq_work_queue(&r->late);'],
  ['struct kthread_work', 'struct kthread_work', 'kthread_queue_work(worker, &r->late);'],
  ['struct tasklet_struct', 'struct tasklet_struct', 'tasklet_hi_schedule(&r->late);'],
  ['struct callback_head', 'struct callback_head', 'task_work_add(current, &r->late, TWA_RESUME);'],
  ['struct timer_list', 'struct timer_list', 'mod_timer(&r->late, jiffies + HZ);'],
  ['struct hrtimer', 'struct hrtimer', 'hrtimer_start(&r->late, 1000, HRTIMER_MODE_REL);'],
  ['struct rcu_head', 'struct rcu_head', 'call_srcu(&reqs, &r->late, req_late);'],
];

describe('an object that the last user has ended later', () => {
  for (const [type, parameter, schedule] of ways) accepts('leak-on-path', schedule, ended(type, parameter, schedule));
  accepts('leak-on-path', 'an object that is ended at once', files('', 'req_end(r);'));
  complains('leak-on-path', 'an object that is only freed', files('', 'kfree(r);'), 'queue_collect:if (r)');
});
