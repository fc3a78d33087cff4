#!/usr/bin/env node
/**
 * Surveys a tree, scores the rows against facts that were found by reading that tree, and holds the score to the floors of
 * floor.json.
 *
 *   node bench/score.mjs [TREE] [--misses]
 *
 * TREE or PUTRIGHT_TREE is the tree that the facts are about; PUTRIGHT_TRUTH is the folder with the facts and their `score.mjs`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mustRun, putright, root, treeOf } from './measure.mjs';
import { readOptions } from './options.mjs';

/**
 * @typedef {object} Score
 * @property {number} truth sites that the facts know
 * @property {number} found
 * @property {number} missing
 * @property {number} invented
 * @property {Record<string, number>} percent
 */

/** @typedef {{ least: Record<string, number>, most: Record<string, number> }} Floors */

const usage = 'usage: node bench/score.mjs TREE [--misses], or PUTRIGHT_TREE=TREE';
const { values: given, positionals } = readOptions(usage, () =>
  parseArgs({ allowPositionals: true, options: { misses: { type: 'boolean', default: false } } }),
);
const tree = treeOf(positionals[0], usage);
const truth = process.env.PUTRIGHT_TRUTH ?? resolve(root, '../shared/truth');
const scorer = join(truth, 'score.mjs');
if (!existsSync(scorer)) {
  console.log(`Not scored: there are no facts in ${truth}; PUTRIGHT_TRUTH names their folder.`);
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), 'putright-score-'));
try {
  const survey = join(folder, 'survey.json');
  await mustRun([process.execPath, putright, 'survey', tree, '--format', 'json'], survey);
  const score = ask(survey);
  process.exitCode = print(score) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {string} survey
 * @returns {Score}
 */
function ask(survey) {
  const misses = given.misses ? ['--misses'] : [];
  const { stdout, stderr, status } = spawnSync(process.execPath, [scorer, survey, '--json', ...misses], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${scorer} ended with exit code ${status}\n${stderr}`);
  const lines = stdout.trimEnd().split('\n');
  const last = lines.pop() ?? '';
  for (const line of lines) console.log(line);
  return JSON.parse(last);
}

/**
 * Prints the score beside its floors; false if it is below one.
 * @param {Score} score
 */
function print(score) {
  /** @type {Floors} */
  const { least, most } = JSON.parse(readFileSync(join(root, 'bench/floor.json'), 'utf8'));
  const { percent, ...counts } = score;
  let held = true;
  console.log(`${score.truth} sites in the facts about ${tree}`);
  for (const [name, value] of Object.entries({ ...counts, ...percent })) {
    if (name === 'truth') continue;
    const low = least[name];
    const high = most[name];
    const broken = (low !== undefined && value < low) || (high !== undefined && value > high);
    held &&= !broken;
    const shown = name in percent ? `${value.toFixed(1)} %` : String(value);
    const bound = [low === undefined ? '' : `at least ${low}`, high === undefined ? '' : `at most ${high}`].filter(Boolean).join(', ');
    console.log(`${name.padEnd(24)} ${shown.padStart(8)}   ${bound}${broken ? '   BROKEN' : ''}`.trimEnd());
  }
  if (!held) console.log('The score is below a floor of bench/floor.json.');
  return held;
}
