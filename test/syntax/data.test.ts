import { beforeAll, describe, expect, it } from 'vitest';
import {
  initSyntax,
  isFunctionLike,
  outline,
  parseExpressionText,
  parseMacro,
  parseMacroBody,
  parseStruct,
  parseTypedef,
  parseVariable,
  printExpression,
  printFunction,
  printStruct,
  printType,
} from '../../src/syntax/index.js';

beforeAll(initSyntax);

const structs = (text: string): string[] => parseStruct(text, outline(text).items[0]!).map(printStruct);

describe('structs', () => {
  it('reads fields', () => {
    expect(
      structs(`struct foo {
	struct page **pages, *one;	/* x; */
	unsigned long flags:3, :2;
	int (*cb)(struct page *, int);
	vm_fault_t (*fault)(struct vm_fault *vmf);
	u8 mac[ETH_ALEN][2] __aligned(4);
	void __user *ubuf;
	struct bar;
	const struct ops *ops __attribute__((unused));
} __packed;`),
    ).toEqual([
      'struct foo\n  struct page** pages\n  struct page* one\n  unsigned long flags\n  function* cb\n  function* fault\n  u8[ETH_ALEN][2] mac\n  void* ubuf\n  struct bar\n  struct ops* ops',
    ]);
  });

  it('reads what is nested', () => {
    expect(structs('struct a { union { int x; struct { int y; } in; }; struct t { long z; } *p; enum { A } e; };')).toEqual([
      'struct a\n  union {\n    int x\n    struct in {\n      int y\n    }\n  }\n  struct t* p {\n    long z\n  }\n  enum e',
      'struct t\n  long z',
    ]);
  });

  it('reads struct_group and flexible arrays', () => {
    expect(
      structs(
        'struct a { struct_group(g, int x; int y; ); struct_group_tagged(tag, h, char c; ); DECLARE_FLEX_ARRAY(struct page *, v); DECLARE_BITMAP(m, 8); KABI_RESERVE(1) int z; };',
      ),
    ).toEqual([
      'struct a\n  struct {\n    int x\n    int y\n  }\n  struct g {\n    int x\n    int y\n  }\n  struct {\n    char c\n  }\n  struct tag h {\n    char c\n  }\n  struct page*[] v\n  DECLARE_BITMAP m\n  int z',
      'struct tag\n  char c',
    ]);
    expect(structs('struct a { __struct_group(, g, __packed, struct page *p; ); struct_group_attr(h, __aligned(4), int z; ); };')).toEqual([
      'struct a\n  struct {\n    struct page* p\n  }\n  struct g {\n    struct page* p\n  }\n  struct {\n    int z\n  }\n  struct h {\n    int z\n  }',
    ]);
  });

  it('reads both arms and typedefs', () => {
    expect(structs('typedef struct {\n#ifdef A\n\tint x;\n#else\n\tlong y;\n#endif\n} foo_t;')).toEqual([
      'struct foo_t\n  int x\n  long y',
    ]);
    expect(structs('union u { int a; } v;')).toEqual(['union u\n  int a']);
  });

  it.each([
    ['typedef struct foo foo_t;', 'foo_t', 'struct foo'],
    ['typedef struct foo *foo_p;', 'foo_p', 'struct foo*'],
    ['typedef unsigned long __bitwise x_t;', 'x_t', 'unsigned long'],
    ['typedef int (*fn_t)(int);', 'fn_t', 'function*'],
    ['typedef struct foo { int a; } foo_t;', 'foo_t', 'struct foo'],
    ['typedef struct foo { int a; } FOO, *PFOO;', 'FOO, PFOO', 'struct foo, struct foo*'],
  ])('typedef %j', (text, names, types) => {
    const found = parseTypedef(text, outline(text).items[0]!);
    expect([found.map((t) => t.name).join(', '), found.map((t) => printType(t.type)).join(', ')]).toEqual([names, types]);
  });
});

describe('macros', () => {
  const macro = (text: string) => parseMacro(text, outline(text).items[0]!);
  const printed = (text: string): string => {
    const f = parseMacroBody(macro(text));
    return f === null ? 'null' : printFunction(f);
  };

  it('reads the definition', () => {
    const text = '#define put(a, b...) \\\n\tdo { x(a); } while (0)\n';
    const m = macro(text);
    expect(m).toMatchObject({ name: 'put', params: ['a', 'b'], variadic: true, objectLike: false });
    expect(text.slice(m.bodyPos)[0]).toBe('\\');
    expect(isFunctionLike(text, outline(text).items[0]!)).toBe(true);
    expect(macro('#define A (1 + 2)\n')).toMatchObject({ name: 'A', objectLike: true, body: '(1 + 2)' });
    expect(macro('#define V(...) f(__VA_ARGS__)\n')).toMatchObject({ params: ['__VA_ARGS__'], variadic: true });
  });

  it('parses the body', () => {
    expect(printed('#define p(x) put_page(x)\n')).toBe('inline  p( x)\n{\n  return (call put_page x);\n}'.replace('( x)', '(x)'));
    expect(printed('#define p(x) do { a(x); b(x); } while (0)\n')).toContain(
      'do\n    {\n      (call a x);\n      (call b x);\n    }\n  while 0',
    );
    expect(printed('#define p(x) ({ int y = (x); y; })\n')).toContain('return ({ decl int y = x; y; });');
    expect(printed('#define p(x) return (x)\n')).toContain('{\n  return x;\n');
    expect(printed('#define p(x) a(x); b(x)\n')).toContain('(call a x);\n  (call b x);');
    expect(printed('#define p(x) a##x(#x)\n')).toContain('(call a##x #x)');
    expect(printed('#define p(x)\n')).toBe('null');
    expect(printed('#define each(p, h) for (p = first(h); p; p = next(p))\n')).not.toBe('');
  });

  it('parses expressions with true positions', () => {
    const e = parseExpressionText('a->b + f(struct x)', 100)!;
    expect(printExpression(e)).toBe('(a->b + (call f <struct x>))');
    expect([e.pos, e.end]).toEqual([100, 118]);
    expect(parseExpressionText('a +')).toBeNull();
    expect(parseExpressionText('')).toBeNull();
    expect(parseExpressionText('a; b')).toBeNull();
  });
});

describe('variables', () => {
  const variables = (text: string): string[] =>
    parseVariable(text, outline(text).items[0]!).map(
      (d) => `${d.static ? 'static ' : ''}${printType(d.type)} ${d.name}${d.init === null ? '' : ` = ${printExpression(d.init)}`}`,
    );
  it.each([
    [
      'static const struct file_operations fops = { .open = o, .release = foo_release, };',
      ['static struct file_operations fops = {.open=o, .release=foo_release}'],
    ],
    ['static struct page **pages;', ['static struct page** pages']],
    ['int a = 1, *b = &a;', ['int a = 1', 'int* b = (& a)']],
    ['struct foo { int a; } x = { .a = 1 };', ['struct foo x = {.a=1}']],
    ['static int (*hooks[])(void) __read_mostly = { a, b };', ['static function*[] hooks = {a, b}']],
  ])('%j', (text, expected) => expect(variables(text)).toEqual(expected));

  it('merges configurations', () => {
    expect(variables('static struct ops o = {\n#ifdef A\n.f = x,\n#endif\n.g = y };')).toEqual([
      'static struct ops o = {.f=x, .g=y}',
      'static struct ops o = {.g=y}',
    ]);
  });
});
