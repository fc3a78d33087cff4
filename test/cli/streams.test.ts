/** What becomes of the exit code and of the result when nobody reads, the disk is full, or somebody presses Ctrl-C. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program, run } from './run.js';

const driver = (drop: string): string => `int hold(unsigned long a, struct page **pages)
{
	int ret = pin_user_pages_fast(a, 4, FOLL_WRITE, pages);

	if (ret < 0)
		return ret;
	${drop}(pages, ret);
	return 0;
}
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'putright-streams-'));
  for (const [tree, drop] of [
    ['wrong', 'release_pages'],
    ['right', 'unpin_user_pages'],
  ] as const) {
    mkdirSync(join(folder, tree));
    writeFileSync(join(folder, tree, 'a.c'), driver(drop));
  }
  // A link to nothing: a warning is said.
  symlinkSync('nowhere.c', join(folder, 'right', 'dangling.c'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a line of bash in the folder, with `$P` for the program; its exit code and what came on its standard output. */
function bash(line: string): Promise<{ code: number | null; stdout: string }> {
  const child = spawn('bash', ['-c', `set -o pipefail; P="${process.execPath} ${program}"; ${line}`], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  return new Promise((done) => child.on('close', (code) => done({ code, stdout })));
}

describe('a standard error that nobody reads', () => {
  const closed = 'exec 3> >(true); sleep 0.3;';

  it('costs no result on the standard output', async () => {
    const { code, stdout } = await bash(`${closed} $P survey right --format json 2>&3`);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { warnings: object[] }).warnings).toHaveLength(1);
  });

  it('costs no file', async () => {
    expect((await bash(`${closed} $P survey right --format json -o w.json 2>&3`)).code).toBe(0);
    expect(existsSync(join(folder, 'w.json'))).toBe(true);
  });
});

describe('a call that could not be read', () => {
  it.each(['survey', 'check'])('is said by %s, which has no row for it', async (command) => {
    const tree = mkdtempSync(join(folder, 'unread-'));
    writeFileSync(
      join(tree, 'a.c'),
      '#define IF_NEW(x) x\nint f(void)\n{\n\tIF_NEW(n = pin_user_pages_fast(a, 1, 0, &page);)\n\treturn n;\n}\n',
    );
    const { code, stderr } = await run([command, tree]);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /warning: one call that may take pages is in no row, .*: a\.c:4: pin_user_pages_fast\(\); putright survey --coverage/,
    );
  });
});

describe('the exit code', () => {
  const regression = 'compare right wrong --fail-on regression';
  const cut = 'model --design bias --misuse none --max-states 10';

  it.each(['check wrong', regression, cut])('of %s is that of what was found, also when its reader has gone', async (command) => {
    expect((await bash(`$P ${command} | true`)).code).toBe(1);
  });

  it.each(['check right', 'compare right right --fail-on regression', 'survey wrong'])('of %s stays 0', async (command) => {
    expect((await bash(`$P ${command} | true`)).code).toBe(0);
  });

  it.skipIf(!existsSync('/dev/full')).each(['check wrong', regression, cut, 'survey wrong'])(
    'of %s is 2 on a full disk',
    async (command) => {
      expect((await bash(`$P ${command} > /dev/full`)).code).toBe(2);
    },
  );
});

describe('Ctrl-C', () => {
  it.each([[['--pages', '3', '--actors', '6']], [['--seed', '1', '--walks', '100000000']]])('ends model %j at once', async (args) => {
    const { code, signal } = await run(['model', ...args], {
      meanwhile: (child) => {
        setTimeout(() => child.kill('SIGINT'), 1000);
        // So that a program that does not listen ends, too.
        setTimeout(() => child.kill('SIGKILL'), 8000);
      },
    });
    expect([code, signal]).toEqual([null, 'SIGINT']);
  });
});
