import { describe, expect, it } from 'vitest';
import { line, rowsOf, shows } from './helper.js';

const ctx = 'struct ctx { struct page *page; struct page **pages; struct page *inner[8]; int nr; struct { struct page **upages; } m; struct ctx *parent; };\n';
const take = (into: string) => `if (pin_user_pages_fast(a, 8, 0, ${into}) != 8)\n\t\treturn -EFAULT;`;

describe('3. locals', () => {
  shows('one page', `int f(unsigned long a)\n{\n\tstruct page *p;\n\n\t${'if (pin_user_pages_fast(a, 1, 0, &p) != 1)'}\n\t\treturn -1;\n\tunpin_user_page(p);\n\treturn 0;\n}`, 'pin single single@function put:f:unpin_user_page');
  shows('an array of one', 'int f(unsigned long a)\n{\n\tstruct page *p[1];\n\n\tif (pin_user_pages_fast(a, 1, 0, p) != 1)\n\t\treturn -1;\n\tunpin_user_page(p[0]);\n\treturn 0;\n}', 'pin single single@function put:f:unpin_user_page');
  shows('an array on the stack', `int f(unsigned long a)\n{\n\tstruct page *pages[8];\n\n\t${take('pages')}\n\tunpin_user_pages(pages, 8);\n\treturn 0;\n}`, 'pin page-array bulk@function put:f:unpin_user_pages');
  shows('an array on the stack, by the address of its first', `int f(unsigned long a)\n{\n\tstruct page *pages[8];\n\n\t${take('&pages[0]')}\n\tunpin_user_pages(&pages[0], 8);\n\treturn 0;\n}`, 'pin page-array bulk@function put:f:unpin_user_pages');
  shows('a kmalloc_array', `int f(unsigned long a)\n{\n\tstruct page **pages = kmalloc_array(8, sizeof(*pages), GFP_KERNEL);\n\n\t${take('pages')}\n\tunpin_user_pages(pages, 8);\n\tkfree(pages);\n\treturn 0;\n}`, 'pin page-array bulk@function put:f:unpin_user_pages');
  shows('a page of memory as the array', `int f(unsigned long a)\n{\n\tstruct page **pages = (struct page **)__get_free_page(GFP_KERNEL);\n\n\t${take('pages')}\n\tunpin_user_pages(pages, 8);\n\tfree_page((unsigned long)pages);\n\treturn 0;\n}`, 'pin page-array bulk@function put:f:unpin_user_pages');
  shows('another name for it', `int f(unsigned long a, struct page **pages)\n{\n\tstruct page **q = pages;\n\n\t${take('q')}\n\tunpin_user_pages(pages, 8);\n\treturn 0;\n}`, 'pin page-array bulk@function put:f:unpin_user_pages');
  shows('an element in a local of its own', `int f(unsigned long a, struct page **pages)\n{\n\tstruct page *p;\n\tint i;\n\n\t${take('pages')}\n\tfor (i = 0; i < 8; i++) {\n\t\tp = pages[i];\n\t\tif (p)\n\t\t\tunpin_user_page(p);\n\t}\n\treturn 0;\n}`, 'pin page-array loop-collapsible@function put:f:unpin_user_page');
  shows('its compound head', 'int f(unsigned long a)\n{\n\tstruct page *p;\n\n\tif (get_user_pages_fast(a, 1, 0, &p) != 1)\n\t\treturn -1;\n\tput_page(compound_head(p));\n\treturn 0;\n}', 'get single single@function put:f:put_page');
  shows('its folio', 'int f(unsigned long a)\n{\n\tstruct page *p;\n\tstruct folio *folio;\n\n\tif (get_user_pages_fast(a, 1, 0, &p) != 1)\n\t\treturn -1;\n\tfolio = page_folio(p);\n\tfolio_lock(folio);\n\tfolio_unlock(folio);\n\tfolio_put(folio);\n\treturn 0;\n}', 'get single single@function put:f:folio_put');
  shows('the stack or the heap', `int f(unsigned long a, int n)\n{\n\tstruct page *stack[8], **pages = stack;\n\n\tif (n > 8)\n\t\tpages = kvmalloc_array(n, sizeof(*pages), GFP_KERNEL);\n\t${take('pages')}\n\tunpin_user_pages(pages, 8);\n\tif (pages != stack)\n\t\tkvfree(pages);\n\treturn 0;\n}`, 'pin page-array bulk@function put:f:unpin_user_pages');
});

