import { describe } from 'vitest';
import { shows } from './helper.js';

const use = 'int f(unsigned long a, int n)\n{\n\tstruct page *page;\n\n\tif (get_user_pages_fast(a, 1, 0, &page) != 1)\n\t\treturn -1;\n\tput_page(page);\n\treturn 0;\n}\n';
const row = 'get single single@function put:f:put_page';

describe('10. a name is what it is', () => {
  shows('a static function with the name of an acquiring call', `static int get_user_pages_fast(unsigned long a, int n, int w, struct page **p)\n{\n\treturn 0;\n}\n${use}`);
  shows('which stands below its use', `static int get_user_pages_fast(unsigned long a, int n, int w, struct page **p);\n${use}static int get_user_pages_fast(unsigned long a, int n, int w, struct page **p)\n{\n\treturn 0;\n}\n`);
  shows('a static inline of another file is not seen here', { 'a.c': `static inline int get_user_pages_fast(unsigned long a, int n, int w, struct page **p)\n{\n\treturn 0;\n}\n`, 'b.c': use }, row);
  shows('a macro with the name of an acquiring call', `#define get_user_pages_fast(a, n, w, p) mock_take(a, n)\n${use}`);
  shows('a static function that takes itself, under the name of an API', 'static int pin_user_pages_fast(unsigned long a, int n, int w, struct page **p)\n{\n\treturn get_user_pages_fast(a, n, w, p);\n}\nint g(unsigned long a)\n{\n\tstruct page *p[4];\n\tint n = pin_user_pages_fast(a, 4, 0, p);\n\n\tif (n > 0)\n\t\trelease_pages(p, n);\n\treturn n;\n}\nint h(unsigned long a)\n{\n\tstruct page *p[4];\n\tint n = pin_user_pages_fast(a, 4, 0, p);\n\n\twhile (n-- > 0)\n\t\tput_page(p[n]);\n\treturn 0;\n}', 'wrapper get page-array caller@caller put:g:release_pages,h:put_page via=pin_user_pages_fast');
  shows('a static function with the name of a releasing call', `static void put_page(struct page *p)\n{\n\tpr_debug("%p", p);\n}\n${use}`, 'get single none@function');
  shows('a static function with the name of a releasing call, which drops', `static void put_page(struct page *p)\n{\n\tfolio_put(page_folio(p));\n}\n${use}`, 'get single single@file put:put_page:folio_put');
  shows('a macro with the name of a releasing call', `#define put_page(p) page_cache_release(p)\n${use}`, 'get single single@function put:f:page_cache_release');
  shows('a field called like an API is no call of it', `struct ops { int (*get_user_pages_fast)(unsigned long a, int n, int w, struct page **p); };\nint g(struct ops *o, unsigned long a)\n{\n\tstruct page *page;\n\n\treturn o->get_user_pages_fast(a, 1, 0, &page);\n}\n${use}`, row);
  shows('a name that only begins or ends like one', `int h(unsigned long a)\n{\n\treturn my_get_user_pages_fast(a) + get_user_pages_fast_stats(a);\n}\n${use}`, row);
  shows('comments and strings', `/* get_user_pages_fast(a, 1, 0, &page) */\n// pin_user_pages(x)\nconst char *s = "get_user_pages_fast(";\n${use}`, row);
  shows('declarations', `int get_user_pages_fast(unsigned long a, int n, unsigned int flags, struct page **p);\nextern long pin_user_pages(unsigned long a, unsigned long n,\n\t\tunsigned int flags, struct page **p);\n${use}`, row);
  shows('a local variable of that name', 'int g(unsigned long a)\n{\n\tint pin_user_pages = 0;\n\n\treturn pin_user_pages + a;\n}\n');
});
