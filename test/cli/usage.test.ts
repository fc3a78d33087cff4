import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'putright-usage-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the command line', () => {
  it('states its version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(await run(['--version'])).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
  });

  it.each([[['--help']], [['survey', '--help']], [['explain', '--help']], [['help', 'survey']], [['help', 'model']]])(
    'helps with %j, examples at the bottom',
    async (args) => {
      const { code, stdout, stderr } = await run(args);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^Usage: putright/);
      expect(stdout).toMatch(/Examples:\n {2}\$ putright /);
    },
  );

  it.each([
    [['--help']],
    ...['survey', 'check', 'explain', 'report', 'compare', 'model', 'debug', 'help'].map((name) => [[name, '--help']]),
    [['model', 'explain', '--help']],
  ])('has a help for %j that a terminal of 80 columns need not break', async (args) => {
    const { code, stdout } = await run(args);
    expect(code).toBe(0);
    // A command is one line, to be copied.
    const long = stdout.split('\n').filter((line) => line.length > 80 && !/^ {2}\$ putright( \S+)+$/.test(line));
    expect(long).toEqual([]);
  });

  it.each([
    [['survey', '--format', 'html'], /Allowed choices are text, json, csv, xlsx/],
    [['survey', '--kind', 'driver'], /Allowed: user, wrapper, internal, test/],
    [['survey', '--jobs', '0'], /from 1 to 256/],
    [['survey', '--jobs', '2x'], /from 1 to 256/],
    [['survey', '--path', ''], /It is empty/],
    [['survey', '--frobnicate'], /unknown option '--frobnicate'/],
    [['survey', 'a', 'b'], /too many arguments/],
    [['explain', 'tree'], /missing required argument 'id'/],
    [['survey', ''], /for argument 'tree'. It is empty/],
    [['survey', '--output', ''], /'-o, --output <file>' argument '' is invalid. It is empty/],
    [['survey', '--cache', ''], /'--cache <dir>' argument '' is invalid. It is empty/],
    [['compare', 'old', ''], /for argument 'new'. It is empty/],
    [['help', 'surwey'], /no command surwey; putright help shows what there is/],
    [['help', 'model', 'explian'], /no command model explian; putright help model shows what there is/],
    [['surwey'], /unknown command 'surwey'\n\(Did you mean survey\?\)/],
  ])('refuses %j in words, exit 2', async (args, words) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(words);
    expect(stderr).toMatch(/^putright: .*\n/);
  });

  it('helps with a command within a command', async () => {
    expect(await run(['help', 'model', 'explain'])).toEqual(await run(['model', 'explain', '--help']));
  });

  it('refuses a cache where there can be no folder, and makes the folder of another', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const refused = async (cache: string): Promise<string> => {
      const { code, stdout, stderr } = await run(['survey', 'examples/mistakes', '--cache', cache]);
      expect([code, stdout]).toEqual([2, '']);
      return stderr;
    };
    expect(await refused(file)).toBe(`putright: cannot keep results in ${file}: it is a file; name a folder\n`);
    // Node's own mkdir never comes back from there.
    expect(await refused('/proc/putright')).toMatch(/^putright: cannot keep results in \/proc\/putright: /);
    const cache = join(folder, 'made', 'for', 'it');
    expect((await run(['survey', 'examples/mistakes', '--cache', cache])).code).toBe(0);
    expect(readdirSync(cache).length).toBeGreaterThan(0);
  });

  it('shows its help if it is asked for nothing, exit 2', async () => {
    const { code, stderr } = await run([]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Usage: putright/);
  });

  it('refuses a file that it could not write before it reads the tree', async () => {
    const missing = await run(['survey', '/', '-o', join(folder, 'no/such.json')]);
    expect([missing.code, missing.stderr]).toEqual([
      2,
      `putright: cannot write ${join(folder, 'no/such.json')}: the folder does not exist; create it, or name another file\n`,
    ]);
    const directory = await run(['survey', '/', '-o', folder]);
    expect([directory.code, directory.stderr]).toEqual([2, `putright: cannot write ${folder}: it is a folder; name a file in it\n`]);
  });
});

describe('debug', () => {
  const file = 'examples/drivers/misc/loops.c';

  it.each([
    ['syntax', '(call get_user_pages_fast uaddr want FOLL_WRITE l->pages)'],
    ['program', 'get_user_pages_fast(uaddr, want, FOLL_WRITE, l.pages)'],
    ['flow', 'dropped by put_page@'],
  ])('%s prints what that stage sees', async (stage, seen) => {
    const ran = await run(['debug', stage, file, 'loop_fill', '--tree', 'examples']);
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toContain(seen);
    expect(ran.code).toBe(0);
  });

  it.each([
    [['debug', 'nonsense', file], 'no stage nonsense'],
    [['debug', 'syntax', 'examples/drivers/misc/none.c'], 'not a readable C file'],
    [['debug', 'syntax', file, 'nobody'], 'has no function nobody with something to show'],
    [['debug', 'syntax', 'README.md', '--tree', 'examples'], 'not a readable C file'],
    [['debug', 'syntax', '/nonexist/x.c'], '/nonexist/x.c is not a readable C file: there is no such file'],
    [['debug', 'syntax', 'docs/none.c'], 'docs/none.c is not a readable C file: there is no such file'],
    [['debug', 'syntax', 'README.md'], 'README.md is not a readable C file'],
  ])('%j is refused with what to do', async (args, why) => {
    const ran = await run(args);
    expect(ran.stderr).toContain(why);
    expect(ran.stderr).not.toContain('should not have happened');
    expect(ran.code).toBe(2);
  });
});
