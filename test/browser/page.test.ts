/** The report in a real browser. */

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { executable, open } from './chromium.js';
import { HARM } from './fixture.js';
import { hash, serious, underTest } from './under-test.js';

const { browser, fixture, using } = underTest();
const count = (page: Page): Promise<string> => page.locator('.count-line').innerText();
const rows = (page: Page): Promise<string[]> => page.locator('.sheet tbody tr:not(.space) .c-where b').allInnerTexts();
const aSite = (): string => encodeURIComponent(fixture().survey.sites[3]?.id ?? '');

const VIEWS = ['overview', 'sheet', 'flow', 'findings', 'compare', 'model'] as const;

describe.skipIf(executable === null)('every view', () => {
  for (const width of [1280, 390]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`is whole and accessible at ${width} pixels, ${colorScheme}`, async () => {
        const options = { viewport: { width, height: 800 }, colorScheme };
        for (const view of [...VIEWS, `site&site=${aSite()}`]) {
          await using(
            `${fixture().full}#view=${view}`,
            async ({ page, requests }) => {
              await page.locator('main :is(section, table, h1)').first().waitFor();
              expect(
                await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
                `${view} is wider than the window`,
              ).toBeLessThanOrEqual(0);
              expect(await serious(page), view).toEqual([]);
              expect(requests.filter((address) => !address.startsWith('file:'))).toEqual([]);
              expect(requests).toHaveLength(1);
              const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
              expect(Number(/\d+/.exec(ground)?.[0]) < 128).toBe(colorScheme === 'dark');
            },
            options,
          );
        }
      }, 120_000);
    }
  }

  it('has no link that leads nowhere', async () => {
    await using(fixture().full, async ({ page }) => {
      const links = new Set<string>();
      for (const view of [...VIEWS, `site&site=${aSite()}`]) {
        await page.evaluate((to) => {
          location.hash = `view=${to}`;
        }, view);
        await page.locator('main > *').first().waitFor();
        for (const link of await page
          .locator('#app a[href^="#"]:not(.skip)')
          .evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? '')))
          links.add(link);
      }
      expect(links.size).toBeGreaterThan(40);
      for (const link of links) {
        await page.evaluate((to) => {
          location.hash = to;
        }, link);
        const wanted = new URLSearchParams(link.slice(1)).get('view') ?? 'overview';
        await page.locator(`main > .${wanted === 'sheet' ? 'sheet-view' : wanted}`).waitFor();
        if (wanted === 'sheet') expect(await count(page), link).not.toMatch(/^0 /);
        if (wanted === 'site') expect(await page.locator('h1').innerText(), link).not.toBe('No such site');
      }
    });
  }, 120_000);
});

describe.skipIf(executable === null)('the overview', () => {
  it('filters by a click, and lets go by another', async () => {
    await using(fixture().full, async ({ page }) => {
      const all = fixture().survey.sites.length;
      const pins = fixture().survey.sites.filter((site) => site.reference === 'pin').length;
      const gets = fixture().survey.sites.filter((site) => site.reference === 'get').length;
      const bar = page.locator('[data-bar="reference=pin"]');
      expect(await bar.locator('.count').innerText()).toBe(String(pins));
      await bar.click();
      expect(await bar.getAttribute('aria-pressed')).toBe('true');
      expect((await hash(page)).getAll('f.reference')).toEqual(['pin']);
      expect(await page.locator('.chips').innerText()).toContain(`${pins} of ${all} sites`);
      expect(await page.evaluate(() => document.activeElement?.getAttribute('data-bar'))).toBe('reference=pin');
      // The chart's own filter does not hide its other values.
      await page.locator('[data-bar="reference=get"]').click();
      expect(await page.locator('.chips').innerText()).toContain(`${pins + gets} of ${all} sites`);
      await bar.click();
      await page.getByRole('button', { name: 'Remove the filter Reference: get' }).click();
      expect(await page.locator('.chips').innerText()).toBe('');
      await page.goBack();
      expect((await hash(page)).getAll('f.reference')).toEqual(['get']);
    });
  });

  it('has a chart for everything that was given', async () => {
    await using(fixture().full, async ({ page }) => {
      const titles = await page.locator('.chart h2').allInnerTexts();
      expect(titles).toEqual(
        expect.arrayContaining([
          'Reference: what the sites take',
          'Containers: what holds the pages',
          'Release form: how they are dropped',
          'Subsystem',
          'Findings: sites by rule',
          'Change: against the older tree',
        ]),
      );
      const more = page.locator('[data-bar="subsystem: more"]');
      const before = await page.locator('[data-bar^="subsystem="]').count();
      await more.click();
      expect(await page.locator('[data-bar^="subsystem="]').count()).toBeGreaterThan(before);
      await page.getByRole('button', { name: 'fewer' }).click();
      expect(await page.locator('[data-bar^="subsystem="]').count()).toBe(before);
    });
    await using(fixture().thousand, async ({ page }) => {
      expect(await page.locator('.chart h2').allInnerTexts()).not.toContain('Findings: sites by rule');
      expect(await page.locator('nav[aria-label=Views] a').allInnerTexts()).toEqual(['Overview', 'Sheet', 'Flow']);
    });
  });

  it('says which sites its shares leave out', async () => {
    const { sites } = fixture().survey;
    const out = sites.filter((site) => site.kind === 'internal' || site.reference === 'none').length;
    await using(fixture().full, async ({ page }) => {
      const told = (await page.locator('.left-out').allInnerTexts()).join(' ');
      const numbers = [...told.matchAll(/\d+/g)].map(([number]) => Number(number));
      expect(numbers.reduce((sum, number) => sum + number, 0)).toBe(out);
      const wholes = (await page.locator('.figure.wide span').allInnerTexts()).map((text) => Number(/of (\d+)$/.exec(text)?.[1]));
      expect(wholes.reduce((sum, whole) => sum + whole, out)).toBe(sites.length);
    });
  });

  it('leads to the sites of a figure', async () => {
    await using(fixture().full, async ({ page }) => {
      const collapsible = fixture().survey.sites.filter((site) => site.releaseForm === 'loop-collapsible').length;
      await page.getByRole('link', { name: 'loops that collapse' }).click();
      expect(await count(page)).toBe(`${collapsible} of ${fixture().survey.sites.length} sites`);
    });
  });
});

