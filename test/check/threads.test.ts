/** Objects that a thread is given, and that are the function's still where none could be started. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const job = (failed: string, start = 'kthread_run(job_run, j, "job")') => `struct job { struct page **pages; int n; };
static int job_run(void *data)
{
	struct job *j = data;

	unpin_user_pages_dirty_lock(j->pages, j->n, true);
	kvfree(j->pages);
	kfree(j);
	return 0;
}
int job_start(unsigned long a, int n)
{
	struct job *j = kzalloc(sizeof(*j), GFP_KERNEL);
	struct task_struct *task;
	int got;

	if (!j)
		return -ENOMEM;
	j->pages = kvcalloc(n, sizeof(*j->pages), GFP_KERNEL);
	if (!j->pages) {
		kfree(j);
		return -ENOMEM;
	}
	got = pin_user_pages_fast(a, n, FOLL_WRITE, j->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(j->pages, got);
		kvfree(j->pages);
		kfree(j);
		return -EFAULT;
	}
	j->n = n;
	task = ${start};
	if (IS_ERR(task)) {
		${failed}
		kvfree(j->pages);
		kfree(j);
		return PTR_ERR(task);
	}
	wake_up_process(task);
	return 0;
}
`;
const rule = 'leak-on-path';

describe('a thread that could not be started', () => {
  for (const start of [
    'kthread_run(job_run, j, "job")',
    'kthread_create(job_run, j, "job")',
    'kthread_create_on_node(job_run, j, 0, "job")',
  ])
    complains(
      rule,
      `by ${start.slice(0, start.indexOf('('))}(), whose object goes with its pages`,
      job('', start),
      `job_start:task = ${start};`,
    );
  accepts(rule, 'whose pages are dropped', job('unpin_user_pages(j->pages, n);'));
});
