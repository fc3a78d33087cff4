/** Objects around what a function is given: who fails has to undo what it has put there. */
import { describe } from 'vitest';
import { based } from './based.js';
import { accepts, complains } from './findings.js';
import { region } from './region.js';

interface Variant {
  before?: string;
  taking?: string;
  undo: string;
}

/** A queue that is made in the driver's object around the library's, which the library frees if that fails. */
const queue = ({
  before = '',
  taking = 'q->r = region_get(a, n);',
  undo,
}: Variant): string => `${region}struct base { int kernel; int id; };
struct queue { struct base base; struct region *r; };
static inline struct queue *to_queue(struct base *b)
{
	return container_of(b, struct queue, base);
}
static inline bool is_kernel(const struct base *b)
{
	return b->kernel != 0;
}
int queue_destroy(struct base *b)
{
	struct queue *q = to_queue(b);

	region_put(q->r);
	return 0;
}
static int queue_take(struct queue *q, unsigned long a, int n)
{
	if (!a)
		return 0;
	q->r = region_get(a, n);
	return PTR_ERR_OR_ZERO(q->r);
}
int queue_create(struct base *b, unsigned long a, int n)
{
	struct queue *q = to_queue(b);
	int ret = 0;

	${before}
	if (!is_kernel(b)) {
		${taking}
		if (IS_ERR(q->r))
			return PTR_ERR(q->r);
	}
	ret = hw_create(b->id);
	if (ret) {
		${undo}
		return ret;
	}
	ret = hw_tell(b->id);
	if (ret)
		region_put(q->r);
	return ret;
}
`;

describe('the object around what a function is given', () => {
  complains('leak-on-path', 'a failure that leaves the pages in it', queue({ undo: '' }), 'queue_create:if (ret) {');
  accepts('leak-on-path', 'one that drops them', queue({ undo: 'region_put(q->r);' }));
  complains(
    'leak-on-path',
    'one that hands on a member to who has such a field of another object',
    `${queue({ undo: 'hw_forget(&q->base);' })}static void hw_forget(struct base *b)
{
	the_pool->r = NULL;
	b->id = 0;
}
`,
    'queue_create:if (ret) {',
  );
  accepts('leak-on-path', 'one that has its member destroyed', queue({ undo: 'queue_destroy(&q->base);' }));
  accepts('leak-on-path', 'one that has what it was given destroyed', queue({ undo: 'queue_destroy(b);' }));
  accepts('leak-on-path', 'one that asks again what it was asked before', queue({ undo: 'if (!is_kernel(b)) region_put(q->r);' }));
  accepts('leak-on-path', 'an object that lives on, and had pages before', queue({ before: 'region_put(q->r);', undo: '' }));
  accepts('leak-on-path', 'pages that another function took on a condition', queue({ taking: 'ret = queue_take(q, a, n);', undo: '' }));
});

describe('an object that a function is given, and hands on by a member of it', () => {
  const given = (undo: string): string =>
    queue({ undo })
      .replace('int queue_create(struct base *b,', 'int queue_create(struct queue *q,')
      .replace('{\n\tstruct queue *q = to_queue(b);\n\tint ret', '{\n\tstruct base *b = &q->base;\n\tint ret');
  accepts('leak-on-path', 'to one that drops them', given('queue_destroy(&q->base);'));
  complains('leak-on-path', 'to one that does not', given('hw_forget(&q->base);'), 'queue_create:if (ret) {');
});

describe('an object that is put by its base', () => {
  accepts('leak-on-path', 'of which the end is called by its name', based({ end: 'umem_destroy(b);' }));
  complains('leak-on-path', 'of which nobody calls the end', based({ end: 'note(b);' }), 'umem_new:if (hw_add(u)) {');
});
