import fc from 'fast-check';

/** Pieces of C that have a way of going wrong where they do not belong. */
const SHARDS = [
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
  '\\',
  '\\\n',
  '\n',
  '#',
  '##',
  '/*',
  '*/',
  '//',
  '*',
  '&',
  '->',
  '.',
  '...',
  '=',
  '?',
  ':',
  '\0',
  '\u00e4',
  '\u00ff',
  '\t',
  '\r\n',
  '$',
  '@',
  '`',
  '#if X\n',
  '\n#if 0\n',
  '\n#ifdef A\n',
  '\n#else\n',
  '\n#elif defined(B)\n',
  '\n#endif\n',
  '\n#define M(x) x(\n',
  '\n#include "x.h"\n',
  '\n#undef\n',
  'if (',
  'else',
  'do {',
  'while (',
  'for (;;)',
  'switch (x) {',
  'case 1:',
  'default:',
  'goto x;',
  'x:',
  'return',
  'struct',
  'struct x {',
  'union {',
  'typedef',
  'static',
  '({',
  '})',
  '__attribute__((',
  'asm volatile ("',
  'sizeof',
  '_Generic(',
  'extern "C" {',
  '0x',
  "'\\''",
  '"\\"',
  'u8"',
  "L'",
  'pin_user_pages_fast(',
  'get_user_pages(a, 1, 0, &p)',
  'put_page(',
  'unpin_user_pages(p, n);',
  'sg_set_page(',
  '&pages[',
  'for_each_sg(',
] as const;

/** Words, numbers and single signs; joined they are the text again. */
function pieces(text: string): string[] {
  return text.match(/[A-Za-z_]\w*|\d\w*|\s+|[^\w\s]/g) ?? [];
}

/** One change of a text of pieces, at a place given in thousandths. */
interface Change {
  how: 'delete' | 'duplicate' | 'swap' | 'insert' | 'cut' | 'repeat';
  at: number;
  other: number;
  shard: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  how: fc.constantFrom('delete', 'duplicate', 'swap', 'insert', 'insert', 'insert', 'cut', 'repeat'),
  at: fc.nat(999_999),
  other: fc.nat(999_999),
  shard: fc.constantFrom(...SHARDS),
});

/** Some changes, to be made one after the other. */
export const changes: fc.Arbitrary<Change[]> = fc.array(change, { minLength: 1, maxLength: 12 });

/** A text with the changes made. */
export function mutate(text: string, made: readonly Change[]): string {
  const all = pieces(text);
  for (const { how, at, other, shard } of made) {
    const i = Math.floor((at / 1_000_000) * all.length);
    const j = Math.floor((other / 1_000_000) * all.length);
    const [a, b] = [all[i], all[j]];
    if (how === 'insert') all.splice(i, 0, shard);
    else if (a === undefined || b === undefined) continue;
    else if (how === 'delete') all.splice(i, 1);
    else if (how === 'duplicate') all.splice(i, 0, a);
    else if (how === 'cut') all.length = i;
    else if (how === 'repeat') all.splice(j, 0, ...all.slice(i, i + 20));
    else {
      all[i] = b;
      all[j] = a;
    }
  }
  return all.join('');
}

const name = fc.constantFrom('a', 'p', 'pages', 'page', 'n', 'i', 'c', 'sg', 'sgt', 'ret');
const acquire = fc.constantFrom(
  'get_user_pages_fast',
  'pin_user_pages',
  'pin_user_pages_remote',
  'iov_iter_get_pages2',
  'iov_iter_extract_pages',
  'memfd_pin_folios',
);
const call = fc.constantFrom(
  'put_page',
  'unpin_user_pages',
  'release_pages',
  'sg_set_page',
  'sg_page',
  'page_to_pfn',
  'pfn_to_page',
  'alloc_page',
  'unknown',
  'f0',
  'f1',
  'kfree',
);

/** Statements that look like a driver's, at random. */
const { statement } = fc.letrec<{ expression: string; statement: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    name,
    fc.nat(9).map(String),
    fc.tuple(name, name).map(([o, f]) => `${o}->${f}`),
    fc.tuple(name, tie('expression')).map(([o, e]) => `${o}[${e}]`),
    name.map((n) => `&${n}`),
    name.map((n) => `*${n}++`),
    fc.tuple(call, fc.array(tie('expression'), { maxLength: 3 })).map(([f, args]) => `${f}(${args.join(', ')})`),
    fc.tuple(acquire, fc.array(tie('expression'), { maxLength: 6 })).map(([f, args]) => `${f}(${args.join(', ')})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '-', '<', '!=', '==', '&&', '||', '|', ','), tie('expression'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(tie('statement'), tie('expression')).map(([s, e]) => `({ ${s} ${e}; })`),
  ),
  statement: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'statement' },
    fc.constantFrom(
      'break;',
      'continue;',
      'return;',
      'goto out;',
      ';',
      'out:;',
      'struct page *page;',
      'struct page *pages[8];',
      'case 1:;',
      'default:;',
    ),
    tie('expression').map((e) => `${e};`),
    fc.tuple(name, tie('expression')).map(([n, e]) => `${n} = ${e};`),
    fc.tuple(tie('expression'), tie('statement')).map(([e, s]) => `if (${e}) ${s}`),
    fc.tuple(tie('expression'), tie('statement'), tie('statement')).map(([e, s, t]) => `if (${e}) ${s} else ${t}`),
    fc.tuple(tie('expression'), tie('statement')).map(([e, s]) => `while (${e}) ${s}`),
    fc.tuple(tie('statement'), tie('expression')).map(([s, e]) => `do ${s} while (${e});`),
    fc.tuple(tie('expression'), tie('expression'), tie('statement')).map(([a, b, s]) => `for (i = 0; ${a}; ${b}) ${s}`),
    fc.tuple(tie('expression'), tie('statement')).map(([e, s]) => `switch (${e}) { ${s} }`),
    fc.tuple(tie('expression'), tie('statement')).map(([e, s]) => `for_each_sg(${e}, sg, n, i) ${s}`),
    fc.array(tie('statement'), { maxLength: 5 }).map((s) => `{ ${s.join('\n')} }`),
    fc.tuple(tie('statement'), tie('statement')).map(([s, t]) => `\n#ifdef A\n${s}\n#else\n${t}\n#endif\n`),
  ),
}));

/** A file of functions that call each other, and a struct. */
export const file: fc.Arbitrary<string> = fc
  .array(fc.array(statement, { maxLength: 8 }), { minLength: 1, maxLength: 3 })
  .map((functions) => {
    const bodies = functions.map(
      (s, k) =>
        `static int f${k}(struct c *c, unsigned long a, struct page **pages)\n{\n\tint n, i, ret;\n${s.join('\n')}\n\treturn f${(k + 1) % functions.length}(c, a, pages);\n}\n`,
    );
    return `struct c { struct page *page; struct page **pages; struct scatterlist *sg; struct c *c; };\n${bodies.join('\n')}`;
  });
