/** The findings, looked for and filtered, in a real browser. */
import { describe, expect, it } from 'vitest';
import { executable } from './chromium.js';
import { hash, underTest } from './under-test.js';

const { fixture, using } = underTest();

describe.skipIf(executable === null)('the search among the findings', () => {
  it('looks at the findings themselves, wherever their sites are', async () => {
    await using(`${fixture().found}#view=findings`, async ({ page }) => {
      const heading = page.locator('h1');
      expect(await heading.innerText()).toBe('11 findings\n7 errors, 3 warnings, 1 note');
      for (const [words, told] of [
        ['drivers/far/far3.c', '1 of 11 findings\n1 error'],
        ['far_create_', '7 of 11 findings\n6 errors, 1 warning'],
        ['what dirty-lost complains', '3 of 11 findings\n3 warnings'],
        ['note needs', '1 of 11 findings\n1 note'],
        // The words of two findings of one site are not one finding.
        ['far_create_3 dirty-lost', '0 of 11 findings'],
      ] as const) {
        await page.locator('#search').fill(words);
        expect((await heading.innerText()).trim(), words).toBe(told);
      }
    });
  });

  it('finds their sites in the other views', async () => {
    await using(`${fixture().found}#view=sheet&q=far_create_3`, async ({ page }) => {
      expect(await page.locator('.count-line').innerText()).toBe(`1 of ${fixture().survey.sites.length} sites`);
      await page.locator('#search').fill('far_create_3 dirty-lost');
      expect(await page.locator('.count-line').innerText()).toBe(`0 of ${fixture().survey.sites.length} sites`);
    });
  });

  it('says what it looked at where it finds nothing, and leads back to all', async () => {
    await using(`${fixture().found}#view=findings&q=nowhere&f.severity=error`, async ({ page }) => {
      expect(await page.locator('.nothing').innerText()).toContain('No finding has “nowhere” in its severity, rule, message, file');
      await page.getByRole('button', { name: 'Show all findings' }).click();
      expect(await page.locator('h1').innerText()).toContain('11 findings');
      expect(await page.locator('#search').inputValue()).toBe('');
    });
  });
});

describe.skipIf(executable === null)('a filter on findings', () => {
  it('of a rule or a severity leaves only these, in the address too', async () => {
    await using(`${fixture().found}#view=findings`, async ({ page }) => {
      const heading = page.locator('h1');
      await page.locator('[data-choice="findings=leak-on-path"]').click();
      expect(await heading.innerText()).toBe('6 of 11 findings\n6 errors');
      expect(await page.locator('.findings section > h2').allInnerTexts()).toEqual(['leak-on-path (6)']);
      expect(await page.evaluate(() => document.activeElement?.getAttribute('data-choice'))).toBe('findings=leak-on-path');
      // The other rules can still be added.
      await page.locator('[data-choice="findings=dirty-lost"]').click();
      expect(await heading.innerText()).toBe('9 of 11 findings\n6 errors, 3 warnings');
      await page.locator('[data-choice="severity=warning"]').click();
      expect(await heading.innerText()).toBe('3 of 11 findings\n3 warnings');
      expect([(await hash(page)).getAll('f.findings'), (await hash(page)).getAll('f.severity')]).toEqual([
        ['leak-on-path', 'dirty-lost'],
        ['warning'],
      ]);
      await page.locator('[data-choice="severity=warning"]').click();
      expect(await page.locator('[data-choice="severity=warning"]').getAttribute('aria-pressed')).toBe('false');
    });
  });

  it('of the overview is one on findings too, and its counts lead there', async () => {
    await using(fixture().found, async ({ page }) => {
      await page.locator('[data-bar="findings=leak-on-path"]').click();
      await page.getByRole('link', { name: 'Findings', exact: true }).click();
      expect(await page.locator('h1').innerText()).toBe('6 of 11 findings\n6 errors');
      await page.goBack();
      await page.getByRole('button', { name: 'Clear all' }).click();
      await page.getByRole('link', { name: '7 errors' }).click();
      expect(await page.locator('h1').innerText()).toBe('7 of 11 findings\n7 errors');
      expect((await hash(page)).getAll('f.severity')).toEqual(['error']);
    });
  });
});
