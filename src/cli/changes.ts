/** What git knows of a tree's changes. */
import { spawn } from 'node:child_process';
import type { Change, Lines } from '../check/change.js';
import { visible } from '../report/visible.js';
import { Failure } from './failure.js';

/** Nothing that a tree's own configuration could start: no monitor, no hook, and no filter, which {@link filtersOff} knows by name. */
const QUIET = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
/** Names and patches as they are read here, whatever is configured. */
const PLAIN = ['-c', 'core.quotePath=false', '-c', 'diff.noprefix=false', '-c', 'diff.mnemonicPrefix=false'];
const DIFF = ['diff', '--relative', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color', '--ignore-submodules'];
const C_FILES = ['--', '*.c', '*.h'];
/** So many names fit on a command line. */
const FEW = 200;

/**
 * What changed in the work tree since a revision: what was committed after it, what is not committed, and files that git does
 * not know yet.
 *
 * @throws Failure if the tree is no work tree of git, or there is no such revision in it
 */
export async function changesSince(tree: string, revision: string): Promise<Change> {
  const env = await filtersOff(tree);
  const git = (args: readonly string[], input?: string): Promise<Buffer> => run(tree, args, { env, input });
  const named = git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  // That there is no work tree is said first.
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
  // Of few files git need not look at all of the others again.
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

/** By file, the blob that it was; `null` for a file that is new. */
function blobsIn(raw: string): Map<string, string | null> {
  const found = new Map<string, string | null>();
  const parts = raw.split('\0');
  // `:MODE MODE BLOB BLOB STATUS` and the name, in turns.
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [mode = '', , blob = ''] = (parts[i] as string).slice(1).split(' ');
    const isFile = mode.startsWith('100');
    found.set(parts[i + 1] as string, isFile ? blob : null);
  }
  return found;
}

/** The texts of blobs, all from one process. */
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

/** By file, the lines that a patch without context adds; beside them where it only takes away. */
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

/** A name as git writes it: in quotes, as C would have it, if it holds quotes or control characters; a tab ends one with blanks. */
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
 * The environment in which git starts none of the filters that the tree's configuration names: to compare with the work tree it
 * would clean each file. An empty command is none, and then it may not be required either. By the environment, since a name may
 * hold what `-c` cuts at. Nor does git fetch from wherever the tree says what a partial clone lacks.
 */
async function filtersOff(tree: string): Promise<NodeJS.ProcessEnv> {
  const env: NodeJS.ProcessEnv = { ...process.env, GIT_NO_LAZY_FETCH: '1' };
  // It fails if there is none, and if there is no repository, which is told later.
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
