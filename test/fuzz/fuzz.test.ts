import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { survey } from '../../src/survey/index.js';
import { initSyntax, outline, parseFunction, parseMacro, parseMacroBody, parseStruct } from '../../src/syntax/index.js';
import { withTree } from '../survey/helper.js';
import { changes, file, mutate } from './mutate.js';

const root = fileURLToPath(new URL('../../examples/', import.meta.url));
const examples = Object.fromEntries(
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[ch]$/.test(name))
    .sort()
    .map((name) => [name, readFileSync(root + name, 'latin1')]),
);
const names = Object.keys(examples);
/** The same inputs each time, unless told otherwise: `FUZZ_RUNS=5000 FUZZ_SEED=$RANDOM npx vitest run test/fuzz`. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 150);
const seed = Number(process.env['FUZZ_SEED'] ?? 20181105);

/** What the issue allows: two seconds for 100 kB, and no input is too small for them. Seconds of this process, whatever else runs. */
async function inTime<T>(size: number, run: () => T | Promise<T>): Promise<T> {
  const before = process.cpuUsage();
  const result = await run();
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000 * Math.max(1, size / 100_000));
  return result;
}

/** Everything that the parser has to say about a text; whether it holds together. */
function parseAll(text: string): void {
  const { items, innerMacros } = outline(text);
  let last = 0;
  for (const item of items) {
    expect(item.pos).toBeGreaterThanOrEqual(last);
    expect(item.end).toBeGreaterThan(item.pos);
    expect(item.end).toBeLessThanOrEqual(text.length);
    last = item.end;
    if (item.kind === 'function') for (const v of parseFunction(text, item)) expect(v.body.end).toBeLessThanOrEqual(text.length);
    if (item.kind === 'struct') parseStruct(text, item);
  }
  for (const item of [...items, ...innerMacros]) if (item.kind === 'macro') parseMacroBody(parseMacro(text, item));
}

beforeAll(initSyntax);

describe('the parser', () => {
  it('reads mutated examples', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), changes, async (name, made) => {
        const text = mutate(examples[name] ?? '', made);
        await inTime(text.length, () => parseAll(text));
      }),
      { numRuns: runs, seed },
    );
  });

  it('reads generated C, and mutations of it', async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.option(changes), (text, made) => inTime(text.length, () => parseAll(made ? mutate(text, made) : text))),
      { numRuns: runs, seed },
    );
  });

  it('reads any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), (bytes) =>
        inTime(bytes.length, () => parseAll(Buffer.from(bytes).toString('latin1'))),
      ),
      { numRuns: runs, seed },
    );
  });

  const deep: [name: string, text: string][] = [
    ['braces', `void f(void) { ${'{'.repeat(10_000)}${'}'.repeat(10_000)} }`],
    ['braces that never close', `void f(void) { ${'{'.repeat(10_000)}`],
    ['braces that never opened', `${'}'.repeat(10_000)} int f(void) { return 0; }`],
    ['parentheses', `int f(void) { return ${'('.repeat(10_000)}1${')'.repeat(10_000)}; }`],
    ['parentheses that never close', `int f(void) { return ${'('.repeat(10_000)}1; }`],
    ['parentheses at the top', `int f${'('.repeat(10_000)}${')'.repeat(10_000)};`],
    ['calls', `int f(void) { return ${'g('.repeat(10_000)}${')'.repeat(10_000)}; }`],
    ['brackets', `int f(void) { return a${'[a'.repeat(10_000)}${']'.repeat(10_000)}; }`],
    ['ifs', `void f(void) { ${'if (a) '.repeat(10_000)}; }`],
    ['elses', `void f(void) { ${'if (a) ; else '.repeat(10_000)}; }`],
    ['loops', `void f(void) { ${'while (a) for (;;) '.repeat(5_000)}; }`],
    ['stars', `int f(void) { return ${'*'.repeat(10_000)}a; }`],
    ['nots', `int f(void) { return ${'!~-'.repeat(5_000)}a; }`],
    ['casts', `int f(void) { return ${'(int)'.repeat(10_000)}a; }`],
    ['a long sum', `int f(void) { return ${'a + '.repeat(10_000)}a; }`],
    ['a long assignment', `void f(void) { ${'a = '.repeat(10_000)}a; }`],
    ['a long ternary', `int f(void) { return ${'a ? b : '.repeat(10_000)}a; }`],
    ['a long chain of fields', `int f(void) { return a${'->a'.repeat(10_000)}; }`],
    ['statement expressions', `int f(void) { return ${'({ '.repeat(3_000)}1;${' });'.repeat(3_000)} }`],
    ['structs', `${'struct x { '.repeat(5_000)}int a;${' };'.repeat(5_000)}`],
    ['initialisers', `int a[] = ${'{'.repeat(10_000)}${'}'.repeat(10_000)};`],
    ['#if', `void f(void) {\n${'#if A\n'.repeat(10_000)}a();\n${'#endif\n'.repeat(10_000)}}`],
    [
      '#if one after the other',
      `void f(void) {\n${Array.from({ length: 2_000 }, (_, i) => `#ifdef A${i}\na();\n#else\nb();\n#endif\n`).join('')}}`,
    ],
    ['#elif', `void f(void) {\n#if A\n${Array.from({ length: 2_000 }, (_, i) => `#elif B${i}\na();\n`).join('')}#endif\n}`],
    ['#if in a condition', `#if ${'('.repeat(10_000)}A${')'.repeat(10_000)}\nint a;\n#endif`],
    ['#if with a long condition', `#if ${'A && '.repeat(10_000)}A\nint a;\n#endif`],
    ['labels and gotos', `void f(void) { ${Array.from({ length: 2_000 }, (_, i) => `l${i}: if (a) goto l${1999 - i};`).join('\n')} }`],
    ['cases', `void f(int a) { switch (a) { ${Array.from({ length: 5_000 }, (_, i) => `case ${i}: g();`).join('\n')} } }`],
    ['quotes', `${'"'.repeat(9_999)}\nint f(void) { return 0; }`],
    ['comments that never end', '/*'.repeat(10_000)],
    ['continued lines', `#define M ${'\\\n'.repeat(10_000)}\nint a;`],
    ['null bytes', '\0'.repeat(100_000)],
  ];
  for (const [what, text] of deep) it(`is not led astray by ${what}`, () => inTime(text.length, () => parseAll(text)));
});

