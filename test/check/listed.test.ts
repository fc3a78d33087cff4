/** Objects with pages that are put where others find them, by calls that may fail to, and callers who hear of it or do not. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';
import { region } from './region.js';

const pool =
  'struct pool { struct xarray map; struct idr ids; struct rhashtable table; struct maple_tree tree; struct list_head list; };\n';
const buf = 'struct buf { struct region *r; int id; struct rhash_head node; struct list_head list; };\n';

/** Takes pages into an object and adds it to a pool. */
const made = (add: string, end: string): string => `${region}${pool}${buf}${add}
int buf_make(struct pool *p, unsigned long a, int n)
{
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int ret;

	if (!b)
		return -ENOMEM;
	b->r = region_get(a, n);
	if (IS_ERR(b->r)) {
		ret = PTR_ERR(b->r);
		kfree(b);
		return ret;
	}
	${end}
}
void buf_close(struct pool *p, int id)
{
	struct buf *b = xa_load(&p->map, id);

	region_put(b->r);
	kfree(b);
}
`;

const adder = (body: string): string => `static int buf_add(struct pool *p, struct buf *b)\n{\n\t${body}\n}\n`;

const heard = (undo: string): string => `ret = buf_add(p, b);
	if (ret) {
		${undo}
		kfree(b);
	}
	return ret;`;
const ignored = `buf_add(p, b);
	return 0;`;

const ways: readonly [name: string, body: string][] = [
  ['xa_store()', 'return xa_err(xa_store(&p->map, b->id, b, GFP_KERNEL));'],
  ['xa_store(), asked', 'void *old = xa_store(&p->map, b->id, b, GFP_KERNEL);\n\n\treturn xa_is_err(old) ? xa_err(old) : 0;'],
  ['xa_insert()', 'int ret = xa_insert(&p->map, b->id, b, GFP_KERNEL);\n\n\tif (ret)\n\t\treturn ret;\n\treturn 0;'],
  ['xa_cmpxchg()', 'void *old = xa_cmpxchg(&p->map, b->id, NULL, b, GFP_KERNEL);\n\n\treturn old ? -EEXIST : 0;'],
  ['idr_alloc()', 'int id = idr_alloc(&p->ids, b, 0, 0, GFP_KERNEL);\n\n\tif (id < 0)\n\t\treturn id;\n\tb->id = id;\n\treturn 0;'],
  ['rhashtable_insert_fast()', 'return rhashtable_insert_fast(&p->table, &b->node, buf_params);'],
  ['mtree_insert()', 'return mtree_insert(&p->tree, b->id, b, GFP_KERNEL);'],
  ['a list that is closed', 'if (p->closed)\n\t\treturn -ENODEV;\n\tlist_add(&b->list, &p->list);\n\treturn 0;'],
];

describe.each(ways)('an object that goes into %s', (name, body) => {
  const files = (end: string): string => made(adder(body), end);
  complains('leak-on-path', `a caller who frees it as that fails (${name})`, files(heard('')), 'buf_make:ret = buf_add(p, b);');
  complains('leak-on-path', `a caller who does not look (${name})`, files(ignored), 'buf_make:return 0;');
  accepts('leak-on-path', `a caller who drops the pages (${name})`, files(heard('region_put(b->r);')));
});

describe('an object that is put there before it has pages', () => {
  const early = (call: string): string => `${region}${pool}${buf}
int buf_make(struct pool *p, unsigned long a, int n)
{
	struct buf *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int ret;

	if (!b)
		return -ENOMEM;
	ret = ${call};
	if (ret < 0) {
		kfree(b);
		return ret;
	}
	b->r = region_get(a, n);
	return PTR_ERR_OR_ZERO(b->r);
}
`;
  accepts('leak-on-path', 'an idr', early('idr_alloc(&p->ids, b, 0, 0, GFP_KERNEL)'));
  accepts('leak-on-path', 'an xarray', early('xa_insert(&p->map, b->id, b, GFP_KERNEL)'));
  accepts('leak-on-path', 'a hash table', early('rhashtable_insert_fast(&p->table, &b->node, buf_params)'));
});

