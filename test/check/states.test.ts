/** What an object that was allocated as zeros has not in it yet: its end drops nothing, where it goes by that. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

interface Made {
  /** What stands before the end of the object, helpers of it. */
  before?: string;
  /** What the end does, by what stands in the object. */
  drop: string;
  /** What is done where the count is short, and dropped: the end of the object, mostly. */
  short?: string;
  /** What is done when all pages are there, before and behind the last step that may fail. */
  first?: string;
  last?: string;
  alloc?: string;
}

/** An object with pages, which are noted there by a count or a flag once they are all there. */
const made = ({ before = '', drop, short = 'mem_end(m);', first = '', last = '', alloc = 'kzalloc(sizeof(*m), GFP_KERNEL)' }: Made) => `
#define MEM_LOCKED 1
struct mem { struct page **pages; unsigned int flags; int want; int n; };
${before}
static void mem_end(struct mem *m)
{
	int i = 0;

	${drop}
	kfree(m->pages);
	kfree(m);
}
int mem_make(unsigned long a, int n, struct mem **out)
{
	struct mem *m = ${alloc};
	int got, i;

	if (!m)
		return -ENOMEM;
	m->pages = kcalloc(n, sizeof(*m->pages), GFP_KERNEL);
	if (!m->pages) {
		kfree(m);
		return -ENOMEM;
	}
	got = pin_user_pages_fast(a, n, FOLL_LONGTERM, m->pages);
	if (got != n) {
		if (got > 0)
			unpin_user_pages(m->pages, got);
		${short}
		return -EFAULT;
	}
	${first}
	if (n > 64) {
		mem_end(m);
		return -EIO;
	}
	${last}
	*out = m;
	return 0;
}
void mem_put(struct mem *m)
{
	mem_end(m);
}
`;

/** How an end goes by what stands in the object, and what notes that there. */
const forms: [drop: string, set: string][] = [
  ['unpin_user_pages(m->pages, m->n);', 'm->n = n;'],
  ['if (m->flags & MEM_LOCKED)\n\t\tunpin_user_pages(m->pages, m->want);', 'm->want = n;\n\tm->flags |= MEM_LOCKED;'],
  ['for (i = 0; i < m->n; i++)\n\t\tunpin_user_page(m->pages[i]);', 'm->n = got;'],
  ['while (m->n > 0)\n\t\tunpin_user_page(m->pages[--m->n]);', 'm->n = got;'],
];

/** The same by a helper of the end, or by a copy of the count. */
const farther: [drop: string, set: string, before: string][] = [
  [
    'mem_unlock(m);',
    'm->want = n;\n\tm->flags |= MEM_LOCKED;',
    'static void mem_unlock(struct mem *m)\n{\n\tif (m->flags & MEM_LOCKED)\n\t\tunpin_user_pages(m->pages, m->want);\n}',
  ],
  [
    'pages_drop(m->pages, m->n);',
    'm->n = n;',
    'static void pages_drop(struct page **p, int n)\n{\n\tint i;\n\n\tfor (i = 0; i < n; i++)\n\t\tunpin_user_page(p[i]);\n}',
  ],
  ['int left = m->n;\n\n\tfor (i = 0; i < left; i++)\n\t\tunpin_user_page(m->pages[i]);', 'm->n = got;', ''],
  ['for (i = m->n - 1; i >= 0; i--)\n\t\tunpin_user_page(m->pages[i]);', 'm->n = got;', ''],
];

describe('an object of zeros that is ended', () => {
  for (const [drop, set, before] of farther) {
    const name = `by ${drop.split('\n')[0]}`;
    accepts('double-release', `${name} before it is set`, made({ before, drop, last: set }));
    accepts('leak-on-path', `${name} once it is set`, made({ before, drop, first: set }));
    complains('leak-on-path', `${name}, with pages, before it is set`, made({ before, drop, last: set }), 'mem_make:if (n > 64) {');
  }
  for (const [drop, set] of forms) {
    const name = `by ${drop.split('\n')[0]}`;
    accepts('double-release', `${name} before it is set`, made({ drop, last: set }));
    accepts('leak-on-path', `${name} once it is set`, made({ drop, first: set }));
    complains('leak-on-path', `${name}, with pages, before it is set`, made({ drop, last: set }), 'mem_make:if (n > 64) {');
    if (drop.startsWith('while')) continue;
    complains(
      'double-release',
      `${name} once it is set`,
      made({ drop, first: set, short: `${set} mem_end(m);` }),
      `mem_make:${set.split('\n\t').at(-1)} mem_end(m);`,
    );
  }
  accepts('double-release', 'by its count in the open', made({ drop: ';', short: 'unpin_user_pages(m->pages, m->n);\n\t\tmem_end(m);' }));
  const [[bulk, set]] = forms as [[string, string]];
  complains(
    'double-release',
    'memory that is not of zeros',
    made({ drop: bulk, last: set, alloc: 'kmalloc(sizeof(*m), GFP_KERNEL)' }),
    'mem_make:mem_end(m);',
  );
  const helper = 'static void mem_set(struct mem *m, int n)\n{\n\tm->n = n;\n\tm->flags |= MEM_LOCKED;\n}';
  for (const [drop] of forms.slice(0, 3))
    accepts('leak-on-path', `by ${drop.split('\n')[0]} once a helper has set it`, made({ before: helper, drop, first: 'mem_set(m, n);' }));
  accepts(
    'leak-on-path',
    'a count that was set to zero by hand before a helper has set it',
    made({ before: helper, drop: bulk, short: 'm->n = 0;\n\t\tmem_end(m);', first: 'm->n = 0;\n\tmem_set(m, n);' }),
  );
});

