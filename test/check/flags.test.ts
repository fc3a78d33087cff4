/** Flags by which a driver remembers what it has taken: what it set it finds set. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

/** A function that takes a page if it is to, remembers that in some way, and drops the page where it remembers it. */
const remembered = (before: string, set: string, test: string): string => `enum { JOB_NONE, JOB_IDLE, JOB_TAKEN, JOB_LAST };
struct job { unsigned int flags; unsigned long state; int id; };
int job_run(struct job *job, unsigned long a, bool wanted)
{
	unsigned int state = 0;
	struct page *page = NULL;

	${before}
	if (wanted) {
		if (pin_user_pages_fast(a, 1, 0, &page) != 1)
			return -EFAULT;
		${set}
	}
	job_wait(job->id);
	if (${test})
		unpin_user_page(page);
	return 0;
}
`;

/** Those in which it is never dropped. */
const forgotten: Parameters<typeof remembered>[] = [
  ['', 'state |= HAS_PAGE;\n\t\tstate &= ~HAS_PAGE;', 'state & HAS_PAGE'],
  ['', 'state |= HAS_PAGE;\n\t\tstate = state & ~HAS_PAGE;', 'state & HAS_PAGE'],
  ['', 'state |= HAS_PAGE | IS_MAPPED;\n\t\tstate &= ~(IS_MAPPED | HAS_PAGE);', 'state & HAS_PAGE'],
  ['', 'state &= ~HAS_PAGE;\n\t\tstate &= ~IS_MAPPED;', 'state & HAS_PAGE'],
  ['', 'job->flags = JOB_TAKEN;', 'job->flags == JOB_LAST'],
  ['', 'job->flags = JOB_TAKEN;', 'job->flags > JOB_TAKEN'],
];
/** Those in which it may be left. */
const lost: Parameters<typeof remembered>[] = [
  ['', 'state |= BIT(3);', 'state & BIT(4)'],
  ['', 'state |= HAS_PAGE;\n\t\tjob->flags |= IS_MAPPED;', 'job->flags & HAS_PAGE'],
  ['', 'state |= job->id;', 'state & HAS_PAGE'],
  ['', 'state |= IS_MAPPED;', 'state & HAS_PAGE'],
  ['', 'state = HAS_PAGE;', 'state & IS_MAPPED'],
];
/** Those in which it is dropped. */
const kept: Parameters<typeof remembered>[] = [
  ['', 'state |= BIT(3);', 'state & BIT(3)'],
  ['', 'state = state | HAS_PAGE;', 'state & HAS_PAGE'],
  ['', 'state |= 1 << 3;', 'state & (1 << 3)'],
  ['', 'state |= 0x4;', 'state & 0x4'],
  ['', 'state |= HAS_PAGE;', '(state & HAS_PAGE) == HAS_PAGE'],
  ['job->flags = JOB_IDLE;', 'job->flags = JOB_TAKEN;', 'job->flags != JOB_IDLE'],
  ['job->flags = JOB_IDLE;', 'job->flags = JOB_TAKEN;', 'job->flags >= JOB_TAKEN'],
  ['', 'state |= HAS_PAGE;', 'state & HAS_PAGE'],
  ['', 'state |= HAS_PAGE;', 'state'],
  ['', 'state |= HAS_PAGE;\n\t\tstate |= IS_MAPPED;', 'state & HAS_PAGE'],
  ['', 'state |= IS_MAPPED | HAS_PAGE;', 'state & HAS_PAGE'],
  ['', 'state = HAS_PAGE;', 'state & HAS_PAGE'],
  ['', 'set_bit(HAS_PAGE, &job->state);', 'test_bit(HAS_PAGE, &job->state)'],
  ['', 'set_bit(HAS_PAGE, &job->state);', 'test_and_clear_bit(HAS_PAGE, &job->state)'],
  ['job->flags &= ~HAS_PAGE;', 'job->flags |= HAS_PAGE;', 'job->flags & HAS_PAGE'],
  ['(*job).flags &= ~HAS_PAGE;', 'job->flags |= HAS_PAGE;', '(*job).flags & HAS_PAGE'],
];

describe('a page that a flag stands for', () => {
  for (const [before, set, test] of forgotten)
    complains(
      'leak-on-path',
      `never dropped, by ${set} and ${test}`,
      remembered(before, set, test),
      'job_run:if (pin_user_pages_fast(a, 1, 0, &page) != 1)',
    );
  for (const [before, set, test] of lost)
    complains('leak-on-path', `lost, by ${set} and ${test}`, remembered(before, set, test), `job_run:if (${test})`);
  for (const [before, set, test] of kept) accepts('leak-on-path', `dropped, by ${set} and ${test}`, remembered(before, set, test));
});

/** A number in a struct of the function's own that says, behind a call, whether the page is to be dropped. */
const asked = (call: string, more = '', given = 'struct walk_args args = { .valid = false };'): string => `${more}
struct walk_args { bool valid; };
struct walk { void *arg; };
int probe(struct queue *q, unsigned long a)
{
	${given}
	struct walk w = { .arg = &args };
	struct page *page;

	${call}
	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -EFAULT;
	if (!args.valid) {
		put_page(page);
		return -EINVAL;
	}
	return q->n;
}
`;
const hands = 'static void walk(struct queue *q, struct walk *w)\n{\n\tq->each(q, w->arg);\n}';
const reads = 'static int look(struct queue *q, struct walk_args *args)\n{\n\treturn args->valid ? q->n : 0;\n}';

describe('a number whose struct is given away', () => {
  const left = 'probe:if (!args.valid) {';
  complains('leak-on-path', 'to a call that the tree does not have', asked('walk_all(q, &args);'), left);
  complains('leak-on-path', 'within another struct', asked('walk_all(q, &w);'), left);
  complains('leak-on-path', 'within another struct, to who hands it on', asked('walk(q, &w);', hands), left);
  accepts('leak-on-path', 'to who only reads it', asked('look(q, &args);', reads));
  accepts('leak-on-path', 'to nobody', asked('walk_all(q, NULL);'));
});
