import { beforeAll, describe, expect, it } from 'vitest';
import { rewriteText } from '../../src/syntax/body.js';
import { initSyntax, outline, parseFunction } from '../../src/syntax/index.js';
import { body, functions, header } from './help.js';

beforeAll(initSyntax);

describe('headers', () => {
  it.each([
    ['static int __must_check f(struct page __user *p, u32 n) { }', 'static int f(struct page* p, u32 n)'],
    ['static __always_inline void f(const char __iomem * const *x[4]) { }', 'static inline void f(char**[4] x)'],
    ['unsigned long long f(unsigned int a, struct foo *, ...) { }', 'unsigned long long f(unsigned int a, struct foo*)'],
    ['int f(int (*cb)(struct page *, void *), void *p) { }', 'int f(function* cb, void* p)'],
    ['SYSCALL_DEFINE2(f, unsigned int, fd, char __user *, buf) { }', 'long f(unsigned int fd, char* buf)'],
    ['int f(a, b) int a; struct page *b; { }', 'int f(int a, struct page* b)'],
    ['__printf(1, 2)\nvoid f(const char *s, ...) { }', 'void f(char* s)'],
    ['static struct page **f(kvm_pfn_t pfn __maybe_unused) { }', 'static struct page** f(kvm_pfn_t pfn)'],
    ['int f(void) __acquires(&x) { }', 'int f()'],
    ['static noinline int (*f(int n))(void) { }', 'static function* f(int n)'],
    ['typeof(x) f(enum dma_dir d, __le32 w) { }', 'typeof(x) f(enum dma_dir d, __le32 w)'],
  ])('%j', (text, expected) => expect(header(text)).toBe(expected));
});

