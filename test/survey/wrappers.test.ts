import { describe, expect, it } from 'vitest';
import { rowsOf, shows } from './helper.js';

const low = 'int low(unsigned long a, int n, struct page **p)\n{\n\treturn pin_user_pages_fast(a, n, FOLL_WRITE, p);\n}\n';
const mid = 'int mid(unsigned long a, struct page **p)\n{\n\tint n = low(a, 4, p);\n\n\treturn n == 4 ? 0 : -EFAULT;\n}\n';
const user = (name: string, call: string, drop: string) => `int ${name}(unsigned long a)\n{\n\tstruct page *p[4];\n\tint i;\n\n\tif (${call})\n\t\treturn -1;\n\t${drop}\n\treturn 0;\n}\n`;

describe('6. wrappers', () => {
  shows('one deep, two callers in other files', { 'low.c': low, 'b.c': user('b', 'low(a, 4, p) != 4', 'unpin_user_pages(p, 4);'), 'c.c': user('c', 'low(a, 4, p) != 4', 'for (i = 0; i < 4; i++)\n\t\tunpin_user_page(p[i]);') }, 'wrapper pin page-array caller@caller put:b.c:b:unpin_user_pages,c.c:c:unpin_user_page via=low');
  shows('two deep', { 'low.c': low, 'mid.c': mid, 'c.c': user('c', 'mid(a, p)', 'unpin_user_pages(p, 4);') }, 'wrapper pin page-array caller@caller put:c.c:c:unpin_user_pages via=low,mid');
  shows('three deep, released at every depth', {
    'low.c': low,
    'mid.c': mid,
    'top.c': 'int top(unsigned long a, struct page **p)\n{\n\tint ret = mid(a, p);\n\n\tif (ret)\n\t\treturn ret;\n\tif (check(p)) {\n\t\tunpin_user_pages(p, 4);\n\t\treturn -EINVAL;\n\t}\n\treturn 0;\n}\n',
    'use1.c': user('use1', 'low(a, 4, p) != 4', 'unpin_user_pages(p, 4);'),
    'use3.c': user('use3', 'top(a, p)', 'unpin_user_pages_dirty_lock(p, 4, true);'),
  }, 'wrapper pin page-array caller@caller put:top.c:top:unpin_user_pages,use1.c:use1:unpin_user_pages,use3.c:use3:unpin_user_pages_dirty_lock dirty=bulk via=low,mid,top');
  shows('static, in the same file, callers of two forms', `static ${low}${user('b', 'low(a, 4, p) != 4', 'unpin_user_pages(p, 4);')}${user('c', 'low(a, 4, p) != 4', 'for (i = 0; i < 4; i++)\n\t\tunpin_user_page(p[i]);')}`, 'wrapper pin page-array caller@caller put:b:unpin_user_pages,c:unpin_user_page via=low');
  shows('undoes a short pin itself', { 'a.c': 'int all(unsigned long a, int n, struct page **p)\n{\n\tint got = pin_user_pages_fast(a, n, 0, p);\n\n\tif (got == n)\n\t\treturn 0;\n\tif (got > 0)\n\t\tunpin_user_pages(p, got);\n\treturn -EFAULT;\n}\n', 'b.c': user('b', 'all(a, 4, p)', 'for (i = 0; i < 4; i++)\n\t\tunpin_user_page(p[i]);') }, 'wrapper pin page-array caller@caller put:all:unpin_user_pages,b.c:b:unpin_user_page via=all');
  shows('a caller that drops what it gave on from its field', { 'low.c': low, 'x.h': 'struct ring { struct page **pages; };\n', 'b.c': '#include "x.h"\nint ring_map(struct ring *r, unsigned long a)\n{\n\tr->pages = kcalloc(4, sizeof(*r->pages), GFP_KERNEL);\n\treturn low(a, 4, r->pages) == 4 ? 0 : -1;\n}\nvoid ring_unmap(struct ring *r)\n{\n\tunpin_user_pages(r->pages, 4);\n}\n', 'c.c': user('c', 'low(a, 4, p) != 4', 'unpin_user_pages_dirty_lock(p, 4, true);') }, 'wrapper pin page-array car=ring.pages caller@caller put:b.c:ring_unmap:unpin_user_pages,c.c:c:unpin_user_pages_dirty_lock dirty=bulk via=low');
  shows('the page is returned, its callers in other files', { 'a.c': 'struct page *grab(unsigned long a)\n{\n\tstruct page *p;\n\n\treturn get_user_pages_fast(a, 1, 0, &p) == 1 ? p : NULL;\n}\n', 'b.c': 'int b(unsigned long a)\n{\n\tstruct page *p = grab(a);\n\n\tif (!p)\n\t\treturn -1;\n\tset_page_dirty_lock(p);\n\tput_page(p);\n\treturn 0;\n}\n', 'c.c': 'void c(unsigned long a)\n{\n\tstruct page *q = grab(a);\n\n\tif (q)\n\t\tfolio_put(page_folio(q));\n}\n' }, 'wrapper get single caller@caller put:b.c:b:put_page,c.c:c:folio_put dirty=set_page_dirty_lock via=grab');
  shows('fills a struct of its caller: the struct is the carrier, its teardown the release', 'struct vec { struct page **p; int n; };\nstatic int vec_pin(struct vec *v, unsigned long a)\n{\n\tv->n = pin_user_pages_fast(a, 4, 0, v->p);\n\treturn v->n == 4 ? 0 : -1;\n}\nstatic void vec_unpin(struct vec *v)\n{\n\tunpin_user_pages(v->p, v->n);\n}\nint b(struct vec *v, unsigned long a)\n{\n\tint ret = vec_pin(v, a);\n\n\tif (!ret)\n\t\tvec_unpin(v);\n\treturn ret;\n}', 'pin page-array car=vec.p bulk@file put:vec_unpin:unpin_user_pages');
  shows('calls itself', { 'a.c': 'int rec(unsigned long a, int n, struct page **p)\n{\n\tint got;\n\n\tif (n > 64)\n\t\treturn rec(a, 64, p) + rec(a + 64 * PAGE_SIZE, n - 64, p + 64);\n\tgot = pin_user_pages_fast(a, n, 0, p);\n\treturn got;\n}\n', 'b.c': user('b', 'rec(a, 4, p) != 4', 'unpin_user_pages(p, 4);') }, 'wrapper pin page-array caller@caller put:b.c:b:unpin_user_pages via=rec');
  shows('a wrapper nobody calls hands on to whoever will', { 'a.c': `${low}EXPORT_SYMBOL_GPL(low);\n` }, 'wrapper pin page-array caller@caller via=low');
  it('the release by a wrapper for the release is the statement inside', async () => {
    const rows = await rowsOf(`void my_unpin(struct page **p, int n)\n{\n\tunpin_user_pages(p, n);\n}\n${user('f', 'pin_user_pages_fast(a, 4, 0, p) != 4', 'my_unpin(p, 4);')}`);
    expect(rows[0]?.releases).toEqual([{ file: 'a.c', line: 3, function: 'my_unpin', api: 'unpin_user_pages' }]);
    expect(rows[0]?.releaseScope).toBe('file');
  });
  it('the trace goes from the site through each call to the release', async () => {
    const rows = await rowsOf({ 'low.c': low, 'mid.c': mid, 'c.c': user('c', 'mid(a, p)', 'unpin_user_pages(p, 4);') });
    const trace = rows[0]?.trace ?? [];
    expect(trace.map((s) => s.function)).toEqual(expect.arrayContaining(['low', 'mid', 'c']));
    expect([trace[0]?.file, trace[0]?.line]).toEqual(['low.c', 3]);
    expect([trace.at(-1)?.file, trace.at(-1)?.line]).toEqual(['c.c', 8]);
  });
});
