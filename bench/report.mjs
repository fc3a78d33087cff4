#!/usr/bin/env node
/// <reference lib="dom" />
/**
 * What the report costs: the file, the time to write it, the time until Chromium has painted it, and the time from a key to
 * the filtered page.
 *
 *   node bench/report.mjs [TREE] [--rounds N]
 *
 * TREE or PUTRIGHT_TREE is a kernel tree. It is only read.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { machine, mustRun, ownVersion, putright, treeOf } from './measure.mjs';

/** What must hold: the issue's own figures. Seconds, bytes, milliseconds. */
const LIMITS = { adds: 2, bytes: 3_000_000, paint: 1000, key: 50 };
/** As in test/browser/chromium.ts: without a sandbox, which root cannot have, and without a network of its own. */
const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];
/** Typed into the search and into a column's filter: letters that leave many rows, few, and none, and back. */
const TYPED = [...'pin_user_pages_fastx', ...Array(20).fill('Backspace')];

const args = process.argv.slice(2);
const roundsAt = args.indexOf('--rounds');
const rounds = roundsAt < 0 ? 3 : Number(args[roundsAt + 1]);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a number from 1');
const tree = resolve(
  treeOf(
    args.find((arg, at) => !arg.startsWith('--') && args[at - 1] !== '--rounds'),
    'usage: node bench/report.mjs TREE [--rounds N], or PUTRIGHT_TREE=TREE',
  ),
);

/** @type {string[]} */
const faults = [];
const folder = mkdtempSync(join(tmpdir(), 'putright-report-'));
const at = (/** @type {string} */ name) => join(folder, name);
try {
  console.log(`${machine()}\nnode ${process.version}; putright ${ownVersion()}; ${tree}`);
  await writing();
  await reading();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) console.error(`FAULT: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;

/** The survey, the check and the report take turns, so that what the machine does meanwhile falls on all of them. */
async function writing() {
  /** @type {Record<string, string[]>} */
  const commands = {
    survey: ['survey', tree, '--format', 'json', '-o', at('survey.json')],
    check: ['check', tree, '--format', 'json', '-o', at('findings.json')],
    'report TREE, which checks it too': ['report', tree, '-o', at('report.html')],
    'report TREE --findings': ['report', tree, '--findings', at('findings.json'), '-o', at('given.html')],
    'report survey.json': ['report', at('survey.json'), '--findings', at('findings.json'), '-o', at('json.html')],
  };
  /** @type {Map<string, number[]>} */
  const series = new Map();
  for (let round = 0; round <= rounds; round++) {
    for (const [name, command] of Object.entries(commands)) {
      // A check that found something ends with 1.
      const { seconds } = await mustRun([process.execPath, putright, ...command], at('out'), [0, 1]);
      // The first round warms the page cache.
      if (round > 0) series.set(name, [...(series.get(name) ?? []), seconds]);
    }
  }
  for (const [name, values] of series) say(name, values, ' s', 2);
  const of = (/** @type {string} */ name) => median(series.get(name) ?? []);
  limit('the report adds to the survey, the findings being given', of('report TREE --findings') - of('survey'), LIMITS.adds, ' s', 2);
  limit('of that the page alone, from files', of('report survey.json'), LIMITS.adds, ' s', 2);
  limit('the file', statSync(at('report.html')).size, LIMITS.bytes, ' bytes', 0);
}

async function reading() {
  const path = [process.env.CHROMIUM, '/usr/bin/chromium'].find((one) => one !== undefined && existsSync(one));
  if (path === undefined) {
    faults.push('no Chromium (apt-get install chromium, or CHROMIUM=PATH): the page was not measured');
    return;
  }
  const browser = await chromium.launch({ executablePath: path, args: ARGUMENTS });
  try {
    console.log(`Chromium ${browser.version()}`);
    /** @type {number[]} */
    const paints = [];
    for (let round = 0; round < 5; round++) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      await page.goto(`file://${at('report.html')}`);
      await page.locator('.figure').first().waitFor();
      paints.push(
        await page.evaluate(async () => {
          for (;;) {
            const paint = performance.getEntriesByName('first-contentful-paint')[0];
            if (paint) return paint.startTime;
            await new Promise((done) => setTimeout(done, 10));
          }
        }),
      );
      await page.close();
    }
    say('first paint', paints, ' ms', 0);
    limit('first paint, median', median(paints), LIMITS.paint, ' ms', 0);
    for (const view of ['overview', 'sheet', 'flow', 'findings']) {
      await keys(browser, `#view=${view}`, '#search', `a key in the search, ${view}`);
    }
    await keys(browser, '#view=sheet', '[data-filter="api"], [data-filter="releases"]', "a key in a column's filter, sheet");
  } finally {
    await browser.close();
  }
}

/**
 * From the key's event to the end of the frame that shows what it did.
 * @param {import('playwright-core').Browser} browser
 * @param {string} hash
 * @param {string} field
 * @param {string} name
 */
async function keys(browser, hash, field, name) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  /** Processor time of the page's thread so far, in ms: what else the machine does is not in it. */
  const used = async () =>
    1000 *
    ((await session.send('Performance.getMetrics')).metrics.find(({ name: metric }) => metric === 'TaskDuration')?.value ?? Number.NaN);
  await page.goto(`file://${at('report.html')}${hash}`);
  await page.evaluate(() => {
    /** @type {{ taken: number[] }} */
    const store = Object.assign(window, { taken: [] });
    addEventListener(
      'keydown',
      () => {
        const begun = performance.now();
        // A message is taken after the frame is made.
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => store.taken.push(performance.now() - begun);
          port2.postMessage(null);
        });
      },
      true,
    );
  });
  await page.locator(`:is(${field}):is(input)`).first().focus();
  const before = await used();
  for (const key of TYPED) {
    await page.keyboard.press(key);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
  }
  const each = ((await used()) - before) / TYPED.length;
  const taken = await page.evaluate(() => /** @type {{ taken: number[] }} */ (/** @type {unknown} */ (window)).taken);
  await page.close();
  if (taken.length < TYPED.length) faults.push(`${name}: ${taken.length} of ${TYPED.length} keys were measured`);
  say(name, taken, ' ms', 1);
  console.log(`${`${name}, processor time`.padEnd(44)} mean ${each.toFixed(1)} ms`);
  limit(`${name}, median`, median(taken), LIMITS.key, ' ms', 1);
}

/**
 * @param {string} name
 * @param {readonly number[]} values
 * @param {string} unit
 * @param {number} digits
 */
function say(name, values, unit, digits) {
  const figures = [Math.min(...values), median(values), Math.max(...values)].map((value) => value.toFixed(digits));
  console.log(`${name.padEnd(44)} min ${figures[0]}, median ${figures[1]}, max ${figures[2]}${unit} (${values.length})`);
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} most
 * @param {string} unit
 * @param {number} digits
 */
function limit(name, value, most, unit, digits) {
  const met = value <= most;
  console.log(`${name.padEnd(44)} ${value.toFixed(digits)}${unit}   at most ${most}${unit}: ${met ? 'met' : 'MISSED'}`);
  if (!met) faults.push(`${name}: ${value.toFixed(digits)}${unit}`);
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
