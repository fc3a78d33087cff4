/** Asks git for the changes of a tree. */
import { spawn } from 'node:child_process';
import type { Change, Lines } from '../check/change.js';
import { visible } from '../report/visible.js';
import { Failure } from './failure.js';

/**
 * Starts nothing that the tree's own configuration names: no monitor and no hook. {@link filtersOff} sees to the filters, which have names.
 */
const QUIET = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
/** Has git write names and patches as they are parsed here, whatever is configured. */
const PLAIN = ['-c', 'core.quotePath=false', '-c', 'diff.noprefix=false', '-c', 'diff.mnemonicPrefix=false'];
const DIFF = ['diff', '--relative', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color', '--ignore-submodules'];
const C_FILES = ['--', '*.c', '*.h'];
/** The most names that are put on a command line. */
const FEW = 200;

/**
 * What changed in a work tree since a revision: later commits, changes that are not committed, and files that git does not track.
 *
 * @throws Failure if the tree is no work tree of git, or has no such revision
 */
export async function changesSince(tree: string, revision: string): Promise<Change> {
  const env = await filtersOff(tree);
  const git = (args: readonly string[], input?: string): Promise<Buffer> => run(tree, args, { env, input });
  const named = git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  // That there is no work tree is reported first.
  named.catch(() => {});
  try {
    if ((await git(['rev-parse', '--is-inside-work-tree'])).toString().trim() !== 'true') throw new Error('it is the inside of a .git');
  } catch (error) {
    throw new Failure(`--changed-since needs a work tree of git, and ${visible(tree)} is none: ${whyOf(error)}`);
  }
  const commit = await named.then(
    (told) => told.toString().trim(),
    () => {
      throw new Failure(`no revision ${visible(revision)} in ${visible(tree)}; git log shows them`);
    },
  );
  const [raw, unknown] = await Promise.all([
    git([...DIFF, '--raw', '-z', '--no-abbrev', commit, ...C_FILES]),
    git(['ls-files', '-z', '--others', '--exclude-standard', ...C_FILES]),
  ]);
  const blobs = blobsIn(raw.toString());
  // With few files git need not look at all the others again.
  const paths = blobs.size > FEW ? C_FILES : ['--', ...blobs.keys()];
  const literally = blobs.size > FEW ? [] : ['--literal-pathspecs'];
  const [patch, texts] = await Promise.all([
    blobs.size === 0 ? Buffer.alloc(0) : git([...literally, ...DIFF, '--unified=0', commit, ...paths]),
    textsOf(git, blobs),
  ]);
  const added = unknown.toString().split('\0').filter(Boolean);
  return {
    before: new Map([...texts, ...added.map((file): [string, null] => [file, null])]),
    lines: new Map([
      ...linesIn(patch.toString('latin1')),
      ...added.map((file): [string, Lines] => [file, [[1, Number.POSITIVE_INFINITY]]]),
    ]),
  };
}

/** The blob of each changed file before the change; `null` for a new file. */
function blobsIn(raw: string): Map<string, string | null> {
  const found = new Map<string, string | null>();
  const parts = raw.split('\0');
  // `:MODE MODE BLOB BLOB STATUS` and the name, alternately.
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [mode = '', , blob = ''] = (parts[i] as string).slice(1).split(' ');
    const isFile = mode.startsWith('100');
    found.set(parts[i + 1] as string, isFile ? blob : null);
  }
  return found;
}

/** The texts of blobs, from one git process. */
async function textsOf(
  git: (args: readonly string[], input: string) => Promise<Buffer>,
  blobs: ReadonlyMap<string, string | null>,
): Promise<Map<string, string | null>> {
  const wanted = [...blobs].filter((entry): entry is [string, string] => entry[1] !== null);
  const texts = new Map<string, string | null>([...blobs].map(([file]) => [file, null]));
  if (wanted.length === 0) return texts;
  const out = await git(['cat-file', '--batch'], wanted.map(([, blob]) => `${blob}\n`).join(''));
  let at = 0;
  for (const [file] of wanted) {
    const end = out.indexOf(10, at);
    const size = Number(out.toString('latin1', at, end).split(' ')[2]);
    texts.set(file, out.toString('latin1', end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return texts;
}

/** The lines of each file that a patch without context adds; where it only removes lines, those beside the place. */
function linesIn(patch: string): Map<string, Lines> {
  const found = new Map<string, [number, number][]>();
  let stretches: [number, number][] = [];
  let left = 0;
  for (const line of patch.split('\n')) {
    // The lines of a hunk begin with + or - and may look like anything.
    if (left > 0) {
      if (/^[+-]/.test(line)) left--;
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk) {
      const [gone, first, count] = [Number(hunk[1] ?? 1), Number(hunk[2]), Number(hunk[3] ?? 1)];
      stretches.push(count === 0 ? [first, first + 1] : [first, first + count - 1]);
      left = gone + count;
    } else if (line.startsWith('+++ ')) {
      stretches = [];
      const file = unquoted(line.slice(4));
      if (file !== '/dev/null') found.set(file.replace(/^b\//, ''), stretches);
    }
  }
  return found;
}

/**
 * Reads a name as git writes it: if it holds quotes or control characters, in quotes with C escapes; one with blanks is followed by a tab.
 */
function unquoted(name: string): string {
  const plain = name.replace(/\t$/, '');
  if (!plain.startsWith('"')) return Buffer.from(plain, 'latin1').toString();
  const named: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };
  const bytes = plain.slice(1, -1).replace(/\\([0-7]{3}|.)/g, (_, code: string) => {
    return code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (named[code] ?? code);
  });
  return Buffer.from(bytes, 'latin1').toString();
}

/**
 * An environment in which git starts none of the filters that the tree's configuration names; comparing with the work tree would run each
 * file through them. A filter with an empty command is not run, and must then not be required. The environment is used since a filter's
 * name may hold characters that `-c` splits at. Git also does not fetch what a partial clone lacks from wherever the tree says.
 */
async function filtersOff(tree: string): Promise<NodeJS.ProcessEnv> {
  const env: NodeJS.ProcessEnv = { ...process.env, GIT_NO_LAZY_FETCH: '1' };
  // This fails if no filter is configured; it also fails if there is no repository, which is reported later.
  const told = await run(tree, ['config', '-z', '--name-only', '--get-regexp', '^filter\\..*\\.(clean|process|required)$'], { env }).catch(
    () => '',
  );
  let count = Number(env.GIT_CONFIG_COUNT ?? 0);
  for (const name of new Set(told.toString().split('\0').filter(Boolean))) {
    env[`GIT_CONFIG_KEY_${count}`] = name;
    env[`GIT_CONFIG_VALUE_${count}`] = name.endsWith('.required') ? 'false' : '';
    env.GIT_CONFIG_COUNT = String(++count);
  }
  return env;
}

/** Runs git in the tree and returns what it prints. */
function run(
  tree: string,
  args: readonly string[],
  { env, input = '' }: { env: NodeJS.ProcessEnv; input?: string | undefined },
): Promise<Buffer> {
  return new Promise((done, fail) => {
    const child = spawn('git', ['-C', tree, ...QUIET, ...PLAIN, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => {});
    child.on('error', (error) => fail(new Error(`git cannot be started: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) done(Buffer.concat(out));
      else fail(new Error(Buffer.concat(err).toString().trim().split('\n')[0] || `git ended with exit code ${code}`));
    });
    child.stdin.end(input);
  });
}

function whyOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
