/** What stands around the views while one reads on, in a real browser. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { executable } from './chromium.js';
import { underTest } from './under-test.js';

const { fixture, using } = underTest();
const frame = (page: Page): Promise<unknown> => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));

describe.skipIf(executable === null)('the header', () => {
  for (const width of [1280, 390]) {
    it(`keeps the search and the filters in sight at ${width} pixels`, async () => {
      await using(
        `${fixture().found}#view=findings&f.severity=error`,
        async ({ page }) => {
          await page.mouse.wheel(0, 2000);
          await page.waitForFunction(() => scrollY > 100);
          await frame(page);
          for (const node of [page.locator('#search'), page.getByRole('button', { name: 'Remove the filter Severity: error' })]) {
            const box = await node.boundingBox();
            expect(box?.y).toBeGreaterThanOrEqual(0);
            expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(130);
          }
          // What is brought to the reader is not below it.
          await page.locator('article.finding a').last().click();
          await page.waitForFunction(() => document.activeElement?.tagName === 'H2');
          await frame(page);
          const head = await page.locator('header').boundingBox();
          const heading = await page.locator('h2:focus').boundingBox();
          expect(heading?.y).toBeGreaterThanOrEqual((head?.y ?? 0) + (head?.height ?? 0));
        },
        { viewport: { width, height: 800 } },
      );
    });
  }

  it('moves nothing under the pointer when the first filter comes and the last goes', async () => {
    await using(fixture().found, async ({ page }) => {
      for (const scrolled of [0, 200]) {
        await page.evaluate((to) => scrollTo(0, to), scrolled);
        const bar = page.locator('[data-bar="reference=pin"]');
        const place = async (): Promise<number> => {
          await frame(page);
          return Math.round((await bar.boundingBox())?.y ?? 0);
        };
        const before = await place();
        await bar.click();
        expect(await place(), `a filter at ${scrolled}`).toBe(before);
        await bar.click();
        expect(await place(), `none at ${scrolled}`).toBe(before);
      }
    });
  });

  it('has tabs that stay where they are, whichever is chosen', async () => {
    await using(fixture().found, async ({ page }) => {
      const places = (): Promise<number[]> =>
        page.locator('nav[aria-label=Views] a').evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().x)));
      const before = await places();
      await page.getByRole('link', { name: 'Findings', exact: true }).click();
      expect(await places()).toEqual(before);
    });
  });
});

describe.skipIf(executable === null)('the page', () => {
  it('keeps the colours that its reader chose', async () => {
    await using(fixture().found, async ({ page }) => {
      await page.getByRole('button', { name: 'Dark or light' }).click();
      await page.reload();
      expect(await page.evaluate(() => document.documentElement.dataset['scheme'])).toBe('dark');
    });
  });

  it('says when an address asks for a view that it has nothing for', async () => {
    await using(`${fixture().thousand}#view=compare`, async ({ page }) => {
      expect(await page.getByRole('status').last().innerText()).toBe('This report has nothing for the view Compare');
    });
  });

  it('does not tell where the tree lies on the machine of its maker', async () => {
    const { tree } = fixture().survey;
    await using(fixture().found, async ({ page }) => {
      expect(tree).toContain('/');
      expect(await page.locator('body').innerText()).not.toContain(tree);
    });
    await using(fixture().found, async ({ page }) => expect(await page.locator('#plain').innerText()).not.toContain(tree), {
      javaScriptEnabled: false,
    });
  });
});