describe.skipIf(executable === null)('the sheet', () => {
  it('sorts up, down, and back', async () => {
    await using(`${fixture().thousand}#view=sheet&cols=where,line`, async ({ page }) => {
      const first = async (): Promise<string | undefined> => (await rows(page))[0];
      await page.getByRole('button', { name: 'Line', exact: true }).click();
      await page.getByRole('button', { name: 'Line', exact: true }).click();
      expect(await first()).toBe('hold_999()');
      expect(await page.locator('th[aria-sort=descending]').innerText()).toContain('Line');
      expect((await hash(page)).get('sort')).toBe('-line');
      await page.getByRole('button', { name: 'Line', exact: true }).click();
      expect((await hash(page)).get('sort')).toBeNull();
      expect(await first()).toBe('hold_0()');
    });
  });

  it('filters by choice, by text in a column and by free text', async () => {
    await using(`${fixture().thousand}#view=sheet`, async ({ page }) => {
      await page.getByLabel('Filter by Reference').selectOption('pin');
      expect(await count(page)).toBe('334 of 1000 sites');
      await page.getByLabel('Filter by Carrier').pressSequentially('ctx_30');
      expect(await count(page)).toBe('11 of 1000 sites');
      expect(await page.getByLabel('Filter by Carrier').inputValue()).toBe('ctx_30');
      expect(await page.evaluate(() => document.activeElement?.getAttribute('data-filter'))).toBe('carrier');
      await page.keyboard.press('Escape');
      await page.keyboard.press('/');
      await page.keyboard.type('d30 bulk');
      expect(await count(page)).toBe('0 of 1000 sites');
      expect(await page.locator('.sheet tbody').innerText()).toContain('No site passes all filters');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      expect(await count(page)).toBe('1000 sites');
      expect(await page.getByLabel('Filter by Carrier').inputValue()).toBe('');
    });
  });

  it('shows in a link what its sender saw', async () => {
    let address = '';
    await using(`${fixture().thousand}#view=sheet`, async ({ page }) => {
      await page.getByLabel('Filter by Reference').selectOption('pin');
      await page.locator('.choice summary').click();
      await page.locator('.popup').getByLabel('Line', { exact: true }).check();
      await page.locator('.popup').getByLabel('Dirty', { exact: true }).uncheck();
      await page.locator('.choice summary').click();
      await page.getByRole('button', { name: 'Line', exact: true }).click();
      await page.locator('#search').fill('d1');
      // The address follows a pause in typing.
      await page.waitForURL(/q=d1/);
      address = page.url();
    });
    await using(address, async ({ page }) => {
      expect((await hash(page)).get('sort')).toBe('line');
      expect(await page.locator('.sheet thead th').allInnerTexts()).toEqual(expect.arrayContaining([expect.stringContaining('Line')]));
      expect((await page.locator('.sheet thead th').allInnerTexts()).join()).not.toContain('Dirty');
      expect(await page.locator('#search').inputValue()).toBe('d1');
      expect(await page.getByLabel('Filter by Reference').inputValue()).toBe('pin');
      expect(await count(page)).toMatch(/^\d+ of 1000 sites$/);
      await page.locator('.choice summary').click();
      await page.getByRole('button', { name: 'The usual ones' }).click();
      expect((await page.locator('.sheet thead th').allInnerTexts()).join()).toContain('Dirty');
    });
  });

  it('is all there by keyboard', async () => {
    await using(`${fixture().thousand}#view=sheet`, async ({ page }) => {
      const active = (): Promise<string> => page.locator('.sheet tr.active .c-where b').innerText();
      const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement?.querySelector('b')?.textContent ?? null);
      await page.keyboard.press('ArrowDown');
      expect(await focused()).toBe('hold_0()');
      await page.keyboard.press('j');
      await page.keyboard.press('ArrowDown');
      expect([await active(), await focused()]).toEqual(['hold_2()', 'hold_2()']);
      await page.keyboard.press('k');
      expect(await active()).toBe('hold_1()');
      await page.keyboard.press('End');
      expect([await active(), await focused()]).toEqual(['hold_999()', 'hold_999()']);
      await page.keyboard.press('PageUp');
      expect(await active()).toBe('hold_984()');
      await page.keyboard.press('Home');
      await page.keyboard.press('PageDown');
      expect(await active()).toBe('hold_15()');
      await page.keyboard.press('Enter');
      expect(await page.locator('h1').innerText()).toContain('hold_15()');
      // Back in the sheet the reader stands where she was.
      await page.keyboard.press('Escape');
      await page.locator('.sheet-view').waitFor();
    });
  });

  it('holds only the rows in sight, and all of them when scrolled to', async () => {
    await using(`${fixture().thousand}#view=sheet`, async ({ page }) => {
      expect(await page.locator('.sheet tbody tr').count()).toBeLessThan(60);
      expect(await page.locator('table.sheet').getAttribute('aria-rowcount')).toBe('1002');
      await page.locator('.sheet-scroll').evaluate((view) => {
        view.scrollTop = view.scrollHeight;
      });
      await page.getByText('hold_999()').waitFor();
      const last = await page.locator('.sheet tbody tr:not(.space)').last().boundingBox();
      const view = await page.locator('.sheet-scroll').boundingBox();
      expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual((view?.y ?? 0) + (view?.height ?? 0) + 1);
    });
  });

  it('keeps the rows that stay in sight, and each stands in its place', async () => {
    await using(`${fixture().thousand}#view=sheet`, async ({ page }) => {
      const scroll = async (top: number): Promise<void> => {
        await page.locator('.sheet-scroll').evaluate((view, to) => {
          view.scrollTop = to;
        }, top);
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
      };
      const shown = (): Promise<{ place: number; name: string }[]> =>
        page.evaluate(() =>
          [...document.querySelectorAll<HTMLElement>('.sheet tbody tr:not(.space)')].map((row) => ({
            // Where it is, by its height alone: the head and what is above are not of one size with it.
            place: (row.offsetTop - (document.querySelector<HTMLElement>('.sheet thead')?.offsetHeight ?? 0)) / row.offsetHeight,
            name: row.querySelector('b')?.textContent ?? '',
          })),
        );
      await scroll(4600);
      await page.evaluate(() => document.querySelector('[aria-rowindex="106"]')?.setAttribute('data-kept', ''));
      for (const top of [4700, 4400, 4650]) await scroll(top);
      expect(await page.locator('[data-kept] b').innerText()).toBe('hold_103()');
      for (const top of [0, 40_000, 20_000, 20_900, 19_500]) {
        await scroll(top);
        const all = await shown();
        expect(all.length).toBeGreaterThan(10);
        expect(all.map(({ place }) => `hold_${Math.round(place)}()`)).toEqual(all.map(({ name }) => name));
      }
      // Other rows come into the places of those that a filter takes away.
      await page.locator('#search').fill('hold_12');
      await page.waitForFunction(() => document.querySelector('.count-line')?.textContent === '11 of 1000 sites');
      expect(await rows(page)).toEqual(['hold_12()', ...Array.from({ length: 10 }, (_, n) => `hold_12${n}()`)]);
      expect(await page.locator('.sheet tbody [aria-rowindex]').evaluateAll((all) => all.map((row) => row.ariaRowIndex))).toEqual(
        Array.from({ length: 11 }, (_, n) => String(n + 3)),
      );
      // A link of a row that stayed leads back to what is seen now.
      await page.locator('.sheet tbody a').nth(1).click();
      expect((await hash(page)).get('q')).toBe('hold_12');
      expect(await page.locator('h1').innerText()).toContain('hold_120()');
    });
  });

  it('is whole on paper, and light', async () => {
    await using(
      `${fixture().thousand}#view=sheet`,
      async ({ page }) => {
        const made = page.locator('.sheet tbody tr:not(.space)');
        await page.emulateMedia({ media: 'print' });
        await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
        expect(await made.count()).toBe(1000);
        expect(await page.getByText('Download CSV').isVisible()).toBe(false);
        expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('light');
        expect(await page.evaluate(() => document.body.scrollHeight)).toBeGreaterThan(1000 * 10);
        await page.emulateMedia({ media: 'screen' });
        await page.evaluate(() => dispatchEvent(new Event('afterprint')));
        expect(await made.count()).toBeLessThan(60);
      },
      { colorScheme: 'dark' },
    );
  });

  it('takes what the window leaves, and the page does not scroll beside it', async () => {
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 390, height: 800 },
    ]) {
      await using(
        `${fixture().thousand}#view=sheet&f.reference=pin`,
        async ({ page }) => {
          const view = await page.locator('.sheet-scroll').boundingBox();
          expect(view?.height).toBeGreaterThan(300);
          expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBeLessThanOrEqual(0);
        },
        { viewport },
      );
    }
  });

  it('goes elsewhere as Markdown, as CSV and as a link', async () => {
    await using(
      `${fixture().full}#view=sheet&f.reference=pin`,
      async ({ page }) => {
        const pins = fixture().survey.sites.filter((site) => site.reference === 'pin').length;
        const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
        await page.getByRole('button', { name: 'Copy as Markdown' }).click();
        await page.getByText(`${pins} rows copied as Markdown`).waitFor();
        expect((await clipboard()).trim().split('\n')).toHaveLength(pins + 2);
        const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download CSV' }).click()]);
        expect(download.suggestedFilename()).toBe('putright.csv');
        const text = readFileSync(await download.path(), 'utf8');
        expect(text.trim().split('\r\n')).toHaveLength(pins + 1);
        expect(text.split('\r\n')[0]).toContain('Release form');
        await page.getByRole('button', { name: 'Copy link' }).click();
        await page.getByText('Link copied').waitFor();
        expect(await clipboard()).toBe(page.url());
      },
      { permissions: ['clipboard-read', 'clipboard-write'], acceptDownloads: true },
    );
  });

  it('has its few columns on a narrow page', async () => {
    await using(
      `${fixture().full}#view=sheet`,
      async ({ page }) => {
        expect(await page.locator('.sheet thead th').count()).toBe(4);
        await page.locator('.sheet tbody a').first().click();
        await page.locator('.site h1').waitFor();
      },
      { viewport: { width: 390, height: 800 } },
    );
  });
});