/** A function that puts pages into its caller's object, and a caller that ends the object where that fails. */
const filled = (drop: string, last: string, failing = '', alloc = 'kzalloc(sizeof(*m), GFP_KERNEL)', end = 'mem_unlock(m);') => `
#define MEM_LOCKED 1
struct mem { struct page **pages; unsigned int flags; int want; int n; };
static void mem_unlock(struct mem *m)
{
	int i;

	${drop}
}
static int mem_lock(struct mem *m, unsigned long a)
{
	int got = pin_user_pages_fast(a, m->want, FOLL_LONGTERM, m->pages);

	if (got != m->want) {
		if (got > 0)
			unpin_user_pages(m->pages, got);
		${failing}
		return -EFAULT;
	}
	${last}
	return 0;
}
static int mem_fill(struct mem *m, unsigned long a)
{
	int ret = mem_lock(m, a);

	if (ret)
		hw_count_failure();
	return ret;
}
int mem_make(unsigned long a, int n, struct mem **out)
{
	struct mem *m = ${alloc};
	int ret = -ENOMEM;

	if (!m)
		return ret;
	m->want = n;
	m->pages = kcalloc(n, sizeof(*m->pages), GFP_KERNEL);
	if (m->pages)
		ret = FILL(m, a);
	if (ret || n > 64) {
		${end}
		kfree(m->pages);
		kfree(m);
		return ret ? ret : -EIO;
	}
	*out = m;
	return 0;
}
void mem_put(struct mem *m)
{
	mem_unlock(m);
	kfree(m->pages);
	kfree(m);
}
`;

/** How it is noted that the pages are there. */
const noted: [drop: string, set: string][] = [
  ...forms.slice(0, 3).map(([drop, set]): [string, string] => [drop, set.replaceAll(/= (n|got);/g, '= got;')]),
  ['if (m->flags)\n\t\tunpin_user_pages(m->pages, m->want);', 'm->flags = MEM_LOCKED;'],
  ['if (!m->n)\n\t\treturn;\n\tunpin_user_pages(m->pages, m->n);', 'm->n = got;'],
];

describe('an object of zeros that is ended where another function has failed to put pages into it', () => {
  for (const [drop, set] of noted) {
    for (const fill of ['mem_lock', 'mem_fill']) {
      const name = `by ${drop.split('\n')[0]} behind ${fill}()`;
      accepts('double-release', name, filled(drop, set).replace('FILL', fill));
      accepts('leak-on-path', name, filled(drop, set).replace('FILL', fill));
    }
    const [early, never] = [filled(drop, set, set), filled(drop, ';')].map((c) => c.replace('FILL', 'mem_lock')) as [string, string];
    complains('double-release', `what is set on the failing way, by ${drop.split('\n')[0]}`, early, 'mem_make:mem_unlock(m);');
    complains('leak-on-path', `what is never set, by ${drop.split('\n')[0]}`, never, 'mem_make:if (ret || n > 64) {');
    const inside = filled(drop, set, 'mem_unlock(m);', undefined, ';').replace('FILL', 'mem_lock');
    accepts('double-release', `by ${drop.split('\n')[0]} where the pages were taken, before they are noted`, inside);
  }
  const [[bulk, set]] = noted as [[string, string]];
  complains(
    'double-release',
    'memory that is not of zeros',
    filled(bulk, set, '', 'kmalloc(sizeof(*m), GFP_KERNEL)').replace('FILL', 'mem_lock'),
    'mem_make:mem_unlock(m);',
  );
  complains(
    'double-release',
    'what is noted on no way',
    filled('unpin_user_pages(m->pages, m->want);', ';', 'mem_unlock(m);', undefined, ';').replace('FILL', 'mem_lock'),
    'mem_lock:mem_unlock(m);',
  );
});

