import { describe, expect, it } from 'vitest';
import { rowsOf, shows } from './helper.js';

const row = 'get single single@function put:f:put_page';
const body = (before: string, after = '') => `int f(struct ctx *c, unsigned long a)
{
	struct page *page;

	${before}
	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	${after}
	put_page(page);
	return 0;
}`;
const head = (declaration: string) => `${declaration}
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	put_page(page);
	return 0;
}`;

describe('11. heads of functions', () => {
  shows('__init', head('static int __init f(unsigned long a)'), row);
  shows('several annotations', head('static noinline __must_check int __cold f(const char __user *buf, unsigned long a)'), row);
  shows('an attribute', head('static int __attribute__((noinline, section(".text.x"))) f(unsigned long a)'), row);
  shows('annotations behind', head('int f(unsigned long a)\n\t__must_hold(&lock) __releases(&lock)'), row);
  shows('a type of its own line', head('static int\nf(unsigned long a)'), row);
  shows('K&R', head('int f(a, b)\n\tunsigned long a;\n\tchar *b;'), row);
  shows('asmlinkage', head('asmlinkage long f(unsigned long a)'), row);
  shows('SYSCALL_DEFINE', head('SYSCALL_DEFINE3(f, int, fd, unsigned long, a, size_t, n)'), 'get single single@function put:f:put_page');
  shows('a macro that makes the head', head('DEFINE_HANDLER(f, unsigned long a)'), row);
});

describe('11. statements', () => {
  shows('an iteration macro with a block', body('for_each_thing(c, x) {\n\t\tprepare(x);\n\t}'), row);
  shows('an iteration macro with a statement', body('my_each_entry_rcu(c, x, &c->list, link)\n\t\tprepare(x);'), row);
  shows(
    'the site in an iteration macro',
    `int f(struct ctx *c)
{
	struct page *page;

	vendor_for_each_addr(a, c) {
		if (get_user_pages_fast(a, 1, 0, &page) != 1)
			return -1;
		put_page(page);
	}
	return 0;
}`,
    row,
  );
  shows(
    'an iteration macro in an if, with else behind',
    body(`if (c)
		for_each_thing(c, x)
			prepare(x);
	else
		go(c);`),
    row,
  );
  shows('a declaration macro', body('DECLARE_BITMAP(map, 64);\n\tDEFINE_WAIT(wait);\n\tLIST_HEAD(list);'), row);
  shows('a macro without a semicolon', body('TRACE_HERE(c)'), row);
  shows(
    'a statement expression',
    `int f(unsigned long a)
{
	struct page *page;
	int n = ({ int m = get_user_pages_fast(a, 1, 0, &page); m < 0 ? 0 : m; });

	if (n)
		put_page(page);
	return 0;
}`,
    row,
  );
  shows(
    'asm',
    body(
      'asm volatile("1: mov %1, %0\\n"\n\t\t"2:\\n"\n\t\t: "=r" (x) : "m" (*c) : "memory", "cc");',
      'asm goto ("jmp %l[out]" : : : : out);',
    ),
    row,
  );
  shows(
    'an asm that jumps, by the names of the compiler headers, in a macro too',
    `#define poke(page, label) \\
do { \\
	asm_goto_output("1: mov %l[" #label "]" _ASM_EXTABLE(1b, %l[fault]) \\
			: "=r"(x) : "r"(page) : "cc" : label); \\
	asm_volatile_goto("2: " __stringify(label) : : op(page) : "cc" : fault); \\
	break; \\
fault: \\
	warn(page); \\
} while (0)
int f(unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	poke(page, out);
out:
	put_page(page);
	return 0;
}`,
    row,
  );
  shows(
    'what only an asm jumps to drops',
    `int f(struct ctx *c, unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	asm_volatile_goto("1: jmp %l[fault]"
			  : : "m"(c->x) : "memory"
			  : fault);
	c->page = page;
	return 0;
fault:
	put_page(page);
	return -1;
}`,
    'get single car=ctx.page single@function put:f:put_page',
  );
  shows('designated initialisers', body('struct ops o = { .a = { [0] = 1, [1 ... 3] = 2 }, .b.c = 3, d: 4 };'), row);
  shows('a compound literal as an argument', body('go(&(struct arg){ .x = 1, .y = { 2 } });'), row);
  shows(
    'case ranges',
    body(`switch (c->x) {
	case 0 ... 9:
		break;
	case 10:
		fallthrough;
	default:
		go(c);
	}`),
    row,
  );
  shows('labels with attributes, a label at the end', body('goto next;\nnext: __maybe_unused;'), row);
  shows('computed goto', body('void *t = &&out;\n\tgoto *t;\nout:'), 'get single single@function put:f:put_page gap');
  shows('typeof and __auto_type', body('typeof(*c) *d = c;\n\t__auto_type e = a;'), row);
  shows('a nested function-like cast', body('x = ((int (*)(void *))c->fn)(c);'), row);
  shows(
    'types as macro arguments',
    body('x = min_t(unsigned long, a, 3);\n\ty = container_of(c, struct foo, bar.baz);\n\tz = offsetof(struct foo, a[3].b);'),
    row,
  );
  shows('sizeof without parentheses, _Generic', body('x = sizeof *c + _Generic(a, int: 1, default: 2);'), row);
  shows('__user casts', body('go((void __user __force *)a, (u32 __iomem *)c);'), row);
  shows('strings put together, long constants', body('pr_info("a" PRIx64 "b" __stringify(x) "\\n", 0x1fULL, 1e3, \'\\\'\', L\'x\');'), row);
  shows('unicode and Latin-1', body('/* M\u00fcller */ pr_info("\u00e4");'), row);
  shows('a statement that nobody can read costs a statement', body('@@ what is this ???;'), `${row} gap`);
  shows('attribute statements', body('__attribute__((fallthrough));\n\t__diag_push();'), row);
});

