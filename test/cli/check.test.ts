/** The command `check`: what it prints, its exit codes, its filters, its baseline, and what it makes of git. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Files, withTree } from '../survey/helper.js';
import { run } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'putright-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two functions of which the first drops its pins as a plain reference. */
const wrong = `int wrong(unsigned long a, struct page **pages)
{
	int ret = pin_user_pages_fast(a, 4, FOLL_WRITE, pages);

	if (ret < 0)
		return ret;
	release_pages(pages, ret);
	return 0;
}
`;
const right = (name: string, drop = 'unpin_user_pages') => `int ${name}(unsigned long a, struct page **pages)
{
	int ret = pin_user_pages_fast(a, 4, FOLL_WRITE, pages);

	if (ret < 0)
		return ret;
	${drop}(pages, ret);
	return 0;
}
`;

/** Options that write a baseline, and others. */
const update = (...args: string[]): string[] => ['--update-baseline', '--baseline', join(folder, 'b.json'), ...args];
const checked = (tree: string, ...args: string[]) => run(['check', tree, '--jobs', '1', ...args]);
const faults = (text: string) => text.split('\n').filter((line) => /: (?:error|warning): /.test(line));

describe('check', () => {
  it('prints as compilers do, with the path as notes, exit 1', () =>
    withTree({ 'a.c': wrong }, async (tree) => {
      const { code, stdout, stderr } = await checked(tree);
      expect([code, stderr]).toEqual([1, `1 finding (1 error); putright explain ${tree} FILE:LINE tells one in full\n`]);
      const lines = stdout.trimEnd().split('\n');
      expect(lines[0]).toMatch(/^a\.c:7:2: error: .*release_pages\(\).* \[wrong-release\]$/);
      expect(lines[1]).toBe('a.c:3:12: note: taken by pin_user_pages_fast() (wrong)');
      for (const line of lines.slice(1)) expect(line).toMatch(/^a\.c:\d+:\d+: note: .+ \(wrong\)$/);
    }));

  it('is silent where nothing is wrong, exit 0', () =>
    withTree({ 'a.c': right('f') }, async (tree) => {
      expect(await checked(tree)).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    }));

  it.each([
    [['--rule', 'no-such'], /no rule no-such; --list-rules shows them/],
    [['--update-baseline'], /--update-baseline needs --baseline FILE/],
    [update('--changed-since', 'HEAD'), /would lose what --changed-since leaves out/],
    [update('--rule', 'needs-pin'), /would lose what --rule leaves out/],
    [update('--path', 'drivers'), /would lose what --path leaves out/],
    [update('--severity', 'error'), /would lose what --severity leaves out/],
    [update('-o', join(folder, 'never.txt')), /prints no findings, so --output has no use/],
    [update('--format', 'text'), /prints no findings, so --format has no use/],
    [['--list-rules', '--format', 'json'], /--list-rules checks nothing, so --format has no use/],
    [['--baseline', join(folder, 'none.json')], /none\.json: there is no such file; --update-baseline writes it/],
    [['--severity', 'fatal'], /Allowed choices are note, warning, error/],
    [['--changed-since', 'HEAD'], /--changed-since needs a work tree of git, and .* is none/],
  ])('refuses %j in words, exit 2', (args, words) =>
    withTree({ 'a.c': wrong }, async (tree) => {
      const { code, stdout, stderr } = await checked(tree, ...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(words);
    }),
  );

  it('refuses what is no tree, exit 2', async () => {
    const { code, stderr } = await checked(join(folder, 'nowhere'));
    expect([code, stderr]).toEqual([2, `putright: ${join(folder, 'nowhere')}: no such directory\n`]);
  });

  it('lists its rules, one a line, each with its page', async () => {
    const { code, stdout } = await run(['check', '--list-rules']);
    expect(code).toBe(0);
    const rules = stdout.trimEnd().split('\n');
    for (const line of rules) {
      const [, id, about] = /^(\S+) +(?:error|warning|note) +(.+)$/.exec(line) ?? [];
      expect(readFileSync(new URL(`../../docs/rules/${id}.md`, import.meta.url), 'utf8')).toContain(`# ${id}`);
      expect(about?.length).toBeGreaterThan(10);
    }
  });

  it('lists its rules into a file', async () => {
    const file = join(folder, 'rules.txt');
    expect(await run(['check', '--list-rules', '-o', file])).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(file, 'utf8')).toBe((await run(['check', '--list-rules'])).stdout);
  });

  it('tells only the rules and the severities that are asked for', () =>
    withTree(
      { 'a.c': wrong.replace('release_pages(pages, ret)', 'set_page_dirty(pages[0]);\n\trelease_pages(pages, ret)') },
      async (tree) => {
        const told = async (...args: string[]) =>
          (JSON.parse((await checked(tree, '--format', 'json', ...args)).stdout) as { findings: { rule: string; severity: string }[] })
            .findings;
        const all = await told('--severity', 'note');
        expect(new Set(all.map((f) => f.rule)).size).toBeGreaterThan(1);
        expect(await told()).toEqual(all.filter((f) => f.severity !== 'note'));
        expect(await told('--severity', 'error')).toEqual(all.filter((f) => f.severity === 'error'));
        expect(all.some((f) => f.severity !== 'error')).toBe(true);
        expect(await told('--severity', 'note', '--rule', 'dirty-unlocked')).toEqual(all.filter((f) => f.rule === 'dirty-unlocked'));
        expect(await told('--rule', 'never-released')).toEqual([]);
      },
    ));

  it('counts on the standard error, in the text format only, so that lists stay lists', () =>
    withTree(
      { 'a.c': wrong.replace('release_pages(pages, ret)', 'set_page_dirty(pages[0]);\n\trelease_pages(pages, ret)') },
      async (tree) => {
        const counted = async (...args: string[]) => (await checked(tree, ...args)).stderr;
        expect(await counted()).toMatch(/^2 findings \(1 error, 1 warning\); putright explain /);
        expect(await counted('-o', join(folder, 'counted.txt'))).toBe(await counted());
        expect(await counted('--format', 'json')).toBe('');
        expect(await counted('--rule', 'never-released')).toBe('');
      },
    ));

  it('says the same with a cache, and again from it, beside a survey in the same folder', () =>
    withTree({ 'a.c': wrong }, async (tree) => {
      const plain = (await checked(tree)).stdout;
      const cache = join(folder, 'cache');
      for (let n = 0; n < 2; n++) {
        expect((await checked(tree, '--cache', cache)).stdout).toBe(plain);
        expect((await run(['survey', tree, '--cache', cache])).code).toBe(0);
      }
    }));
});

