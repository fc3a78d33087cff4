#!/usr/bin/env node
/**
 * Recall by mutation: plants faults in real code, one at a time, and counts how many `putright check` finds.
 *
 *   node bench/mutants.mjs [TREE…] [--class CLASS] [--path TEXT] [--sample N] [--seed S] [--misses] [--jobs N]
 *                          [--survey FILE] [--json FILE] [--compile TREE]
 *
 * TREE: unmodified kernel trees; default PUTRIGHT_TREE. A mutant is made from the text alone, at places that a survey knows
 * (--survey FILE, once a tree in their order; else the tree is surveyed). --misses shows each real bug that was not found, as
 * a diff. --compile TREE compiles the sample in a copy of the tree that `make modules_prepare` was run in, and judges nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { openTree } from '../dist/source/index.js';
import { survey } from '../dist/survey/index.js';
import { machine, treeOf } from './measure.mjs';
import { compileAll } from './mutants/compile.mjs';
import { equivalent } from './mutants/equivalent.mjs';
import { classes } from './mutants/kinds.mjs';
import { makeMutants, mutated } from './mutants/make.mjs';
import { sample } from './mutants/sample.mjs';
import { isMiss, tally } from './mutants/tally.mjs';
import { readOptions, wholeNumber } from './options.mjs';

/** @typedef {import('./mutants/make.mjs').Mutant} Mutant */
/** @typedef {import('./mutants/judge.mjs').Verdict} Verdict */
/** @typedef {import('../dist/source/index.js').Tree} Tree */
/** @typedef {Mutant & { tree: string, equivalent: string | null, verdict: Verdict | null }} Judged */

const usage = 'usage: node bench/mutants.mjs TREE…, or PUTRIGHT_TREE=TREE';
const { values: given, positionals } = readOptions(usage, () =>
  parseArgs({
    allowPositionals: true,
    options: {
      class: { type: 'string', multiple: true, default: [] },
      path: { type: 'string' },
      sample: { type: 'string' },
      seed: { type: 'string', default: '1' },
      misses: { type: 'boolean', default: false },
      jobs: { type: 'string' },
      survey: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      compile: { type: 'string' },
    },
  }),
);
const unknown = given.class.find((name) => !classes[name]);
if (unknown !== undefined) {
  console.error(`no class ${unknown}; there are ${Object.keys(classes).join(', ')}`);
  process.exit(2);
}
const numbers = readNumbers();
const trees = positionals.length > 0 ? positionals : [undefined];
const folders = trees.map((tree) => treeOf(tree, usage));
console.log(machine());

/** @type {Judged[]} */
const all = [];
for (const [n, folder] of folders.entries()) {
  const begun = performance.now();
  const tree = await openTree(folder, { cache: cacheFolder() });
  const rows = given.survey[n] ? JSON.parse(readFileSync(given.survey[n], 'utf8')).sites : (await survey(folder)).sites;
  const { mutants, leftOut } = makeMutants(rows, tree.read);
  const wanted = mutants
    .filter((m) => given.class.length === 0 || given.class.includes(m.class))
    .filter((m) => given.path === undefined || m.file.includes(given.path));
  const chosen = numbers.sample === undefined ? wanted : sample(wanted, numbers.sample, numbers.seed);
  console.log(`\n${folder}: ${mutants.length} mutants, ${chosen.length} chosen`);
  for (const [why, count] of leftOut) console.log(`  ${count} releases left out: ${why}`);
  if (given.compile !== undefined) {
    process.exitCode = compileAll(given.compile, chosen, tree) ? 0 : 1;
    continue;
  }
  const judged = await judgeAll(tree, chosen, folder);
  print(judged);
  console.log(`${((performance.now() - begun) / 1000).toFixed(0)} s`);
  if (given.misses) for (const m of judged) if (isMiss(m)) show(m, tree);
  all.push(...judged);
}
if (folders.length > 1 && all.length > 0) {
  console.log('\nall trees');
  print(all);
}
if (given.json) writeFileSync(given.json, `${JSON.stringify(all, null, 1)}\n`);

