/** What the sheet shows of findings, and how it is sorted and laid out, in a real browser. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { executable } from './chromium.js';
import { foundSites } from './fixture.js';
import { hash, underTest } from './under-test.js';

const { fixture, using } = underTest();
const names = (page: Page): Promise<string[]> => page.locator('.sheet tbody tr:not(.space) .c-where b').allInnerTexts();

describe.skipIf(executable === null)('the findings of a site', () => {
  it('stand worst first in their cell and on its page, and errors stand out', async () => {
    const [many, wrong] = foundSites(fixture().survey);
    await using(`${fixture().found}#view=sheet&f.findings=dirty-lost`, async ({ page }) => {
      expect(await page.locator('.c-findings').allInnerTexts()).toEqual(['leak-on-path ×6, dirty-lost ×2', 'wrong-release, dirty-lost']);
      const colours = await page.locator('.c-findings span').evaluateAll((all) => all.map((one) => getComputedStyle(one).color));
      expect(new Set(colours).size).toBe(2);
      // The release that the check found wrong is marked.
      expect(await page.locator('.c-releases .is-wrong').allInnerTexts()).toEqual([wrong.releases[0]?.api]);
    });
    await using(`${fixture().found}#view=site&site=${encodeURIComponent(many.id)}`, async ({ page }) => {
      expect((await page.locator('.finding h2').allInnerTexts()).map((text) => text.split(':')[0])).toEqual([
        ...Array(6).fill('error'),
        ...Array(2).fill('warning'),
      ]);
    });
  });

  it('sort the sheet by how bad they are, the worst first by the first click', async () => {
    const [many, wrong, noted] = foundSites(fixture().survey);
    await using(`${fixture().found}#view=sheet`, async ({ page }) => {
      await page.getByRole('button', { name: 'Findings', exact: true }).click();
      expect((await names(page)).slice(0, 3)).toEqual([many, wrong, noted].map((site) => `${site.function}()`));
      expect(await page.locator('th[aria-sort=descending]').innerText()).toBe('Findings');
    });
  });
});

describe.skipIf(executable === null)('the columns', () => {
  it('are those that are filtered by, too, and no others once nothing is', async () => {
    await using(fixture().found, async ({ page }) => {
      await page.getByRole('link', { name: 'with a wrong release' }).click();
      expect(await page.locator('.c-pairing').allInnerTexts()).toEqual(['wrong']);
      await page.getByRole('button', { name: 'Clear all' }).click();
      expect(await page.locator('.c-pairing').count()).toBe(0);
    });
    // Where a site is says its subsystem.
    await using(`${fixture().found}#view=sheet&f.subsystem=drivers/gpu`, async ({ page }) => {
      expect(await page.locator('.sheet thead th').allInnerTexts()).not.toContain('Subsystem');
    });
  });

  it('fit into the window, and a title leaves its arrow room', async () => {
    await using(`${fixture().found}#view=sheet`, async ({ page }) => {
      // A scroll bar takes 15 pixels where there is one.
      const room = await page.locator('.sheet-scroll').evaluate((view) => view.clientWidth - 15);
      const wanted = await page
        .locator('.sheet')
        .evaluate((table) => Number.parseInt(getComputedStyle(table).getPropertyValue('--width'), 10));
      expect(wanted).toBeLessThanOrEqual(room);
      for (const button of await page.locator('.sheet thead button').all()) {
        await button.click();
        const [lack, text] = await button.evaluate((one) => [
          Math.max(one.scrollWidth - one.clientWidth, ...[...one.children].map((child) => child.scrollWidth - child.clientWidth)),
          one.textContent,
        ]);
        expect(lack, `${text}`).toBeLessThanOrEqual(0);
      }
    });
  });

  it('are where the reader left them when the browser goes back from a site', async () => {
    await using(`${fixture().thousand}#view=sheet`, async ({ page }) => {
      await page.locator('.sheet-scroll').evaluate((view) => {
        view.scrollTop = 20_000;
      });
      const row = page.locator('.sheet tbody a', { hasText: 'hold_440()' });
      await row.click();
      await page.locator('article.site').waitFor();
      await page.goBack();
      await page.waitForFunction(() => document.activeElement?.textContent?.includes('hold_440()'));
      expect(await row.isVisible()).toBe(true);
      // A site's own address leads to it, from wherever.
      await page.goForward();
      expect(await page.locator('h1').innerText()).toContain('hold_440()');
    });
  });

  it('have room for every word that putright itself puts there', async () => {
    await using(`${fixture().found}#view=sheet`, async ({ page }) => {
      const lacking = await page.evaluate(
        (words) =>
          Object.entries(words).flatMap(([column, [kind, ...all]]) => {
            const cell = document.querySelector(`.sheet tbody td.c-${column}`);
            return all.filter((word) => {
              const span = Object.assign(document.createElement('span'), { className: kind, textContent: word });
              const inside = Object.assign(document.createElement('div'), { className: 'cell-text' });
              cell?.replaceChildren(inside);
              inside.append(span);
              if (column === 'change') cell?.classList.add('value-converted');
              return inside.scrollWidth > inside.clientWidth;
            });
          }),
        {
          // Errors are bold; a name is broken after its hyphens.
          findings: ['is-error', 'unchecked-', 'use-after-', 'release-', 'partial-pin-'],
          change: ['', 'converted'],
          reference: ['', 'conditional'],
          releaseForm: ['', 'loop-collapsible'],
          dirty: ['', 'SetPageDirty', 'set_page_'],
          containers: ['', 'page-array'],
        },
      );
      expect(lacking).toEqual([]);
    });
  });

  it('tell of the findings on a narrow page', async () => {
    await using(
      `${fixture().found}#view=sheet`,
      async ({ page }) => {
        expect(await page.locator('.sheet thead th').allInnerTexts()).toEqual(['Where', 'Reference', 'Findings', 'Pairing']);
        const findings = await page.locator('.sheet th', { hasText: 'Findings' }).boundingBox();
        expect((findings?.x ?? 0) + (findings?.width ?? 0)).toBeLessThanOrEqual(390);
      },
      { viewport: { width: 390, height: 800 } },
    );
  });

  it('have a list that Escape closes first, wherever the reader is', async () => {
    await using(`${fixture().found}#view=sheet&f.reference=pin`, async ({ page }) => {
      const popup = page.locator('.popup');
      for (const inside of [true, false]) {
        await page.locator('.choice summary').click();
        if (inside) await popup.getByLabel('Line', { exact: true }).focus();
        else await page.evaluate(() => (document.activeElement as HTMLElement).blur());
        await page.keyboard.press('Escape');
        expect(await popup.isVisible()).toBe(false);
        expect((await hash(page)).getAll('f.reference')).toEqual(['pin']);
      }
      await page.keyboard.press('Escape');
      expect((await hash(page)).getAll('f.reference')).toEqual([]);
    });
  });

  it('sort where others are equal by a click with Shift, in the address too', async () => {
    let address = '';
    await using(`${fixture().thousand}#view=sheet&cols=where,reference,line`, async ({ page }) => {
      await page.getByRole('button', { name: 'Reference', exact: true }).click();
      await page.getByRole('button', { name: /^Line/ }).click({ modifiers: ['Shift'] });
      await page.getByRole('button', { name: /^Line/ }).click({ modifiers: ['Shift'] });
      expect((await names(page)).slice(0, 2)).toEqual(['hold_998()', 'hold_997()']);
      expect((await hash(page)).get('sort')).toBe('reference,-line');
      address = page.url();
    });
    await using(address, async ({ page }) => {
      expect((await names(page)).slice(0, 2)).toEqual(['hold_998()', 'hold_997()']);
      expect(await page.locator('th[data-then=descending]').innerText()).toBe('Line');
    });
  });
});
