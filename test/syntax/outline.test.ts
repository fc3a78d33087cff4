import { describe, expect, it } from 'vitest';
import { outline } from '../../src/syntax/index.js';
import { items } from './help.js';

describe('outline', () => {
  it('names every kind of item', () => {
    expect(
      items(`#include <linux/mm.h>
#define MAX 4
static struct page **pages;
static const struct file_operations fops = { .release = foo_release };
static int (*hook)(int);
struct foo { int a; };
typedef struct foo foo_t;
typedef struct { int b; } bar_t;
typedef int (*fn_t)(void);
enum { A, B };
extern int there;
int proto(struct page *p);
struct forward;
static DEFINE_MUTEX(lock);
MODULE_LICENSE("GPL");
int main_thing(void) { return 0; }
`),
    ).toEqual([
      'macro MAX',
      'variable pages',
      'variable fops',
      'variable hook',
      'struct foo',
      'declaration foo_t',
      'struct bar_t',
      'declaration fn_t',
      'other ',
      'declaration there',
      'declaration proto',
      'declaration forward',
      'other DEFINE_MUTEX',
      'other MODULE_LICENSE',
      'function main_thing',
    ]);
  });

  it.each([
    ['static __always_inline int __must_check a(void) { }', 'a'],
    ['__printf(1, 2)\nint a(const char *f, ...) { }', 'a'],
    ['static int a(int x) __must_hold(&lock)\n{ }', 'a'],
    ['void __printf(2, 3) a(struct x *p, ...) { }', 'a'],
    ['struct page *a(void) { }', 'a'],
    ['struct page a(void) { }', 'a'],
    ['int (*a(int n))(void) { }', 'a'],
    ['int a(x, y) int x; char *y; { }', 'a'],
    ['SYSCALL_DEFINE3(a, int, x, char __user *, y, size_t, n)\n{ }', 'a'],
    ['COMPAT_SYSCALL_DEFINE1(a, int, x) { }', 'a'],
    ['static\nint\na\n(\nvoid\n)\n{ }', 'a'],
    ['__attribute__((noinline)) static int a(void) { }', 'a'],
    ['int __a(int x) { }', '__a'],
    ['EXPORT_SYMBOL(b)\nint a(void) { }', 'a'],
    ['module_init(b)\nstatic int a(void) { }', 'a'],
    ['static int MY_NAME(int a) { }', 'MY_NAME'],
  ])('finds the name in %j', (text, name) => {
    expect(
      outline(text)
        .items.filter((i) => i.kind === 'function')
        .map((i) => i.name),
    ).toEqual([name]);
  });

  it.each<[string, ...string[]]>([
    ['int a;', 'a'],
    ['static struct page *ga, *gb;', 'ga', 'gb'],
    ['int a = f(1, 2), b[3], (*c)(int, int), d[2] = { 1, 2 }, *e = &a;', 'a', 'b', 'c', 'd', 'e'],
    ['struct s { int x, y; } one, *two = NULL;', 'one', 'two'],
    ['static int (*f)(int), g;', 'f', 'g'],
    ['struct s { int x; };'],
    ['extern int a, b;'],
    ['typedef int a, b;'],
    ['int f(int a, int b);'],
  ])('names the variables of %s', (text, ...names) => {
    expect(outline(text).items.map((i) => i.variables)).toEqual([names]);
  });

  it('sees through extern "C"', () => {
    expect(
      items('#ifdef __cplusplus\nextern "C" {\n#endif\nint a(void) { return 1; }\n#ifdef __cplusplus\n}\n#endif\nint b(void) { }'),
    ).toEqual(['function a', 'function b']);
  });

  it('lists both arms of an #if with their conditions', () => {
    expect(
      items(`#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)
int a(void) { }
#elif defined(RHEL) && !IS_ENABLED(CONFIG_X)
int b(void) { }
#else
int c(void) { }
#endif
#ifdef CONFIG_Y
int d;
#endif
#if 0
int dead(void) { }
#endif
`),
    ).toEqual([
      'function a [LINUX_VERSION_CODE >= KERNEL_VERSION(5,6,0)]',
      'function b [LINUX_VERSION_CODE < KERNEL_VERSION(5,6,0)] [defined(RHEL)] [!CONFIG_X]',
      'function c [LINUX_VERSION_CODE < KERNEL_VERSION(5,6,0)] [!(defined(RHEL) && !CONFIG_X)]',
      'variable d [CONFIG_Y]',
    ]);
  });

  it('takes a header guard for no condition', () => {
    expect(items('#ifndef _A_H\n#define _A_H\nint a;\n#endif\n')).toEqual(['macro _A_H', 'variable a']);
  });

  it('widens an item that begins in an arm and goes on behind it', () => {
    const text = 'int z;\n#ifdef A\nint f(int x)\n#else\nint f(long x)\n#endif\n{\n}\nint g(void) { }\n';
    const found = outline(text).items;
    expect(found.map((i) => i.name)).toEqual(['z', 'f', 'g']);
    expect(text.slice(found[1]!.pos, found[1]!.end)).toMatch(/^#ifdef A[\s\S]*\{\n\}$/);
    expect(found[1]!.conditions).toEqual([]);
  });

  it("restores the depth at #else and keeps the first arm's behind #endif", () => {
    expect(items('int f(void)\n{\n#ifdef A\nif (a) {\n#else\nif (b) {\n#endif\n}\n}\nint g(void) { }\n')).toEqual([
      'function f',
      'function g',
    ]);
    expect(items('int f(void)\n#ifdef A\n;\n#else\n{ return 0; }\n#endif\nint g(void) { }\n')).toEqual(['function f', 'function g']);
    expect(items('int f(void)\n{\n#ifdef A\nreturn 1;\n}\n#else\nreturn 2;\n}\n#endif\nint g(void) { }\n')).toEqual([
      'function f',
      'function g',
    ]);
  });

  it('ends macro lines without a semicolon at an #include', () => {
    expect(items('DECLARE_THING(a)\n#include "b.h"\n\nint f(void)\n{\n}\n')).toEqual(['other DECLARE_THING', 'function f']);
  });

  it('ends macro lines without a semicolon at a directive', () => {
    expect(items('#ifdef A\nFLAG(x)\n\tOTHER(y)\n#else\nFLAG_FALSE(x)\n#endif\nint f(void) { }\n').at(-1)).toBe('function f');
    expect(items('LIST_START(a)\nLIST(b)\nLONE_WORD\n#undef X\nint f(void) { }\n').at(-1)).toBe('function f');
  });

  it('gives positions', () => {
    const o = outline('#include <a.h>\n#include "b.h"\nint \u00e4b, c;\n');
    expect(o.position(o.items[0]!.pos)).toEqual({ line: 3, column: 1 });
    expect(o.position(o.items[0]!.pos + 4)).toEqual({ line: 3, column: 5 });
  });

  it('keeps macros that are defined inside an item apart', () => {
    const o = outline('struct a {\n#define A_FLAG 1\n\tint x;\n};\n');
    expect(o.items.map((i) => i.name)).toEqual(['a']);
    expect(o.innerMacros.map((i) => i.name)).toEqual(['A_FLAG']);
  });

  it('takes linear time over text made to confuse its patterns', () => {
    const from = performance.now();
    outline(
      `A(x)\n${'#'.repeat(300)}\n#if ${'/**/ '.repeat(2000)}\n#ifdef ${'/* */ '.repeat(2000)}-\nint f(a) int a; ${'b; '.repeat(20_000)}`,
    );
    expect(performance.now() - from).toBeLessThan(2000);
  });

  it('finds its feet behind a function that does not close', () => {
    const o = outline('int a(void)\n{\n\tif (x) {\n}\n\nint b(void)\n{\n}\n');
    expect(o.items.map((i) => i.name)).toEqual(['a', 'b']);
  });

  it('is not led astray by quotes, comments and apostrophes', () => {
    expect(items("char a[] = \"}{\\\"\";\nchar b = '{';\n/* { */ // {\n#error don't {\nint c(void) { return '\"'; }\nint d;")).toEqual([
      'variable a',
      'variable b',
      'function c',
      'variable d',
    ]);
  });
});
