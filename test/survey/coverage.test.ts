import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { survey } from '../../src/survey/index.js';
import type { Survey } from '../../src/survey/row.js';
import { type Files, surveyOf } from './helper.js';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/** Every acquiring token is a row, a declaration or a gap; rows that come from a macro stand where no token does. */
function complete({ sites, coverage }: Survey): void {
  expect(coverage.unaccounted).toEqual([]);
  expect(coverage.rows).toBe(sites.length);
  const through = sites.filter((row) => row.trace[0]?.text.includes('through')).length;
  expect(coverage.tokens).toBe(sites.length - through + coverage.declarations.length + coverage.gaps.length);
}

const f =
  'int f(unsigned long a)\n{\n\tstruct page *p;\n\n\tif (get_user_pages_fast(a, 1, 0, &p) != 1)\n\t\treturn -1;\n\tput_page(p);\n\treturn 0;\n}\n';

const odd: [name: string, files: Files, tokens: number, rows: number][] = [
  [
    'in comments and strings',
    `/* get_user_pages_fast(a) */\nchar *s = "pin_user_pages(\\"";\n// pin_user_pages(a) \\\n pin_user_pages(b)\n${f}`,
    1,
    1,
  ],
  ['a character constant that is a quote', `int c = '"';\nint d = '\\'';\n${f}`, 1, 1],
  [
    'in the body of a macro that is the call',
    `#define take(a, p) get_user_pages_fast(a, 1, 0, p)\nint g(unsigned long a) { struct page *p; if (take(a, &p) == 1) put_page(p); return 0; }\n`,
    1,
    1,
  ],
  [
    'in the body of a macro within its user, and of one that nobody uses',
    `int g(unsigned long a)\n{\n\tstruct page *p;\n#define take(a, p) get_user_pages_fast(a, 1, 0, p)\n#define none(a) get_user_pages_fast(a)\n\n\tif (take(a, &p) == 1)\n\t\tput_page(p);\n\treturn 0;\n}\n`,
    2,
    1,
  ],
  [
    'in the body of a macro that nobody uses',
    `#define take(a, p) \\\n\tdo { if (get_user_pages_fast(a, 1, 0, p) < 0) goto out; } while (0)\n${f}`,
    2,
    1,
  ],
  [
    'in declarations',
    `long get_user_pages(unsigned long a, unsigned long n, unsigned int f, struct page **p);\nextern int\npin_user_pages_fast(unsigned long a, int n, unsigned int f, struct page **p) __must_check;\n${f}`,
    3,
    1,
  ],
  ['as an exported symbol', `EXPORT_SYMBOL_GPL(pin_user_pages);\n${f}`, 1, 1],
  [
    'in a definition of the API itself',
    'int get_user_pages_fast(unsigned long a, int n, unsigned int f, struct page **p)\n{\n\treturn 0;\n}\n',
    1,
    0,
  ],
  [
    'a function pointer called by that name',
    'struct o { long (*pin_user_pages)(unsigned long); };\nlong g(struct o *o)\n{\n\treturn o->pin_user_pages(3);\n}\n',
    1,
    0,
  ],
  ['a function pointer set to it', `long (*fn)(unsigned long, int, unsigned int, struct page **) = get_user_pages_fast;\n${f}`, 1, 1],
  ['K&R', 'int f(a)\n\tunsigned long a;\n{\n\tstruct page *p;\n\n\treturn get_user_pages_fast(a, 1, 0, &p);\n}\n', 1, 1],
  [
    'the parenthesis on the next line, a comment between',
    'int f(unsigned long a)\n{\n\tstruct page *p;\n\n\treturn get_user_pages_fast /* x */\n\t\t(a, 1, 0, &p);\n}\n',
    1,
    1,
  ],
  [
    'a line joined in the middle',
    'int f(unsigned long a)\n{\n\tstruct page *p;\n\n\treturn get_user_pages_fast \\\n(a, 1, 0, &p);\n}\n',
    1,
    1,
  ],
  [
    'a call in an argument of a call',
    'int f(unsigned long a, struct page **p)\n{\n\treturn check(get_user_pages_fast(a, pin_user_pages_fast(a, 1, 0, p), 0, p));\n}\n',
    2,
    2,
  ],
  ['a call outside any function', 'int x = get_user_pages_fast(1, 2, 3, 4);\n', 1, 0],
  ['in code that cannot be read', 'int f(unsigned long a)\n{\n\tstruct page *p;\n\n\t@@ get_user_pages_fast(a, 1, 0, &p) ~~ ;\n}\n', 1, 1],
  ['in a function that never ends', 'int f(unsigned long a)\n{\n\tstruct page *p;\n\n\tif (get_user_pages_fast(a, 1, 0, &p)) {\n', 1, 1],
  ['with too few arguments', 'int f(void)\n{\n\treturn get_user_pages_fast() + pin_user_pages(1);\n}\n', 2, 2],
  [
    'with no arguments at all',
    'int f(struct page *p)\n{\n\treturn iov_iter_get_pages2() + iov_iter_extract_pages() + memfd_pin_folios() + get_user_page_fast_only() + put_page();\n}\n',
    4,
    4,
  ],
  [
    'handed to a call of something that is no name',
    'int f(unsigned long a, struct o *o, struct page *p)\n{\n\tint n = get_user_pages_fast(a, 1, 0, &p);\n\n\t(n ? o->x[({ a; })].fn : g(")(*"))(p);\n\t(*o->y)(p);\n\t({ o; })->z(p);\n\treturn n;\n}\n',
    1,
    1,
  ],
  ['in #if 0', `#if 0\n${f}#endif\nint g;\n`, 1, 1],
  ['in arms', `#ifdef A\n${f}#else\n${f}#endif\n`, 2, 2],
  [
    'in a static function of that name',
    'static int pin_user_pages(int a)\n{\n\treturn a;\n}\nint g(void)\n{\n\treturn pin_user_pages(3);\n}\n',
    2,
    0,
  ],
];