/** The numbers that were given; ends the program for what is none. */
function readNumbers() {
  const optional = (/** @type {'sample' | 'jobs'} */ name) => {
    const told = given[name];
    return told === undefined ? undefined : wholeNumber(name, told, 1);
  };
  return readOptions(usage, () => ({
    sample: optional('sample'),
    jobs: optional('jobs') ?? availableParallelism(),
    seed: wholeNumber('seed', given.seed, 0),
  }));
}

function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'putright/mutants');
}

/**
 * Judges the real bugs among the mutants, on threads.
 * @param {Tree} tree
 * @param {readonly Mutant[]} mutants
 * @param {string} folder
 * @returns {Promise<Judged[]>}
 */
async function judgeAll(tree, mutants, folder) {
  const judged = mutants.map((m) => ({ ...m, tree: folder, equivalent: equivalent(m), verdict: /** @type {Verdict | null} */ (null) }));
  const places = new Map(judged.map((m) => [m.id, m]));
  const jobs = Math.min(numbers.jobs, judged.length);
  // Each thread goes through a stretch of the files, since neighbours share what the unmodified tree says of them.
  const queue = judged.filter((m) => m.equivalent === null);
  let [front, back] = [0, queue.length];
  const shared = tree.share();
  await Promise.all(
    Array.from({ length: jobs }, (_, lane) => {
      const worker = new Worker(new URL('./mutants/worker.mjs', import.meta.url), { workerData: shared });
      return new Promise((done, fail) => {
        worker.on('error', fail);
        // Once it is done, nothing comes of this.
        worker.on('exit', (code) => fail(new Error(`a thread that judges ended early (${code})`)));
        worker.on('message', (/** @type {Verdict | null} */ verdict) => {
          const mutant = verdict && places.get(verdict.id);
          if (mutant) mutant.verdict = verdict;
          if (process.stderr.isTTY) process.stderr.write(`\r${queue.filter((m) => m.verdict).length} of ${queue.length} judged\x1b[K`);
          const next = front < back ? queue[lane % 2 === 0 ? front++ : --back] : undefined;
          if (next) worker.postMessage(next);
          else done(worker.terminate());
        });
      });
    }),
  );
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return judged;
}

/**
 * The table: a line a class.
 * @param {readonly Judged[]} judged
 */
function print(judged) {
  const line = (/** @type {string} */ name, /** @type {readonly Judged[]} */ of) => {
    const { made, real, found } = tally(of);
    const percent = real > 0 ? `${((100 * found) / real).toFixed(1)} %` : '';
    return [name.padEnd(26), ...[made, real, found, percent].map((v) => String(v).padStart(8))].join('');
  };
  console.log(['class'.padEnd(26), ...['made', 'real', 'found', 'percent'].map((v) => v.padStart(8))].join(''));
  for (const name of Object.keys(classes)) {
    const of = judged.filter((m) => m.class === name);
    if (of.length > 0) console.log(line(name, of));
  }
  console.log(line('all', judged));
}

/**
 * One mutant that was not found, as a diff.
 * @param {Judged} mutant
 * @param {Tree} tree
 */
function show(mutant, tree) {
  const before = tree.read(mutant.file) ?? '';
  const [was, is] = [before.split('\n'), mutated(before, mutant).split('\n')];
  console.log(`\nmissed: ${mutant.id} in ${mutant.function}(): ${mutant.about}`);
  console.log(`  sites: ${mutant.sites.join(' ')}\n  fitting rules: ${mutant.rules.join(', ')}`);
  for (const other of mutant.verdict?.others ?? []) console.log(`  new, but not fitting: ${other}`);
  for (let n = Math.max(0, mutant.line - 4); n < Math.min(was.length, mutant.line + 4); n++) {
    if (was[n] === is[n]) console.log(`  ${String(n + 1).padStart(6)}   ${was[n]}`);
    else console.log(`  ${String(n + 1).padStart(6)} - ${was[n]}\n         + ${is[n]}`);
  }
}