describe.skipIf(executable === null)('a site', () => {
  it('is a story with its code', async () => {
    const site = fixture().survey.sites.find((one) => one.trace.length > 2 && one.releases.length > 0);
    await using(`${fixture().full}#view=site&site=${encodeURIComponent(site?.id ?? '')}`, async ({ page }) => {
      expect(await page.locator('h1').innerText()).toContain(`${site?.function}()`);
      const meant = page.locator('.columns > div > section > .story .meant').first();
      expect(await meant.innerText()).toContain(site?.api);
      expect(await page.locator('.story .t-call').count()).toBeGreaterThan(0);
      // The mark stands below the first character of what is meant.
      const caret = await page.locator('.columns > div > section > .story .caret').first().innerText();
      const line = await meant.innerText();
      const gutter = String(site?.line).length;
      expect(
        line
          .slice(gutter)
          .slice(caret.indexOf('^'))
          .startsWith(site?.api ?? '?'),
      ).toBe(true);
      expect(await page.getByRole('heading', { name: `Releases (${site?.releases.length})` }).count()).toBe(1);
      expect(await page.locator('aside').innerText()).toContain(site?.releases[0]?.api);
    });
  });

  it('has a next and a previous in the order of the sheet', async () => {
    await using(`${fixture().thousand}#view=sheet&sort=-line&f.reference=pin`, async ({ page }) => {
      await page.locator('.sheet tbody a').first().click();
      const heading = (): Promise<string> => page.locator('h1').innerText();
      expect(await heading()).toContain('hold_999()');
      await page.getByRole('link', { name: 'Next' }).click();
      expect(await heading()).toContain('hold_996()');
      await page.keyboard.press('n');
      expect(await heading()).toContain('hold_993()');
      await page.keyboard.press('p');
      await page.getByRole('link', { name: 'Previous' }).click();
      expect(await heading()).toContain('hold_999()');
      expect(await page.locator('.steps').innerText()).toContain('1 of 334');
      await page.keyboard.press('u');
      expect(await count(page)).toBe('334 of 1000 sites');
    });
  });

  it('shows code that its steps share once, with the number of each step at its place', async () => {
    const site = fixture().survey.sites.find((one) =>
      one.trace.some((step, n) => step.file === one.trace[n - 1]?.file && step.line === one.trace[n - 1]?.line),
    );
    await using(`${fixture().full}#view=site&site=${encodeURIComponent(site?.id ?? '')}`, async ({ page }) => {
      const story = page.locator('.columns > div > section > .story').last();
      const [steps, codes] = [await story.locator('li').count(), await story.locator('pre').count()];
      expect(codes).toBeLessThan(steps);
      const numbers = (await story.locator('.caret').allInnerTexts()).flatMap((text) =>
        [...text.matchAll(/\^([\d,]+)/g)].map(([, list]) => list),
      );
      const told = numbers.flatMap((list) => (list ?? '').split(',').map(Number));
      expect(told.length).toBeGreaterThan(1);
      expect(new Set(told).size).toBe(told.length);
      expect(Math.max(...told)).toBeLessThanOrEqual(steps);
      expect(await story.innerText()).toContain('at the same line');
    });
  });

  it('shows its finding with the path', async () => {
    await using(`${fixture().full}#view=findings`, async ({ page }) => {
      expect(await page.locator('h1').innerText()).toBe('1 finding\n1 error');
      expect(await page.locator('section > .quiet').innerText()).toMatch(/^A pin is dropped by put_page/);
      await page.getByText('The path that shows it', { exact: true }).click();
      await page.locator('.finding .story pre').first().waitFor();
      await page.locator('.finding').getByRole('link').click();
      await page.locator('.site .finding').waitFor();
      // What a finding rests on is seen without a click.
      expect(await page.locator('.site .finding pre').count()).toBeGreaterThan(0);
      expect(await page.locator('.site .finding').innerText()).toContain('A pin is dropped by put_page().');
    });
  });

  it('that is not in the report is said so', async () => {
    await using(`${fixture().full}#view=site&site=nowhere`, async ({ page }) => {
      expect(await page.locator('h1').innerText()).toBe('No such site');
      await page.getByRole('link', { name: 'Back to the sheet' }).click();
      await page.locator('.sheet-view').waitFor();
    });
  });

  it('says why there is no code', async () => {
    await using(
      `${fixture().thousand}#view=site&site=${encodeURIComponent('drivers/d0/file0.c:hold_0:pin_user_pages_fast#1')}`,
      async ({ page }) => {
        expect(await page.locator('.story').innerText()).toContain('the tree is not there; name it with --source');
      },
    );
  });
});

