import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Survey } from '../../src/survey/row.js';
import { program, run } from './run.js';

const DRIVER = `static int hold(struct ctx *c, unsigned long addr)
{
	struct page *page;
	int n = get_user_pages_fast(addr, 1, FOLL_WRITE, &page);

	if (n != 1)
		return -EFAULT;
	use(page);
	put_page(page);
	return 0;
}
`;

let folder = '';
let tree = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'putright-cli-'));
  tree = join(folder, 'my tree');
  mkdirSync(join(tree, 'drivers/x'), { recursive: true });
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(tree, 'drivers/x/a.c'), DRIVER);
  writeFileSync(join(tree, 'drivers/x/b.c'), DRIVER.replaceAll('hold', 'other'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('survey', () => {
  it('prints the sheet, plain and silent in a pipe', async () => {
    const { code, stdout, stderr } = await run(['survey', tree]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/drivers\/x\/a\.c:4 hold\(\) +get_user_pages_fast +get +single/);
    expect(stdout).not.toContain('\u001b');
  });

  it('surveys the examples if no tree is named', async () => {
    const { code, stdout } = await run(['survey', '--format', 'json'], {});
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Survey).sites.length).toBeGreaterThan(0);
  });

  it('writes a file whole, and the same as it prints', async () => {
    const file = join(folder, 'out.json');
    const written = await run(['survey', tree, '--format', 'json', '-o', file]);
    expect(written).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    const printed = await run(['survey', tree, '--format', 'json', '--jobs', '1']);
    expect(readFileSync(file, 'utf8')).toBe(printed.stdout);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('keeps to --path and --kind', async () => {
    const only = await run(['survey', tree, '--format', 'csv', '--path', '**/b.c', '--path', 'nowhere/**']);
    expect(only.stdout.trimEnd().split('\r\n')).toHaveLength(2);
    for (const inFolder of ['drivers/x', './drivers/x/', 'drivers/x/**']) {
      const there = await run(['survey', tree, '--format', 'csv', '--path', inFolder]);
      expect([there.code, there.stdout.trimEnd().split('\r\n').length]).toEqual([0, 3]);
    }
    const nowhere = await run(['survey', tree, '--path', 'drivers/y']);
    expect([nowhere.code, nowhere.stdout, nowhere.stderr]).toEqual([
      2,
      '',
      expect.stringMatching(/^putright: no C file of .* matches 'drivers\/y': /),
    ]);
    const none = await run(['survey', tree, '--format', 'csv', '--kind', 'test', '--kind', 'internal']);
    expect(none.stdout.trimEnd().split('\r\n')).toHaveLength(1);
  });

  it('accounts for every token, beside a format that has no room for it', async () => {
    const text = await run(['survey', tree, '--coverage']);
    expect([text.code, text.stdout]).toEqual([0, expect.stringContaining('every token is accounted for')]);
    const csv = await run(['survey', tree, '--coverage', '--format', 'csv']);
    expect([csv.code, csv.stderr]).toEqual([0, expect.stringContaining('every token is accounted for')]);
  });

  it.each(['missing', 'empty'])('says in one line that a tree is %s, exit 2', async (name) => {
    const { code, stdout, stderr } = await run(['survey', join(folder, name)]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^putright: .+\n$/);
  });

  it('ends quietly when its reader does', async () => {
    const child = spawn('bash', ['-c', `set -o pipefail; '${process.execPath}' '${program}' survey '${tree}' --format json | head -c 1`]);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise((done) => child.on('close', done));
    expect([code, stderr]).toEqual([0, '']);
  });

  it.each([20, 150, 250, 350, 500])('leaves a whole file or none at Ctrl-C after %i ms', async (delay) => {
    const file = join(folder, `interrupted-${delay}.json`);
    const { code, signal, stderr } = await run(['survey', tree, '--format', 'json', '-o', file], {
      meanwhile: (child) => setTimeout(() => child.kill('SIGINT'), delay),
    });
    // Node itself may still be starting, or the work done already.
    expect([130, 0, 'SIGINT']).toContain(code ?? signal);
    expect(stderr).toBe('');
    if (existsSync(file)) expect((JSON.parse(readFileSync(file, 'utf8')) as Survey).sites).toHaveLength(2);
    else expect(code).not.toBe(0);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('explain', () => {
  it('finds a site in a file whose name is like a glob, or holds a colon', async () => {
    const odd = join(folder, 'odd');
    mkdirSync(odd);
    for (const name of ['a[1](x)*.c', 'b:c.c']) {
      writeFileSync(join(odd, name), DRIVER);
      const { code, stderr } = await run(['explain', odd, `${name}:hold:get_user_pages_fast#1`]);
      expect([code, stderr]).toEqual([0, '']);
    }
  });

  it('tells a site by its id and by its place', async () => {
    const byId = await run(['explain', tree, 'drivers/x/a.c:hold:get_user_pages_fast#1']);
    expect([byId.code, byId.stderr]).toEqual([0, '']);
    expect(byId.stdout).toMatch(/ 4 \| .*get_user_pages_fast[^\n]*\n {4}\| +\^/);
    expect(byId.stdout).toContain('put_page(page);');
    // As it is written from elsewhere, too.
    for (const place of [
      'drivers/x/a.c:4',
      './drivers/x/a.c:4',
      join(tree, 'drivers/x/a.c:4'),
      relative('.', join(tree, 'drivers/x/a.c:4')),
    ])
      expect((await run(['explain', tree, place])).stdout).toBe(byId.stdout);
  });

  it('names the closest ids for one that is unknown, exit 2', async () => {
    const { code, stdout, stderr } = await run(['explain', tree, 'drivers/x/a.c:hodl:get_user_pages_fast#1']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^putright: no site .*closest are:\n {2}drivers\/x\/a\.c:hold:get_user_pages_fast#1\n$/);
    const elsewhere = await run(['explain', tree, 'drivers/y/b.c:other:get_user_pages_fast#1']);
    expect(elsewhere.stderr).toContain('closest are:\n  drivers/x/b.c:other:get_user_pages_fast#1\n  drivers/x/a.c:hold');
  });
});
