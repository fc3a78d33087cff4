/** Objects that count their users, where a helper counts one more if it succeeds, and the caller drops the pages if it fails. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** @param counted how the helper counts a use, and fails @param undo what the caller does where it has failed */
const job = (counted: string, undo: string, end = 'kref_put(&job->ref, job_release);'): string => `
struct job { struct kref ref; refcount_t users; struct page *page; struct list_head node; };
static void job_release(struct kref *ref)
{
	struct job *job = container_of(ref, struct job, ref);

	unpin_user_page(job->page);
	kfree(job);
}
static int job_queue(struct list_head *q, struct job *job, int full)
{
	int ret = 0;

	${counted}
}
int job_submit(struct list_head *q, unsigned long a, int full)
{
	struct job *job = kzalloc(sizeof(*job), GFP_KERNEL);
	int ret;

	if (!job)
		return -ENOMEM;
	kref_init(&job->ref);
	if (pin_user_pages_fast(a, 1, FOLL_LONGTERM, &job->page) != 1) {
		kfree(job);
		return -EFAULT;
	}
	ret = job_queue(q, job, full);
	${undo}
	${end}
	return ret;
}
`;

const get = 'kref_get(&job->ref);';
const add = 'list_add_tail(&job->node, q);';
const drop = 'if (ret)\n\t\tunpin_user_page(job->page);';
const place = 'job_submit:kref_put(&job->ref, job_release);';

describe('a helper that counts one more use of an object', () => {
  const succeeds = `if (full)\n\t\treturn -EBUSY;\n\t${get}\n\t${add}\n\treturn 0;`;
  complains('double-release', 'where it succeeds, and its failure drops the pages', job(succeeds, drop), place);
  complains(
    'double-release',
    'where it succeeds, and its failure gives up the object',
    job(succeeds, `if (ret < 0) {\n\t\tunpin_user_page(job->page);\n\t\t${place.slice(11)}\n\t\treturn ret;\n\t}`),
    place,
  );
  complains(
    'double-release',
    'in a branch that succeeds',
    job(`if (!full) {\n\t\t${get}\n\t\t${add}\n\t\treturn 0;\n\t}\n\treturn -EBUSY;`, drop),
    place,
  );
  accepts('double-release', 'where it succeeds, and its failure drops nothing', job(succeeds, ''));
  accepts('double-release', 'and then fails', job(`${get}\n\tif (full)\n\t\treturn -EBUSY;\n\t${add}\n\treturn 0;`, drop));
  accepts('double-release', 'and may then fail', job(`${get}\n\tret = hw_start(q);\n\treturn ret;`, drop));
});