describe.skipIf(executable === null)('the flow', () => {
  it('lets a wrong release stand out, and leads to its site', async () => {
    await using(`${fixture().full}#view=flow`, async ({ page }) => {
      expect(await page.locator('.standing-out').innerText()).toMatch(
        /^Of these sites 1 has a wrong release, \d+ ha(s|ve) a suspect release\.$/,
      );
      await page.getByRole('link', { name: '1 has a wrong release' }).click();
      expect(await count(page)).toBe(`1 of ${fixture().survey.sites.length} sites`);
    });
    // What only the names of the calls say is never told as wrong.
    await using(`${fixture().thousand}#view=flow`, async ({ page }) => {
      expect(await page.locator('.standing-out').innerText()).toMatch(
        /^The tree was not checked: .* Of these sites \d+ have a suspect release\.$/,
      );
      expect(await page.locator('.band.wrong').count()).toBe(0);
      expect(await page.locator('.band.suspect').count()).toBeGreaterThan(0);
      await page.keyboard.press('1');
      expect(await page.locator('.figures').innerText()).toContain('no check was given');
    });
  });

  it('is drawn for a subsystem, and leads to its sites', async () => {
    await using(`${fixture().full}#view=flow`, async ({ page }) => {
      const all = await page.locator('.band').count();
      await page.getByLabel('Subsystem').selectOption('drivers/gpu');
      expect(await page.locator('.band').count()).toBeLessThan(all);
      expect((await hash(page)).get('f.subsystem')).toBe('drivers/gpu');
      await page.getByText('The same as a table').click();
      await page.locator('.flow table a').first().click();
      expect(await count(page)).not.toMatch(/^0 /);
      await page.goBack();
      await page.locator('.node.live').first().click();
      expect(await count(page)).not.toMatch(/^0 /);
      await page.goBack();
      await page.locator('.band').first().dispatchEvent('click');
      expect(await count(page)).not.toMatch(/^0 /);
    });
  });
});

