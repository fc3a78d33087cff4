/// <reference lib="dom" />
/** What the page costs its reader, in Chromium: from opening, a key, a click or a turn of the wheel to what it shows. */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { faults, limit, median, say } from './figures.mjs';

/** What must hold, in ms: until the first paint; from a key, a click or a turn of the wheel to the frame that shows it. */
const LIMITS = { paint: 1000, act: 50 };
/** As in test/browser/chromium.ts: without a sandbox, which root cannot have, and without a network of its own. */
const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];
/** Typed into the search and into a column's filter: letters that leave many rows, few, and none, and back. */
const TYPED = [...'pin_user_pages_fastx', ...Array(20).fill('Backspace')];
/** How often a click or a key that opens something is measured. */
const TIMES = 10;

/** @typedef {import('playwright-core').Page} Page */

/**
 * Measures the page of a real tree, and its sheet with many sites.
 * @param {{ real: string, many: string }} files
 */
export async function measurePages({ real, many }) {
  const path = [process.env.CHROMIUM, '/usr/bin/chromium'].find((one) => one !== undefined && existsSync(one));
  if (path === undefined) {
    faults.push('no Chromium (apt-get install chromium, or CHROMIUM=PATH): the page was not measured');
    return;
  }
  const browser = await chromium.launch({ executablePath: path, args: ARGUMENTS });
  /** @param {string} address @param {(page: Page) => Promise<void>} act */
  const opened = async (address, act) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(`file://${address}`);
    await page.locator('main > *').first().waitFor();
    await act(page);
    await page.close();
  };
  try {
    console.log(`Chromium ${browser.version()}`);
    await paints('first paint', real, opened);
    for (const view of ['overview', 'sheet', 'flow', 'findings']) {
      await opened(`${real}#view=${view}`, (page) => keys(page, `a key in the search, ${view}`, '#search'));
    }
    await opened(`${real}#view=sheet`, (page) => keys(page, "a key in a column's filter, sheet", '[data-filter="releases"]'));

    await paints('many sites: first paint', many, opened);
    await opened(`${many}#view=sheet`, async (page) => {
      console.log(`many sites: the sheet says ${await page.locator('.count-line').innerText()}`);
      await keys(page, 'many sites: a key in the search', '#search');
      await keys(page, "many sites: a key in a column's filter", '[data-filter="releases"]');
      await acts(page, 'many sites: sorting by a column', ['Where', 'Call', 'Carrier', 'Releases'], (name) =>
        page.getByRole('button', { name, exact: true }).click(),
      );
      await scrolling(page);
      // The button of the last sort still has the focus, and would take Enter for itself.
      await page.locator('.sheet-scroll').focus();
      await acts(page, 'many sites: opening a site, and back', Array(TIMES).fill(['Enter', 'u']).flat(), (key) => page.keyboard.press(key));
      await page.keyboard.press('Enter');
      await acts(page, 'many sites: next and previous', [...Array(TIMES).fill('n'), ...Array(TIMES).fill('p')], (key) =>
        page.keyboard.press(key),
      );
    });
  } finally {
    await browser.close();
  }
}

/**
 * @param {string} name
 * @param {string} file
 * @param {(address: string, act: (page: Page) => Promise<void>) => Promise<void>} opened
 */
async function paints(name, file, opened) {
  /** @type {number[]} */
  const all = [];
  for (let round = 0; round < 5; round++) {
    await opened(file, async (page) => {
      all.push(
        await page.evaluate(async () => {
          for (;;) {
            const paint = performance.getEntriesByName('first-contentful-paint')[0];
            if (paint) return paint.startTime;
            await new Promise((done) => setTimeout(done, 10));
          }
        }),
      );
    });
  }
  say(name, all, ' ms', 0);
  limit(`${name}, median`, median(all), LIMITS.paint, ' ms', 0);
}

/**
 * @param {Page} page
 * @param {string} name
 * @param {string} field
 */
async function keys(page, name, field) {
  await page.locator(`${field}:is(input)`).first().focus();
  await acts(page, name, TYPED, (key) => page.keyboard.press(key));
}