describe('3. fields', () => {
  shows('a page', `${ctx}int f(struct ctx *c, unsigned long a)\n{\n\treturn get_user_pages_fast(a, 1, 0, &c->page) == 1 ? 0 : -1;\n}\nvoid g(struct ctx *c)\n{\n\tif (c->page)\n\t\tput_page(c->page);\n}`, 'get single car=ctx.page single@file put:g:put_page');
  shows('a page that a local was stored from', `${ctx}int f(struct ctx *c, unsigned long a)\n{\n\tstruct page *p;\n\n\tif (get_user_pages_fast(a, 1, 0, &p) != 1)\n\t\treturn -1;\n\tc->page = p;\n\treturn 0;\n}\nvoid g(struct ctx *c)\n{\n\tput_page(c->page);\n}`, 'get single car=ctx.page single@file put:g:put_page');
  shows('a pointer to an array', `${ctx}int f(struct ctx *c, unsigned long a)\n{\n\t${take('c->pages')}\n\treturn 0;\n}\nvoid g(struct ctx *c)\n{\n\tunpin_user_pages(c->pages, 8);\n}`, 'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages');
  shows('an array that a local was stored from', `${ctx}int f(struct ctx *c, unsigned long a, struct page **pages)\n{\n\t${take('pages')}\n\tc->pages = pages;\n\tc->nr = 8;\n\treturn 0;\n}\nvoid g(struct ctx *c)\n{\n\tunpin_user_pages(c->pages, c->nr);\n}`, 'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages');
  shows('an array that a local was stored from before the call', `${ctx}int f(struct ctx *c, unsigned long a)\n{\n\tstruct page **pages = kcalloc(8, sizeof(*pages), GFP_KERNEL);\n\n\tc->pages = pages;\n\t${take('pages')}\n\treturn 0;\n}\nvoid g(struct ctx *c)\n{\n\tunpin_user_pages(c->pages, 8);\n}`, 'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages');
  shows('an array in the struct', `${ctx}int f(struct ctx *c, unsigned long a)\n{\n\t${take('c->inner')}\n\treturn 0;\n}\nvoid g(struct ctx *c)\n{\n\tunpin_user_pages(c->inner, 8);\n}`, 'pin page-array car=ctx.inner bulk@file put:g:unpin_user_pages');
  shows('one slot of an array in the struct', `${ctx}int f(struct ctx *c, unsigned long a)\n{\n\treturn get_user_pages_fast(a, 1, 0, &c->inner[c->nr++]) == 1 ? 0 : -1;\n}\nvoid g(struct ctx *c)\n{\n\twhile (c->nr > 0)\n\t\tput_page(c->inner[--c->nr]);\n}`, 'get single→page-array car=ctx.inner loop-collapsible@file put:g:put_page');
  shows('in an anonymous struct', `${ctx}int f(struct ctx *c, unsigned long a)\n{\n\t${take('c->m.upages')}\n\treturn 0;\n}\nvoid g(struct ctx *c)\n{\n\tunpin_user_pages(c->m.upages, 8);\n}`, 'pin page-array car=ctx.m.upages bulk@file put:g:unpin_user_pages');
  shows('of a struct inside', `struct hold { struct page **pages; };\nstruct dev { struct hold in; struct hold out; };\nint f(struct dev *d, unsigned long a)\n{\n\t${take('d->in.pages')}\n\treturn 0;\n}\nstatic void put(struct hold *h)\n{\n\tunpin_user_pages(h->pages, 8);\n}\nvoid g(struct dev *d)\n{\n\tput(&d->in);\n}`, 'pin page-array car=hold.pages bulk@file put:put:unpin_user_pages');
  shows('of an object behind a pointer', `${ctx}int f(struct ctx *c, unsigned long a)\n{\n\t${take('c->parent->pages')}\n\treturn 0;\n}\nvoid g(struct ctx *c)\n{\n\tunpin_user_pages(c->pages, 8);\n}`, 'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages');
  shows('of an element of an array of structs', `struct slot { struct page *page; };\nstruct table { struct slot slots[8]; };\nint f(struct table *t, unsigned long a, int i)\n{\n\treturn get_user_pages_fast(a, 1, 0, &t->slots[i].page) == 1 ? 0 : -1;\n}\nvoid g(struct table *t, int i)\n{\n\tstruct slot *slot = &t->slots[i];\n\n\tput_page(slot->page);\n}`, 'get single car=slot.page single@file put:g:put_page');
  shows('by a designated initialiser', `${ctx}int reg(struct ctx *c);\nvoid g(struct ctx *c)\n{\n\tunpin_user_pages(c->pages, 8);\n}\nint f(unsigned long a, struct page **pages)\n{\n\t${take('pages')}\n\tstruct ctx c = { .pages = pages, .nr = 8 };\n\tg(&c);\n\treturn 0;\n}`, 'pin page-array bulk@file put:g:unpin_user_pages');
  shows('only of that name: another field of the struct is none of its', `${ctx}int f(struct ctx *c, unsigned long a)\n{\n\t${take('c->pages')}\n\treturn 0;\n}\nvoid g(struct ctx *c)\n{\n\tunpin_user_pages(c->inner, 8);\n\tunpin_user_pages(c->pages, 8);\n}`, 'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages');
  shows('only of that struct: the same field of another struct is none of its', `${ctx}struct other { struct page **pages; };\nint f(struct ctx *c, unsigned long a)\n{\n\t${take('c->pages')}\n\treturn 0;\n}\nvoid h(struct other *o)\n{\n\tunpin_user_pages(o->pages, 8);\n}\nvoid g(struct ctx *c)\n{\n\tunpin_user_pages(c->pages, 8);\n}`, 'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages');
  shows('copied by memcpy', `${ctx}int f(struct ctx *c, unsigned long a)\n{\n\tstruct page *pages[8];\n\n\t${take('pages')}\n\tmemcpy(c->inner, pages, sizeof(pages));\n\treturn 0;\n}\nvoid g(struct ctx *c)\n{\n\tunpin_user_pages(c->inner, 8);\n}`, 'pin page-array car=ctx.inner bulk@file put:g:unpin_user_pages');
  shows('through private_data', `${ctx}int f(struct file *file, unsigned long a)\n{\n\tstruct ctx *c = file->private_data;\n\n\t${take('c->pages')}\n\treturn 0;\n}\nint g(struct inode *inode, struct file *file)\n{\n\tstruct ctx *c = file->private_data;\n\n\tunpin_user_pages(c->pages, 8);\n\treturn 0;\n}`, 'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages');
  shows('through container_of', `struct work_struct;\nstruct c2 { struct page **pages; struct list_head link; };\nint f(struct c2 *c, unsigned long a)\n{\n\t${take('c->pages')}\n\treturn 0;\n}\nvoid g(struct list_head *link)\n{\n\tstruct c2 *c = container_of(link, struct c2, link);\n\n\tunpin_user_pages(c->pages, 8);\n}`, 'pin page-array car=c2.pages bulk@file put:g:unpin_user_pages');
  shows('a static array of the file', `static struct page *held[8];\nint f(unsigned long a)\n{\n\t${take('held')}\n\treturn 0;\n}\nvoid g(void)\n{\n\tunpin_user_pages(held, 8);\n}`, 'pin page-array car=held bulk@file put:g:unpin_user_pages');
});

