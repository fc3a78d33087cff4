/** Macros and typedefs that name each other in a circle mean the same, whichever is asked for first. */
import { expect, it } from 'vitest';
import { openProgram, type Program } from '../../src/program/program.js';
import { openTree } from '../../src/source/index.js';
import { initSyntax } from '../../src/syntax/index.js';
import { type Files, withTree } from '../survey/helper.js';

/** The names that the calls of a function come to. */
const callsIn = (program: Program, name: string): (string | null)[] =>
  (program.file('a.c')?.byName.get(name) ?? [])
    .flatMap(program.graphs)
    .flatMap(({ nodes }) => nodes.flatMap(({ operation: o }) => (o?.kind === 'call' ? [o.name] : [])));

/** What is told of a tree, asked for in either order. */
async function either<T>(files: Files, ...asked: ((program: Program) => T)[]): Promise<T[][]> {
  await initSyntax();
  return withTree(files, async (root) => {
    const tree = await openTree(root);
    return [asked, [...asked].reverse()].map((order) => {
      const program = openProgram(tree, []);
      const answers = new Map(order.map((ask) => [ask, ask(program)]));
      return asked.map((ask) => answers.get(ask) as T);
    });
  });
}

const circle = (params: string, call: string): string => `#ifdef X
#define AA${params} BB${params}
#else
#define AA${params} get_user_pages_fast${call}
#endif
#define BB${params} AA${params}
void a(unsigned long s, struct page **p) { AA(s, 1, 0, p); }
void b(unsigned long s, struct page **p) { BB(s, 1, 0, p); }
`;

it.each([
  ['without parameters', circle('', '')],
  ['with parameters', circle('(s, n, f, p)', '(s, n, f, p)')],
])('macros %s', async (_, text) => {
  const both = [['get_user_pages_fast'], ['get_user_pages_fast']];
  const calls = await either(
    text,
    (program) => callsIn(program, 'a'),
    (program) => callsIn(program, 'b'),
  );
  expect(calls).toEqual([both, both]);
});

it('typedefs', async () => {
  const tags = await either(
    {
      'a.h': 'struct thing { int n; };\ntypedef struct thing *a_t;\n',
      'a.c': '#include "a.h"\n#ifdef X\ntypedef b_t a_t;\n#endif\ntypedef a_t b_t;\ntypedef a_t c_t;\ntypedef b_t d_t;\n',
    },
    ...['c_t', 'd_t'].map((name) => (program: Program) => program.structure(name, 'a.c')?.tag),
  );
  expect(tags).toEqual([
    ['thing', 'thing'],
    ['thing', 'thing'],
  ]);
});