/** C in which pages are taken by what is given a call's name, with the line, the name and the reason of each gap. */
const given: [name: string, text: string, gaps: string[]][] = [
  [
    'a table of functions',
    'static const struct ops ops = { .pin = pin_user_pages_fast };\nint g(unsigned long a, struct page **p)\n{\n\treturn ops.pin(a, 1, 0, p);\n}\n',
    ['1 pin_user_pages_fast: is used as a function pointer here'],
  ],
  [
    'a variable',
    'int g(unsigned long a, struct page **p)\n{\n\tint (*fn)(unsigned long, int, unsigned int, struct page **) = get_user_pages_fast;\n\n\treturn fn(a, 1, 0, p);\n}\n',
    ['3 get_user_pages_fast: is used as a function pointer here'],
  ],
  [
    'a call',
    'int g(struct task *t)\n{\n\treturn later(t, &pin_user_pages_fast, 3);\n}\n',
    ['3 pin_user_pages_fast: is used as a function pointer here'],
  ],
  [
    'a macro that defines a function',
    '#define TAKE(name, flags) \\\nstatic int name(unsigned long a, struct page **p) \\\n{ \\\n\treturn pin_user_pages_fast(a, 1, flags, p); \\\n}\nTAKE(take, FOLL_WRITE)\n',
    ['4 pin_user_pages_fast: is in a macro'],
  ],
  ['an export, a string, a comment', `EXPORT_SYMBOL(pin_user_pages);\n/* = pin_user_pages; */\nchar *s = "= pin_user_pages;";\n${f}`, []],
  [
    'a member and a variable of its name',
    `int g(struct o *o, int pin_user_pages)\n{\n\treturn o->pin_user_pages + h(pin_user_pages, o->get_user_pages);\n}\n${f}`,
    [],
  ],
  ['a function of its own', 'static int pin_user_pages(void)\n{\n\treturn 0;\n}\nstatic struct ops ops = { .pin = pin_user_pages };\n', []],
  ['another name for it', `#define pin_them pin_user_pages_fast\n${f}`, []],
];

describe('what is given, not called', () => {
  for (const [name, text, gaps] of given) {
    it(name, async () => {
      const { coverage } = await surveyOf(text);
      expect(coverage.gaps.map((gap) => `${gap.line} ${gap.name}: ${gap.why}`)).toEqual(gaps.map((gap) => expect.stringContaining(gap)));
      expect(coverage.unaccounted).toEqual([]);
    });
  }
  it('is told also of a file that calls nothing of the kind', async () => {
    const { coverage } = await surveyOf({ 'a.c': 'struct ops ops = { .pin = pin_user_pages_fast };\n', 'b.c': f });
    expect(coverage.gaps.map((gap) => gap.file)).toEqual(['a.c']);
  });
});

describe('coverage', () => {
  it('accounts for every token of the examples', async () => complete(await survey(examples, { jobs: 1 })));
  for (const [name, files, tokens, rows] of odd) {
    it(name, async () => {
      const found = await surveyOf(files);
      expect(found.coverage.unaccounted).toEqual([]);
      expect(found.coverage.tokens).toBe(tokens);
      // A call that could not be read is a gap, not a row: either is an account.
      const read = found.sites.length + found.coverage.gaps.length;
      expect(read).toBeGreaterThanOrEqual(rows);
      if (found.coverage.gaps.length === 0) expect(found.sites).toHaveLength(rows);
    });
  }
});
