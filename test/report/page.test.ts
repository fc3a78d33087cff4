import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/compare/finding.js';
import { writeMarkdown } from '../../src/report/markdown.js';
import { guardedReader, pageData, pairingOf } from '../../src/report/page/data.js';
import { embedJson, escapeHtml } from '../../src/report/page/escape.js';
import { writePage } from '../../src/report/page/page.js';
import { readFindings } from '../../src/report/read/findings.js';
import { readMatrix } from '../../src/report/read/matrix.js';
import { ShapeError } from '../../src/report/read/shape.js';
import { readSurvey } from '../../src/report/read/survey.js';
import { HOSTILE, row, STEERS, surveyOf } from './rows.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'putright-data-'));
  mkdirSync(join(folder, 'tree/drivers'), { recursive: true });
  writeFileSync(join(folder, 'secret.c'), 'secret\n');
  writeFileSync(join(folder, 'tree/passwords.txt'), 'secret\n');
  writeFileSync(join(folder, 'tree/drivers/a.c'), 'one\n\tget_user_pages(x);\nthree\n');
  symlinkSync(join(folder, 'secret.c'), join(folder, 'tree/link.c'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the code of the page', () => {
  it('comes from C files below the tree, and from nowhere else', async () => {
    const read = guardedReader(join(folder, 'tree'));
    expect(await read('drivers/a.c')).toHaveLength(3);
    for (const file of ['../secret.c', 'drivers/../../secret.c', join(folder, 'secret.c'), 'link.c', 'passwords.txt', 'nowhere.c', '']) {
      expect(await read(file), file).toEqual({ why: expect.any(String) });
    }
    expect(await guardedReader(join(folder, 'none'))('a.c')).toEqual({ why: expect.stringContaining('--source') });
  });

  it('is shown once for each place, with the caret below what is meant', async () => {
    const site = row({ file: 'drivers/a.c', line: 2, column: 2, trace: [], releases: [] });
    const data = await pageData(surveyOf([site, site], { tree: join(folder, 'tree') }));
    expect(data.code).toEqual({ 'drivers/a.c:2': { first: 1, lines: ['one', '        get_user_pages(x);', 'three'] } });
    expect(data.sites[0]?.scenes[0]).toMatchObject({ code: 'drivers/a.c:2', caret: 8 });
  });
});

describe('the path of a finding', () => {
  it('has its caret at the column, and below the first word where none is told', async () => {
    const step = { file: 'drivers/a.c', line: 2, function: 'f', text: 't' };
    const [finding] = readFindings(
      JSON.stringify({
        findings: [{ id: '1', rule: 'r', severity: 'note', message: 'm', file: 'a.c', line: 2, path: [{ ...step, column: 17 }, step] }],
      }),
    );
    const data = await pageData(surveyOf([], { tree: join(folder, 'tree') }), { findings: finding ? [finding] : [] });
    expect(data.findings?.[0]?.scenes.map((scene) => scene.caret)).toEqual([23, 8]);
  });
});

describe('the pairing', () => {
  const release = (api: string) => ({ file: 'a.c', line: 20, function: 'drop', api });

  it.each([
    ['get_user_pages', 'get', 'put_page', 'right'],
    ['get_user_pages', 'get', 'unpin_user_page', 'suspect'],
    ['pin_user_pages', 'pin', 'unpin_user_pages', 'right'],
    ['pin_user_pages', 'pin', 'put_page', 'suspect'],
    ['pin_user_pages', 'pin', 'my_own_release', 'open'],
    ['iov_iter_extract_pages', 'conditional', 'unpin_user_page', 'open'],
    ['my_pin_macro', 'pin', 'put_page', 'suspect'],
  ] as const)('of %s (%s) with %s is %s by the names alone', (api, reference, name, pairing) => {
    expect(pairingOf(row({ api, reference }), release(name), new Set())).toBe(pairing);
  });

  const pin = row({ api: 'pin_user_pages', reference: 'pin', releases: [release('unpin_user_page'), release('put_page')] });
  const finding = {
    ...{ id: 'x', rule: 'wrong-release', severity: 'error' as const, message: 'm', file: 'a.c', line: 20, column: 1 },
    ...{ function: 'drop', site: pin.id, path: [], fingerprint: 'x' },
  };
  const one = async (...findings: Finding[]) => (await pageData(surveyOf([pin]), { findings })).sites[0];

  it('is wrong only where the check found it wrong', async () => {
    expect((await one())?.pairing).toBe('suspect');
    expect((await one(finding))?.pairing).toBe('wrong');
    expect((await one({ ...finding, line: 19 }))?.pairings).toEqual(['right', 'suspect']);
    expect((await one({ ...finding, line: 19 }))?.pairing).toBe('wrong');
    expect((await one({ ...finding, site: 'another' }))?.pairing).toBe('suspect');
    expect((await one({ ...finding, rule: 'leak-on-path' }))?.pairing).toBe('suspect');
    expect((await one({ ...finding, rule: 'mixed-release', severity: 'note' }))?.pairing).toBe('suspect');
  });
});

