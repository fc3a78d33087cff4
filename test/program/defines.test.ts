import { describe, expect, it } from 'vitest';
import { definesAtColumnZero, definesNear, includesAndDefinesOf } from '../../src/program/file.js';

describe('where a name may be defined', () => {
  it.each([
    ['a definition', 'int give(struct page *p)\n{\n}\n', true],
    ['a name in a line of its own', 'static int\ngive(struct page *p) {\n}\n', true],
    ['a result in parentheses', 'int (*give(int a))(int b)\n{\n}\n', true],
    ['a K&R definition', 'int give(p)\nstruct page *p;\n{\n}\n', true],
    ['a definition after a declaration', 'int give(int a);\nint give(int a) { return a; }\n', true],
    ['a macro', '#define give(p) put_page(p)\n', true],
    ['a name that a macro makes a function of', 'SYSCALL_DEFINE1(give, int, a)\n{\n}\n', true],
    ['a declaration with an attribute: not looked through', 'int give(int a) __attribute__((cold));\n', true],
    ['a comment that looks like an end', 'int give(int a /* ); */)\n{\n}\n', true],
    ['a call', 'int f(void)\n{\n\tgive(1);\n}\n', false],
    ['a declaration', 'extern int give(struct page *p,\n\t\tint (*f)(int a));\n', false],
    ['another name', 'int take(int a)\n{\n}\n', false],
  ])('%s', (_, text, expected) => {
    expect(definesAtColumnZero(text, 'give')).toBe(expected);
  });
});

describe('whether a macro stands for a name', () => {
  it.each([
    ['a macro', '#define TAKE take(1)\n', true],
    ['one within an #if', '#ifdef A\n#  define TAKE take(1)\n#endif\n', true],
    ['one behind blanks', '\t# \tdefine TAKE take(1)\n', true],
    ['one of two lines', '#define TAKE \\\n\ttake(1)\n', true],
    ['one of two lines that end as on Windows', '#define TAKE \\\r\n\ttake(1)\r\n', true],
    ['one at the end of the text', '#define TAKE take(1)', true],
    ['a macro for another name', '#define TAKE give(1)\ntake(1);\n', false],
    ['a word that is no directive', 'define(take(1));\n', false],
  ])('%s', (_, text, expected) => {
    expect(definesNear(text, /^#\s*define[\s\S]*take\(/)).toBe(expected);
  });
});

it('reads what preprocessor lines name', () => {
  const { includes, defines } = includesAndDefinesOf('#include <a.h>\n # include "b/c.h"\n#define A 1\n#\tdefine B(x) x\nint include;\n');
  expect(includes).toEqual([
    { path: 'a.h', quoted: false },
    { path: 'b/c.h', quoted: true },
  ]);
  expect([...defines]).toEqual(['A', 'B']);
});
