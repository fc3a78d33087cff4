/** Arrays of structs that keep pages, to which an object has a pointer: who frees the array ends them. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const free = 'kfree(j->segs);\n\tkfree(j);';
const each = 'for (i = 0; i < j->nsegs; i++)\n\t\tseg_unpin(&j->segs[i]);';
const end = (drop: string) => `static void job_free(struct job *j)\n{\n\tint i;\n\n\t${drop}\n\t${free}\n}`;
const freed = 'job_free(j);';

const jobs = ({
  ends = end(each),
  failed = freed,
  done = freed,
  removed = freed,
} = {}) => `struct seg { struct page **pages; int n; u64 va; };
struct job { struct seg *segs; int nsegs; struct list_head node; struct work_struct work; };
struct dev { struct list_head jobs; };
int hw_queue(struct job *j);
static int seg_pin(struct seg *s, unsigned long a, int n)
{
	int got;

	s->pages = kvmalloc_array(n, sizeof(*s->pages), GFP_KERNEL);
	if (!s->pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_LONGTERM, s->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(s->pages, got);
		kvfree(s->pages);
		s->pages = NULL;
		return got < 0 ? got : -EFAULT;
	}
	s->n = n;
	return 0;
}
static void seg_unpin(struct seg *s)
{
	if (!s->pages)
		return;
	unpin_user_pages(s->pages, s->n);
	kvfree(s->pages);
	s->pages = NULL;
}
${ends}
struct job *job_new(unsigned long a, int n)
{
	struct job *j = kzalloc(sizeof(*j), GFP_KERNEL);
	int i, ret;

	if (!j)
		return ERR_PTR(-ENOMEM);
	j->segs = kcalloc(n, sizeof(*j->segs), GFP_KERNEL);
	if (!j->segs) {
		kfree(j);
		return ERR_PTR(-ENOMEM);
	}
	j->nsegs = n;
	for (i = 0; i < n; i++) {
		ret = seg_pin(&j->segs[i], a, 8);
		if (ret) {
			${failed}
			return ERR_PTR(ret);
		}
	}
	return j;
}
int dev_submit(struct dev *d, unsigned long a, int n)
{
	struct job *j = job_new(a, n);

	if (IS_ERR(j))
		return PTR_ERR(j);
	list_add_tail(&j->node, &d->jobs);
	INIT_WORK(&j->work, job_work);
	return hw_queue(j);
}
void dev_done(struct dev *d)
{
	struct job *j = list_first_entry(&d->jobs, struct job, node);

	list_del(&j->node);
	${done}
}
void dev_remove(struct dev *d)
{
	struct job *j, *t;

	list_for_each_entry_safe(j, t, &d->jobs, node) {
		list_del(&j->node);
		${removed}
	}
	kfree(d);
}
`;

describe('an array of structs with pages, behind a pointer of an object', () => {
  const rule = 'leak-on-path';
  accepts(rule, 'that drops them one by one', jobs());
  for (const drop of [
    'while (j->nsegs--)\n\t\tseg_unpin(&j->segs[j->nsegs]);',
    'for (i = j->nsegs - 1; i >= 0; i--)\n\t\tseg_unpin(j->segs + i);',
    'if (j->segs)\n\t\tfor (i = 0; i < j->nsegs; i++)\n\t\t\tseg_unpin(&j->segs[i]);',
    'struct seg *s = j->segs;\n\n\tfor (i = 0; i < j->nsegs; i++, s++)\n\t\tseg_unpin(s);',
    'for (i = 0; i < j->nsegs; i++) {\n\t\tstruct seg *s = &j->segs[i];\n\n\t\tunpin_user_pages(s->pages, s->n);\n\t\tkvfree(s->pages);\n\t}',
  ])
    accepts(rule, `that drops them by: ${drop}`, jobs({ ends: end(drop) }));
  complains(rule, 'that one of two ends forgets', jobs({ removed: free.replace('\n', '\n\t') }), 'dev_remove:kfree(j->segs);');
  complains(rule, 'that the end of one forgets', jobs({ done: free }), 'dev_done:kfree(j->segs);');
  const work = `static void job_work(struct work_struct *work)
{
	struct job *j = container_of(work, struct job, work);

	${free}
}`;
  complains(rule, 'that a work forgets', jobs({ ends: `${end(each)}\n${work}` }), 'job_work:kfree(j->segs);');

  const apart = (removed: string) => {
    const both = `static void job_unpin(struct job *j)\n{\n\tint i;\n\n\t${each}\n}\nstatic void job_free(struct job *j)\n{\n\t${free}\n}`;
    return jobs({ ends: both, failed: 'job_unpin(j);\n\t\t\tjob_free(j);', done: 'job_unpin(j);\n\tjob_free(j);', removed });
  };
  accepts(rule, 'that another function drops first', apart('job_unpin(j);\n\t\tjob_free(j);'));
  complains(rule, 'that another function drops first for others', apart('job_free(j);'), 'dev_remove:job_free(j);');

  const grown = (copy: string) => `${end(each)}
int job_grow(struct job *j, int n)
{
	struct seg *more = kcalloc(n, sizeof(*more), GFP_KERNEL);
	int i;

	if (!more)
		return -ENOMEM;
	${copy}
	kfree(j->segs);
	j->segs = more;
	return 0;
}`;
  for (const copy of ['memcpy(more, j->segs, j->nsegs * sizeof(*more));', 'for (i = 0; i < j->nsegs; i++)\n\t\tmore[i] = j->segs[i];'])
    accepts(rule, `that goes to a larger one: ${copy}`, jobs({ ends: grown(copy) }));
  complains(rule, 'of which nothing goes to the larger one', jobs({ ends: grown('') }), 'job_grow:kfree(j->segs);');
});

/** Two arrays of one allocation, whose pages an object keeps by their frame numbers; `end` is what its end does beside. */
const parted = (end: string): string => `struct stat { u64 one[8]; u64 two[8]; };
int stat_add(struct stat *s, unsigned long a, unsigned long b, int n, int m)
{
	struct page **pages = kmalloc_array(n + m, sizeof(*pages), GFP_KERNEL);
	struct page **more = pages + n;
	int i, got;

	if (!pages)
		return -ENOMEM;
	got = pin_user_pages_fast(a, n, FOLL_LONGTERM, pages);
	if (got != n)
		goto err;
	for (i = 0; i < n; i++)
		s->one[i] = page_to_pfn(pages[i]);
	got = pin_user_pages_fast(b, m, FOLL_LONGTERM, more);
	if (got != m)
		goto err_more;
	for (i = 0; i < m; i++)
		s->two[i] = page_to_pfn(more[i]);
	kfree(pages);
	return 0;
err_more:
	if (got > 0)
		unpin_user_pages(more, got);
	got = n;
err:
	if (got > 0)
		unpin_user_pages(pages, got);
	kfree(pages);
	return -EFAULT;
}
void stat_end(struct stat *s, int n, int m)
{
	int i;

	for (i = 0; i < n; i++)
		unpin_user_page(pfn_to_page(s->one[i]));
	${end}
}
`;

