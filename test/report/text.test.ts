import { describe, expect, it } from 'vitest';
import { writeText } from '../../src/report/text.js';
import { cells } from '../../src/report/visible.js';
import { HOSTILE, row, STEERS, surveyOf } from './rows.js';

const ib = row({
  file: 'drivers/infiniband/core/umem.c',
  function: 'ib_umem_get',
  line: 220,
  api: 'pin_user_pages_fast',
  reference: 'pin',
  longterm: true,
  containers: ['page-array', 'sgl'],
  carrier: ['ib_umem.sgt_append'],
  releases: [
    { file: 'drivers/infiniband/core/umem.c', line: 60, function: '__ib_umem_release', api: 'unpin_user_page' },
    { file: 'drivers/infiniband/core/umem.c', line: 70, function: '__ib_umem_release', api: 'unpin_user_page' },
    { file: 'drivers/infiniband/core/odp.c', line: 5, function: 'f', api: 'unpin_user_pages' },
  ],
  releaseForm: 'bulk',
  releaseScope: 'cross-file',
  dirty: 'bulk',
  mixed: true,
  mixedWith: ['ZERO_PAGE'],
  gaps: [{ file: 'x.c', line: 1, why: 'a pointer' }],
});
const many = surveyOf([ib, row(), row({ file: 'main.c', line: 3 })]);
const lineWith = (text: string, part: string): string => text.split('\n').find((line) => line.includes(part)) ?? '';

describe('the sheet', () => {
  it('has one line a site in a pipe, with every cell', () => {
    const line = lineWith(writeText(many, {}), 'umem.c:220');
    expect(line.replace(/ +/g, ' ')).toBe(
      'drivers/infiniband/core/umem.c:220 ib_umem_get() pin_user_pages_fast pin LT page-array→sgl ib_umem.sgt_append unpin_user_page ×2 (:60 :70), unpin_user_pages (odp.c:5) bulk (cross-file) bulk ZERO_PAGE 1',
    );
  });

  it('groups by the first two folders, in order', () => {
    const headings = writeText(many, {})
      .split('\n')
      .filter((line) => /\(\d+ sites?\)$/.test(line));
    expect(headings).toEqual(['.  (1 site)', 'drivers/gpu  (1 site)', 'drivers/infiniband  (1 site)']);
  });

  it.each([60, 80, 100, 140, 160, 200])('fits a terminal of %i columns and loses no place', (width) => {
    const text = writeText(many, { width });
    const sheet = text.slice(0, text.indexOf('Totals of'));
    expect(Math.max(...sheet.split('\n').map(cells))).toBeLessThanOrEqual(width);
    expect(sheet.replace(/\s+/g, '')).toContain('umem.c');
  });

  it('paints only if it may', () => {
    expect(writeText(many, {})).not.toContain('\u001b');
    expect(writeText(many, { colour: true })).toContain('\u001b[');
  });

  it('lets nothing from the tree steer the terminal', () => {
    const hostile = row({
      file: `a/${HOSTILE}.c`,
      function: HOSTILE,
      carrier: [HOSTILE],
      mixed: true,
      mixedWith: [HOSTILE],
      gaps: [{ file: HOSTILE, line: 1, why: HOSTILE }],
    });
    const text = writeText(surveyOf([hostile], { tree: HOSTILE }), { coverage: true });
    expect(text).not.toMatch(STEERS);
    expect(text.split('\n').filter((line) => line.includes('HYPERLINK') && line.includes(':10'))).toHaveLength(1);
  });

  it('says so if there is no site', () => {
    expect(writeText(surveyOf([]), {})).toBe('No call in /trees/linux takes references on user pages.\n');
  });

  it('appends the accounting', () => {
    const survey = surveyOf([row()]);
    survey.coverage.tokens = 3;
    survey.coverage.declarations = [{ file: 'mm.h', line: 1, column: 2, name: 'get_user_pages', use: 'declaration' }];
    survey.coverage.unaccounted = [{ file: 'odd.c', line: 4, column: 7, name: 'get_user_pages' }];
    const text = writeText(survey, { coverage: true });
    expect(text).toMatch(/ 1 {2}declarations of the API/);
    expect(text).toContain('odd.c:4:7 get_user_pages');
    expect(text).toContain('1 not accounted for (2 of 3 are)');
    expect(writeText(surveyOf([row()]), { coverage: true })).toContain('every token is accounted for');
  });
});