describe.skipIf(executable === null)('the comparison', () => {
  it('tells what happened, and the curve of three trees', async () => {
    await using(`${fixture().full}#view=compare`, async ({ page }) => {
      const text = await page.locator('.compare').innerText();
      expect(text).toMatch(/Converted \(2\)/);
      expect(text).toMatch(/Gone \(1\)/);
      expect(text).toContain('left_behind()');
      expect(text).toMatch(/New \(1\)/);
      expect(await page.locator('circle.curve-pin').count()).toBe(3);
      expect(await page.getByText('Only from before to between').count()).toBe(1);
      // Its box is no wider than what is in it.
      const [box, chart] = [await page.locator('.curve').boundingBox(), await page.locator('.curve svg').boundingBox()];
      expect((box?.width ?? 0) - (chart?.width ?? 0)).toBeLessThan(60);
      await page.getByRole('region', { name: 'New', exact: true }).getByRole('link').first().click();
      expect(await page.locator('h1').innerText()).toContain(`${fixture().survey.sites[0]?.function}()`);
    });
  });

  it('has figures that lead to their sites', async () => {
    await using(`${fixture().full}#view=compare`, async ({ page }) => {
      await page
        .getByRole('button', { name: /converted/ })
        .first()
        .click();
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Converted (2)');
      // Nothing is no place to go to.
      expect(await page.getByRole('button', { name: /reverted/ }).count()).toBe(0);
    });
  });

  it('is where the reader left it when she comes back from a site', async () => {
    for (const back of ['u', 'browser']) {
      await using(
        `${fixture().full}#view=compare`,
        async ({ page }) => {
          const link = page.getByRole('region', { name: 'New', exact: true }).getByRole('link').last();
          const name = await link.innerText();
          await link.click();
          await page.locator('article.site').waitFor();
          if (back === 'u') await page.keyboard.press('u');
          else await page.goBack();
          await page.waitForFunction((text) => document.activeElement?.textContent === text, name);
          const box = await page.locator('a:focus').boundingBox();
          expect(box?.y).toBeGreaterThan(0);
          expect(box?.y).toBeLessThan(400);
        },
        { viewport: { width: 1280, height: 400 } },
      );
    }
  });

  it('follows the search, also for sites that are gone', async () => {
    await using(`${fixture().full}#view=compare`, async ({ page }) => {
      await page.locator('#search').fill('left_behind');
      expect(await page.locator('.compare section > h2').allInnerTexts()).toEqual(['How far the conversion is', 'Gone (1)']);
      expect(await page.locator('.compare > div > .figures').innerText()).toMatch(/0 of 2\s+converted/);
      await page.locator('#search').fill('');
      expect(await page.locator('.compare').innerText()).toMatch(/Converted \(2\)/);
    });
  });

  it('says under a filter how many of all it shows, and why there is nothing to list', async () => {
    await using(`${fixture().full}#view=compare&f.subsystem=drivers/gone`, async ({ page }) => {
      const figures = page.locator('.compare > div > .figures');
      expect(await figures.innerText()).toMatch(/0 of 2\s+converted/);
      // A filter tells the sites of the older tree by their own facts.
      expect(await page.locator('.compare section > h2').allInnerTexts()).toEqual(['How far the conversion is', 'Gone (1)']);
      expect(await page.locator('.curve').innerText()).toContain('the search and the filters do not change it');
      await page.locator('#search').fill('no such site');
      expect(await page.locator('.nothing').innerText()).toContain('No site in this comparison');
      await page.getByRole('button', { name: 'Clear all' }).click();
      expect(await page.locator('.nothing').count()).toBe(0);
      expect(await page.locator('.curve').innerText()).not.toContain('do not change it');
      const same = Number(/(\d+)\s+the same/.exec(await figures.innerText())?.[1]);
      await figures.getByRole('link', { name: 'the same' }).click();
      expect(await count(page)).toBe(`${same} of ${fixture().survey.sites.length} sites`);
    });
  });

  it('tells what became worse once for each site', async () => {
    await using(`${fixture().found}#view=compare`, async ({ page }) => {
      const worse = page.getByRole('region', { name: 'Regressions' });
      const [reasons, sites] = [await worse.locator('li p').count(), await worse.locator('li').count()];
      expect(reasons).toBeGreaterThan(sites);
      expect(await worse.locator('h2').innerText()).toBe(`Regressions (${reasons}, at ${sites} sites)`);
      const links = await worse.locator('li a').allInnerTexts();
      expect(new Set(links).size).toBe(links.length);
    });
  });

  it('is told at a site too, with the way back', async () => {
    await using(`${fixture().full}#view=compare&f.change=converted`, async ({ page }) => {
      await page.getByRole('region', { name: 'Converted', exact: true }).getByRole('link').first().click();
      const since = page.getByRole('region', { name: 'Since before' });
      expect(await since.innerText()).toMatch(/This site was converted\.[\s\S]*Call\s+get_user_pages_fast → pin_user_pages_fast/);
      expect(await page.locator('nav[aria-label=Views] [aria-current]').innerText()).toBe('Compare');
      await page.getByRole('link', { name: '↑ Compare' }).click();
      expect((await hash(page)).getAll('f.change')).toEqual(['converted']);
      await page.locator('main > .compare').waitFor();
    });
    const [first] = fixture().survey.sites;
    await using(`${fixture().full}#view=site&site=${encodeURIComponent(first?.id ?? '')}`, async ({ page }) => {
      expect(await page.getByRole('region', { name: 'Since before' }).innerText()).toContain('New: there is no such site there.');
      await page.keyboard.press('u');
      await page.locator('main > .sheet-view').waitFor();
    });
  });

  it('can be filtered in the sheet', async () => {
    await using(`${fixture().full}#view=sheet&f.change=converted`, async ({ page }) => {
      expect(await count(page)).toBe(`2 of ${fixture().survey.sites.length} sites`);
    });
  });
});

