import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fastScanner } from '../../src/source/fast.js';
import { FAST_SOURCE } from '../../src/source/fast-wasm.js';
import { ANYTHING, CALL, DEFINITION, FIELD, hashName, STRUCT } from '../../src/source/hash.js';
import { newSink, PAD, plainScanner, type Scanner } from '../../src/source/scan.js';

const plain = plainScanner();
const fast = fastScanner();
if (fast === undefined) throw new Error('this Node has no WebAssembly SIMD');

function hashes(scanner: Scanner, text: string): Set<number> {
  const bytes = Buffer.from(text, 'latin1');
  while (scanner.room < bytes.length) scanner.grow();
  scanner.text.set(bytes, scanner.base);
  scanner.text.fill(0, scanner.base + bytes.length, scanner.base + bytes.length + PAD);
  const sink = newSink();
  scanner.scan(bytes.length, sink);
  return new Set(sink.hashes.subarray(0, sink.length));
}

/** Which of the names the index would report for a text. */
function reported(text: string, role: number, names: readonly string[]): string[] {
  const found = hashes(fast as Scanner, text);
  return names.filter((name) => found.has(hashName(name, role) as number));
}

const NAMES = ['foo', 'bar', 'x'];

describe('a name before (', () => {
  it.each([
    ['foo(1)', ['foo']],
    ['foo (1)', ['foo']],
    ['foo\t \n\n\t(1)', ['foo']],
    ['#define a foo \\\n\t(1)', ['foo']],
    ['#define a foo \\\r\n\t(1)', ['foo']],
    ['foo/* x */(1)', ['foo']],
    ['foo /* a ( b */ /* c */ (1)', ['foo']],
    ['foo /* bar /* baz */ (1)', ['foo', 'bar']],
    ['foo /*/ bar */ (1)', ['foo']],
    ['foo // bar\n(1)', ['foo', 'bar']],
    ['foo // bar \\\n and more\n(1)', ['foo']],
    ['foo // see http://bar\n // and\n\n/* that */\n(1)', ['foo', 'bar']],
    ['foo', []],
    ['foo;(1)', []],
    ['foo[1](2)', []],
    ['afoo(1) foob(2)', []],
    ['(foo)(1)', []],
    ['a=foo\n\n;(1)', []],
    ['foo', []],
    ['(', []],
    ['foo(', ['foo']],
    ['"foo(" /* bar( */', ['foo', 'bar']],
  ])('%j', (text, names) => {
    expect(reported(text, CALL, NAMES)).toEqual(names);
  });
});

describe('a name that may be defined', () => {
  it.each([
    ['int foo(void)\n{', ['foo']],
    ['/* x */\nstatic int\nfoo(void)\n{', ['foo']],
    ['int foo\n\t(void)\n{', ['foo']],
    ['int foo // bar\n(void)\n{', ['foo', 'bar']],
    ['#define foo(a) bar(a)', ['foo', 'bar']],
    ['int (foo)(void)\n{', ['foo']],
    ['MAKE(foo, bar)\n{', ['foo']],
    ['MAKE( foo)', ['foo']],
    ['MAKE(1, foo)', []],
    ['\tfoo(1);', []],
    ['int x(void)\n{\n\tfoo(bar);\n}', ['x']],
    [' * foo(1)\n/* bar(2) */\n* x(3)', []],
    ['int\n\tfoo(void)', []],
  ])('%j', (text, names) => {
    expect(reported(text, DEFINITION, NAMES)).toEqual(names);
  });
});

describe('a name after -> or .', () => {
  it.each([
    ['a->foo', ['foo']],
    ['a.foo', ['foo']],
    ['a -> foo', ['foo']],
    ['a-> \n foo', ['foo']],
    ['a. /* c */ foo', ['foo']],
    ['a. // c\n foo', ['foo']],
    ['a. \\\n foo', ['foo']],
    ['{ .foo = 1, .x.bar = 2 }', ['foo', 'bar', 'x']],
    ['a > foo; 1.0foo; b-foo; b>foo', []],
    ['...foo', ['foo']],
    ['.', []],
    ['->', []],
  ])('%j', (text, names) => {
    expect(reported(text, FIELD, NAMES)).toEqual(names);
  });
});

describe('a tag before {', () => {
  it.each([
    ['struct foo {', ['foo']],
    ['union foo{', ['foo']],
    ['struct foo\n{', ['foo']],
    ['struct\nfoo\n{', ['foo']],
    ['struct /* a */ foo /* b */ {', ['foo']],
    ['struct foo // bar)\n{', ['foo']],
    ['struct __packed foo {', ['foo']],
    ['struct __attribute__((packed, aligned(4))) foo {', ['foo']],
    ['#define a struct foo \\\n {', ['foo']],
    ['struct foo {', ['foo']],
    ['struct foo;', []],
    ['struct foo *x(void) {', []],
    ['enum foo { bar }', []],
    ['mystruct foo {', []],
    ['struct foo a = {', []],
    ['else foo {', []],
    ['do {', []],
  ])('%j', (text, names) => {
    expect(reported(text, STRUCT, NAMES)).toEqual(names);
  });
});

