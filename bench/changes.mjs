#!/usr/bin/env node
/**
 * How long `putright check --changed-since` takes with a warm cache for a change of one file, over the files with a site.
 *
 *   node bench/changes.mjs [TREE] [--every N]
 *
 * TREE or PUTRIGHT_TREE is a kernel tree; a copy of it in the temporary folder is made a work tree of git. In one file after the other
 * (--every N: in each Nth) a comment is put at the first site's line, with the cache as a first run left it. What is told must be what a
 * run without a cache tells, which is asked of every tenth file. Prints the quartiles, and exits with 1 if something else was told or the
 * median is over the bound.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { faults, judge, limit, median } from './figures.mjs';
import { machine, mustRun, putright, treeOf } from './measure.mjs';
import { readOptions, wholeNumber } from './options.mjs';

const usage = 'usage: node bench/changes.mjs TREE [--every N], or PUTRIGHT_TREE=TREE';
const { tree, every } = readOptions(usage, () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { every: { type: 'string', default: '1' } } });
  return { tree: resolve(treeOf(positionals[0], usage)), every: wholeNumber('every', values.every, 1) };
});
/** The bound of one change, in seconds. */
const BOUND = 2;

const folder = mkdtempSync(join(tmpdir(), 'putright-changes-'));
const at = (/** @type {string} */ name) => join(folder, name);
const copy = at('tree');
const check = (/** @type {readonly string[]} */ more) => ['node', putright, 'check', copy, '--changed-since', 'HEAD', ...more];
const cached = (/** @type {string} */ cache) => check(['--cache', cache]);

try {
  await bench();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
judge();

async function bench() {
  console.log(machine());
  await mustRun(['node', putright, 'survey', tree, '--format', 'json'], at('survey.json'));
  /** @type {{ file: string, line: number }[]} */
  const sites = JSON.parse(readFileSync(at('survey.json'), 'utf8')).sites;
  const first = new Map([...sites].reverse().map(({ file, line }) => [file, line]));
  const chosen = [...first].reverse().filter((_, i) => i % every === 0);
  console.log(`${tree}: ${chosen.length} of ${first.size} files with a site`);

  cpSync(tree, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('/.git') });
  commit();
  const warm = at('warm');
  await mustRun(cached(warm), at('first.txt'));

  /** @type {{ file: string, seconds: number }[]} */
  const measured = [];
  for (const [i, [file, line]] of chosen.entries()) {
    const { seconds, differs } = await changed(file, line, i % 10 === 0);
    measured.push({ file, seconds });
    if (differs) faults.push(`${file}: with the cache something else is told`);
  }
  report(measured);
}

/**
 * Checks one change with the cache as the first run left it, and, if that is asked for, once more without.
 * @param {string} file
 * @param {number} line
 * @param {boolean} compared
 */
async function changed(file, line, compared) {
  const place = join(copy, file);
  const before = at('before');
  const cache = at('cache');
  const lines = readFileSync(place, 'latin1').split('\n');
  lines[line - 1] += ' /* touched */';
  // The file itself comes back afterwards, and its stamp with it.
  renameSync(place, before);
  writeFileSync(place, lines.join('\n'), 'latin1');
  rmSync(cache, { recursive: true, force: true });
  cpSync(at('warm'), cache, { recursive: true });
  const { seconds } = await mustRun(cached(cache), at('cached.txt'), [0, 1]);
  if (compared) await mustRun(check([]), at('plain.txt'), [0, 1]);
  rmSync(place);
  renameSync(before, place);
  return { seconds, differs: compared && !readFileSync(at('cached.txt')).equals(readFileSync(at('plain.txt'))) };
}

/** Makes the copy a work tree of git, with one commit. */
function commit() {
  const git = (/** @type {readonly string[]} */ ...args) => {
    const { status, stderr } = spawnSync('git', ['-C', copy, '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) throw new Error(`git ${args[0]} ended with exit code ${status}\n${stderr}`);
  };
  git('init', '--quiet');
  git('add', '--all', '--force', '.');
  git('commit', '--quiet', '--message', 'as it is');
}

/** @param {readonly { file: string, seconds: number }[]} measured */
function report(measured) {
  const sorted = [...measured].sort((a, b) => a.seconds - b.seconds);
  const quartile = (/** @type {number} */ part) => sorted[Math.floor((sorted.length - 1) * part)]?.seconds ?? 0;
  console.log(`quartiles ${[0.25, 0.5, 0.75].map((part) => quartile(part).toFixed(2)).join(', ')} s`);
  console.log(`${sorted.filter(({ seconds }) => seconds < BOUND).length} of ${sorted.length} in less than ${BOUND} s; the slowest:`);
  for (const { file, seconds } of sorted.slice(-10)) console.log(`  ${seconds.toFixed(2)} s ${file}`);
  limit('a change of one file, median', median(sorted.map(({ seconds }) => seconds)), BOUND, ' s', 2);
}
