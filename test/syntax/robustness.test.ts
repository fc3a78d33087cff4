import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { rewriteText } from '../../src/syntax/body.js';
import {
  initSyntax,
  outline,
  parseExpressionText,
  parseFunction,
  parseMacro,
  parseMacroBody,
  parseStruct,
  parseTypedef,
  parseVariable,
} from '../../src/syntax/index.js';

beforeAll(initSyntax);

/** Parses all that the outline of a text lists. */
function readAll(text: string): void {
  const o = outline(text);
  for (const item of o.items) {
    // A body is parsed when it is asked for.
    if (item.kind === 'function') expect(parseFunction(text, item).map((variant) => variant.body).length).toBeGreaterThan(0);
    else if (item.kind === 'struct') parseStruct(text, item);
    else if (item.kind === 'macro') parseMacroBody(parseMacro(text, item));
    if (item.kind === 'variable' || item.kind === 'struct') parseVariable(text, item);
    if (item.kind === 'declaration' || item.kind === 'struct') parseTypedef(text, item);
  }
}

function checkOutline(text: string): void {
  const o = outline(text);
  let last = 0;
  for (const item of o.items) {
    expect(item.pos).toBeGreaterThanOrEqual(last);
    expect(item.end).toBeGreaterThan(item.pos);
    expect(item.end).toBeLessThanOrEqual(text.length);
    if (item.bodyPos >= 0) expect(text[item.bodyPos]).toBe('{');
    last = item.end;
  }
}

const SAMPLE = `#include "a.h"
#define put(x) do { put_page(x); } while (0)
#ifdef CONFIG_A
struct foo { struct page **p; union { int a; long b; }; struct_group(g, int x; ); };
#else
struct foo { int a:3; };
#endif
static const struct ops o = { .release = rel, [2 ... 3] = x };
static int __must_check f(struct foo __user *p, int n)
{
	struct page *q __free(put) = get(), **r = (u64)*p;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5,6,0)
	for_each_sg(p->l, s, n, i) { put_page(sg_page(s)); }
#else
	if (unlikely(!q)) goto out;
#endif
	switch (n) { case 1 ... 2: break; default: return container_of(p, struct foo, a); }
	asm volatile("nop" : : : "memory");
	scoped_guard(mutex, &m) x = ({ 1; });
out:
}
EXPORT_SYMBOL(f);
SYSCALL_DEFINE2(g, int, a, char *, "b") { do { a(); } while_each(b); }
`;

const PIECES = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '"',
  "'",
  '/*',
  '*/',
  '//',
  '\n',
  '#if A\n',
  '#else\n',
  '#endif\n',
  '#elif B > 3\n',
  '\\\n',
  '*',
  '&',
  '=',
  ':',
  '?',
  'struct ',
  'int ',
  'if ',
  'else ',
  'do ',
  'while ',
  'case ',
  'return ',
  'sizeof',
  'typeof(',
  'foo',
  'FOO(x)',
  '__user ',
  ' 12 ',
  '.',
  '->',
  '...',
  '##',
  '#x',
  '\u00e9',
  '\0',
  'asm(',
];

const mutated = fc.array(fc.tuple(fc.nat(SAMPLE.length), fc.nat(12), fc.constantFrom(...PIECES)), { maxLength: 8 }).map((edits) => {
  let text = SAMPLE;
  for (const [at, drop, piece] of edits) text = text.slice(0, at) + piece + text.slice(at + drop);
  return text;
});
const soup = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(''));

describe('whatever the text', () => {
  it('the outline is ordered, in range and never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), soup, mutated), checkOutline), { numRuns: 1500 });
  });

  it('what the outline lists can be parsed without throwing', () => {
    fc.assert(fc.property(fc.oneof(soup, mutated), readAll), { numRuns: 250 });
    fc.assert(
      fc.property(soup, (text) => {
        parseExpressionText(text);
      }),
      { numRuns: 300 },
    );
  });

  it('the dialect pass keeps the length', () => {
    fc.assert(
      fc.property(fc.oneof(soup, mutated), (text) => rewriteText(text).length === text.length),
      { numRuns: 500 },
    );
  });

  it('reads the sample without a problem', () => {
    const o = outline(SAMPLE);
    const f = o.items.find((i) => i.name === 'f')!;
    expect(parseFunction(SAMPLE, f).flatMap((v) => v.problems)).toEqual([]);
  });
});

