/** Objects whose maker fails and ends them without a look at the result of that, and ends that may fail before they drop the pages. */
import { describe, expect, it } from 'vitest';
import { accepts, complains, pathsOf } from './findings.js';
import { region } from './region.js';

interface Variant {
  /** The end of an object, behind `struct mr *mr = to_mr(b)`, and before the drop. */
  stop?: string;
  /** How the maker comes by the object. */
  made?: string;
  /** What the maker does with the object before it is loaded. */
  known?: string;
  /** What it does, and returns, where that fails. */
  undo?: string;
  /** What its caller does. */
  taken?: string;
  /** Another function of the file. */
  more?: string;
}

const driver = ({
  stop = 'ret = hw_destroy(b->id);\n\tif (ret)\n\t\treturn ret;',
  made = `struct mr *mr = kzalloc(sizeof(*mr), GFP_KERNEL);
	int ret;

	if (!mr) {
		region_put(r);
		return ERR_PTR(-ENOMEM);
	}
	mr->r = r;`,
  known = '',
  undo = 'mr_dereg(&mr->base, NULL);\n\t\treturn ERR_PTR(ret);',
  taken = 'return mr_create(r);',
  more = '',
}: Variant = {}): string => `${region}struct base { int id; int kind; };
struct entry { int id; };
struct mr { struct base base; struct region *r; struct entry *entry; struct list_head node; atomic_t users; };
static inline struct mr *to_mr(struct base *b)
{
	return container_of(b, struct mr, base);
}
${more}
static int mr_free(struct base *b)
{
	struct mr *mr = to_mr(b);
	int ret;

	${stop}
	region_put(mr->r);
	kfree(mr);
	return 0;
}
int mr_dereg(struct base *b, void *udata)
{
	return mr_free(b);
}
static struct base *mr_create(struct region *r)
{
	${made}
	${known}
	ret = hw_load(r->n);
	if (ret) {
		${undo}
	}
	return &mr->base;
}
struct base *mr_reg(unsigned long a, int n)
{
	struct region *r = region_get(a, n);
	struct base *b;

	if (IS_ERR(r))
		return ERR_CAST(r);
	${taken}
}
static const struct mr_ops ops = { .reg = mr_reg, .dereg = mr_dereg };
`;

const left = 'mr_create:mr_dereg(&mr->base, NULL);';

describe('an object that its maker ends by a member of it, as it fails', () => {
  complains('leak-on-path', 'by an end that hands on the failure of another', driver(), left);
  complains(
    'leak-on-path',
    'by the end that may fail itself',
    driver({ undo: 'mr_free(&mr->base);\n\t\treturn ERR_PTR(ret);' }),
    'mr_create:mr_free(&mr->base);',
  );
  complains(
    'leak-on-path',
    'where another function has allocated it',
    driver({
      made: `struct mr *mr = mr_alloc(r);
	int ret;

	if (IS_ERR(mr)) {
		region_put(r);
		return ERR_CAST(mr);
	}`,
      more: `static struct mr *mr_alloc(struct region *r)
{
	struct mr *mr = kzalloc(sizeof(*mr), GFP_KERNEL);

	if (!mr)
		return ERR_PTR(-ENOMEM);
	mr->r = r;
	return mr;
}`,
    }),
    left,
  );
  complains('leak-on-path', 'where there is no object then', driver({ undo: 'mr_dereg(&mr->base, NULL);\n\t\treturn NULL;' }), left);
  complains(
    'leak-on-path',
    'where the end asks for what it has set itself',
    driver({
      stop: `if (mr->entry && cache_push(mr->entry->id))
		mr->entry = NULL;
	if (!mr->entry) {
		ret = hw_destroy(b->id);
		if (ret)
			return ret;
	}`,
    }),
    left,
  );
  it('tells who took the pages, who ends the object, and where that turns off', async () => {
    const [path] = await pathsOf(driver(), 'leak-on-path');
    expect(path).toEqual(
      expect.arrayContaining([
        'mr_reg: passed to mr_create(), which failed',
        'mr_create: passed to mr_dereg(), which failed',
        'mr_dereg: passed to mr_free()',
        'mr_free: where ret != 0',
        'mr_free: returns an error here before the pages are dropped',
        'mr_create: nothing checks whether mr_dereg() has failed, with the pages still in mr->r->pages',
        'mr_reg: returns here with the pages still held',
      ]),
    );
  });
});