/** Rows of a tree by file, as text. */
async function rowsByFile(files: Record<string, string>, jobs = 1): Promise<Map<string, string[]>> {
  const { sites } = await withTree(files, (tree) => survey(tree, { jobs }));
  const found = new Map<string, string[]>();
  for (const row of sites) found.set(row.file, [...(found.get(row.file) ?? []), row.id]);
  return found;
}

describe('the survey', () => {
  it('of generated C, and mutations of it, ends in time', async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.option(changes), async (text, made) => {
        const given = made ? mutate(text, made) : text;
        await inTime(given.length, () => rowsByFile({ 'a.c': given }));
      }),
      { numRuns: runs, seed },
    );
  });

  it('has all rows of the other files, whatever one of them holds', async () => {
    const whole = await rowsByFile(examples);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), changes, async (name, made) => {
        const found = await rowsByFile({ ...examples, [name]: mutate(examples[name] ?? '', made) });
        for (const [other, rows] of whole) {
          // A macro or a name that the broken file defines or no longer defines may change what a call of it is.
          if (other !== name && !/alias/.test(name)) expect(found.get(other), other).toEqual(rows);
        }
      }),
      { numRuns: Math.ceil(runs / 5), seed },
    );
  });

  it('accounts for every acquiring token of mutated examples and generated C', async () => {
    const mutated = fc.tuple(fc.constantFrom(...names), changes).map(([name, made]) => mutate(examples[name] ?? '', made));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          mutated,
          file,
          fc.tuple(file, changes).map(([text, made]) => mutate(text, made)),
        ),
        async (text) => {
          const { coverage } = await withTree({ 'a.c': text }, (tree) => survey(tree, { jobs: 1 }));
          expect(coverage.unaccounted).toEqual([]);
        },
      ),
      { numRuns: runs, seed },
    );
  });

  it('is the same bytes again, and for one job and two', async () => {
    await withTree(examples, async (tree) => {
      const one = JSON.stringify(await survey(tree, { jobs: 1 }));
      expect(JSON.stringify(await survey(tree, { jobs: 1 }))).toBe(one);
      expect(JSON.stringify(await survey(tree, { jobs: 2 }))).toBe(one);
    });
  });
});