describe('monsters', () => {
  const timed = (text: string): number => {
    const from = performance.now();
    readAll(text);
    return performance.now() - from;
  };
  it.each<[string, () => string]>([
    ['a line of many megabytes', () => `int a[] = { ${'1,'.repeat(4 << 20)} };`],
    ['a line without any structure', () => 'a '.repeat(4 << 20)],
    ['nested braces', () => `int f(void) { ${'{'.repeat(10_000)}${'}'.repeat(10_000)} }`],
    ['nested brackets', () => `int f(void) { return ${'('.repeat(10_000)}1${')'.repeat(10_000)}; }`],
    ['open braces', () => 'int f(void) {'.repeat(20_000)],
    ['closing braces', () => '}'.repeat(100_000)],
    ['open brackets', () => '('.repeat(200_000)],
    ['open #ifs', () => '#if A\nint f(void) {\n'.repeat(3000)],
    [
      'many #ifs in a function',
      () => `void f(void)\n{\n${Array.from({ length: 300 }, (_, i) => `#ifdef X${i}\nf${i}();\n#endif`).join('\n')}\n}\n`,
    ],
    ['a long else-if chain', () => `void f(void) { ${'if (a) b(); else '.repeat(5000)} c(); }`],
    ['a long sum', () => `int f(void) { return ${'a + '.repeat(20_000)} 1; }`],
    ['many unary operators', () => `int f(void) { return ${'!'.repeat(20_000)} 1; }`],
    ['a function above the limit', () => `void f(void) { ${'a();\n'.repeat(250_000)} }`],
    ['nested structs', () => `${'struct { '.repeat(3000)}int a;${' } b;'.repeat(3000)}`],
    ['deep conditions', () => `#if ${'!('.repeat(5000)}A${')'.repeat(5000)}\nint a;\n#endif\n`],
    ['nested brackets in a parameter', () => `int f(int ${'('.repeat(20_000)}a${')'.repeat(20_000)}) { return 1; }`],
    ['nested brackets around the name', () => `int ${'(*'.repeat(20_000)}f(int a)${')'.repeat(20_000)} { return 1; }`],
    ['nested brackets in a type', () => `int f(void) { return sizeof(int ${'(*'.repeat(300)}${')'.repeat(300)}); }`],
    ['many annotations', () => `int f(void) { ${'__user '.repeat(40_000)} a(); }`],
    ['a long ladder of conditions', () => Array.from({ length: 8000 }, (_, i) => `#${i ? 'el' : ''}if X${i}\nint a${i};\n`).join('')],
    [
      'a ladder of many tests',
      () => {
        const test = (arm: number): string => Array.from({ length: 100 }, (_, k) => `N${arm}_${k} > ${k}`).join(' && ');
        return `void f(void)\n{\n${Array.from({ length: 98 }, (_, i) => `#${i ? 'el' : ''}if ${test(i)}\nf${i}();\n`).join('')}#endif\n}\n`;
      },
    ],
    ['deep #ifs', () => `${Array.from({ length: 8000 }, (_, i) => `#if X${i}\nint a${i};\n`).join('')}${'#endif\n'.repeat(8000)}`],
    ['an unclosed comment', () => `int a;\n/* ${'x'.repeat(1 << 20)}`],
    ['an unclosed string', () => `int f(void) { a("${'x'.repeat(1000)}\n); b(); }`],
    ['binary', () => Buffer.from(Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 7919 + (i >> 8)) & 255)).toString('latin1')],
    ['stars', () => `int ${'*'.repeat(50_000)}a; int f(void) { x = ${'*'.repeat(5000)}p; }`],
  ])('%s', (_, make) => {
    const text = make();
    checkOutline(text);
    expect(timed(text)).toBeLessThan(20_000);
  });

  it('reads the conditions of a ladder, and of a long one those near its top', () => {
    const ladder = (arms: number): string =>
      `${Array.from({ length: arms }, (_, i) => `#${i ? 'el' : ''}ifdef X${i}\nint a${i};\n`).join('')}#else\nint z;\n#endif\n`;
    const lists = (arms: number): string[][] => outline(ladder(arms)).items.map((i) => i.conditions);
    expect(lists(2)).toEqual([['defined(X0)'], ['!defined(X0)', 'defined(X1)'], ['!defined(X0)', '!defined(X1)']]);
    const long = lists(3000);
    expect(long).toHaveLength(3001);
    expect(long[2000]!.at(-1)).toBe('defined(X2000)');
    expect(Math.max(...long.map((l) => l.length))).toBeLessThan(200);
  });

  it('reads the same on a slow machine', () => {
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1e5));
    const text = `void f(void) { ${'a(b);\n'.repeat(10_000)} }`;
    const [v] = parseFunction(text, outline(text).items[0]!);
    expect(v!.body.body).toHaveLength(10_000);
    clock.mockRestore();
  });

  it('says why it did not look', () => {
    const text = `int f(void) { return ${'('.repeat(500)}put_page(p)${')'.repeat(500)}; }`;
    const [v] = parseFunction(text, outline(text).items[0]!);
    expect(v!.problems[0]!.why).toContain('400 brackets');
    expect(v!.body.body[0]).toMatchObject({ kind: 'unknown-statement', calls: [{ callee: { name: 'put_page' } }] });
    expect(v!.returns.base).toBe('int');
    const head = `static int f(int ${'('.repeat(500)}a${')'.repeat(500)}) { put_page(p); }`;
    expect(parseFunction(head, outline(head).items[0]!)[0]).toMatchObject({ name: 'f', static: true, params: [] });
  });
});
