/** The page on paper, in a real browser. */
import { describe, expect, it } from 'vitest';
import { executable } from './chromium.js';
import { foundSites } from './fixture.js';
import { underTest } from './under-test.js';

const { fixture, using } = underTest();

describe.skipIf(executable === null)('on paper', () => {
  it('colours stay, the flow is whole, and no path waits to be opened', async () => {
    const [many] = foundSites(fixture().survey);
    for (const view of ['overview', 'flow', 'findings', `site&site=${encodeURIComponent(many.id)}`]) {
      await using(
        `${fixture().found}#view=${view}`,
        async ({ page }) => {
          await page.emulateMedia({ media: 'print' });
          expect(await page.evaluate(() => getComputedStyle(document.body).printColorAdjust)).toBe('exact');
          const wide = await page.evaluate(() =>
            [...document.querySelectorAll('.flow svg, .columns > div')]
              .map((one) => one.getBoundingClientRect())
              .filter((box) => box.right > innerWidth),
          );
          expect(wide, view).toEqual([]);
          // What was chosen stands above, among the filters.
          expect(await page.locator('#app :is(select, input):visible').count(), view).toBe(0);
          // What is closed is not there; what the reader opened is.
          expect(await page.locator('.finding details:not([open]) > summary:visible').count()).toBe(0);
          if (view.startsWith('site')) {
            expect(await page.locator('.finding pre:visible').count()).toBeGreaterThan(0);
            // A long path may be broken: else a page is left half empty before it.
            expect(await page.locator('.finding:has(details[open])').evaluate((one) => getComputedStyle(one).breakInside)).toBe('auto');
          }
        },
        // The width of a sheet of A4 between its margins.
        { viewport: { width: 718, height: 1000 } },
      );
    }
  });

  it('the sheet lies on its side, and names its places in one piece', async () => {
    await using(`${fixture().found}#view=sheet`, async ({ page }) => {
      await page.setViewportSize({ width: 1047, height: 720 });
      await page.emulateMedia({ media: 'print' });
      const table = await page.locator('.sheet').boundingBox();
      expect((table?.x ?? 0) + (table?.width ?? 0)).toBeLessThanOrEqual(1047);
      expect((await page.locator('.c-where').first().boundingBox())?.width).toBeGreaterThan(120);
      const paper = (await page.pdf()).toString('latin1');
      const boxes = [...paper.matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/g)].map(
        ([, width, height]) => Number(width) > Number(height),
      );
      expect(boxes.length).toBeGreaterThan(0);
      expect(boxes).not.toContain(false);
    });
  });
});
