import { describe, expect, it } from 'vitest';
import { compare, progressOf, sideOf } from '../../src/compare/compare.js';
import type { Finding } from '../../src/compare/finding.js';
import { changeOf } from '../../src/report/comparison/change.js';
import { writeComparisonJson } from '../../src/report/comparison/json.js';
import { writeComparisonMarkdown } from '../../src/report/comparison/markdown.js';
import { writeComparisonText } from '../../src/report/comparison/text.js';
import type { Row } from '../../src/survey/row.js';
import { HOSTILE, row, STEERS, surveyOf } from '../report/rows.js';

const between = (before: Row[], after: Row[], findings: [Finding[], Finding[]] | null = null) =>
  compare({ survey: surveyOf(before), findings: findings?.[0] }, { survey: surveyOf(after), findings: findings?.[1] });
const reasons = (comparison: ReturnType<typeof between>): string[] => comparison.regressions.map((one) => one.why);

const get = row();
const pin = row({
  api: 'pin_user_pages_fast',
  reference: 'pin',
  releases: [{ file: get.file, line: 30, function: 'hold', api: 'unpin_user_page' }],
});
const finding = (rule: string, site: Row): Finding => ({
  ...{ id: rule, rule, severity: 'error', message: '', file: site.file, line: 1, column: 1, function: 'f', site: site.id, path: [] },
  fingerprint: rule,
});

describe('a comparison', () => {
  it('of a survey with itself is empty, whatever the lines', () => {
    const moved = { ...get, line: 500, releases: get.releases.map((release) => ({ ...release, line: 700 })) };
    expect(between([get], [moved])).toMatchObject({ added: [], gone: [], changed: [], same: 1, regressions: [] });
  });

  it('sees a conversion, and what changed with it', () => {
    const [pair] = between([get], [pin]).changed;
    expect(pair).toMatchObject({ converted: true, reverted: false, moved: false });
    expect(pair?.changes.map((change) => `${change.fact}: ${changeOf(change)}`)).toEqual([
      'api: get_user_pages_fast → pin_user_pages_fast',
      'reference: get → pin',
      'releases: put_page → unpin_user_page',
    ]);
  });

  it('sees iov_iter_get become extract', () => {
    const [before, after] = [row({ api: 'iov_iter_get_pages2' }), row({ api: 'iov_iter_extract_pages', reference: 'conditional' })];
    expect(between([before], [after]).changed[0]).toMatchObject({ converted: true });
  });

  it('sees a note become an error, and an error become a note', () => {
    const error = finding('needs-pin', get);
    const note: Finding = { ...error, severity: 'note' };
    const louder = between([get], [get], [[note], [error]]);
    expect(louder.changed.map((pair) => pair.changes.map(changeOf))).toEqual([['needs-pin (note) → needs-pin']]);
    expect(louder.regressions).toHaveLength(1);
    const quieter = between([get], [get], [[error], [note]]);
    expect([quieter.changed.length, quieter.regressions.length]).toEqual([1, 0]);
    const same = between([get], [get], [[note], [note]]);
    expect([same.changed.length, same.regressions.length]).toEqual([0, 0]);
  });

  it('names the facts as the sheet does', () => {
    const [before, after] = [row({}), row({ api: 'get_user_pages', releaseForm: 'bulk', releaseScope: 'file', mixed: true })];
    const progress = progressOf([{ survey: surveyOf([before]) }, { survey: surveyOf([after]) }]);
    for (const text of [writeComparisonText(progress), writeComparisonMarkdown(progress)]) {
      for (const name of ['call: ', 'release form: single → bulk', 'release scope: ', 'mixed with: ']) expect(text).toContain(name);
    }
  });

  it('tells long lists by what came and went', () => {
    expect(changeOf({ fact: 'carrier', before: ['a', 'b', 'c', 'd'], after: ['a', 'b', 'c', 'e'] })).toBe('+ e; - d');
    expect(changeOf({ fact: 'carrier', before: [], after: ['a'] })).toBe('- → a');
  });

  it.each([
    ['a conversion that was taken back', [pin], [get], 'converted before, not any more'],
    ['a release that is not found any more', [get], [{ ...get, releaseForm: 'none' as const, releases: [] }], 'none is found now'],
    [
      'other pages in the container',
      [get],
      [{ ...get, mixed: true, mixedWith: ['alloc_page() pages'] }],
      'now also hold others: alloc_page() pages',
    ],
    ['a new site for the long term that gets', [], [{ ...get, longterm: true }], 'for the long term'],
    ['a new site without a release', [], [{ ...get, releaseForm: 'none' as const, releases: [] }], 'new, and no release is found'],
  ])('calls %s a regression', (_what, before, after, why) => {
    expect(reasons(between(before, after))).toEqual([expect.stringContaining(why)]);
    expect(reasons(between(after, before))).toEqual([]);
  });

  it('calls neither a new plain get nor a site that is gone a regression', () => {
    expect(reasons(between([], [get]))).toEqual([]);
    expect(reasons(between([get], []))).toEqual([]);
  });

  it('tells verdicts only where both sides have them', () => {
    expect(reasons(between([get], [get], [[], [finding('wrong-release', get)]]))).toEqual(['new finding: wrong-release']);
    expect(reasons(between([], [get], [[], [finding('leak', get)]]))).toEqual(['new, with a finding: leak']);
    // A note is shown as a change; it fails nobody's CI.
    const noted = between([get], [get], [[], [{ ...finding('needs-longterm', get), severity: 'note' as const }]]);
    expect([noted.changed.length, noted.regressions]).toEqual([1, []]);
    const half = compare({ survey: surveyOf([get]) }, { survey: surveyOf([get]), findings: [finding('leak', get)] });
    expect([half.changed, half.regressions]).toEqual([[], []]);
  });

  it('counts no site of gup itself', () => {
    expect(sideOf(surveyOf([get, pin, { ...get, kind: 'internal' }]))).toMatchObject({
      sites: 2,
      get: 1,
      pin: 1,
      iteratorGet: 0,
      extract: 0,
    });
  });

  it('makes a curve of several, and refuses one alone', () => {
    const [a, b, c] = [[get], [get, { ...pin, function: 'g' }], [pin]].map((sites) => ({ survey: surveyOf(sites) }));
    if (!a || !b || !c) throw new Error('three surveys');
    const progress = progressOf([a, b, c]);
    expect(progress.curve.map((side) => side.pin)).toEqual([0, 1, 1]);
    expect(progress.steps).toHaveLength(2);
    expect(progress.whole.changed).toHaveLength(1);
    expect(() => progressOf([a])).toThrow(RangeError);
  });
});

