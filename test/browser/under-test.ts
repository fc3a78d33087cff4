/** A browser with the pages under test, for a file of tests. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { executable, launch, open, type Watched } from './chromium.js';
import { type Fixture, makeFixture } from './fixture.js';

type Options = Parameters<typeof open>[2];

/** What a file's tests are given: the pages, and a way to open one. */
export interface UnderTest {
  browser: () => Browser;
  fixture: () => Fixture;
  /** Opens a page, does something, and expects that nothing was complained of. */
  using: (address: string, act: (watched: Watched) => Promise<void>, options?: Options) => Promise<void>;
}

/** Starts the browser and makes the pages before a file's tests, and takes both away behind them. */
export function underTest(): UnderTest {
  let browser: Browser;
  let fixture: Fixture;
  beforeAll(async () => {
    if (executable === null) return;
    [browser, fixture] = await Promise.all([launch(), makeFixture()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    fixture?.remove();
  });
  const using: UnderTest['using'] = async (address, act, options = {}) => {
    const watched = await open(browser, address, options);
    try {
      await act(watched);
      expect(watched.faults).toEqual([]);
    } finally {
      await watched.close();
    }
  };
  return { browser: () => browser, fixture: () => fixture, using };
}

/** What the page's address says. */
export async function hash(page: Page): Promise<URLSearchParams> {
  return new URLSearchParams(await page.evaluate(() => location.hash.slice(1)));
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe calls serious or critical. */
export async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe: checker } = window as unknown as {
      axe: { run: () => Promise<{ violations: { impact: string; id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
    };
    return (await checker.run()).violations;
  });
  return found
    .filter((fault) => fault.impact === 'serious' || fault.impact === 'critical')
    .map((fault) => `${fault.id}: ${fault.nodes.slice(0, 2).map((node) => `${node.html} ${node.failureSummary}`)}`);
}
