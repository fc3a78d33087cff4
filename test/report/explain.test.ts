import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/check/finding.js';
import { closest, distance } from '../../src/report/closest.js';
import { explain } from '../../src/report/explain.js';
import { explainFinding } from '../../src/report/explain-finding.js';
import { explainPlace } from '../../src/report/explain-place.js';
import { row, surveyOf } from './rows.js';

let tree = '';
beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'putright-explain-'));
  const lines = [
    'int hold(void)',
    '{',
    '\tint n;',
    '\t/* caf\xe9 */ n = get_user_pages_fast(a, 1, 0, &page);',
    '\tif (n != 1)',
    '\t\treturn -EFAULT;',
    '\tuse(\x1b[31mpage);',
    '\tput_page(page);',
    '}',
  ];
  writeFileSync(join(tree, 'latin.c'), Buffer.from(lines.join('\n'), 'latin1'));
  writeFileSync(join(tree, 'long.c'), `${' x;'.repeat(2_000_000)}get_user_pages();${' y;'.repeat(2_000_000)}`);
});
afterAll(() => rmSync(tree, { recursive: true }));

const site = row({
  file: 'latin.c',
  line: 4,
  column: 17,
  releases: [{ file: 'latin.c', line: 8, function: 'hold', api: 'put_page' }],
  trace: [
    { file: 'latin.c', line: 4, column: 17, function: 'hold', text: 'taken by get_user_pages_fast()' },
    { file: 'latin.c', line: 7, column: 6, function: 'hold', text: 'passed to use()' },
  ],
  gaps: [{ file: 'gone.c', line: 1, why: 'a call through a pointer' }],
  mixed: true,
  mixedWith: ['ZERO_PAGE'],
  carrier: ['s.page'],
});
const survey = () => surveyOf([site, row()], { tree });

async function told(id: string, width?: number): Promise<string> {
  const explanation = await explain(survey(), id, width === undefined ? {} : { width });
  return explanation.found ? explanation.text : '';
}

describe('the story of a row', () => {
  it('shows the code around each step, with numbers and a caret under the column', async () => {
    const lines = (await told(site.id)).split('\n');
    const at = lines.findIndex((line) => line.includes('get_user_pages_fast(a, 1'));
    expect(lines[at]).toBe('  4 |         /* café */ n = get_user_pages_fast(a, 1, 0, &page);');
    expect(lines[at + 1]?.indexOf('^')).toBe(lines[at]?.indexOf('get_user') ?? -2);
    expect(lines[at - 2]).toBe('  2 | {');
    expect(lines[at + 3]).toBe('  6 |                 return -EFAULT;');
  });

  it('tells the site, the step and the release in order, each once', async () => {
    const titles = (await told(site.id)).split('\n').filter((line) => /^ *\d+\. /.test(line));
    expect(titles).toEqual([
      ' 1. latin.c:4 in hold(): taken by get_user_pages_fast()',
      ' 2. latin.c:7 in hold(): passed to use()',
      ' 3. latin.c:8 in hold(): dropped by put_page()',
    ]);
  });

  it('puts the caret of a release under its call', async () => {
    const lines = (await told(site.id)).split('\n');
    const at = lines.findLastIndex((line) => line.includes('put_page(page)'));
    expect(lines[at + 1]?.indexOf('^')).toBe(lines[at]?.indexOf('put_page'));
  });

  it('lets nothing from the file steer the terminal', async () => {
    const text = await told(site.id);
    expect(text).not.toContain('\u001b');
    expect(text).toContain('use(\\x1b[31mpage)');
  });

  it('says the gaps, also in a file that is gone, and the row in sentences', async () => {
    const text = await told(site.id);
    expect(text).toContain('gone.c:1: a call through a pointer');
    expect(text).toContain('cannot show the code');
    expect(text).toContain('They outlive the function in s.page.');
    expect(text).toContain('can also hold other pages: ZERO_PAGE.');
    expect(await told(site.id, 60)).toMatch(/What this row says[\s\S]*\n {4}\w/);
  });

  it('counts the last of many names', async () => {
    const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `f${n}`);
    const saying = async (count: number): Promise<string> => {
      const one = row({ kind: 'wrapper', wrappers: names(count) });
      const explanation = await explain(surveyOf([one], { tree }), one.id, {});
      return explanation.found ? explanation.text : '';
    };
    expect(await saying(7)).toContain('handed on by f0(), f1(), f2(), f3(), f4(), f5() and f6().');
    expect(await saying(24)).toContain('handed on by f0(), f1(), f2(), f3(), f4(), f5() and 18 more.');
  });

  it('cuts a huge line around the caret', async () => {
    const column = 6_000_001;
    const huge = row({ file: 'long.c', line: 1, column, trace: [], releases: [] });
    const explanation = await explain(surveyOf([huge], { tree }), huge.id, {});
    const lines = explanation.found ? explanation.text.split('\n') : [];
    const at = lines.findIndex((line) => line.includes('get_user_pages();'));
    expect(lines[at]?.length).toBeLessThan(200);
    expect(lines[at + 1]?.indexOf('^')).toBe(lines[at]?.indexOf('get_user_pages();'));
  });
});