const counted = (count: string, failed = 'n <= 0') => `struct bvecs { struct bio_vec *bv; unsigned int n; };
static ssize_t bvecs_fill(struct iov_iter *it, struct bio_vec **out, unsigned int *nr)
{
	struct bio_vec *bv = kvcalloc(16, sizeof(*bv), GFP_KERNEL);
	struct page *pages[16];
	struct page **pp = pages;
	unsigned int np = 0, cur, i;
	ssize_t got = 0, all = 0;
	size_t off;

	if (!bv)
		return -ENOMEM;
	while (np < 16) {
		got = iov_iter_extract_pages(it, &pp, SIZE_MAX, 16 - np, 0, &off);
		if (got <= 0)
			break;
		cur = DIV_ROUND_UP(got + off, PAGE_SIZE);
		for (i = 0; i < cur; i++)
			bvec_set_page(bv + np + i, pages[i], PAGE_SIZE, 0);
		np += cur;
		all += got;
	}
	*out = bv;
	${count}
	if (!np && got < 0)
		return got;
	return all;
}
static void bvecs_end(struct bvecs *b)
{
	unsigned int i;

	for (i = 0; i < b->n; i++)
		unpin_user_page(b->bv[i].bv_page);
	kvfree(b->bv);
	kfree(b);
}
struct bvecs *bvecs_make(struct iov_iter *it)
{
	struct bvecs *b = kzalloc(sizeof(*b), GFP_KERNEL);
	ssize_t n;

	if (!b)
		return NULL;
	n = bvecs_fill(it, &b->bv, &b->n);
	if (${failed}) {
		bvecs_end(b);
		return NULL;
	}
	return b;
}
void bvecs_free(struct bvecs *b)
{
	bvecs_end(b);
}
`;

describe('a number in an object of zeros, of which another function is given the address', () => {
  accepts('leak-on-path', 'that sets it', counted('*nr = np;'));
  accepts('leak-on-path', 'that sets it, where something else fails', counted('*nr = np;', 'n <= 0 || n > 4096'));
});

/** A wrapper whose callers put what it takes into a member of an object of zeros, which its end drops. */
const within = (noted = '	mem->nr = n;\n'): string => `struct mem { struct page **pages; int nr; bool buf; };
struct area { struct mem mem; int *list; bool mapped; };
static struct page **pin(unsigned long a, int n)
{
	struct page **pages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL);
	int ret;

	if (!pages)
		return ERR_PTR(-ENOMEM);
	ret = pin_user_pages_fast(a, n, FOLL_LONGTERM, pages);
	if (ret == n)
		return pages;
	if (ret > 0)
		unpin_user_pages(pages, ret);
	kvfree(pages);
	return ERR_PTR(-EFAULT);
}
static long count(struct page **pages, int n)
{
	long res = 0;
	int i;

	for (i = 0; i < n; i++)
		res += folio_nr_pages(page_folio(pages[i]));
	return res;
}
static int import_umem(struct mem *mem, unsigned long a, int n)
{
	struct page **pages = pin(a, n);

	if (IS_ERR(pages))
		return PTR_ERR(pages);
	mem->buf = count(pages, n);
	mem->pages = pages;
${noted}	return 0;
}
static int import_buf(struct mem *mem, int n)
{
	mem->buf = true;
	return find_buf(n);
}
static int import(struct mem *mem, unsigned long a, int n)
{
	if (!a)
		return import_buf(mem, n);
	return import_umem(mem, a, n);
}
static void release(struct mem *mem)
{
	if (mem->pages) {
		unpin_user_pages(mem->pages, mem->nr);
		kvfree(mem->pages);
	}
}
static void unmap(struct area *area)
{
	if (!area->mapped)
		return;
	area->mapped = false;
}
static void free_area(struct area *area)
{
	unmap(area);
	release(&area->mem);
	kfree(area);
}
struct area *area_new(unsigned long a, int n)
{
	struct area *area = kzalloc(sizeof(*area), GFP_KERNEL);

	if (!area)
		goto err;
	if (import(&area->mem, a, n))
		goto err;
	area->list = kvmalloc_array(n, sizeof(int), GFP_KERNEL);
	if (!area->list)
		goto err;
	return area;
err:
	if (area)
		free_area(area);
	return NULL;
}`;

describe('a count in a member of an object of zeros, two calls below', () => {
  accepts('leak-on-path', 'one that is noted beside the pages', within());
  complains('leak-on-path', 'one that is not', within(''), 'area_new:if (!area->list)');
});