describe('the page', () => {
  it('is the same bytes for the same survey', async () => {
    const survey = surveyOf([row()]);
    expect(await writePage(survey)).toBe(await writePage(survey));
  });

  it('holds what comes from a tree as text only', async () => {
    const name = `</script><script>x()</script><!--${HOSTILE}`;
    const page = await writePage(
      surveyOf([row({ file: name, function: name, api: name, mixed: true, mixedWith: [name] })], { tree: name }),
    );
    expect(page.match(/<script/g)).toHaveLength(3);
    expect(page.match(/<\/script/g)).toHaveLength(3);
    expect(page).not.toMatch(STEERS);
    expect(page).toMatch(/default-src &#39;none&#39;; script-src &#39;sha256-/);
    expect(page).not.toContain('unsafe-inline');
  });

  it('escapes', () => {
    expect(escapeHtml(`<a b="c" d='e'>&`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
    expect(embedJson({ a: '</script><!--\u2028\u202e' })).toBe('{"a":"\\u003c/script\\u003e\\u003c!--\\u2028\\u202e"}');
  });
});

describe('Markdown', () => {
  it('has the figures and a table for each subsystem', () => {
    const text = writeMarkdown(surveyOf([row(), row({ file: 'net/core/b.c' })]));
    expect(text).toContain('## drivers/gpu');
    expect(text).toContain('| `net/core/b.c:10` `hold()` | `get_user_pages_fast` | get | single |');
    expect(text).toContain('- 0 of 2 (0 %) sites that take references, converted');
  });

  it('holds names as text', () => {
    const text = writeMarkdown(surveyOf([row({ function: `x|y<img src=x>\`[a](b)${HOSTILE}` })]));
    expect(text).not.toMatch(/<img|\]\(b\)/);
    expect(text).not.toMatch(STEERS);
    expect(
      text
        .split('\n')
        .filter((line) => line.startsWith('| '))
        .map((line) => line.replaceAll('\\|', '').split('|').length),
    ).toEqual([10, 10, 10]);
  });
});

describe('reading', () => {
  it('gives back the survey that was written', () => {
    const survey = surveyOf([row({ case: { number: 2, reason: 'x' } })]);
    expect(readSurvey(JSON.stringify(survey))).toEqual(survey);
  });

  it.each([
    ['{', 'it is no JSON'],
    ['[]', 'the top is not an object'],
    ['{"tree":"x","version":"1","sites":[{}]}', 'sites[0].file is not a text'],
    [JSON.stringify(surveyOf([{ ...row(), kind: 'odd' as 'user' }])), 'sites[0].kind is not one of user, wrapper'],
    [JSON.stringify(surveyOf([{ ...row(), case: { number: 9 as 1, reason: '' } }])), 'sites[0].case.number is not a number from 1 to 5'],
    [JSON.stringify(surveyOf([{ ...row(), line: null as unknown as number }])), 'sites[0].line is not a number'],
  ])('refuses %s', (json, why) => {
    expect(() => readSurvey(json)).toThrow(ShapeError);
    expect(() => readSurvey(json)).toThrow(why);
  });

  it('takes findings with and without what is optional', () => {
    const [finding] = readFindings('{"findings":[{"id":"1","rule":"r","severity":"note","message":"m","file":"a.c","line":3}]}');
    expect(finding).toMatchObject({ rule: 'r', path: [], site: '' });
    expect(() => readFindings('{}')).toThrow('findings is not a list');
  });

  it('takes a matrix as the model writes it, with and without what is optional', () => {
    const cell = { misuse: 'm', design: 'd', outcomes: ['lost-write'] };
    const written = { designs: ['d'], misuses: ['m'], cells: [cell] };
    const bare = {
      alsoCorrect: [],
      notices: null,
      noticesDebug: null,
      criesWolf: false,
      finished: true,
      states: 0,
      typeFaults: [],
      runs: [],
    };
    expect(readMatrix(JSON.stringify(written))).toEqual({
      ...{ designs: ['d'], misuses: ['m'], cells: [{ ...cell, ...bare }] },
      about: { designs: {}, misuses: {}, outcomes: {}, settings: {} },
    });
    const more = { criesWolf: { warns: false, falsePin: true }, searches: [{ states: 2 }, { states: 3 }], finished: false };
    expect(readMatrix(JSON.stringify({ ...written, cells: [{ ...cell, ...more }] })).cells[0]).toMatchObject({
      ...{ criesWolf: true, states: 5, finished: false },
    });
    const about = { designs: { d: { about: 'counts', source: 's' } }, misuses: {}, outcomes: { 'lost-write': 'lost' }, settings: {} };
    expect(readMatrix(JSON.stringify({ ...written, about })).about.designs).toEqual({ d: 'counts' });
    expect(() => readMatrix(JSON.stringify({ ...written, cells: [] }))).toThrow('empty');
    expect(() => readMatrix(JSON.stringify({ ...written, cells: [{ ...cell, runs: [{ outcome: 'x' }] }] }))).toThrow(
      'cells[0].runs[0].steps',
    );
  });
});