const step = (line: number, text: string) => ({ file: 'latin.c', line, column: 1, function: 'hold', text });
const finding: Finding = {
  ...{ id: 'leak-on-path:0123456789abcdef', rule: 'leak-on-path', severity: 'error', fingerprint: '0123456789abcdef' },
  ...{ message: 'hold() is left with the page still held', file: 'latin.c', line: 5, column: 2, function: 'hold', site: site.id },
  path: [step(4, 'taken by get_user_pages_fast()'), step(9, 'left here')],
};

describe('the story of a finding', () => {
  it('shows the code of its place first, where no step does, and never tells the message as a step', async () => {
    const titlesOf = async (f: Finding) => {
      const explanation = await explainFinding(tree, [f], f.id, {});
      const lines = explanation.found ? explanation.text.split('\n') : [];
      return lines.filter((line) => /^(?:error|at | *\d+\. )|n != 1/.test(line));
    };
    expect(await titlesOf({ ...finding, path: [step(4, 'taken'), step(9, 'left here')] })).toEqual([
      'error: hold() is left with the page still held',
      'at latin.c:5 in hold()',
      '  5 |         if (n != 1)',
      ' 1. latin.c:4 in hold(): taken',
      '  5 |         if (n != 1)',
      ' 2. latin.c:9 in hold(): left here',
    ]);
    expect((await titlesOf({ ...finding, path: [step(5, 'left here')] })).slice(1, 3)).toEqual([
      'at latin.c:5 in hold()',
      ' 1. latin.c:5 in hold(): left here',
    ]);
  });
});

describe('a place', () => {
  const at = async (place: string, findings: Finding[], sites = [site, row()]) => {
    const explanation = await explainPlace(surveyOf(sites, { tree }), findings, place, {});
    return explanation.found ? explanation.text.split('\n').filter((line) => /^(?:error: |latin\.c:hold)/.test(line)) : explanation.closest;
  };

  it('tells all that stands there, the findings first', async () => {
    const here = { ...finding, line: 4 };
    expect(await at('latin.c:4', [here, { ...here, message: 'more' }, finding])).toEqual([
      `error: ${finding.message}`,
      'error: more',
      site.id,
    ]);
    expect(await at('latin.c:5', [here, finding])).toEqual([`error: ${finding.message}`]);
    expect(await at('latin.c:4', [], [site, site])).toEqual([site.id, site.id]);
  });

  it('may have a column', async () => {
    expect(await at('latin.c:4:17', [{ ...finding, line: 4 }])).toEqual([site.id]);
  });

  it('at which there is nothing brings the nearest of its file, or what is written like it', async () => {
    expect(await at('latin.c:9', [finding])).toEqual(['latin.c:5', 'latin.c:4']);
    expect(await at('latim.c:4', [])).toEqual(['latin.c:4', `${row().file}:${row().line}`]);
  });
});

describe('the id', () => {
  it('that is unknown brings the closest', async () => {
    const explanation = await explain(survey(), 'latin.c:hodl:get_user_pages_fast#1', {});
    expect(explanation).toEqual({ found: false, closest: [site.id, row().id] });
    expect(closest('hold', ['zzzz', 'a.c:hold:x#1'])[0]).toBe('a.c:hold:x#1');
  });

  it.each([
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['same', 'same', 0],
  ])('distance of %j and %j is %i', (from, to, expected) => {
    expect(distance(from, to)).toBe(expected);
  });
});
