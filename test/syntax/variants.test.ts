import { beforeAll, describe, expect, it } from 'vitest';
import { conditionText, evaluate, parseCondition } from '../../src/syntax/conditions.js';
import { initSyntax, outline, parseFunction } from '../../src/syntax/index.js';
import { functions } from './help.js';

beforeAll(initSyntax);

const inBody = (text: string): { assumptions: string[]; calls: string }[] =>
  functions(`void f(void)\n{\n${text}\n}\n`).map((v) => ({
    assumptions: /^\[/.test(v) ? v.split('\n')[0]!.slice(1, -1).split('] [') : [],
    calls: [...v.matchAll(/\(call (\w+)/g)].map((m) => m[1]).join(' '),
  }));

describe('variants', () => {
  it('shows every arm, the absent #else too', () => {
    expect(inBody('a();\n#ifdef CONFIG_X\nb();\n#endif\nc();')).toEqual([
      { assumptions: ['CONFIG_X'], calls: 'a b c' },
      { assumptions: ['!CONFIG_X'], calls: 'a c' },
    ]);
  });

  it('never joins arms that exclude each other', () => {
    expect(inBody('#if defined(A)\na();\n#else\nb();\n#endif\n#ifndef A\nc();\n#endif').map((v) => v.calls)).toEqual(['a', 'b c']);
  });

  it('climbs a ladder of versions', () => {
    const text =
      '#if LINUX_VERSION_CODE >= KERNEL_VERSION(6,5,0)\na();\n#elif LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)\nb();\n#else\nc();\n#endif\n#if KERNEL_VERSION(5,8,0) <= LINUX_VERSION_CODE\nd();\n#endif';
    const seen = inBody(text);
    expect(seen.map((v) => v.calls).sort()).toEqual(['a d', 'b', 'b d', 'c']);
    expect(seen.find((v) => v.calls === 'a d')!.assumptions).toEqual(['LINUX_VERSION_CODE >= KERNEL_VERSION(6,5,0)']);
  });

  it("assumes the item's own conditions", () => {
    const text = '#ifdef A\nvoid f(void)\n{\n#ifdef A\na();\n#else\nb();\n#endif\n}\n#endif\n';
    const item = outline(text).items[0]!;
    expect(parseFunction(text, item)).toHaveLength(1);
  });

  it('does not show dead code', () => {
    expect(inBody('#if 0\na();\n#endif\nb();').map((v) => v.calls)).toEqual(['b']);
  });

  it('shows every step of a ladder, whatever its arms', () => {
    const at = (version: string): string => `LINUX_VERSION_CODE >= KERNEL_VERSION(${version})`;
    const text = `#if ${at('5, 6, 0')}\na();\n#else\nb();\n#endif\n#if ${at('5, 2, 0')}\nc();\n#else\nd();\n#endif`;
    expect(inBody(text).map((v) => v.calls)).toEqual(['a c', 'b d', 'b c']);
  });

  it.each(['elif', 'elsif', 'elseif'])('opens an arm with #%s', (directive) => {
    const text = `#if defined(A)\na();\n#${directive} defined(B)\nb();\n#else\nc();\n#endif`;
    expect(inBody(text).map((v) => v.calls)).toEqual(['a', 'b', 'c']);
  });

  it('nests', () => {
    expect(inBody('#ifdef A\na();\n#ifdef B\nb();\n#else\nc();\n#endif\n#endif').map((v) => v.calls)).toEqual(['a b', 'a c', '']);
  });

  it('stops at 16', () => {
    const ladder = Array.from({ length: 40 }, (_, i) => `${i === 0 ? '#if' : '#elif'} defined(X${i})\nf${i}();`).join('\n');
    expect(inBody(`${ladder}\n#endif`).length).toBe(16);
  });

  it('reads alternative headers and openings', () => {
    expect(functions('#ifdef A\nint f(int x)\n#else\nint f(long x)\n#endif\n{\n\treturn x;\n}\n').map((v) => v.split('\n')[1])).toEqual([
      'int f(int x)',
      'int f(long x)',
    ]);
    expect(inBody('#ifdef A\nif (a()) {\n#else\nif (b()) {\n#endif\nc();\n}\nd();').map((v) => v.calls)).toEqual(['a c d', 'b c d']);
  });

  it.each([
    ['defined(CONFIG_X) && !defined Y', 'CONFIG_X && !defined(Y)'],
    ['IS_ENABLED(CONFIG_X) || (A && B)', 'CONFIG_X || (A && B)'],
    ['!(LINUX_VERSION_CODE < KERNEL_VERSION(5,6,0))', 'LINUX_VERSION_CODE >= KERNEL_VERSION(5,6,0)'],
    ['LINUX_VERSION_CODE >= KVER(5, 6, 0)', 'LINUX_VERSION_CODE >= KVER(5,6,0)'],
    ['!LINUX_VERSION_IS_GEQ(5,6,0)', 'LINUX_VERSION_CODE < KERNEL_VERSION(5,6,0)'],
    ['KERNEL_BEFORE(6,5,0)', 'LINUX_VERSION_CODE < KERNEL_VERSION(6,5,0)'],
    ['GRADE(1, 2, 3)', 'GRADE ( 1 , 2 , 3 )'],
    ['FOO(1) + 2 > BAR', 'FOO ( 1 ) + 2 > BAR'],
  ])('normalises %j', (text, expected) => expect(conditionText(parseCondition(text))).toBe(expected));

  it('takes an undefined name for 0', () => {
    expect(evaluate(parseCondition('RHEL_RELEASE_CODE >= RHEL_RELEASE_VERSION(8,4)'), new Map())).toBe(false);
  });
});