describe('an end of such an object', () => {
  const early = (text: string): string => driver({ stop: text });
  accepts('leak-on-path', 'that goes on', early('ret = hw_destroy(b->id);\n\tif (ret)\n\t\tdev_err(dev, "not destroyed\\n");'));
  accepts(
    'leak-on-path',
    'that drops them as it fails',
    early('ret = hw_destroy(b->id);\n\tif (ret) {\n\t\tregion_put(mr->r);\n\t\treturn ret;\n\t}'),
  );
  accepts('leak-on-path', 'that holds its failure for impossible', early('ret = hw_destroy(b->id);\n\tif (WARN_ON(ret))\n\t\treturn ret;'));
  accepts(
    'leak-on-path',
    'that may fail for objects of another kind',
    early('if (b->kind == KIND_SHARED) {\n\t\tret = hw_destroy(b->id);\n\t\tif (ret)\n\t\t\treturn ret;\n\t}'),
  );
  accepts('leak-on-path', 'that fails by what the object is', early('if (b->kind == KIND_SHARED)\n\t\treturn -EBUSY;'));
  accepts('leak-on-path', 'that leaves it to other users', early('ret = atomic_dec_return(&mr->users);\n\tif (ret)\n\t\treturn ret;'));
  accepts(
    'leak-on-path',
    'that has it seen to later',
    early('ret = hw_destroy(b->id);\n\tif (ret) {\n\t\tlist_add(&mr->node, &dead);\n\t\treturn ret;\n\t}'),
  );
  accepts(
    'leak-on-path',
    'that asks the object alone',
    driver({
      stop: 'ret = mr_busy(mr);\n\tif (ret)\n\t\treturn ret;',
      more: 'static int mr_busy(struct mr *mr)\n{\n\tif (mr->base.kind)\n\t\treturn -EBUSY;\n\treturn 0;\n}',
    }),
  );
});

describe('a maker of such an object', () => {
  accepts(
    'leak-on-path',
    'that looks whether the end failed',
    driver({ undo: 'if (mr_dereg(&mr->base, NULL))\n\t\t\tregion_put(r);\n\t\treturn ERR_PTR(ret);' }),
  );
  accepts('leak-on-path', 'that drops them itself', driver({ undo: 'region_put(r);\n\t\tkfree(mr);\n\t\treturn ERR_PTR(ret);' }));
  accepts('leak-on-path', 'that has put it on a list', driver({ known: 'list_add(&mr->node, &all);' }));
  accepts('leak-on-path', 'that has put it into another object', driver({ known: 'the_pool->mr = mr;' }));
  accepts('leak-on-path', 'that may succeed then', driver({ undo: 'mr_dereg(&mr->base, NULL);\n\t\treturn ERR_PTR(hw_state());' }));
  accepts('leak-on-path', 'that hands it out', driver({ undo: 'mr_dereg(&mr->base, NULL);\n\t\treturn &mr->base;' }));
  accepts(
    'leak-on-path',
    'of which the caller drops them',
    driver({ taken: 'b = mr_create(r);\n\tif (IS_ERR(b))\n\t\tregion_put(r);\n\treturn b;' }),
  );
});

/** The object is given to who has the pages put into it, and ended as a whole or by a member. */
const filled = (undo: string, caller = '', early = 'return ret;'): string => `${region}struct base { int id; };
struct mr { struct base base; struct region *r; struct mr *other; };
static inline struct mr *to_mr(struct base *b)
{
	return container_of(b, struct mr, base);
}
static int mr_clean(struct mr *mr)
{
	int ret = hw_destroy(mr->base.id);

	if (ret)
		${early}
	region_put(mr->r);
	return 0;
}
int mr_dereg(struct base *b)
{
	struct mr *mr = to_mr(b);

	return mr_clean(mr);
}
int mr_fill(struct mr *mr, unsigned long a, int n)
{
	int ret;

	mr->r = region_get(a, n);
	if (IS_ERR(mr->r))
		return PTR_ERR(mr->r);
	ret = hw_load(n);
	if (ret) {
		${undo}
		return ret;
	}
	return 0;
}
${caller}`;

describe('an object that was given to be filled', () => {
  complains('leak-on-path', 'ended as a whole', filled('mr_clean(mr);'), 'mr_fill:mr_clean(mr);');
  complains('leak-on-path', 'ended by a member', filled('mr_dereg(&mr->base);'), 'mr_fill:mr_dereg(&mr->base);');
  complains(
    'leak-on-path',
    'ended as a whole before it is freed',
    filled('region_put(mr->r);', 'void mr_remove(struct mr *mr)\n{\n\tmr_clean(mr);\n\tkfree(mr);\n}\n'),
    'mr_remove:kfree(mr);',
  );
  accepts('leak-on-path', 'ended by who goes on', filled('mr_clean(mr);', '', 'dev_err(dev, "not destroyed\\n");'));
  accepts('leak-on-path', 'left to who is told', filled('if (mr_clean(mr)) region_put(mr->r);'));
  accepts(
    'leak-on-path',
    'of which a caller drops what is there',
    filled(
      'mr_clean(mr);',
      'int mr_open(struct mr *mr, unsigned long a)\n{\n\tif (mr_fill(mr, a, 4)) {\n\t\tregion_put(mr->r);\n\t\treturn -EIO;\n\t}\n\treturn 0;\n}\n',
    ),
  );
  accepts('leak-on-path', 'where another object is ended', filled('mr_dereg(&mr->other->base);\n\t\tregion_put(mr->r);'));
});
