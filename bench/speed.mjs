#!/usr/bin/env node
/**
 * How long a survey takes, beside what else could list the same calls. All programs take turns in one run, so that what
 * the machine does meanwhile falls on all of them.
 *
 *   node bench/speed.mjs [TREE] [--rounds N] [--no-coccinelle]
 *
 * TREE or PUTRIGHT_TREE is a kernel tree. It is only read; the runs with a cache work on a copy of it in the temporary folder.
 */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquires } from '../dist/protocol/index.js';
import { median } from './figures.mjs';
import { machine, mustRun, ownVersion, putright, readArguments, versionOf } from './measure.mjs';

const { tree, rounds, asked } = readArguments('usage: node bench/speed.mjs TREE [--rounds N] [--no-coccinelle], or PUTRIGHT_TREE=TREE', [
  'no-coccinelle',
]);
const names = [...acquires.keys()];
const versions = { node: process.version, putright: ownVersion(), ripgrep: versionOf('rg'), coccinelle: versionOf('spatch') };
const useRipgrep = versions.ripgrep !== null;
const useCoccinelle = versions.coccinelle !== null && !asked.has('no-coccinelle');

/** @typedef {{ seconds: number[], mib: number[] }} Series */
/** @type {Map<string, Series>} */
const measured = new Map();
/** What makes the figures worthless; said at the end, and a failure. */
const faults = new Set();

const folder = mkdtempSync(join(tmpdir(), 'putright-speed-'));
const at = (/** @type {string} */ name) => join(folder, name);
process.on('SIGINT', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(130);
});
try {
  await bench();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function bench() {
  console.log(machine());
  console.log(
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version ?? 'not installed'}`)
      .join('; '),
  );
  console.log(`${tree}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'} after one that is not counted`);

  writeFileSync(at('calls.cocci'), coccinelleRule());
  const copy = at('tree');
  cpSync(tree, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('/.git') });

  // Warms the page cache, and tells which file has a site to touch.
  await mustRun(survey(tree), at('survey.json'));
  /** @type {{ file: string }[]} */
  const sites = JSON.parse(readFileSync(at('survey.json'), 'utf8')).sites;
  const touched = sites[sites.length >> 1]?.file;

  for (let round = 0; round < rounds; round++) {
    if (useRipgrep) await measure('ripgrep', ripgrep(), 'ripgrep.out', [0, 1]);
    await measure('survey', survey(tree), 'survey.json');
    if (useCoccinelle) await measure('coccinelle', coccinelle(), 'coccinelle.out');
    await cachedRuns(copy, touched);
  }
  report(sites.length);
}

/**
 * A first run with an empty cache, a second with a full one, and one after a line was added to a file with a site.
 * @param {string} copy
 * @param {string | undefined} touched
 */
async function cachedRuns(copy, touched) {
  const cache = at('cache');
  rmSync(cache, { recursive: true, force: true });
  const cached = [...survey(copy), '--cache', cache];
  await measure('cache: first run', cached, 'cold.json');
  await measure('cache: nothing changed', cached, 'warm.json');
  same('cold.json', 'warm.json');
  if (touched === undefined) return;
  appendFileSync(join(copy, touched), '/* touched */\n');
  await measure('cache: one file changed', cached, 'touched.json');
  same('cold.json', 'touched.json');
}

/**
 * A cache must not change a byte; the line that was added stands behind all code.
 * @param {string} one
 * @param {string} other
 */
function same(one, other) {
  if (!readFileSync(at(one)).equals(readFileSync(at(other)))) faults.add(`the cache changed the result: ${one} and ${other} differ`);
}

/**
 * @param {string} name
 * @param {readonly string[]} command
 * @param {string} output
 * @param {readonly number[]} [well]
 */
async function measure(name, command, output, well) {
  const { seconds, mib } = await mustRun(command, at(output), well);
  const series = measured.get(name) ?? { seconds: [], mib: [] };
  series.seconds.push(seconds);
  if (mib !== null) series.mib.push(mib);
  measured.set(name, series);
}

/** @param {string} where */
function survey(where) {
  return [process.execPath, putright, 'survey', where, '--format', 'json'];
}

/** The floor: the same names as text. */
function ripgrep() {
  return ['rg', '--no-config', '--no-ignore', '--only-matching', '--word-regexp', '-g', '*.c', '-g', '*.h', names.join('|'), tree];
}

function coccinelle() {
  return ['spatch', '-j', '2', '--no-includes', '--very-quiet', '--sp-file', at('calls.cocci'), '--dir', tree];
}

/** Lists the calls and nothing more. */
function coccinelleRule() {
  return `@r@
position p;
@@
(
${names.map((name) => `${name}@p(...)`).join('\n|\n')}
)

@script:python@
p << r.p;
@@
for place in p:
    print("%s:%s:%s" % (place.file, place.line, place.column))
`;
}

/** @param {number} sites */
function report(sites) {
  console.log(`\n${''.padEnd(26)}${['min', 'median', 'max'].map((word) => word.padStart(9)).join('')}   largest resident set`);
  for (const [name, { seconds, mib }] of measured) {
    const figures = [Math.min(...seconds), median(seconds), Math.max(...seconds)].map((s) => `${s.toFixed(2)} s`.padStart(9)).join('');
    console.log(`${name.padEnd(26)}${figures}   ${mib.length > 0 ? `${Math.round(Math.max(...mib))} MiB` : 'not measured'}`);
  }
  const found = linesIn('coccinelle.out');
  console.log(`\nsites in the survey: ${sites}${useCoccinelle ? `; calls that Coccinelle lists: ${found}` : ''}`);
  if (useCoccinelle && found === 0) faults.add('Coccinelle found no call: its figure means nothing');
  ratio('survey', 'coccinelle', 0.5);
  ratio('survey', 'ripgrep', null);
  ratio('cache: nothing changed', 'cache: first run', null);
  ratio('cache: one file changed', 'cache: first run', 1 / 3);
  for (const fault of faults) console.log(`FAULT: ${fault}`);
  if (faults.size > 0) process.exitCode = 1;
}

/**
 * The ratio of two medians, beside what is aimed at.
 * @param {string} one
 * @param {string} other
 * @param {number | null} aim
 */
function ratio(one, other, aim) {
  const [a, b] = [measured.get(one), measured.get(other)];
  if (!a || !b) return;
  const value = median(a.seconds) / median(b.seconds);
  const beside = aim === null ? '' : `   aim: at most ${aim.toFixed(2)}, ${value <= aim ? 'met' : 'MISSED'}`;
  console.log(`${`${one} / ${other}`.padEnd(46)} ${value.toFixed(2)}${beside}`);
}

/** @param {string} name */
function linesIn(name) {
  if (!useCoccinelle) return 0;
  return readFileSync(at(name), 'utf8').split('\n').filter(Boolean).length;
}
