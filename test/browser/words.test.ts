/** That a thing has one name on the whole page, and that the name is explained, in a real browser. */
import { describe, expect, it } from 'vitest';
import { executable } from './chromium.js';
import { underTest } from './under-test.js';

const { fixture, using } = underTest();

describe.skipIf(executable === null)('the words', () => {
  it('explain every column, every rule and every change', async () => {
    await using(`${fixture().found}#view=sheet`, async ({ page }) => {
      await page.locator('.choice summary').click();
      const columns = (await page.locator('.popup label').allInnerTexts()).map((text) => text.trim());
      await page.keyboard.press('?');
      const terms = await page.locator('dialog dt').allInnerTexts();
      const rules = ['leak-on-path', 'dirty-lost', 'needs-pin', 'wrong-release'];
      expect(terms).toEqual(expect.arrayContaining([...columns, ...rules, 'not compared', 'converted', '1 to 5']));
      const meanings = await page.locator('dialog dd').allInnerTexts();
      expect(meanings.filter((text) => text.trim() === '')).toEqual([]);
    });
  });

  it('are there where one meets a column, a rule or a value', async () => {
    await using(`${fixture().found}#view=sheet`, async ({ page }) => {
      for (const where of ['.sheet thead th', '.popup label']) {
        const tips = await page.locator(where).evaluateAll((all) => all.map((one) => one.getAttribute('title') ?? ''));
        expect(tips.length).toBeGreaterThan(8);
        expect(tips.filter((tip) => tip === '')).toEqual([]);
      }
      await page.keyboard.press('1');
      for (const bar of ['findings=leak-on-path', 'kind=wrapper', 'change=same', 'pairing=right', 'releaseForm=single']) {
        expect(await page.locator(`[data-bar="${bar}"]`).getAttribute('title'), bar).toBeTruthy();
      }
    });
  });

  it('name a chart as its column', async () => {
    await using(fixture().found, async ({ page }) => {
      const titles = await page.locator('.chart h2').allInnerTexts();
      await page.keyboard.press('?');
      const terms = await page.locator('dialog dt').allInnerTexts();
      for (const title of titles) expect(terms).toContain(title.split(':')[0]);
    });
    await using(
      fixture().found,
      async ({ page }) => expect(await page.locator('#plain [aria-label="All sites"] thead').innerText()).toContain('Call'),
      {
        javaScriptEnabled: false,
      },
    );
  });
});

describe.skipIf(executable === null)('the numbers in the lists of values', () => {
  it('are of the sites that the other filters leave', async () => {
    await using(`${fixture().found}#view=sheet&f.reference=pin`, async ({ page }) => {
      const list = page.getByLabel('Filter by Release form');
      await list.focus();
      const told = (await list.locator('option').allInnerTexts()).map((text) => Number(/\((\d+)\)$/.exec(text)?.[1] ?? 0));
      const pins = fixture().survey.sites.filter(({ reference }) => reference === 'pin').length;
      expect(told.reduce((sum, number) => sum + number, 0)).toBe(pins);
    });
  });
});

describe.skipIf(executable === null)('a band of the flow', () => {
  it('shows under the pointer the whole way of its sites, and says how many these are', async () => {
    await using(`${fixture().found}#view=flow`, async ({ page }) => {
      await page.locator('.band').last().dispatchEvent('pointerenter');
      const lit = await page.locator('.band.lit').count();
      expect(lit).toBeGreaterThan(1);
      expect(lit).toBeLessThan(await page.locator('.band').count());
      await page.locator('.band').last().dispatchEvent('pointerleave');
      expect(await page.locator('.band.lit, .lighting').count()).toBe(0);
      const tips = await page.locator('.band title').allTextContents();
      expect(tips.filter((tip) => !/: \d+ sites?[,;]/.test(tip))).toEqual([]);
    });
  });
});
