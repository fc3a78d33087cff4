/** What the benches share: running a program, and saying on what machine. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readOptions, wholeNumber } from './options.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const putright = join(root, 'dist/cli/main.js');

/** GNU time writes the largest resident set of what it ran; without it memory is not measured. */
const gnuTime = existsSync('/usr/bin/time') ? '/usr/bin/time' : null;

/**
 * @typedef {object} Run
 * @property {number} seconds wall time
 * @property {number | null} processor processor time, the program's and the system's for it, in seconds; `null` where it cannot be measured
 * @property {number | null} mib largest resident set, `null` where it cannot be measured
 * @property {number} code exit code
 */

/**
 * Runs a program to its end. Its output goes straight into a file, so that reading it costs the measured program nothing.
 * @param {readonly string[]} command
 * @param {string} output file for the standard output; what it says on the standard error is in `output.err`
 * @returns {Promise<Run>}
 */
export function run(command, output) {
  const [file, ...args] = gnuTime ? [gnuTime, '-o', `${output}.time`, '-f', '%M %U %S', ...command] : command;
  const out = openSync(output, 'w');
  const err = openSync(`${output}.err`, 'w');
  return new Promise((done, fail) => {
    const begun = performance.now();
    const child = spawn(/** @type {string} */ (file), args, { stdio: ['ignore', out, err] });
    child.on('error', fail);
    child.on('close', (code) => {
      const seconds = (performance.now() - begun) / 1000;
      closeSync(out);
      closeSync(err);
      const told = gnuTime ? readFileSync(`${output}.time`, 'utf8').trim().split('\n').pop() : undefined;
      const [kib = Number.NaN, user = Number.NaN, system = Number.NaN] = told?.split(' ').map(Number) ?? [];
      const or = (/** @type {number} */ value) => (Number.isFinite(value) ? value : null);
      done({ seconds, processor: or(user + system), mib: or(kib / 1024), code: code ?? 1 });
    });
  });
}

/**
 * Runs a program and fails, with what it said, if it did not end well.
 * @param {readonly string[]} command
 * @param {string} output
 * @param {readonly number[]} well exit codes that are no failure
 * @returns {Promise<Run>}
 */
export async function mustRun(command, output, well = [0]) {
  const result = await run(command, output);
  if (well.includes(result.code)) return result;
  const said = readFileSync(`${output}.err`, 'utf8').trim().split('\n').slice(-5).join('\n');
  throw new Error(`${command.slice(0, 3).join(' ')} … ended with exit code ${result.code}\n${said}`);
}

/**
 * The number that `program --version` says, `null` if there is no such program.
 * @param {string} program
 */
export function versionOf(program) {
  const { stdout, status } = spawnSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? (/\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'of unknown version') : null;
}

/** The machine in one line. */
export function machine() {
  const all = cpus();
  return `${all[0]?.model.trim() ?? 'unknown processor'}, ${all.length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`;
}

/** putright's own version. */
export function ownVersion() {
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return version;
}

/**
 * The tree to measure: the argument, or PUTRIGHT_TREE.
 * @param {string | undefined} argument
 * @param {string} usage
 */
export function treeOf(argument, usage) {
  const tree = argument ?? process.env.PUTRIGHT_TREE;
  if (tree && existsSync(tree)) return tree;
  console.error(tree ? `${tree}: no such folder` : usage);
  process.exit(2);
}

/**
 * What a bench of a tree is told: the tree, how often it measures, and its own flags.
 * @param {string} usage
 * @param {readonly string[]} flags
 */
export function readArguments(usage, flags = []) {
  return readOptions(usage, () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '3' },
        ...Object.fromEntries(flags.map((flag) => [flag, { type: /** @type {const} */ ('boolean') }])),
      },
    });
    const { rounds, ...given } = values;
    const asked = new Set(Object.keys(given));
    return { tree: resolve(treeOf(positionals[0], usage)), rounds: wholeNumber('rounds', String(rounds), 1), asked };
  });
}
