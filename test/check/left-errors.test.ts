/** Errors that stand in an object's field where pages stood before. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'double-release';

const library = `struct mem { struct page **pages; int n; };
struct mem *mem_take(unsigned long a, int n)
{
	struct mem *m = kzalloc(sizeof(*m), GFP_KERNEL);
	int got;

	if (!m)
		return ERR_PTR(-ENOMEM);
	m->pages = kvmalloc_array(n, sizeof(*m->pages), GFP_KERNEL);
	if (!m->pages) {
		kfree(m);
		return ERR_PTR(-ENOMEM);
	}
	m->n = n;
	got = pin_user_pages_fast(a, n, FOLL_WRITE | FOLL_LONGTERM, m->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(m->pages, got);
		kvfree(m->pages);
		kfree(m);
		return ERR_PTR(-EFAULT);
	}
	return m;
}
void mem_drop(struct mem *m)
{
	if (!m)
		return;
	unpin_user_pages_dirty_lock(m->pages, m->n, true);
	kvfree(m->pages);
	kfree(m);
}
`;

const region = (fail: string, end = 'mem_drop(r->mem);') => `${library}
struct region { struct mem *mem; unsigned long at; };
int region_move(struct region *r, unsigned long a, int n)
{
	mem_drop(r->mem);
	r->mem = mem_take(a, n);
	if (IS_ERR(r->mem)) {
		${fail}
	}
	r->at = a;
	return 0;
}
void region_end(struct region *r)
{
	${end}
	kfree(r);
}
`;
const test = 'region_move:if (IS_ERR(r->mem)) {';

describe('an object that is given other memory', () => {
  complains(rule, 'an error that is left in it', region('return PTR_ERR(r->mem);'), test);
  accepts(rule, 'an error that is taken out', region('int err = PTR_ERR(r->mem);\n\n\t\tr->mem = NULL;\n\t\treturn err;'));
  accepts(rule, 'an error that the end asks for', region('return PTR_ERR(r->mem);', 'if (!IS_ERR_OR_NULL(r->mem))\n\t\tmem_drop(r->mem);'));
  accepts(
    rule,
    'an error in an object of which nobody else drops the memory',
    region('return PTR_ERR(r->mem);', 'mem_drop(other_of(r)->mem);').replace(
      'struct region {',
      'struct other { struct mem *mem; };\nstruct other *other_of(struct region *r);\nstruct region {',
    ),
  );
  accepts(rule, 'one that goes with the object', region('int err = PTR_ERR(r->mem);\n\n\t\tkfree(r);\n\t\treturn err;'));
});

const nested = (move: string) => `${library}
struct table { struct mem *mem; int order; };
struct region { struct table table; unsigned long at; bool on; };
static void table_clear(struct table *t)
{
	if (t->mem) {
		mem_drop(t->mem);
		t->mem = NULL;
	}
}
static int table_fill(struct table *t, unsigned long a, int n)
{
	t->order = 0;
	t->mem = mem_take(a, n);
	if (IS_ERR(t->mem)) {
		pr_err("no memory: %ld\\n", PTR_ERR(t->mem));
		return -ENOMEM;
	}
	return 0;
}
static int region_fill(struct region *r, unsigned long a, int n)
{
	int err = table_fill(&r->table, a, n);

	if (err)
		return err;
	r->on = true;
	return 0;
}
static void region_clear(struct region *r)
{
	table_clear(&r->table);
}
int region_make(struct region **out, unsigned long a, int n)
{
	struct region *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int err;

	if (!r)
		return -ENOMEM;
	err = region_fill(r, a, n);
	if (err) {
		kfree(r);
		return err;
	}
	*out = r;
	return 0;
}
int region_move(struct region *r, unsigned long a, int n)
{
	int err;

	${move}
	return err;
}
void region_end(struct region *r)
{
	region_clear(r);
	kfree(r);
}
`;
const kept = 'table_fill:if (IS_ERR(t->mem)) {';

describe('an object in which another is given other memory', () => {
  complains(
    rule,
    'an error that is left in it',
    nested('region_clear(r);\n\terr = region_fill(r, a, n);\n\tif (err)\n\t\tr->on = false;'),
    kept,
  );
  accepts(
    rule,
    'an error that is taken out',
    nested('region_clear(r);\n\terr = region_fill(r, a, n);\n\tif (err)\n\t\tr->table.mem = NULL;'),
  );
  complains(
    rule,
    'an error in it that is left by what undoes the rest',
    nested('region_clear(r);\n\terr = region_fill(r, a, n);\n\tif (err)\n\t\tregion_off(r);').replace(
      'int region_make',
      'static void region_off(struct region *r)\n{\n\tr->on = false;\n}\nint region_make',
    ),
    kept,
  );
  accepts(
    rule,
    'an error that a helper takes out',
    nested('region_clear(r);\n\terr = region_fill(r, a, n);\n\tif (err)\n\t\tregion_off(r);').replace(
      'int region_make',
      'static void region_off(struct region *r)\n{\n\tr->table.mem = NULL;\n}\nint region_make',
    ),
  );
  accepts(rule, 'an object that was empty', nested('err = region_fill(r, a, n);'));
});