// Pieces that make the cases above meet in every way.
const piece = fc.constantFrom(
  ...[
    'foo',
    'bar',
    'x',
    '_9',
    'struct',
    'union',
    'enum',
    'do',
    'else',
    'a_name_of_sixteen',
    'a_name_that_is_longer_than_two_times_sixteen',
  ],
  ...['(', ')', '{', '}', '.', '->', '>', '-', '=', ',', ';', '1', '"', "'", '\0', '\xe9', '$'],
  ...[' ', '\t', '\n', '\r\n', '\\\n', '\\\r\n', '\\', '/*', '*/', '//', '/', '*', '\f'],
);
const soup = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
const spaced = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(' '));

const GAP = String.raw`(?:\s|\\\r?\n|/\*(?:[^*]|\*(?!/))*\*/|//(?:[^\\\n]|\\\r?\n|\\(?!\r?\n))*\n)*`;
const WORD = '(?<![A-Za-z0-9_])([A-Za-z_][A-Za-z0-9_]*)';
const KEYWORDS = new Set(['struct', 'union', 'enum', 'do', 'else']);
const PATTERNS: [number, RegExp][] = [
  [CALL, new RegExp(`${WORD}(?=${GAP}\\()`, 'g')],
  [DEFINITION, new RegExp(`^[^\\0-\\x20*/][^\\n]*?${WORD}(?=${GAP}\\()`, 'gm')],
  [FIELD, new RegExp(`(?:->|\\.)${GAP}([A-Za-z_][A-Za-z0-9_]*)`, 'g')],
  [STRUCT, new RegExp(`(?<![A-Za-z0-9_])(?:struct|union)(?=[\\s/\\\\])${GAP}([A-Za-z_][A-Za-z0-9_]*)(?=${GAP}\\{)`, 'g')],
];

describe('laws', () => {
  it('holds for the fast.as that lies beside it: run make-fast.mjs if not', () => {
    const source = readFileSync(new URL('../../src/source/fast.as', import.meta.url));
    expect(FAST_SOURCE).toBe(createHash('sha1').update(source).digest('hex'));
  });

  it('never leaves out what a plain search finds', () => {
    fc.assert(
      fc.property(fc.oneof(soup, spaced), (text) => {
        const found = hashes(fast, text);
        for (const [role, pattern] of PATTERNS) {
          for (const match of text.matchAll(pattern)) {
            const name = match[1] as string;
            if (role === STRUCT && KEYWORDS.has(name)) continue;
            if (!found.has(hashName(name, role) as number) && !found.has(ANYTHING)) {
              throw new Error(`${name} left out of ${JSON.stringify(text)}`);
            }
          }
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('is the same with and without WebAssembly', () => {
    fc.assert(
      fc.property(fc.oneof(soup, spaced), (text) => {
        expect([...hashes(fast, text)].sort()).toEqual([...hashes(plain, text)].sort());
      }),
      { numRuns: 3000 },
    );
  });

  it('finds the same wherever in the buffer a text lies', () => {
    for (let shift = 0; shift < 70; shift++) {
      const text = `${' '.repeat(shift)}a_name_that_is_longer_than_two_times_sixteen(p)->foo; struct bar { int x; };`;
      expect(hashes(fast, text)).toEqual(hashes(plain, text));
    }
  });
});

describe('odd texts take time in proportion to their length', () => {
  const M = 1 << 18;
  it.each([
    ['one line', 'x(a->b, 1); '.repeat(M)],
    ['one name', `${'a'.repeat(16 * M)}(`],
    ['blanks', `foo${' '.repeat(16 * M)}(`],
    ['line breaks', `foo${'\n'.repeat(16 * M)}(`],
    ['open comments', './*'.repeat(4 * M)],
    ['line comments', './/x\n'.repeat(2 * M)],
    ['points in line comments', './/.\n'.repeat(2 * M)],
    ['comment ends', '*/('.repeat(4 * M)],
    ['comments before (', `foo${'/*x*/ '.repeat(M)}(`],
    ['a macro', '( \\\n{ \\\n'.repeat(M)],
    ['joined comments', '// \\\n(\\\n'.repeat(M)],
    ['parentheses', 'struct a (((('.repeat(M)],
    ['braces', 'a){'.repeat(4 * M)],
    ['braces and words', `struct ${'a '.repeat(4 * M)}{`],
    ['zeros', '\0'.repeat(16 * M)],
  ])('%s', (_, text) => {
    // Time of the processor, so that it does not matter what else runs. A quadratic scan would take minutes.
    const start = process.cpuUsage();
    hashes(fast, text);
    expect(process.cpuUsage(start).user).toBeLessThan(4_000_000);
  });
});
