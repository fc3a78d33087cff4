#!/usr/bin/env node
/**
 * What the report costs: the file, the time to write it, the time until Chromium has painted it, and the time from a key or a
 * click to what it shows; the last also with a thousand sites.
 *
 *   node bench/report.mjs [TREE] [--rounds N] [--page]
 *
 * TREE or PUTRIGHT_TREE is a kernel tree. It is only read. --page measures the page alone, without the turns of survey, check
 * and report.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge, limit, median, say } from './figures.mjs';
import { manySites } from './many.mjs';
import { machine, mustRun, ownVersion, putright, readArguments } from './measure.mjs';
import { measurePages } from './page.mjs';

/** What must hold: the issue's own figures. Seconds, bytes. */
const LIMITS = { adds: 2, bytes: 3_000_000 };
/** Sites that the sheet must not lag with. */
const MANY = 1000;

const { tree, rounds, asked } = readArguments('usage: node bench/report.mjs TREE [--rounds N] [--page], or PUTRIGHT_TREE=TREE', ['page']);
const folder = mkdtempSync(join(tmpdir(), 'putright-report-'));
const at = (/** @type {string} */ name) => join(folder, name);
/** @type {Record<string, string[]>} */
const commands = {
  survey: ['survey', tree, '--format', 'json', '-o', at('survey.json')],
  check: ['check', tree, '--format', 'json', '-o', at('findings.json')],
  'report TREE, which checks it too': ['report', tree, '-o', at('whole.html')],
  'report TREE --no-check': ['report', tree, '--no-check', '-o', at('sheet.html')],
  'report TREE --findings': ['report', tree, '--findings', at('findings.json'), '-o', at('given.html')],
  'report survey.json --findings': ['report', at('survey.json'), '--findings', at('findings.json'), '-o', at('report.html')],
};
try {
  console.log(`${machine()}\nnode ${process.version}; putright ${ownVersion()}; ${tree}`);
  if (asked.has('page')) for (const name of ['survey', 'check', 'report survey.json --findings']) await timed(name);
  else await writing();
  await many();
  await measurePages({ real: at('report.html'), many: at('many.html') });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
judge();

/** @param {string} name */
async function timed(name) {
  // A check that found something ends with 1.
  return (await mustRun([process.execPath, putright, ...(commands[name] ?? [])], at('out'), [0, 1])).seconds;
}

/** The survey, the check and the report take turns, so that what the machine does meanwhile falls on all of them. */
async function writing() {
  /** @type {Map<string, number[]>} */
  const series = new Map();
  for (let round = 0; round <= rounds; round++) {
    for (const name of Object.keys(commands)) {
      const seconds = await timed(name);
      // The first round warms the page cache.
      if (round > 0) series.set(name, [...(series.get(name) ?? []), seconds]);
    }
  }
  for (const [name, values] of series) say(name, values, ' s', 2);
  const of = (/** @type {string} */ name) => median(series.get(name) ?? []);
  const whole = of('report TREE, which checks it too');
  limit('the report, with the check that it makes, adds to the survey', whole - of('survey'), LIMITS.adds, ' s', 2);
  limit('the report adds to the check that it makes', whole - of('check'), LIMITS.adds, ' s', 2);
  limit('the report without a check adds to the survey', of('report TREE --no-check') - of('survey'), LIMITS.adds, ' s', 2);
  limit('the report adds to the survey, the findings being given', of('report TREE --findings') - of('survey'), LIMITS.adds, ' s', 2);
  limit('the page alone, from files', of('report survey.json --findings'), LIMITS.adds, ' s', 2);
  limit('the file', statSync(at('report.html')).size, LIMITS.bytes, ' bytes', 0);
}

/** The page of a tree with many sites. */
async function many() {
  const survey = manySites(JSON.parse(readFileSync(at('survey.json'), 'utf8')), MANY);
  writeFileSync(at('many.json'), JSON.stringify(survey));
  const report = ['report', at('many.json'), '--findings', at('findings.json'), '-o', at('many.html')];
  const { seconds } = await mustRun([process.execPath, putright, ...report], at('out'));
  console.log(`a page of ${survey.sites.length} sites: ${seconds.toFixed(2)} s, ${statSync(at('many.html')).size} bytes`);
}