describe('statements', () => {
  it.each<[string, string, string]>([
    [
      'annotations',
      'void __user *p; struct foo __rcu **q = (struct foo __force **)r; int x __maybe_unused = 3, y __unused;',
      'decl void* p;\ndecl struct foo** q = (cast <struct foo**> r);\ndecl int x = 3, int y;',
    ],
    [
      'unknown annotations by their shape',
      'struct foo __my_space *p; int __weird x; char b[8] __aligned(8);',
      'decl struct foo* p;\ndecl int x;\ndecl char[8] b;',
    ],
    ['annotated pointers to arrays', '__u8 __user (*tags)[8];', 'decl __u8*[8] tags;'],
    [
      'cleanup',
      'struct foo *p __free(kfree) = get(); int fd __attribute__((cleanup(close_fd))) = 1;',
      'decl struct foo* p ~__free_kfree = (call get);\ndecl int fd ~close_fd = 1;',
    ],
    [
      'cleanup before the type',
      'a(); __free(kfree) struct foo *p = get(); __attribute__((cleanup(close_fd))) int fd = 1;',
      '(call a);\ndecl struct foo* p ~__free_kfree = (call get);\ndecl int fd ~close_fd = 1;',
    ],
    [
      'iteration macros of any name',
      'for_each_sg(l, s, n, i) { put(s); }\nlist_for_each_entry(p, &h, m)\n\tput(p);\neach(x) put(x);',
      'macro for_each_sg l s n i\n  {\n    (call put s);\n  }\nmacro list_for_each_entry p (& h) m\n  (call put p);\nmacro each x\n  (call put x);',
    ],
    [
      'macro before a block',
      'scoped_guard(mutex, &m) { a(); }\nscoped_cond_guard(mutex_try, return -EBUSY, &m) { b(); }',
      'macro scoped_guard mutex (& m)\n  {\n    (call a);\n  }\nmacro scoped_cond_guard mutex_try ({ return (- EBUSY); }) (& m)\n  {\n    (call b);\n  }',
    ],
    [
      'macro without arguments before a block',
      'forever {\n\ta();\n}\nwith_it() { b(); }',
      'macro forever\n  {\n    (call a);\n  }\nmacro with_it\n  {\n    (call b);\n  }',
    ],
    [
      'macro call without a semicolon',
      'LOCK(x)\na();\nUNLOCK\nb();\nLAST(x)',
      '(call LOCK x);\n(call a);\nUNLOCK;\n(call b);\n(call LAST x);',
    ],
    ['a bare macro before a loop', '__unroll_it\nfor (;;) a();', '__unroll_it;\nfor _; _; _\n  (call a);'],
    ['guards', 'guard(mutex)(&x);', '(call (call guard mutex) (& x));'],
    ['variables of a class', 'CLASS(fd, f)(n);', 'decl class_fd_t f ~class_fd_destructor = (call class_fd_constructor n);'],
    [
      'types as arguments',
      'a = container_of(p, struct foo, m); b = min_t(unsigned long, x, y); c = list_entry(p, typeof(*q), m); d = f(u32 *, void);',
      '(= a (call container_of p <struct foo> m));\n(= b (call min_t <unsigned long> x y));\n(= c (call list_entry p <typeof(*q)> m));\n(= d (call f <u32*> <void>));',
    ],
    ['an element by its place', 'a = *(p + i); *(q + 1) = b;', '(= a p[i]);\n(= q[1] b);'],
    ['statement expressions', 'a = ({ int x = 1; x; });', '(= a ({ decl int x = 1; x; }));'],
    [
      'initialisers',
      'struct s x = { .a.b = 1, [2] = f(), [3 ... 4] = 0, 5 };\nuse(&(struct s){ .p = q });',
      'decl struct s x = {.a.b=1, []=(call f), []=0, 5};\n(call use (& <struct s>{.p=q}));',
    ],
    [
      'case ranges',
      "switch (x) { case 'a' ... 'z': a(); break; default: b(); }",
      "switch x\n  {\n    case ('a' ... 'z'):\n    (call a);\n    break;\n    default:\n    (call b);\n  }",
    ],
    ['labels as values', 'void *p = &&out;\ngoto *p;\nout:', 'decl void* p = (& out);\n?? goto *p\nout:\n;\n! a jump to a computed label'],
    [
      'typeof',
      'typeof(x) y = 1; __typeof__(*p) *q; a = (typeof(b))c;',
      'decl typeof(x) y = 1;\ndecl __typeof__(*p)* q;\n(= a (cast <typeof(b)> c));',
    ],
    ['auto', 'auto x = f(); __auto_type y = g();', 'decl auto x = (call f);\ndecl __auto_type y = (call g);'],
    ['local labels', '__label__ a, b;\na: f();', ';\na:\n(call f);'],
    ['strings and macros', 'printk(KERN_ERR "a" PRIu64 "b" __stringify(X) "c", x);', '(call printk "a" PRIu64 "b" __stringify(X) "c" x);'],
    ['_Generic', 'x = _Generic(p, int *: f, default: g)(p);', '(= x (call _Generic(p, int *: f, default: g) p));'],
    [
      'declaring macros',
      'DECLARE_BITMAP(m, 8);\nLIST_HEAD(l);\nstatic DEFINE_MUTEX(k);\nDECLARE_FLAGS(p) = { };',
      '(call DECLARE_BITMAP m 8);\n(call LIST_HEAD l);\n(call DEFINE_MUTEX k);\ndecl DECLARE_FLAGS p = {};',
    ],
    [
      'asm',
      'asm volatile("x" : "=r"(a) : : "memory"); asm goto("j" : : : : out); asm_inline volatile("i"); register int r asm("r0") = 1;',
      'asm volatile("x" : "=r"(a) : : "memory");\nasm goto("j" : : : : out);\nasm_inline volatile("i");\ndecl int r = 1;',
    ],
    ['attributes', '__attribute__((fallthrough));\nfallthrough;', ';\nfallthrough;'],
    [
      'sizeof evaluates nothing',
      'a = sizeof(struct foo) * n + sizeof *p + offsetof(struct foo, a.b[2]);',
      '(= a (((<<sizeof(struct foo)>> * n) + <<sizeof *p>>) + <<offsetof(struct foo, a.b[2])>>));',
    ],
    [
      'casts that look like products',
      'a = (u64)*p; b = (dma_addr_t)&q == r; c = (u8)-1; d = (my_t)(x + 1); e = (HANDLE)(y);',
      '(= a (cast <u64> (* p)));\n(= b ((cast <dma_addr_t> (& q)) == r));\n(= c -1);\n(= d (cast <my_t> (x + 1)));\n(= e (cast <HANDLE> y));',
    ],
    ['operators as arguments', 'CHECK(a, ==, b); LIST(a, , b);', '(call CHECK a == b);\n(call LIST a  b);'],
    ['statements as arguments', 'wait(dev, 10,\n\tif (x())\n\t\tbreak;\n);', '(call wait dev 10 ({ if (call x) break; }));'],
    ['a block as an argument', 'TRACE(\n\tif (x()) {\n\t\ty();\n\t}\n)\nz();', '(call TRACE ({ if (call x) { (call y); } }));\n(call z);'],
    ['do … while_each', 'do {\n\ta();\n} while_each_thread(g, t);', 'do\n  {\n    (call a);\n  }\nwhile (call while_each_thread g t)'],
    [
      'a ?: b, commas, updates',
      'x = a ?: b; for (i = 0, j = 1; i < n; i++, --j) ; ',
      '(= x (? a _ b));\nfor (, (= i 0) (= j 1)); (i < n); (, (i ++) (-- j))\n  ;',
    ],
    ['updates bind before signs', 'if (!o->n++) x = -y--; *p++ = 0;', 'if (! (o->n ++))\n  (= x (- (y --)));\n(= (* (p ++)) 0);'],
    [
      'for with a declaration',
      'for (struct page *p = a; p; p = p->next) f(p);',
      'for decl struct page* p = a; p; (= p p->next)\n  (call f p);',
    ],
    ['calls through pointers', 'ops->release(x); (*fn)(x); t[i].f(x);', '(call ops->release x);\n(call (* fn) x);\n(call t[i].f x);'],
    ["nested functions' pointers", 'int (*fn)(int, void *) = g; void *(*a[2])(void);', 'decl function* fn = g;\ndecl function*[2] a;'],
    ['else behind a macro call', 'if (a)\n\tMACRO(x)\nelse\n\tb();', 'if a\n  (call MACRO x);\nelse\n  (call b);'],
  ])('%s', (_, text, expected) => expect(body(text)).toBe(expected));

  it('loses one statement, not the function, to what it cannot read', () => {
    const text = body('a();\nx = ) weird @@ (put_page(p);\nb();\nif (c) {\n\td() e f(g) 7 h;\n\ti();\n}\nj();');
    expect(text).toContain('(call a);');
    expect(text).toContain('(call put_page p)');
    expect(text).toContain('(call j);');
    expect(text).toContain('! ');
  });

  it('keeps positions true', () => {
    const text = 'int f(struct page __user *p)\n{\n\tfor_each_x(p, struct foo) {\n\t\tput_page(p);\n\t}\n}\n';
    expect(functions(text).join()).toContain('macro for_each_x p <struct foo>');
    expect(rewriteText(text)).toHaveLength(text.length);
  });

  it('keeps positions true where it reads a tree otherwise than the grammar', () => {
    const text = 'int a;\nint f(int n)\n{\n\treturn !n++;\n}\n';
    const statement = parseFunction(text, outline(text).items[1]!)[0]!.body.body[0]!;
    const value = statement.kind === 'return' ? statement.value : null;
    if (value?.kind !== 'unary') throw new Error('no such value');
    expect([value, value.operand].map(({ pos, end }) => text.slice(pos, end))).toEqual(['!n++', 'n++']);
  });
});
