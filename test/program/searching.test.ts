/** Functions of a file whose text matches. */
import { expect, it } from 'vitest';
import { describe as factsOf, searching } from '../../src/program/file.js';

const namesIn = (text: string, pattern: RegExp): string[] => searching(factsOf('a.c', text), pattern).map((r) => r.name);

it('finds those that hold a match, also where arms overlap', () => {
  const text = 'int a(void) { x(1); }\nint b(void) { y(1); }\n#define c(p) x(p)\nint d(void) { x(2); x(3); }\nx(4);\n';
  expect(namesIn(text, /\bx\(/)).toEqual(['a', 'c', 'd']);
  expect(namesIn(text, /\by\(/)).toEqual(['b']);
  expect(namesIn(text, /\bz\(/)).toEqual([]);
  const outer = '#define inner(p) x(p)\n';
  expect(namesIn(`int a(void)\n{\n${outer}\ty(1);\n}\nint b(void) { x(1); }\n`, /\bx\(/)).toEqual(['a', 'inner', 'b']);
});

it('finds each of very many', () => {
  const n = 250_000;
  const text = Array.from({ length: n }, (_, k) => `int f${k}(void) { x(${k}); }\n`).join('');
  expect(namesIn(text, /\bx\(/)).toHaveLength(n);
});
