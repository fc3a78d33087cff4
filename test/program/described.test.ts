/** The parts of a file: what changes in one leaves the others as they are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Described, type Descriptions, descriptionsIn } from '../../src/program/described.js';
import type { Tree } from '../../src/source/index.js';

/** The files of a tree in which each has one text. */
function descriptions(text: string): Descriptions {
  return descriptionsIn({ read: () => text } as Pick<Tree, 'read'> as Tree);
}

/** What is known of a text. */
function described(text: string): Described {
  const found = descriptions(text).of('a.c');
  if (!found) throw new Error('not described');
  return found;
}

const file = (body: string) => `#include "own.h"
static int limit = 4;
static int first(int a)
{
${body}}

struct own { int a; };
int second(int a)
{
	return first(a);
}
`;

const statements = ['\treturn a;\n', '\tput_page(a);\n', '\tif (a) {\n\t\ta--;\n\t}\n', "\tc = '{';\n", '\ts = "}";\n', '\t/* { */\n'];
const bodies = fc.array(fc.constantFrom(...statements), { maxLength: 6 }).map((lines) => lines.join(''));

describe('the shell of a file', () => {
  it('has the length of the text, and all but the bodies of functions', () => {
    const { whole, shell } = described(file('\treturn a;\n'));
    expect(shell().outside).toHaveLength(whole.text.length);
    expect(shell().outside.replace(/[ \n]+/g, ' ')).toBe(
      '#include "own.h" static int limit = 4; static int first(int a) struct own { int a; }; int second(int a) ',
    );
  });

  it('keeps what the preprocessor does in a function', () => {
    const { outside } = described(file('\ta++;\n#define STEP \\\n\t2\n#ifdef MORE\n\ta += STEP;\n#endif\n')).shell();
    expect(outside).toContain('#define STEP \\\n\t2');
    expect(outside).toContain('#ifdef MORE');
    expect(outside).not.toContain('a += STEP');
  });

  it('is the same whatever a function says', () => {
    fc.assert(
      fc.property(bodies, bodies, (one, other) => {
        const [a, b] = [described(file(one)), described(file(other))];
        expect(a.shellDigest()).toBe(b.shellDigest());
        // Items: the include has none, then the variable, the first function, the struct and the second one.
        expect(a.textOf(3)).toBe(b.textOf(3));
        expect(a.textOf(1) === b.textOf(1)).toBe(one === other);
      }),
    );
  });

  it.each([
    ['a variable', 'limit = 4', 'limit = 5'],
    ['a member', 'struct own { int a; }', 'struct own { int b; }'],
    ['what is included', 'own.h', 'other.h'],
    ['the head of a function', 'first(int a)', 'first(long a)'],
    ['a name', 'int second', 'int third'],
    ['the arm that a function stands in', 'int second(int a)', '#ifdef OLD\n#endif\nint second(int a)'],
    ['a macro in a function', '\treturn a;', '#define A 1\n\treturn a;'],
  ])('is another one with %s', (_, from, to) => {
    const text = file('\treturn a;\n');
    expect(described(text.replace(from, to)).shellDigest()).not.toBe(described(text).shellDigest());
  });
});

describe('the items of a file', () => {
  it('are found by any position in them, and by none between', () => {
    const text = file('\treturn a;\n');
    const { numberAt, textOf, startOf } = described(text);
    const at = text.indexOf('return a');
    expect(numberAt(at)).toBe(1);
    expect(textOf(1)).toBe('static int first(int a)\n{\n\treturn a;\n}');
    expect(startOf(1)).toEqual({ line: 3, column: 1 });
    expect(numberAt(text.indexOf('\n\nstruct'))).toBeUndefined();
    expect(numberAt(text.length)).toBeUndefined();
    expect(textOf(9)).toBeUndefined();
  });
});

describe('what stands outside of functions', () => {
  /** The text without what is between braces in column one. */
  const outside = (text: string): string | null => descriptions(text).outsideOf('a.h');
  const digest = (text: string): string | null => descriptions(text).outsideDigest('a.h');

  it('is seen without looking through the file, in the kernel’s style', () => {
    const text = file('\treturn a;\n');
    expect(outside(text)).toBe(
      descriptionsIn({ read: () => text } as Pick<Tree, 'read'> as Tree)
        .of('a.c')
        ?.shell().outside,
    );
  });

  it.each([
    ['an enumeration', 'enum kind\n{\n\tA, B\n};\n'],
    ['a struct', 'struct own\n{\n\tint a;\n};\n'],
    ['a table', 'static int all[] =\n{\n\t1, 2\n};\n'],
    ['a function in a line', 'static inline int one(void) { return 1; }\n'],
    ['a brace that is never closed', 'int one(void)\n{\n\treturn 1;\n'],
  ])('is all of %s', (_, text) => {
    expect(outside(text)).toBe(text);
  });

  it('is the same whatever a function says, but for the preprocessor’s lines', () => {
    fc.assert(
      fc.property(bodies, bodies, (one, other) => {
        expect(digest(file(one))).toBe(digest(file(other)));
      }),
    );
    expect(digest(file('#define LIMIT 4\n'))).not.toBe(digest(file('#define LIMIT 5\n')));
    expect(digest(file('').replace('limit = 4', 'limit = 5'))).not.toBe(digest(file('')));
  });
});