describe('11. guards and cleanup', () => {
  shows('guard()', body('guard(mutex)(&c->lock);'), row);
  shows(
    'scoped_guard() around the site',
    `int f(struct ctx *c, unsigned long a)
{
	struct page *page;

	scoped_guard(rwsem_read, &c->lock) {
		if (get_user_pages_fast(a, 1, 0, &page) != 1)
			return -1;
		put_page(page);
	}
	return 0;
}`,
    row,
  );
  shows(
    'scoped_guard() with a statement',
    `int f(struct ctx *c, unsigned long a)
{
	struct page *page;
	int n;

	scoped_guard(mutex, &c->lock)
		n = get_user_pages_fast(a, 1, 0, &page);
	if (n != 1)
		return -1;
	put_page(page);
	return 0;
}`,
    row,
  );
  shows(
    '__free(kfree) of the array frees no page',
    `int f(unsigned long a, int n)
{
	struct page **pages __free(kfree) = kcalloc(n, sizeof(*pages), GFP_KERNEL);
	int got = get_user_pages_fast(a, n, 0, pages);

	if (got > 0)
		release_pages(pages, got);
	return got;
}`,
    'get page-array bulk@function put:f:release_pages',
  );
  shows(
    'a cleanup attribute drops at the end of the scope',
    `static void drop(struct page **p)
{
	if (*p)
		put_page(*p);
}
int f(unsigned long a)
{
	struct page *page __attribute__((cleanup(drop))) = NULL;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	use(page);
	return 0;
}`,
    'get single single@file put:drop:put_page',
  );
  it('DEFINE_FREE and __free() drop at the end of the scope', async () => {
    const rows = await rowsOf(`DEFINE_FREE(unpin, struct page *, if (_T) unpin_user_page(_T))
int f(unsigned long a)
{
	struct page *page __free(unpin) = NULL;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	use(page);
	return 0;
}`);
    expect(rows.map((r) => [r.releaseForm, ...r.releases.map((x) => `${x.line} ${x.api}`)])).toEqual([['single', '1 unpin_user_page']]);
  });
  shows(
    'no_free_ptr() hands on',
    `DEFINE_FREE(unpin, struct page *, if (_T) unpin_user_page(_T))
struct c { struct page *page; };
int f(struct c *c, unsigned long a)
{
	struct page *page __free(unpin) = NULL;

	if (pin_user_pages_fast(a, 1, 0, &page) != 1)
		return -1;
	c->page = no_free_ptr(page);
	return 0;
}
void g(struct c *c)
{
	unpin_user_page(c->page);
}`,
    'pin single car=c.page single@file put:g:unpin_user_page',
  );
});