describe.skipIf(executable === null)('the model', () => {
  it('shows the shortest run of a cell, as a chart and in words', async () => {
    await using(`${fixture().full}#view=model`, async ({ page }) => {
      const cell = page.locator('[data-cell="put-for-pin / bias"]');
      expect(await cell.innerText()).toMatch(/^unevictable\s+never noticed$/);
      expect(await page.locator('[data-cell="put-for-pin / bias-warn"]').innerText()).toContain(
        'sometimes noticed; always in a debugging kernel',
      );
      expect(await page.locator('[data-cell="put-for-pin / typed"]').innerText()).toContain('does not compile');
      expect(await page.locator('[data-cell="none / bias"]').innerText()).toContain('complains though all is right');
      await cell.click();
      const run = page.locator('.run');
      expect(await run.innerText()).toContain('A page that nobody uses can never be freed.');
      expect(await run.innerText()).toContain('412 states searched, all there are.');
      expect(await run.locator('tr.mistake').innerText()).toContain('puts page 0 ← the mistake');
      expect(await run.locator('svg .act').count()).toBe(3);
      expect(await run.locator('svg .act.mistake').count()).toBe(1);
      // Only the frame that changes is counted.
      expect(await run.locator('svg .num.up, svg .num.down').allTextContents()).toEqual(['1025', '1024', '1']);
      expect((await hash(page)).get('run')).toBe('put-for-pin / bias');
      await cell.click();
      expect(await page.locator('.run').innerText()).toBe('No cell is chosen.');
    });
  });
});