describe('explain FINDING', () => {
  it('tells the finding with the code of each step, a caret under it', () =>
    withTree({ 'a.c': wrong }, async (tree) => {
      const { findings } = JSON.parse((await checked(tree, '--format', 'json')).stdout) as { findings: { id: string }[] };
      const { code, stdout, stderr } = await run(['explain', tree, findings[0]?.id ?? '']);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain('  3 |         int ret = pin_user_pages_fast');
      expect(stdout).toMatch(/ {2}7 \| {9}release_pages\(pages, ret\);\n +\| {9}\^\n/);
      expect(stdout).toContain('docs/rules/wrong-release.md');
      // As the text of the check names it.
      for (const place of ['a.c:7', 'a.c:7:2']) expect((await run(['explain', tree, place])).stdout).toBe(stdout);
      expect((await run(['explain', tree, 'a.c:8'])).stderr).toMatch(/no site or finding at a\.c:8 in .*; closest are:\n/);
    }));

  it('tells what stands in a line, a finding or a site, and names the lines near by if nothing does', () =>
    withTree({ 'a.c': wrong }, async (tree) => {
      const at = async (line: number) => run(['explain', tree, `a.c:${line}`]);
      expect((await at(7)).stdout).toMatch(/^error: .*release_pages[\s\S]*\nwrong-release:[0-9a-f]{16}\nat a\.c:7 in wrong\(\)\n/);
      expect((await at(3)).stdout).toMatch(/^a\.c:wrong:pin_user_pages_fast#1\n/);
      expect(await at(5)).toMatchObject({
        code: 2,
        stderr: `putright: no site or finding at a.c:5 in ${tree}; closest are:\n  a.c:7\n  a.c:3\n`,
      });
    }));

  it('says which findings there are if there is none of that id, exit 2', () =>
    withTree({ 'a.c': wrong }, async (tree) => {
      const { code, stderr } = await run(['explain', tree, 'wrong-release:0000000000000000']);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^putright: no finding wrong-release:0{16} in .*; closest are:\n {2}wrong-release:[0-9a-f]{16}\n$/);
    }));
});

describe('a baseline', () => {
  it('holds what is known, also when its lines have moved', () =>
    withTree({ 'a.c': wrong }, async (tree) => {
      const file = join(folder, 'known.json');
      expect(await checked(tree, '--baseline', file, '--update-baseline', '--severity', 'note')).toMatchObject({ code: 0, stdout: '' });
      expect(await checked(tree, '--baseline', file)).toMatchObject({ code: 0, stdout: '' });
      writeFileSync(join(tree, 'a.c'), `${right('before', 'release_pages')}\n\n${wrong}`);
      const { code, stdout } = await checked(tree, '--baseline', file);
      expect(code).toBe(1);
      expect(faults(stdout)).toHaveLength(1);
      expect(faults(stdout)[0]).toMatch(/^a\.c:7:/);
    }));

  it('that is none is refused', async () => {
    const file = join(folder, 'broken.json');
    writeFileSync(file, '{"ids": []}');
    expect(await run(['check', '--baseline', file])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/is no baseline: the top is not a list; --update-baseline writes one/),
    });
  });
});

