import { describe, expect, it } from 'vitest';
import { type Files, rowsOf } from './helper.js';

/** A test: the gaps of this C's rows, each as `file:line why`. */
function gapsOf(name: string, files: Files, ...gaps: string[]): void {
  it(name, async () => {
    const rows = await rowsOf(files);
    expect(rows.flatMap((row) => row.gaps.map(({ file, line, why }) => `${file}:${line} ${why}`))).toEqual(gaps);
  });
}

const low = (head = 'long low(unsigned long a, struct page **p)') => `${head}
{
	return pin_user_pages_fast(a, 4, 0, p);
}
`;
const mid = (head: string) => `${head}
{
	struct page **p = kcalloc(4, sizeof(*p), GFP_KERNEL);

	if (low(a, p) != 4) {
		kfree(p);
		return -1;
	}
	*out = p;
	return 0;
}
`;
const outward = 'int mid(unsigned long a, struct page ***out)';
const drops = (head = 'void c(unsigned long a)', call = 'low(a, p)') => `${head}
{
	struct page *p[4];

	if (${call} == 4)
		unpin_user_pages(p, 4);
}
`;
const table = '\nconst struct ops ops = { .take = low };\n';

describe('pages that go to callers of whom the tree has none', () => {
  gapsOf('of the function that takes them', { 'a.c': low() }, 'a.c:1 handed to the callers of low(), which nothing in the tree calls');
  gapsOf('not where somebody calls it', { 'a.c': low(), 'b.c': drops() });
  gapsOf(
    'of a function further up, be it beside one that drops them',
    { 'a.c': low(), 'b.c': mid(outward), 'c.c': drops() },
    'b.c:1 handed to the callers of mid(), which nothing in the tree calls',
  );
  gapsOf('not of one that drops them', { 'a.c': low(), 'b.c': drops('void mid(unsigned long a)') });
  gapsOf(
    'though a failure of its own drops some',
    `int low(unsigned long a, struct page ***out)
{
	struct page **p = kcalloc(4, sizeof(*p), GFP_KERNEL);
	int n = pin_user_pages_fast(a, 4, 0, p);

	if (n != 4) {
		if (n > 0)
			unpin_user_pages(p, n);
		kfree(p);
		return -1;
	}
	*out = p;
	return 0;
}`,
    'a.c:1 handed to the callers of low(), which nothing in the tree calls',
  );
  const ring = `struct ring { struct page **pages; };
struct page **low(struct ring *r, unsigned long a)
{
	return pin_user_pages_fast(a, 4, 0, r->pages) == 4 ? r->pages : NULL;
}
void ring_free(struct ring *r)
{
	unpin_user_pages(r->pages, 4);
}
`;
  gapsOf('not where a field keeps them, from which others drop them', ring);
  gapsOf(
    'not where a function below keeps them so',
    `${ring}struct page **mid(struct ring *r)
{
	return low(r, r->start);
}
`,
  );
  gapsOf(
    "not where they go into a caller's bio, which the kernel takes down",
    `int low(struct bio *bio, unsigned long a)
{
	struct page *page;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	bio_add_page(bio, page, PAGE_SIZE, 0);
	return 0;
}`,
  );
});

describe('pages that go to the callers of a function that the tree does not use', () => {
  const inline = low('static inline long low(unsigned long a, struct page **p)');
  gapsOf('a static one', { 'a.h': inline }, 'a.h:1 handed to the callers of low(), which is not used in the tree');
  gapsOf('not where it is used', { 'a.h': inline, 'b.c': `#include "a.h"\n${drops()}` });
  gapsOf('not where others hand them to those who drop them', {
    'a.c': low(),
    'b.c': mid(`static ${outward}`),
    'c.c': drops(),
  });
});

describe('pages that go to callers by another name', () => {
  gapsOf(
    'through a pointer',
    { 'a.c': `${low('static long low(unsigned long a, struct page **p)')}${table}` },
    'a.c:1 handed to whoever calls low() through a pointer',
  );
  gapsOf(
    "through a pointer that another file's table holds",
    { 'a.c': low(), 'b.c': table },
    'a.c:1 handed to whoever calls low() through a pointer',
  );
  const shim = (other: string) => `#ifdef HAVE_PIN
#define my_pin(a, p) pin_user_pages_fast(a, 4, 0, p)
#define my_unpin unpin_user_page
#else
#define my_pin ${other}
#define my_unpin put_page
#endif
static inline long low(unsigned long a, struct page **p)
{
	return get_user_pages_fast(a, 4, 0, p);
}
`;
  gapsOf('not by a macro that is another call on other kernels: that is followed', {
    'a.h': shim('low'),
    'b.c': `#include "a.h"\n${drops(undefined, 'my_pin(a, p)')}`,
  });
  const arms = [1, 2, 3, 4, 5].map((i) => `#ifdef HAVE_${i}\n#define put_${i} unpin_user_page\n#else\n#define put_${i} put_page\n#endif\n`);
  const puts = [1, 2, 3, 4, 5].map((i) => `put_${i}(p[${i - 1}]);`).join('\n\t');
  gapsOf(
    'by a macro in a function with more arms than are told apart',
    {
      'a.h': `${shim('low')}${arms.join('')}`,
      'b.c': `#include "a.h"\nvoid high(unsigned long a)\n{\n\tstruct page *p[8];\n\n\tmy_pin(a, p);\n\t${puts}\n}\n`,
    },
    'a.h:8 handed to the callers of my_pin(), a macro that may stand for low()',
  );
  gapsOf('not where nobody calls the macro', { 'a.h': shim('low'), 'b.c': `#include "a.h"\n${drops()}` });
  it('is a wrapper of those by whom it is called by that name', async () => {
    const kinds = async (user: string): Promise<string[]> =>
      (await rowsOf({ 'a.h': shim('low'), 'b.c': `#include "a.h"\n${user}` }))
        .filter((row) => row.file === 'a.h')
        .map(({ kind, releaseForm, wrappers }) => `${kind} ${releaseForm} ${wrappers.join()}`);
    expect(await kinds(drops(undefined, 'my_pin(a, p)'))).toEqual(['wrapper caller low']);
    expect(await kinds(drops(undefined, 'your_pin(a, p)'))).toEqual(['user none ']);
  });
});