describe('an object that a hash keeps', () => {
  const hashed = made('static void buf_hash(struct buf *b)\n{\n\thash_add(buf_table, &b->node, b->id);\n}\n', 'buf_hash(b);\n\treturn 0;');
  accepts('leak-on-path', 'a hash', hashed);
});

/** An object with pages that goes into an xarray in place of something else, and is freed. */
const replacing = (add: string): string => made('', `${add}\n\treturn 0;`);
const refused = (call: string, undo = ''): string => `if (${call}) {\n\t\t${undo}\n\t\tkfree(b);\n\t\treturn -EEXIST;\n\t}`;
const there = 'struct buf *old = xa_load(&p->map, 1);\n\n\t';

describe('an object that goes to where something else is', () => {
  const ofNothing = 'xa_cmpxchg(&p->map, 1, NULL, b, GFP_KERNEL)';
  const ofOther = 'xa_cmpxchg_irq(&p->map, 1, old, b, GFP_KERNEL) != old';
  const told = `struct buf *old = ${ofNothing};

	if (xa_is_err(old)) {
		region_put(b->r);
		kfree(b);
		return xa_err(old);
	}
	`;
  accepts('leak-on-path', 'one that is there where nothing was', replacing(refused(ofNothing, 'region_put(b->r);')));
  complains('leak-on-path', 'one that is not there where something was', replacing(refused(ofNothing)), `buf_make:if (${ofNothing}) {`);
  accepts('leak-on-path', 'one that is there in place of another', replacing(there + refused(ofOther, 'region_put(b->r);')));
  complains('leak-on-path', 'one that is not there in place of another', replacing(there + refused(ofOther)), `buf_make:if (${ofOther}) {`);
  accepts('leak-on-path', 'one after both failures', replacing(told + refused('old', 'region_put(b->r);')));
  complains('leak-on-path', 'one after one of two failures', replacing(told + refused('old')), 'buf_make:if (xa_is_err(old)) {');
  accepts('leak-on-path', 'one in a place that was reserved', replacing('xa_cmpxchg(&p->map, 1, XA_ZERO_ENTRY, b, 0);'));
});

/** A job whose end is set up before anything can fail, and scheduled by the last thing that does not. */
const worked = (
  setUp: string,
  dead: string,
  done: string,
) => `struct job { struct work_struct work; struct timer_list timer; struct page **pages; int n; };
static void job_free(struct job *job)
{
	unpin_user_pages(job->pages, job->n);
	kfree(job->pages);
	kfree(job);
}
static void job_work(struct work_struct *work)
{
	job_free(container_of(work, struct job, work));
}
static void job_late(struct timer_list *t)
{
	job_free(from_timer(job, t, timer));
}
int job_run(struct dev *dev, unsigned long a)
{
	struct job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return -ENOMEM;
	${setUp}
	job->pages = kcalloc(4, sizeof(*job->pages), GFP_KERNEL);
	if (!job->pages) {
		kfree(job);
		return -ENOMEM;
	}
	job->n = pin_user_pages_fast(a, 4, FOLL_LONGTERM, job->pages);
	if (job->n <= 0) {
		kfree(job->pages);
		kfree(job);
		return -EFAULT;
	}
	if (dev->dead) {
		${dead}
		return -ENODEV;
	}
	${done}
	return 0;
}
`;

describe('an object of which is said who gets it once it is scheduled', () => {
  const rule = 'leak-on-path';
  for (const [setUp, done] of [
    ['INIT_WORK(&job->work, job_work);', 'queue_work(dev->wq, &job->work);'],
    ['timer_setup(&job->timer, job_late, 0);', 'mod_timer(&job->timer, jiffies + HZ);'],
  ] as const) {
    complains(rule, `${setUp} that is left where it is not`, worked(setUp, '', done), 'job_run:if (dev->dead) {');
    accepts(rule, `${setUp} that is ended where it is not`, worked(setUp, 'job_free(job);', done));
    accepts(rule, `${setUp} that is scheduled there, too`, worked(setUp, done, done));
  }
});