/**
 * Does something several times, and says the time from the key's or the click's event to the end of the frame that shows what it
 * did, and the processor time of the page's thread: what else the machine does is not in that.
 * @template T
 * @param {Page} page
 * @param {string} name
 * @param {readonly T[]} all
 * @param {(one: T) => Promise<void>} act
 */
async function acts(page, name, all, act) {
  const { used, done } = await processor(page);
  await page.evaluate(() => {
    const store = /** @type {{ taken?: number[] }} */ (/** @type {unknown} */ (window));
    const first = store.taken === undefined;
    store.taken = [];
    if (!first) return;
    const begin = (/** @type {Event} */ event) => {
      // Enter on a link makes a click too, which is the one that does something.
      if (event instanceof KeyboardEvent && event.key === 'Enter' && event.target instanceof HTMLAnchorElement) return;
      const begun = performance.now();
      // A message is taken after the frame is made.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => store.taken?.push(performance.now() - begun);
        port2.postMessage(null);
      });
    };
    addEventListener('keydown', begin, true);
    addEventListener('click', begin, true);
  });
  const before = await used();
  for (const one of all) {
    await act(one);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
  }
  const each = ((await used()) - before) / all.length;
  await done();
  const taken = await page.evaluate(() => /** @type {{ taken: number[] }} */ (/** @type {unknown} */ (window)).taken);
  if (taken.length !== all.length) faults.push(`${name}: ${taken.length} of ${all.length} were measured`);
  say(name, taken, ' ms', 1);
  say(`${name}, processor time, mean`, [each], ' ms', 1);
  limit(`${name}, median`, median(taken), LIMITS.act, ' ms', 1);
}

/**
 * Turns the wheel down the sheet and up again, and says the time between frames, and the tasks of over 50 ms.
 * @param {Page} page
 */
async function scrolling(page) {
  const box = await page.locator('.sheet-scroll').boundingBox();
  await page.mouse.move((box?.x ?? 0) + 200, (box?.y ?? 0) + 300);
  await page.evaluate(() => {
    /** @type {{ frames: number[], tasks: number[], tops: Set<number>, over: boolean }} */
    const store = Object.assign(window, { frames: [], tasks: [], tops: new Set(), over: false });
    new PerformanceObserver((list) => store.tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' });
    let last = performance.now();
    const frame = (/** @type {number} */ now) => {
      if (store.over) return;
      store.frames.push(now - last);
      store.tops.add(document.querySelector('.sheet-scroll')?.scrollTop ?? 0);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const { used, done } = await processor(page);
  const before = await used();
  for (const way of [1, -1]) for (let turn = 0; turn < 60; turn++) await page.mouse.wheel(0, way * 700);
  const { frames, tasks, moved } = await page.evaluate(async () => {
    await new Promise((done) => setTimeout(done, 300));
    /** @type {{ frames: number[], tasks: number[], tops: Set<number>, over: boolean }} */
    const store = /** @type {any} */ (window);
    store.over = true;
    return { frames: store.frames.slice(1), tasks: store.tasks, moved: store.tops.size };
  });
  if (moved < 60) faults.push(`many sites: the wheel moved the sheet to ${moved} places only`);
  const name = 'many sites: a frame while scrolling';
  say(name, frames, ' ms', 1);
  limit(`${name}, median`, median(frames), LIMITS.act, ' ms', 1);
  limit(`${name}, processor time, mean`, ((await used()) - before) / frames.length, LIMITS.act, ' ms', 1);
  // By the clock: on a busy machine a task is long because others run.
  console.log(`many sites: tasks of over 50 ms while scrolling: ${tasks.length}, the longest ${Math.round(Math.max(0, ...tasks))} ms`);
  await done();
}

/**
 * Processor time of the page's thread so far, in ms: what else the machine does is not in it.
 * @param {Page} page
 */
async function processor(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const used = async () =>
    1000 *
    ((await session.send('Performance.getMetrics')).metrics.find(({ name: metric }) => metric === 'TaskDuration')?.value ?? Number.NaN);
  return { used, done: () => session.detach() };
}
