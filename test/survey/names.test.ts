import { describe } from 'vitest';
import { shows } from './helper.js';

const use = `int f(unsigned long a, int n)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	put_page(page);
	return 0;
}
`;
const row = 'get single single@function put:f:put_page';

describe('10. a name is what it is', () => {
  shows(
    'a static function with the name of an acquiring call',
    `static int get_user_pages_fast(unsigned long a, int n, int w, struct page **p)
{
	return 0;
}
${use}`,
  );
  shows(
    'which stands below its use',
    `static int get_user_pages_fast(unsigned long a, int n, int w, struct page **p);
${use}static int get_user_pages_fast(unsigned long a, int n, int w, struct page **p)
{
	return 0;
}
`,
  );
  shows(
    'a static inline of another file is not seen here',
    {
      'a.c': `static inline int get_user_pages_fast(unsigned long a, int n, int w, struct page **p)
{
	return 0;
}
`,
      'b.c': use,
    },
    row,
  );
  shows('a macro with the name of an acquiring call', `#define get_user_pages_fast(a, n, w, p) mock_take(a, n)\n${use}`);
  shows(
    'a static function that takes itself, under the name of an API',
    `static int pin_user_pages_fast(unsigned long a, int n, int w, struct page **p)
{
	return get_user_pages_fast(a, n, w, p);
}
int g(unsigned long a)
{
	struct page *p[4];
	int n = pin_user_pages_fast(a, 4, 0, p);

	if (n > 0)
		release_pages(p, n);
	return n;
}
int h(unsigned long a)
{
	struct page *p[4];
	int n = pin_user_pages_fast(a, 4, 0, p);

	while (n-- > 0)
		put_page(p[n]);
	return 0;
}`,
    'wrapper get page-array caller@caller put:g:release_pages,h:put_page via=pin_user_pages_fast',
  );
  shows(
    'a static function with the name of a releasing call',
    `static void put_page(struct page *p)
{
	pr_debug("%p", p);
}
${use}`,
    'get single none@function',
  );
  shows(
    'a static function with the name of a releasing call, which drops',
    `static void put_page(struct page *p)
{
	folio_put(page_folio(p));
}
${use}`,
    'get single single@file put:put_page:folio_put',
  );
  shows(
    'a macro with the name of a releasing call',
    `#define put_page(p) page_cache_release(p)\n${use}`,
    'get single single@function put:f:page_cache_release',
  );
  shows(
    'a field called like an API is no call of it',
    `struct ops { int (*get_user_pages_fast)(unsigned long a, int n, int w, struct page **p); };
int g(struct ops *o, unsigned long a)
{
	struct page *page;

	return o->get_user_pages_fast(a, 1, 0, &page);
}
${use}`,
    row,
  );
  shows(
    'a name that only begins or ends like one',
    `int h(unsigned long a)
{
	return my_get_user_pages_fast(a) + get_user_pages_fast_stats(a);
}
${use}`,
    row,
  );
  shows(
    'comments and strings',
    `/* get_user_pages_fast(a, 1, 0, &page) */
// pin_user_pages(x)
const char *s = "get_user_pages_fast(";
${use}`,
    row,
  );
  shows(
    'declarations',
    `int get_user_pages_fast(unsigned long a, int n, unsigned int flags, struct page **p);
extern long pin_user_pages(unsigned long a, unsigned long n,
		unsigned int flags, struct page **p);
${use}`,
    row,
  );
  shows(
    'a local variable of that name',
    `int g(unsigned long a)
{
	int pin_user_pages = 0;

	return pin_user_pages + a;
}
`,
  );
});

describe('11. a driver has functions named as the kernel names its own', () => {
  const driver = (put: string): Record<string, string> => ({
    'side.c': `struct side { struct page **pages; int n; };
int ${put}_get(struct side *s, unsigned long a, int n)
{
	if (get_user_pages_fast(a, n, 0, s->pages) != n)
		return -EFAULT;
	s->n = n;
	return 0;
}
void ${put}_put(struct page **pages, int n)
{
	release_pages(pages, n);
}
`,
    'user.c': `struct side { struct page **pages; int n; };
int use(struct side *s, unsigned long a, int n)
{
	if (${put}_get(s, a, n))
		return -EFAULT;
	${put}_put(s->pages, s->n);
	return 0;
}
`,
  });
  for (const family of ['copy', 'dma', 'mm', 'page', 'crypto', 'stream'])
    shows(`${family}_*`, driver(family), `get page-array car=side.pages bulk@file put:${family}_put:release_pages`);
});
