/** The findings, looked for and filtered, in a real browser. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { subsystem } from '../../src/report/subsystem.js';
import { executable } from './chromium.js';
import { foundSites } from './fixture.js';
import { hash, serious, underTest } from './under-test.js';

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

  it('by a place finds what stands there, wherever its site is', async () => {
    const [many] = foundSites(fixture().survey);
    await using(`${fixture().found}#view=findings&f.subsystem=drivers/far`, async ({ page }) => {
      const heading = page.locator('h1');
      expect(await heading.innerText()).toBe('7 of 11 findings\n6 errors, 1 warning');
      await page.evaluate(
        (to) => {
          location.hash = to;
        },
        `view=findings&f.subsystem=${subsystem(many.file)}&f.findings=leak-on-path`,
      );
      await page.getByRole('button', { name: 'Remove the filter Findings: leak-on-path' }).waitFor();
      expect(await heading.innerText()).toBe('6 of 11 findings\n6 errors');
    });
  });

  it('by a subsystem is chosen beside the rules, each with its number of findings', async () => {
    await using(`${fixture().found}#view=findings`, async ({ page }) => {
      const choice = page.getByRole('combobox', { name: 'Subsystem' });
      expect(await choice.locator('option').allInnerTexts()).toEqual(expect.arrayContaining(['all of the tree', 'drivers/far (7)']));
      await choice.focus();
      await choice.selectOption('drivers/far');
      expect(await page.locator('h1').innerText()).toBe('7 of 11 findings\n6 errors, 1 warning');
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SELECT');
      await page.locator('[data-choice="findings=leak-on-path"]').click();
      expect(await page.locator('h1').innerText()).toBe('6 of 11 findings\n6 errors');
      expect(await choice.locator('option:checked').innerText()).toBe('drivers/far (6)');
      await choice.selectOption('');
      expect((await hash(page)).get('f.subsystem')).toBeNull();
      // What is asked for is told, also where there is nothing.
      await page.evaluate(() => {
        location.hash = 'view=findings&f.subsystem=drivers/none';
      });
      await page.getByRole('button', { name: 'Remove the filter Subsystem: drivers/none' }).waitFor();
      expect(await choice.locator('option:checked').innerText()).toBe('drivers/none (0)');
    });
  });

  it('that leaves none is told by the overview, which then leads nowhere', async () => {
    await using(`${fixture().found}#q=nowhere`, async ({ page }) => {
      expect(await page.locator('.figures').innerText()).toMatch(/0\s+findings/);
      expect(await page.locator('.figures a').count()).toBe(0);
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

describe.skipIf(executable === null)('a finding', () => {
  const title = 'Finding: leak-on-path at drivers/far/far4.c:104';
  const top = (page: Page, name: string): Promise<number> =>
    page.getByRole('region', { name }).evaluate((one) => one.getBoundingClientRect().top);

  it('is what its link to the site leads to, among all the others', async () => {
    let address = '';
    await using(`${fixture().found}#view=findings`, async ({ page }) => {
      await page.locator('article', { hasText: 'far_create_4' }).getByRole('link').click();
      await page.getByRole('region', { name: title }).getByText('taken by').first().waitFor();
      await page.waitForFunction(() => scrollY > 0);
      expect(Math.abs(await top(page, title))).toBeLessThan(200);
      expect(await page.evaluate(() => document.activeElement?.closest('section')?.ariaLabel)).toBe(title);
      expect(await page.locator('.finding details[open]').count()).toBe(1);
      address = page.url();
    });
    // A link to it shows the same.
    await using(address, async ({ page }) => {
      await page.waitForFunction(() => scrollY > 0);
      expect(Math.abs(await top(page, title))).toBeLessThan(200);
      expect(await page.locator('.finding details[open]').count()).toBe(1);
      expect(await page.locator('.contents [aria-current]').innerText()).toContain('far/far4.c:104');
      // The list of them stays in sight, and leads on.
      await page.locator('.contents a', { hasText: 'far5.c' }).click();
      await page.waitForFunction(() => document.activeElement?.closest('section')?.ariaLabel?.includes('far5.c'));
      expect(await page.locator('.finding details[open]').count()).toBe(2);
      expect((await hash(page)).get('finding')).toContain('far5.c');
      await page.getByRole('button', { name: 'What happens to the reference' }).click();
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('What happens to the reference');
      // Another site is seen from its beginning.
      await page.keyboard.press('n');
      expect((await hash(page)).get('finding')).toBeNull();
      expect(await page.evaluate(() => scrollY)).toBe(0);
    });
  });

  it('has its list above all on a narrow page', async () => {
    const [many] = foundSites(fixture().survey);
    await using(
      `${fixture().found}#view=site&site=${encodeURIComponent(many.id)}`,
      async ({ page }) => {
        const list = await page.locator('.contents').boundingBox();
        const first = await page.locator('.finding').first().boundingBox();
        const says = await page.locator('aside').boundingBox();
        expect((list?.y ?? 0) + (list?.height ?? 0)).toBeLessThan(first?.y ?? 0);
        expect(says?.y).toBeGreaterThan(first?.y ?? 0);
        expect(await serious(page)).toEqual([]);
      },
      { viewport: { width: 390, height: 800 } },
    );
  });

  it('has no name broken within a word, however narrow the page', async () => {
    const [many] = foundSites(fixture().survey);
    for (const [view, names] of [
      ['findings', '.finding h3'],
      [`site&site=${encodeURIComponent(many.id)}`, 'h1, .finding > p, .story p'],
    ] as const) {
      await using(
        `${fixture().found}#view=${view}`,
        async ({ page }) => {
          const broken = await page.locator(names).evaluateAll((all) =>
            all.flatMap((one) => {
              const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
              const words: string[] = [];
              while (texts.nextNode()) {
                const text = texts.currentNode.textContent ?? '';
                for (const { index, 0: word } of text.matchAll(/\w+/g)) {
                  const range = document.createRange();
                  range.setStart(texts.currentNode, index);
                  range.setEnd(texts.currentNode, index + word.length);
                  if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) words.push(word);
                }
              }
              return words;
            }),
          );
          expect(broken, view).toEqual([]);
        },
        { viewport: { width: 180, height: 800 } },
      );
    }
  });

  it('stays closed once it was closed, and opens no other', async () => {
    const [many] = foundSites(fixture().survey);
    await using(`${fixture().found}#view=site&site=${encodeURIComponent(many.id)}`, async ({ page }) => {
      const open = page.locator('.finding details[open]');
      expect(await open.count()).toBe(1);
      await page.locator('.finding summary').first().click();
      expect(await open.count()).toBe(0);
      await page.locator('.finding summary').nth(2).click();
      await page.locator('.finding summary').nth(2).click();
      expect(await open.count()).toBe(0);
    });
  });

  for (const [width, colorScheme] of [
    [1280, 'dark'],
    [390, 'light'],
  ] as const) {
    it(`has no serious fault in any view at ${width} pixels, ${colorScheme}`, async () => {
      const [many] = foundSites(fixture().survey);
      for (const view of ['findings', 'sheet&f.findings=dirty-lost', 'compare', `site&site=${encodeURIComponent(many.id)}`]) {
        await using(
          `${fixture().found}#view=${view}`,
          async ({ page }) => {
            expect(await serious(page), view).toEqual([]);
            expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), view).toBeLessThanOrEqual(0);
          },
          { viewport: { width, height: 800 }, colorScheme },
        );
      }
    });
  }

  it('is in the address while its path is open, and the page stays where it is', async () => {
    let address = '';
    await using(`${fixture().found}#view=findings`, async ({ page }) => {
      const article = page.locator('article', { hasText: 'far_create_3' });
      await article.scrollIntoViewIfNeeded();
      const before = await page.evaluate(() => scrollY);
      await article.getByText('The path that shows it').click();
      await page.waitForURL(/finding=/);
      expect(await page.evaluate(() => [scrollY, document.activeElement?.tagName])).toEqual([before, 'SUMMARY']);
      address = page.url();
      await article.getByText('The path that shows it').click();
      await page.waitForURL((url) => !url.hash.includes('finding='));
    });
    await using(address, async ({ page }) => {
      await page.waitForFunction(() => document.activeElement?.textContent?.includes('far_create_3'));
      expect(await page.locator('article details[open]').count()).toBe(1);
    });
  });
});

describe.skipIf(executable === null)('what is copied', () => {
  const options = { permissions: ['clipboard-read', 'clipboard-write'] };
  const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

  it('of a finding is a text with its path and its code', async () => {
    const [many] = foundSites(fixture().survey);
    for (const view of ['findings', `site&site=${encodeURIComponent(many.id)}`]) {
      await using(
        `${fixture().found}#view=${view}`,
        async ({ page }) => {
          await page.locator('.finding', { hasText: 'drivers/far/far2.c' }).getByRole('button', { name: 'Copy as text' }).click();
          await page.getByText('Finding copied as text').waitFor();
          const text = await clipboard(page);
          expect(text).toMatch(
            // Who gets it by mail asks first for the tree.
            /^error: leak-on-path in examples\ndrivers\/far\/far2\.c:102 in far_create_2\(\)\n\nWhat leak-on-path complains of\.\n\n/,
          );
          expect(text).toContain(`  1. ${many.trace[0]?.text}\n     ${many.file}:${many.trace[0]?.line} in ${many.function}()\n         `);
          expect(text).toContain(many.api);
        },
        options,
      );
    }
  });

  it('is a link on every view, which shows what its sender saw', async () => {
    for (const view of ['overview', 'sheet', 'flow', 'findings', 'compare']) {
      await using(
        `${fixture().found}#view=${view}&f.reference=pin`,
        async ({ page }) => {
          await page.getByRole('button', { name: 'Copy link' }).click();
          await page.getByText('Link copied').waitFor();
          expect(await clipboard(page)).toBe(page.url());
        },
        options,
      );
    }
  });

  it('as Markdown can be read as it is', async () => {
    await using(
      `${fixture().found}#view=sheet&cols=where,api,reference`,
      async ({ page }) => {
        await page.getByRole('button', { name: 'Copy as Markdown' }).click();
        await page.getByText('rows copied').waitFor();
        const [, , first] = (await clipboard(page)).split('\n');
        const [site] = fixture().survey.sites;
        const code = (text: string): string => (/[_()]/.test(text) ? `\`${text}\`` : text);
        expect(first).toBe(`| \`${site?.file}:${site?.line} ${site?.function}()\` | ${code(site?.api ?? '')} | ${site?.reference} |`);
      },
      options,
    );
  });
});