describe('the writers of a comparison', () => {
  const progress = progressOf([
    { survey: surveyOf([get, row({ file: 'b.c' })], { tree: 'old' }) },
    { survey: surveyOf([pin, row({ file: 'c.c', function: 'fresh', longterm: true })], { tree: 'new' }) },
  ]);

  it('say it as text', () => {
    const text = writeComparisonText(progress);
    expect(text).toContain('old → new');
    expect(text).toMatch(/Converted \(1\)\n {2}drivers\/gpu\/drm\/a\.c:10 hold\(\)/);
    expect(text).toContain('0 the same, 1 converted, 0 reverted, 0 moved, 0 changed, 1 new, 1 gone');
    expect(text).toMatch(/Regressions \(1\)\n {2}c\.c:10 fresh\(\)/);
    expect(text).not.toContain('\u001b');
    expect(writeComparisonText(progress, true)).toContain('\u001b[');
  });

  it('say of what is known by its name alone that the file is another', () => {
    const there = row({ ...pin, id: 'b.c:hold:pin_user_pages_fast#1', file: 'b.c', releases: get.releases });
    const moved = progressOf([{ survey: surveyOf([get]) }, { survey: surveyOf([there]) }]);
    expect(moved.whole.changed.map((pair) => pair.by)).toEqual(['name']);
    for (const text of [writeComparisonText(moved), writeComparisonMarkdown(moved)]) {
      expect(text).toContain('only the name of the function is the same');
    }
  });

  it('say it as Markdown', () => {
    const text = writeComparisonMarkdown(progress);
    expect(text).toContain('# Page references: `old` to `new`');
    expect(text).toContain('## Converted (1)');
    expect(text).toContain('| `drivers/gpu/drm/a.c:10` `hold()` | call: get\\_user\\_pages\\_fast → pin\\_user\\_pages\\_fast;');
  });

  it('say it as JSON', () => {
    const value = JSON.parse(writeComparisonJson(progress)) as { added: object[]; curve: object[]; changed: { converted: boolean }[] };
    expect(value.added).toHaveLength(1);
    expect(value.curve).toHaveLength(2);
    expect(value.changed[0]?.converted).toBe(true);
  });

  it('let nothing from a tree steer', () => {
    const odd = row({ file: `${HOSTILE}|<b>.c`, function: `${HOSTILE}\`|<script>`, carrier: [HOSTILE] });
    const hostile = progressOf([
      { survey: surveyOf([odd], { tree: HOSTILE }) },
      { survey: surveyOf([{ ...odd, carrier: [`2${HOSTILE}`] }, row()], { tree: HOSTILE }) },
    ]);
    for (const text of [writeComparisonText(hostile), writeComparisonMarkdown(hostile), writeComparisonJson(hostile)]) {
      expect(text).not.toMatch(STEERS);
    }
    expect(writeComparisonMarkdown(hostile)).not.toContain('<script>');
  });
});
