import { chmodSync, closeSync, mkdirSync, openSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Survey, survey } from '../../src/survey/index.js';
import { line, withTree } from '../survey/helper.js';

const GOOD =
  'int f(unsigned long a)\n{\n\tstruct page *p;\n\n\tif (get_user_pages_fast(a, 1, 0, &p) != 1)\n\t\treturn -1;\n\tput_page(p);\n\treturn 0;\n}\n';
const ROW = 'get single single@function put:f:put_page';

/** Surveys a tree of one good file and whatever `spoil` adds; the good file's row must be there. */
async function surveyWith(spoil: (tree: string) => void, jobs = 1, onProgress?: (tree: string) => void): Promise<Survey> {
  return withTree({ 'good/good.c': GOOD }, async (tree) => {
    spoil(tree);
    const found = await survey(tree, { jobs, onProgress: () => onProgress?.(tree) });
    expect(found.sites.filter((row) => row.file === 'good/good.c').map(line)).toEqual([ROW]);
    expect(found.coverage.unaccounted).toEqual([]);
    return found;
  });
}

describe('a tree of odd files', () => {
  it('binary content with a C name', async () => {
    const bytes = Buffer.alloc(300_000);
    for (let i = 0, x = 1; i < bytes.length; i++) {
      x = (x * 1103515245 + 12345) & 0x7fffffff;
      bytes[i] = x >> 16;
    }
    await surveyWith((tree) => {
      writeFileSync(join(tree, 'good/bin.c'), bytes);
      writeFileSync(join(tree, 'good/named.c'), Buffer.concat([bytes, Buffer.from('get_user_pages_fast('), bytes]));
      writeFileSync(join(tree, 'good/elf.h'), Buffer.concat([Buffer.from('\x7fELF\0\0pin_user_pages(\0'), bytes]));
    });
  });

  it('a line of 50 MB, a table, with and without a call behind it', async () => {
    const found = await surveyWith((tree) => {
      for (const [name, behind] of [
        ['plain.c', ''],
        ['call.c', GOOD.replaceAll('\n', ' ')],
      ] as const) {
        const fd = openSync(join(tree, 'good', name), 'w');
        writeSync(fd, 'static const u8 table[] = { ');
        for (let i = 0; i < 50; i++) writeSync(fd, '0x5a, 17, '.repeat(100_000));
        writeSync(fd, `}; ${behind}`);
        closeSync(fd);
      }
    });
    // Followed, or said to be too large: not lost in silence.
    const told = [...found.sites, ...found.coverage.gaps, ...found.warnings].filter((x) => x.file === 'good/call.c');
    expect(told.length).toBeGreaterThan(0);
  }, 300_000);

  it('one function of 50 MB on one line', async () => {
    const found = await surveyWith((tree) => {
      const fd = openSync(join(tree, 'good/call.c'), 'w');
      writeSync(fd, 'int f(unsigned long a) { struct page *p; int n = get_user_pages_fast(a, 1, 0, &p); ');
      for (let i = 0; i < 500; i++) writeSync(fd, 'x += y[3] * (z - 1); '.repeat(5_000));
      writeSync(fd, 'put_page(p); return n; }');
      closeSync(fd);
    });
    const told = [...found.sites, ...found.coverage.gaps, ...found.warnings].filter((x) => x.file === 'good/call.c');
    expect(told.length).toBeGreaterThan(0);
  }, 300_000);

  const body = (text: string) => GOOD.replace('\tput_page(p);', `\tput_page(p);\n\t${text}`);
  const nested: [name: string, text: string][] = [
    ['braces', body(`${'{'.repeat(10_000)}${'}'.repeat(10_000)}`)],
    ['parentheses', body(`x = ${'('.repeat(10_000)}1${')'.repeat(10_000)};`)],
    ['calls', body(`${'g('.repeat(10_000)}a${')'.repeat(10_000)};`)],
    ['ifs', body(`${'if (a) { '.repeat(10_000)}${'}'.repeat(10_000)}`)],
    ['loops', body(`${'while (a) '.repeat(10_000)};`)],
    ['fields', body(`x = a${'->a'.repeat(10_000)};`)],
    ['#if', body(`\n${'#if A\n'.repeat(10_000)}a();\n${'#endif\n'.repeat(10_000)}`)],
    ['braces that never close', body('{'.repeat(10_000))],
    [
      'the site within parentheses',
      GOOD.replace('get_user_pages_fast(a, 1, 0, &p)', `${'('.repeat(10_000)}get_user_pages_fast(a, 1, 0, &p)${')'.repeat(10_000)}`),
    ],
    [
      'the site within braces',
      GOOD.replace('if (get', `${'{'.repeat(10_000)}if (get`).replace('return 0;\n', `return 0;${'}'.repeat(10_000)}\n`),
    ],
  ];
  for (const [what, text] of nested) {
    it(`10,000 nested ${what}`, async () => {
      const found = await surveyWith((tree) => writeFileSync(join(tree, 'good/deep.c'), text));
      const told = [...found.sites, ...found.coverage.gaps].filter((x) => x.file === 'good/deep.c');
      expect(told.length).toBeGreaterThan(0);
    });
  }

  it('a long chain of functions, and functions that call each other in a circle', async () => {
    const chain = Array.from({ length: 3_000 }, (_, i) => `void g${i}(struct page *p)\n{\n\tg${i + 1}(p);\n}\n`).join('');
    const circle = Array.from(
      { length: 200 },
      (_, i) => `void c${i}(struct page **p)\n{\n\tc${(i + 1) % 200}(p);\n\tc${(i + 7) % 200}(p + 1);\n}\n`,
    ).join('');
    await surveyWith((tree) => {
      writeFileSync(join(tree, 'good/chain.c'), `${chain}${GOOD.replace('put_page(p)', 'g0(p)')}`);
      writeFileSync(join(tree, 'good/circle.c'), `${circle}${GOOD.replace('put_page(p)', 'c0(&p)')}`);
    });
  });

  it('a struct that holds itself, macros that expand to themselves, headers that include each other', async () => {
    await surveyWith((tree) => {
      writeFileSync(
        join(tree, 'good/self.c'),
        `#include "self.h"\nstruct s { struct s s; struct s *p; struct page *page; };\n#define m(x) n(x)\n#define n(x) m(x)\n#define get_user_pages(x) get_user_pages(x)\n#define pin_user_pages pin_user_pages\nint f(struct s *s, unsigned long a)\n{\n\tm(pin_user_pages_fast(a, 1, 0, &s->s.p->s.page));\n\tn(s->page);\n\treturn get_user_pages(a) + pin_user_pages(a, 1, 0, &s->page);\n}\nvoid g(struct s *s)\n{\n\tfor (; s; s = s->p->s.p)\n\t\tunpin_user_page(s->page);\n}\n`,
      );
      writeFileSync(join(tree, 'good/self.h'), '#include "self2.h"\n');
      writeFileSync(join(tree, 'good/self2.h'), '#include "self.h"\n');
    });
  });

  it('links in a circle, to nothing, to themselves, out of the tree', async () => {
    await surveyWith((tree) => {
      symlinkSync('..', join(tree, 'good/up'));
      symlinkSync('.', join(tree, 'good/here'));
      symlinkSync('self.c', join(tree, 'good/self.c'));
      symlinkSync('no.c', join(tree, 'good/nothing.c'));
      symlinkSync('b', join(tree, 'good/a'));
      symlinkSync('a', join(tree, 'good/b'));
      symlinkSync('/', join(tree, 'good/root'));
      symlinkSync('good.c', join(tree, 'good/again.c'));
    });
  });

  it.skipIf(process.getuid?.() === 0)('a file and a folder that may not be read', async () => {
    const found = await surveyWith((tree) => {
      writeFileSync(join(tree, 'good/secret.c'), GOOD);
      chmodSync(join(tree, 'good/secret.c'), 0);
      mkdirSync(join(tree, 'shut'));
      writeFileSync(join(tree, 'shut/x.c'), GOOD);
      chmodSync(join(tree, 'shut'), 0);
    });
    expect(found.warnings.map((w) => w.file)).toEqual(expect.arrayContaining(['good/secret.c']));
  });

  it('a folder with a C name, an empty file, a file of blanks', async () => {
    await surveyWith((tree) => {
      mkdirSync(join(tree, 'dir.c'));
      writeFileSync(join(tree, 'good/empty.c'), '');
      writeFileSync(join(tree, 'good/blank.h'), ' \n\t\r\n'.repeat(1000));
    });
  });

  it('a file that goes away during the run', async () => {
    let gone = false;
    await surveyWith(
      (tree) => {
        for (let i = 0; i < 50; i++) writeFileSync(join(tree, `good/v${i}.c`), GOOD);
      },
      1,
      (tree) => {
        if (gone) return;
        gone = true;
        for (let i = 0; i < 50; i++) rmSync(join(tree, `good/v${i}.c`), { force: true });
      },
    );
    expect(gone).toBe(true);
  });

  it('a file that changes during the run', async () => {
    let changed = false;
    await surveyWith(
      (tree) => {
        for (let i = 0; i < 50; i++) writeFileSync(join(tree, `good/v${i}.c`), GOOD);
      },
      1,
      (tree) => {
        if (changed) return;
        changed = true;
        for (let i = 0; i < 50; i++) writeFileSync(join(tree, `good/v${i}.c`), i % 2 ? '' : `${'{'.repeat(100)}${GOOD}`);
      },
    );
    expect(changed).toBe(true);
  });

  it('Latin-1, broken UTF-8, a byte order mark, other line ends', async () => {
    const found = await surveyWith((tree) => {
      writeFileSync(join(tree, 'good/latin1.c'), Buffer.from(`/* M\xfcller */\n${GOOD}`, 'latin1'));
      writeFileSync(join(tree, 'good/utf8.c'), `/* Müller — ☃ */ const char *s = "☃";\n${GOOD}`);
      writeFileSync(
        join(tree, 'good/broken.c'),
        Buffer.concat([Buffer.from([0x2f, 0x2a, 0xc3, 0x28, 0xff, 0xfe, 0x2a, 0x2f, 0x0a]), Buffer.from(GOOD)]),
      );
      writeFileSync(join(tree, 'good/bom.c'), Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(GOOD)]));
      writeFileSync(join(tree, 'good/crlf.c'), GOOD.replaceAll('\n', '\r\n'));
    });
    expect(found.sites.map((row) => `${row.file}:${row.line} ${line(row)}`)).toEqual([
      `good/bom.c:5 ${ROW}`,
      `good/broken.c:6 ${ROW}`,
      `good/crlf.c:5 ${ROW}`,
      `good/good.c:5 ${ROW}`,
      `good/latin1.c:6 ${ROW}`,
      `good/utf8.c:6 ${ROW}`,
    ]);
  });

  it('columns are bytes', async () => {
    const found = await surveyWith((tree) =>
      writeFileSync(
        join(tree, 'good/wide.c'),
        'int f(unsigned long a)\n{\n\tstruct page *p;\n\n\tint n = /* äöü */ get_user_pages_fast(a, 1, 0, &p);\n\tif (n == 1)\n\t\tput_page(p);\n\treturn n;\n}\n',
      ),
    );
    expect(found.sites.filter((row) => row.file === 'good/wide.c').map((row) => [row.line, row.column])).toEqual([[5, 23]]);
  });

  it('paths with blanks, newlines, quotes, a leading dash, and no ASCII', async () => {
    const paths = ['a b/c d.c', 'new\nline/x\ny.c', 'q"uo\'te/$(x)`.c', '-rf/-.c', 'ä/☃.c', ' / .c'].sort();
    const found = await surveyWith((tree) => {
      for (const path of paths) {
        mkdirSync(join(tree, path, '..'), { recursive: true });
        writeFileSync(join(tree, path), GOOD);
      }
    });
    expect(found.sites.map((row) => row.file).sort()).toEqual([...paths, 'good/good.c'].sort());
  });

  it('a tree whose own path has blanks and newlines', async () => {
    await withTree({ 'x y\nz/a.c': GOOD }, async (tree) => {
      const found = await survey(join(tree, 'x y\nz'), { jobs: 2 });
      expect(found.sites.map((row) => `${row.id} ${line(row)}`)).toEqual([`a.c:f:get_user_pages_fast#1 ${ROW}`]);
    });
  });

  it('many files: the same bytes for one job and two', async () => {
    const files = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`d${i % 7}/f${i}.c`, i % 100 ? `int x${i};\n` : GOOD]));
    await withTree(files, async (tree) => {
      const one = JSON.stringify(await survey(tree, { jobs: 1 }));
      expect(JSON.stringify(await survey(tree, { jobs: 2 }))).toBe(one);
      expect(JSON.parse(one).sites).toHaveLength(15);
    });
  });

  it('stops at once when told to', async () => {
    await withTree({ 'a.c': GOOD }, async (tree) => {
      await expect(survey(tree, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    });
  });

  it('no tree, or no C in it: one clear line', async () => {
    await expect(survey('/no/such/tree')).rejects.toThrow(/no such directory/);
    await withTree({ 'README.md': 'nothing' }, async (tree) => {
      await expect(survey(tree)).rejects.toThrow(/no C files/);
    });
  });
});