describe.skipIf(executable === null)('the frame', () => {
  it('has keys for the views, the search and the help', async () => {
    await using(fixture().full, async ({ page }) => {
      for (const [n, view] of VIEWS.entries()) {
        await page.keyboard.press(String(n + 1));
        expect((await hash(page)).get('view') ?? 'overview').toBe(view);
        expect(await page.locator('nav[aria-label=Views] [aria-current]').innerText()).toBe(view[0]?.toUpperCase() + view.slice(1));
      }
      await page.keyboard.press('?');
      expect(await page.locator('dialog').innerText()).toContain('next and previous site');
      // It opens at its beginning, also where it is longer than the window.
      expect(await page.locator('dialog').evaluate((dialog) => dialog.scrollTop)).toBe(0);
      expect(await serious(page)).toEqual([]);
      await page.keyboard.press('Escape');
      expect(await page.locator('dialog').isVisible()).toBe(false);
      await page.getByRole('button', { name: 'Words and keys' }).click();
      await page.getByRole('button', { name: 'Close' }).click();
      await page.keyboard.press('/');
      // In a field a key is a letter.
      await page.keyboard.type('2?n');
      expect(await page.locator('#search').inputValue()).toBe('2?n');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      expect((await hash(page)).get('q')).toBeNull();
    });
  });

  it('takes the first tab to the content, and the other colours', async () => {
    await using(fixture().full, async ({ page }) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
      const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const light = await ground();
      await page.getByRole('button', { name: 'Dark or light' }).click();
      expect(await ground()).not.toBe(light);
      await page.getByRole('button', { name: 'Dark or light' }).click();
      expect(await ground()).toBe(light);
    });
  });

  it('survives an address that makes no sense', async () => {
    await using(`${fixture().full}#view=nothing&f.nothing=1&sort=x&cols=,&f.reference=%00&__proto__=1`, async ({ page }) => {
      expect(await page.locator('.chips').innerText()).toContain('0 of');
      await page.getByRole('button', { name: 'Clear all' }).click();
      expect(await page.locator('.chips').innerText()).toBe('');
    });
  });
});