describe('11. macros for a call', () => {
  const called = (macro: string): string => `${macro}
int f(unsigned long a)
{
	struct page *page;

	if (TAKE(a, 1, 0, &page) != 1)
		return -1;
	put_page(page);
	return 0;
}`;
  for (const define of ['#define', '#  define', ' #\tdefine'])
    shows(`${define} without parameters`, called(`#if 1\n${define} TAKE get_user_pages_fast\n#endif`), row);
  const within = (macro: string): string => called('').replace('\tstruct page *page;', `\tstruct page *page;\n${macro}`);
  shows('defined within its user, without parameters', within('#define TAKE get_user_pages_fast'), row);
  shows('defined within its user', within('#define TAKE(a, n, f, p) get_user_pages_fast(a, n, f, p)'), row);
});

describe('11. structs', () => {
  const use = (field: string) => `int f(struct foo *o, unsigned long a)
{
	return get_user_pages_fast(a, 4, 0, o->${field}) == 4 ? 0 : -1;
}
void g(struct foo *o)
{
	release_pages(o->${field}, 4);
}`;
  const held = (field = 'pages') => `get page-array car=foo.${field} bulk@file put:g:release_pages`;
  shows(
    'annotated members',
    `struct foo {
	int nr;
	struct page __rcu *x;
	struct page *pages[] __counted_by(nr);
} __packed ____cacheline_aligned;
${use('pages')}`,
    held(),
  );
  shows(
    'macros among the members',
    `struct foo {
	DECLARE_BITMAP(map, 8);
	KABI_RESERVE(1)
	struct_group(grp, int a; int b;);
	struct page **pages;
};
${use('pages')}`,
    held(),
  );
  shows(
    'anonymous unions',
    `struct foo {
	union {
		struct page **pages;
		void *other;
	};
};
${use('pages')}`,
    held(),
  );
  shows(
    'a named union',
    `struct foo {
	union { struct page **pages; void *other; } u;
};
${use('u.pages')}`,
    held('u.pages'),
  );
  shows(
    'a typedef of a struct',
    `typedef struct foo { struct page **pages; } foo_t;
int f(foo_t *o, unsigned long a)
{
	return get_user_pages_fast(a, 4, 0, o->pages) == 4 ? 0 : -1;
}
void g(foo_t *o)
{
	release_pages(o->pages, 4);
}`,
    held(),
  );
  shows(
    'a typedef of a struct, elsewhere under its tag',
    `typedef struct foo { struct page **pages; } foo_t;
int f(foo_t *o, unsigned long a)
{
	return get_user_pages_fast(a, 4, 0, o->pages) == 4 ? 0 : -1;
}
void g(struct foo *o)
{
	release_pages(o->pages, 4);
}`,
    held(),
  );
  shows(
    'a typedef of a struct without a tag',
    `typedef struct { struct page **pages; } foo_t;
int f(foo_t *o, unsigned long a)
{
	return get_user_pages_fast(a, 4, 0, o->pages) == 4 ? 0 : -1;
}
void g(foo_t *o)
{
	release_pages(o->pages, 4);
}`,
    'get page-array car=foo_t.pages bulk@file put:g:release_pages',
  );
  shows(
    'arms among the members',
    `struct foo {
#ifdef CONFIG_A
	int a;
#else
	long a;
#endif
	struct page **pages;
};
${use('pages')}`,
    held(),
  );
});
