#!/usr/bin/env node
/**
 * How fast the model is: the default matrix, and states per second beside Spin's compiled verifier on the same scenario,
 * both without reductions, taking turns in one run. The two are compared by processor time, so that a busy machine does not decide.
 *
 *   node bench/model.mjs [--drivers N] [--rounds N]
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compile, designs, explore, matrixOf } from '../dist/model/index.js';
import { sharedPairs, sharedScenario } from '../dist/model/shared-scenarios.js';
import { machine, ownVersion, root } from './measure.mjs';
import { readOptions, wholeNumber } from './options.mjs';

const { drivers, rounds } = readOptions('usage: node bench/model.mjs [--drivers N] [--rounds N]', () => {
  const { values } = parseArgs({ options: { drivers: { type: 'string', default: '5' }, rounds: { type: 'string', default: '3' } } });
  return { drivers: wholeNumber('drivers', values.drivers, 1), rounds: wholeNumber('rounds', values.rounds, 1) };
});
/** What must hold: the issue's own figures. */
const LIMITS = { matrixSeconds: 20, matrixMiB: 1024, ratio: 0.2 };

console.log(`${machine()}\nnode ${process.version}; putright ${ownVersion()}`);
const faults = [];
const matrix = matrixOf();
const mib = process.resourceUsage().maxRSS / 1024;
const rate = (/** @type {number} */ states, /** @type {number} */ seconds) =>
  `${Math.round(states / seconds).toLocaleString('en-GB')} states/s`;
console.log(
  `default matrix: ${matrix.seconds.toFixed(2)} s, ${Math.round(mib)} MiB, ${matrix.states} states, ${rate(matrix.states, matrix.seconds)}`,
);
if (matrix.seconds > LIMITS.matrixSeconds || mib > LIMITS.matrixMiB || !matrix.finished)
  faults.push('the default matrix is over its time or memory');

const folder = mkdtempSync(join(tmpdir(), 'putright-spin-'));
try {
  if (spawnSync('spin', ['-V']).status === 0) compare();
  else console.log('spin is not installed: no comparison');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) console.error(`FAULT: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;

/**
 * @param {string} file
 * @param {readonly string[]} given
 */
function must(file, given) {
  const ran = spawnSync(file, given, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (ran.status !== 0) throw new Error(`${file} ${given.join(' ')}: ${ran.stderr}${ran.stdout}`);
  return ran.stdout + ran.stderr;
}

function compare() {
  copyFileSync(join(root, 'test/model/spin/pages.pml'), join(folder, 'pages.pml'));
  console.log(
    `${must('spin', ['-V']).trim()}; ${drivers} drivers, no reductions, states per second of processor time, the best of ${rounds} rounds`,
  );
  for (const { define, design, mistake } of sharedPairs) {
    must('spin', [`-D${define}`, `-D${mistake}`, `-DND=${drivers}`, '-a', 'pages.pml']);
    must('gcc', ['-O2', '-w', '-DSAFETY', '-DNOREDUCE', '-DMEMLIM=2048', '-o', 'pan', 'pan.c']);
    const system = compile(
      sharedScenario(mistake, drivers),
      /** @type {import('../dist/model/index.js').Design} */ (designs.find(({ name }) => name === design)),
    );
    let [ours, theirs, states, spinStates] = [0, 0, 0, 0];
    for (let round = 0; round < rounds; round++) {
      const before = process.cpuUsage();
      const found = explore(system, { partialOrder: false, symmetry: false, maxStates: 20_000_000 });
      const used = process.cpuUsage(before);
      if (!found.finished) faults.push(`${design}: cut short`);
      ours = Math.max(ours, found.states / ((used.user + used.system) / 1e6));
      states = found.states;
      // bash says how much processor time its child had, on a line of its own.
      const said = must('bash', ['-c', "TIMEFORMAT='cpu %U %S'; time ./pan -m1000000 -w22; exit $?"]);
      const [, user, sys] = /cpu ([\d.]+) ([\d.]+)/.exec(said) ?? [];
      const seconds = Number(user) + Number(sys);
      spinStates = Number(/(\d+) states, stored/.exec(said)?.[1] ?? Number.NaN);
      theirs = Math.max(theirs, spinStates / seconds);
    }
    const ratio = ours / theirs;
    if (!(ratio >= LIMITS.ratio)) faults.push(`${design}: ${ratio.toFixed(2)} of Spin's states per second, less than ${LIMITS.ratio}`);
    console.log(
      `  ${design.padEnd(15)} ${mistake.padEnd(10)} putright ${states} states, ${rate(ours, 1)}; Spin ${spinStates} states, ${rate(theirs, 1)}; ratio ${ratio.toFixed(2)}`,
    );
  }
}