/** A tree in git, with one commit. */
function withRepository(files: Files, use: (tree: string, git: (...args: string[]) => void) => Promise<void>): Promise<void> {
  return withTree(files, async (tree) => {
    const git = (...args: string[]): void => {
      execFileSync('git', ['-C', tree, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { stdio: 'pipe' });
    };
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'begin');
    await use(tree, git);
  });
}

/** A helper in another file, which drops the pins of its caller. */
const drops = (drop: string) => `void job_done(struct page **pages, int n)\n{\n${drop}\n}\n`;
const user = `void job_done(struct page **pages, int n);

int job(unsigned long a, struct page **pages)
{
	int ret = pin_user_pages_fast(a, 4, FOLL_WRITE, pages);

	if (ret < 0)
		return ret;
	job_done(pages, ret);
	return 0;
}
`;

describe('--changed-since', () => {
  const since = async (tree: string, ...args: string[]): Promise<string[]> =>
    faults((await checked(tree, '--changed-since', 'HEAD', ...args)).stdout).map((line) => line.replace(/: .*\[/, ' ['));

  it('tells what is in a function that changed, not what is elsewhere in the file', () =>
    withRepository({ 'a.c': right('other', 'release_pages') + wrong, 'b.c': right('f', 'release_pages') }, async (tree) => {
      expect(await since(tree)).toEqual([]);
      writeFileSync(join(tree, 'a.c'), right('other', 'release_pages') + wrong.replace('return 0;', '/* done */\n\treturn 0;'));
      expect(await since(tree)).toEqual(['a.c:16:2 [wrong-release]']);
    }));

  it('tells what a change in one file does to callers in another', () =>
    withRepository({ 'a.c': user, 'done.c': drops('\tunpin_user_pages(pages, n);'), 'b.c': wrong }, async (tree) => {
      writeFileSync(join(tree, 'done.c'), drops('\tput_page(pages[0]);'));
      expect(await since(tree)).toEqual(['done.c:3:2 [wrong-release]']);
    }));

  it('knows new files, deleted ones, subfolders and odd names', () =>
    withRepository({ 'sub/a b.c': right('f'), 'sub/gone.c': wrong, 'c.c': wrong }, async (tree, git) => {
      writeFileSync(join(tree, 'sub/new "ä".c'), wrong.replace('wrong', 'fresh'));
      git('rm', '-q', 'sub/gone.c');
      expect(await since(join(tree, 'sub'))).toEqual(['new "ä".c:7:2 [wrong-release]']);
      git('add', '.');
      expect(await since(join(tree, 'sub'))).toEqual(['new "ä".c:7:2 [wrong-release]']);
    }));

  it('gives the same from a cache', () =>
    withRepository({ 'a.c': wrong, 'done.c': drops('') }, async (tree) => {
      const cache = join(folder, 'since');
      await checked(tree, '--cache', cache);
      writeFileSync(join(tree, 'done.c'), wrong.replace('wrong', 'late'));
      expect(await since(tree, '--cache', cache)).toEqual(['done.c:7:2 [wrong-release]']);
    }));

  it("starts nothing of the tree's own configuration", () =>
    withRepository({ 'a.c': right('f'), '.gitattributes': '*.c filter=a=b\n*.h filter=proc\n', 'b.h': '' }, async (tree, git) => {
      const started = join(folder, 'started');
      git('config', 'filter.a=b.clean', `touch '${started}'; cat`);
      git('config', 'filter.a=b.required', 'true');
      git('config', 'filter.proc.process', `touch '${started}'`);
      const hook = join(tree, '.git/hooks/post-index-change');
      mkdirSync(join(tree, '.git/hooks'), { recursive: true });
      writeFileSync(hook, `#!/bin/sh\ntouch '${started}'\n`, { mode: 0o755 });
      writeFileSync(join(tree, 'a.c'), wrong);
      writeFileSync(join(tree, 'b.h'), '/* changed */');
      expect(await since(tree)).toEqual(['a.c:7:2 [wrong-release]']);
      expect(existsSync(started)).toBe(false);
      // Git itself would.
      expect(() => git('diff', 'HEAD')).toThrow();
      expect(existsSync(started)).toBe(true);
    }));

  it('refuses a revision that is none', () =>
    withRepository({ 'a.c': wrong }, async (tree) => {
      expect(await checked(tree, '--changed-since', 'v9')).toMatchObject({
        code: 2,
        stderr: `putright: no revision v9 in ${tree}; git log shows them\n`,
      });
    }));
});