describe('3. passed down, returned up, written through', () => {
  shows('down, to be dropped', `static void put(struct page **p, int n)\n{\n\tunpin_user_pages(p, n);\n}\nint f(unsigned long a)\n{\n\tstruct page *pages[8];\n\n\t${take('pages')}\n\tput(pages, 8);\n\treturn 0;\n}`, 'pin page-array bulk@file put:put:unpin_user_pages');
  shows('down, page by page: the loop is the caller\'s', `static void put(struct page *p)\n{\n\tset_page_dirty_lock(p);\n\tunpin_user_page(p);\n}\nint f(unsigned long a)\n{\n\tstruct page *pages[8];\n\tint i;\n\n\t${take('pages')}\n\tfor (i = 0; i < 8; i++)\n\t\tput(pages[i]);\n\treturn 0;\n}`, 'pin page-array loop-collapsible@file put:put:unpin_user_page dirty=set_page_dirty_lock');
  shows('down twice, to be dropped', `static void inner(struct page **q)\n{\n\tunpin_user_pages(q, 8);\n}\nstatic void put(struct page **p)\n{\n\tinner(p);\n}\nint f(unsigned long a)\n{\n\tstruct page *pages[8];\n\n\t${take('pages')}\n\tput(pages);\n\treturn 0;\n}`, 'pin page-array bulk@file put:inner:unpin_user_pages');
  shows('down, to be kept', `struct ctx { struct page **pages; };\nstatic void keep(struct ctx *c, struct page **p)\n{\n\tc->pages = p;\n}\nint f(struct ctx *c, unsigned long a, struct page **pages)\n{\n\t${take('pages')}\n\tkeep(c, pages);\n\treturn 0;\n}\nvoid g(struct ctx *c)\n{\n\tunpin_user_pages(c->pages, 8);\n}`, 'pin page-array car=ctx.pages bulk@file put:g:unpin_user_pages');
  shows('the struct down, to be dropped', `${ctx}static void put(struct ctx *x)\n{\n\tunpin_user_pages(x->pages, x->nr);\n}\nint f(unsigned long a, struct page **pages)\n{\n\tstruct ctx c;\n\n\tc.pages = pages;\n\t${take('c.pages')}\n\tc.nr = 8;\n\tput(&c);\n\treturn 0;\n}`, 'pin page-array bulk@file put:put:unpin_user_pages');
  shows('up: the page', {
    'a.c': 'struct page *take(unsigned long a)\n{\n\tstruct page *p;\n\n\tif (get_user_pages_fast(a, 1, 0, &p) != 1)\n\t\treturn NULL;\n\treturn p;\n}\n',
    'b.c': 'int g(unsigned long a)\n{\n\tstruct page *p = take(a);\n\n\tif (!p)\n\t\treturn -1;\n\tput_page(p);\n\treturn 0;\n}\n',
  }, 'wrapper get single caller@caller put:b.c:g:put_page via=take');
  shows('up: through a parameter', {
    'a.c': 'int take(unsigned long a, struct page **out)\n{\n\treturn get_user_pages_fast(a, 1, 0, out) == 1 ? 0 : -1;\n}\n',
    'b.c': 'int g(unsigned long a)\n{\n\tstruct page *p;\n\n\tif (take(a, &p))\n\t\treturn -1;\n\tput_page(p);\n\treturn 0;\n}\n',
  }, 'wrapper get single caller@caller put:b.c:g:put_page via=take');
  shows('up: an array through a parameter', {
    'a.c': `int take(unsigned long a, struct page ***out)\n{\n\tstruct page **pages = kcalloc(8, sizeof(*pages), GFP_KERNEL);\n\n\t${take('pages')}\n\t*out = pages;\n\treturn 0;\n}\n`,
    'b.c': 'int g(unsigned long a)\n{\n\tstruct page **pages;\n\n\tif (take(a, &pages))\n\t\treturn -1;\n\tunpin_user_pages(pages, 8);\n\tkfree(pages);\n\treturn 0;\n}\n',
  }, 'wrapper pin page-array caller@caller put:b.c:g:unpin_user_pages via=take');
  shows('up: in a struct of its own, which says who drops', `${ctx}struct ctx *take(unsigned long a)\n{\n\tstruct ctx *c = kzalloc(sizeof(*c), GFP_KERNEL);\n\n\tif (pin_user_pages_fast(a, 8, 0, c->inner) != 8) {\n\t\tkfree(c);\n\t\treturn NULL;\n\t}\n\treturn c;\n}\nvoid drop(struct ctx *c)\n{\n\tunpin_user_pages(c->inner, 8);\n\tkfree(c);\n}`, 'pin page-array car=ctx.inner bulk@file put:drop:unpin_user_pages');
  shows('a static inline helper of a header drops', {
    'x.h': 'struct ctx { struct page **pages; int nr; };\nstatic inline void ctx_put(struct ctx *c)\n{\n\tint i;\n\n\tfor (i = 0; i < c->nr; i++)\n\t\tput_page(c->pages[i]);\n}\n',
    'a.c': '#include "x.h"\nint f(struct ctx *c, unsigned long a)\n{\n\tc->nr = get_user_pages_fast(a, 8, 0, c->pages);\n\treturn c->nr > 0 ? 0 : -1;\n}\nvoid g(struct ctx *c)\n{\n\tctx_put(c);\n}\n',
  }, 'get page-array car=ctx.pages loop-collapsible@cross-file put:x.h:ctx_put:put_page');
  it('a static inline helper of a header takes', async () => {
    const rows = await rowsOf({
      'x.h': 'static inline int take(unsigned long a, struct page **p)\n{\n\treturn get_user_pages_fast(a, 8, FOLL_WRITE, p);\n}\n',
      'a.c': '#include "x.h"\nvoid f(unsigned long a, struct page **p)\n{\n\tint n = take(a, p);\n\n\tif (n > 0)\n\t\trelease_pages(p, n);\n}\n',
    });
    expect(rows.map((r) => `${r.id} ${line(r)}`)).toEqual(['x.h:take:get_user_pages_fast#1 wrapper get page-array caller@caller put:a.c:f:release_pages via=take']);
  });
  shows('a static function of another file, of the same name, is another function', {
    'a.c': 'static void put(struct page *p)\n{\n\tput_page(p);\n}\nint f(unsigned long a)\n{\n\tstruct page *p;\n\n\tif (get_user_pages_fast(a, 1, 0, &p) != 1)\n\t\treturn -1;\n\tput(p);\n\treturn 0;\n}\n',
    'b.c': 'static void put(struct page *p)\n{\n\tfolio_put(page_folio(p));\n}\nvoid g(struct page *p)\n{\n\tput(p);\n}\n',
  }, 'get single single@file put:put:put_page');
});
