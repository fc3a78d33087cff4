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
  const taken = (undo: string): string =>
    queue({
      taking: 'ret = queue_take(q, a, n);\n\t\tif (ret)\n\t\t\treturn ret;',
      undo,
    });
  complains('leak-on-path', 'pages that another function has put there', taken(''), 'queue_create:if (ret) {');
  accepts('leak-on-path', 'pages that another function has put there, and that are dropped', taken('region_put(q->r);'));
  accepts(
    'leak-on-path',
    'a failure of a kind of object for which another function may have taken none',
    taken('')
      .replace('if (ret) {\n\t\t\n', 'if (ret && b->kernel == 2) {\n')
      .replace('hw_create(b->id);', 'hw_create(b->id);\n\tif (ret && b->kernel != 2)\n\t\tregion_put(q->r);'),
  );
});

/** Other pages for a queue that has some. */
const renewed = (old: string, store: string, end: string): string => `${queue({ undo: 'region_put(q->r);' })}
int queue_renew(struct base *b, unsigned long a, int n)
{
	struct queue *q = to_queue(b);
	struct region *r, *old = NULL;
	int ret;

	r = region_get(a, n);
	if (IS_ERR(r))
		return PTR_ERR(r);
	if (hw_check(b->id)) {
		region_put(r);
		return -EINVAL;
	}
	${old}
	q->r = r;
	${store}
	ret = hw_tell(b->id);
	if (ret)
		return ret;
	${end}
	return 0;
}
`;

describe('an object that is given other pages', () => {
  accepts('leak-on-path', 'where those before are dropped at last', renewed('old = q->r;', '', 'region_put(old);'));
  accepts('leak-on-path', 'where those before are dropped at once', renewed('old = q->r;', 'region_put(old);', ''));
  complains('leak-on-path', 'where nobody asks for those before', renewed('', '', ''), 'queue_renew:if (ret)');
  const ofNew = 'old = q->r;\n\tif (hw_check(b->id)) {\n\t\tregion_put(old);\n\t\treturn -EINVAL;\n\t}';
  complains('leak-on-path', 'where it is the new ones that another failure drops', renewed('', ofNew, ''), 'queue_renew:if (ret)');
});

describe('an object that was to be given other pages, and fails', () => {
  const failing = (before: string, behind = '', old = 'old = q->r;', end = 'region_put(old);'): string =>
    renewed(old, `if (hw_table(n)) {\n\t\t${before}region_put(r);\n\t\t${behind}return -EIO;\n\t}`, end);
  complains('double-release', 'with a pointer to the new ones', failing(''), 'queue_renew:region_put(r);');
  const step = (call: string): string => `ret = ${call};\n\tif (ret) {\n\t\tregion_put(r);\n\t\tgoto out;\n\t}\n\t`;
  const ending = 'region_put(old);\nout:\n\thw_leave(b->id);\n\tif (ret)\n\t\treturn ret;';
  const twice = renewed('old = q->r;', step('hw_table(n)') + step('hw_fill(n)'), ending);
  complains(
    'double-release',
    'with a pointer to the new ones, by each failure',
    twice,
    'queue_renew:region_put(r);',
    'queue_renew:region_put(r);',
  );
  accepts('double-release', 'with the old ones put back first', failing('q->r = old;\n\t\t'));
  accepts('double-release', 'with the old ones put back at last', failing('', 'q->r = old;\n\t\t'));
  accepts('double-release', 'of which nobody knows that it had some', failing('', '', '', ''));
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