describe.skipIf(executable === null)('without JavaScript', () => {
  const options = { javaScriptEnabled: false };

  it('is a table with the facts', async () => {
    await using(
      fixture().full,
      async ({ page }) => {
        const sites = page.getByRole('region', { name: 'All sites' });
        expect(await sites.locator('tbody tr').count()).toBe(fixture().survey.sites.length);
        expect(await sites.innerText()).toContain(fixture().survey.sites[0]?.api);
        expect(await sites.isVisible()).toBe(true);
      },
      options,
    );
  });

  it('tells the findings above them, and of none where nobody looked', async () => {
    const found = (page: Page) => page.getByRole('region', { name: 'All findings' });
    await using(
      fixture().found,
      async ({ page }) => {
        expect(await found(page).locator('tbody tr').count()).toBe(11);
        const told = await found(page).locator('tbody tr').allInnerTexts();
        expect(told[0]).toMatch(/^drivers\/far\/far0\.c:100 far_create_0\(\)\s+error\s+leak-on-path\s+what leak-on-path complains of/);
        expect(told[10]).toContain('needs-pin');
        expect(await page.locator('#plain h2').allInnerTexts()).toEqual(['Findings', 'Sites']);
      },
      options,
    );
    await using(
      fixture().thousand,
      async ({ page }) => expect(await page.locator('#plain').innerText()).not.toContain('Findings'),
      options,
    );
  });
});

describe.skipIf(executable === null)('a tree that means harm', () => {
  it('runs nothing in any view, and is shown as it is', async () => {
    const views = ['overview', 'sheet', 'flow', 'findings', 'compare', 'model', `site&site=${encodeURIComponent(HARM)}`];
    for (const view of views) {
      await using(`${fixture().hostile}#view=${view}&q=`, async ({ page, requests }) => {
        await page.locator('main > *').first().waitFor();
        for (const details of await page.locator('details:not(.choice) > summary').all()) await details.click();
        await page.waitForTimeout(50);
        expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
        expect(await page.evaluate(() => document.querySelectorAll('#app img, #app script, body > img, [onerror], [onload]').length)).toBe(
          0,
        );
        expect(requests).toHaveLength(1);
      });
    }
    await using(`${fixture().hostile}#view=site&site=${encodeURIComponent(HARM)}`, async ({ page }) => {
      expect(await page.locator('h1').innerText()).toContain('<img src=x onerror="window.hacked=1">');
    });
    await using(`${fixture().hostile}#view=sheet`, async ({ page }) => {
      await page.locator('.sheet tbody a').first().click();
      expect(await page.locator('.story .meant').first().innerText()).toContain('<script>window.hacked=1</script>');
      expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    });
  }, 120_000);

  it('runs nothing without JavaScript either, nor by way of the address', async () => {
    await using(fixture().hostile, async ({ page }) => expect(await page.locator('img, #plain script').count()).toBe(0), {
      javaScriptEnabled: false,
    });
    await using(
      `${fixture().full}#view=sheet&q=${encodeURIComponent(HARM)}&f.where=${encodeURIComponent(HARM)}&site=${encodeURIComponent(HARM)}`,
      async ({ page }) => {
        await page.locator('.chip').first().waitFor();
        expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
      },
    );
  });

  it('is stopped by the policy if it came in all the same', async () => {
    const watched = await open(browser(), fixture().full);
    const { page, faults, close } = watched;
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      try {
        script.text = 'window.hacked = 1';
      } catch {
        return 'refused';
      }
      document.body.append(script);
      return 'hacked' in window ? 'ran' : 'blocked';
    });
    expect(ran).toBe('refused');
    const markup = await page.evaluate(() => {
      try {
        document.body.innerHTML = '<b>x</b>';
        return 'taken';
      } catch {
        return 'refused';
      }
    });
    expect(markup).toBe('refused');
    expect(
      await page.evaluate(() =>
        fetch('https://example.org/').then(
          () => 'sent',
          () => 'blocked',
        ),
      ),
    ).toBe('blocked');
    expect(faults.length).toBeGreaterThan(0);
    await close();
  });
});