describe('pages of an array that is a part of another', () => {
  complains('never-released', 'which is freed with that', parted(''), 'stat_add:kfree(pages);');
  accepts(
    'never-released',
    'which is freed with that, and dropped by their numbers',
    parted('for (i = 0; i < m; i++)\n\t\tunpin_user_page(pfn_to_page(s->two[i]));'),
  );
});

const rounds = ({ element = 'struct seg *g = &j->segs[i];', g = 'g->', first = false, undo = 'job_unpin(j);' } = {}) => `
struct seg { unsigned long at; int n; struct page **pages; };
struct job { struct seg segs[4]; int nsegs, max; };
static void job_unpin(struct job *j)
{
	int i;

	for (i = 0; i < j->nsegs; i++) {
		${element}

		if (!${g}pages)
			continue;
		unpin_user_pages(${g}pages, ${g}n);
		kvfree(${g}pages);
		${g}pages = NULL;
	}
}
int job_pin(struct job *j)
{
	int i, r;

	for (i = 0; i < j->nsegs; i++) {
		${element}

		${g}pages = kvcalloc(${g}n, sizeof(*${g}pages), GFP_KERNEL);
		if (!${g}pages)
			goto undo;
		${first ? `${g}n = 0;` : ''}
		r = pin_user_pages_fast(
			${g}at, j->max, FOLL_LONGTERM, ${g}pages);
		if (r != j->max) {
			${first ? 'if (r > 0)' : ''}
				${g}n = r > 0 ? r : 0;
			goto undo;
		}
		${g}n = r;
	}
	return 0;
undo:
	${undo}
	return -EFAULT;
}
void job_done(struct job *j)
{
	job_unpin(j);
	kfree(j);
}
`;

describe('a struct of an array that a later round fills', () => {
  const loses = 'kvfree(j->segs[0].pages);\n\tkfree(j);';
  for (const form of [{}, { element: '', g: 'j->segs[i].' }]) {
    const name = `by ${form.element === '' ? 'its index' : 'a variable'}`;
    accepts('leak-on-path', `${name}, and has none of its own`, rounds(form));
    accepts('leak-on-path', `${name}, and counts from zero on`, rounds({ ...form, first: true }));
    complains('leak-on-path', `${name}, where the failure frees`, rounds({ ...form, undo: loses }), 'job_pin:r = pin_user_pages_fast(');
  }
});
