import { describe, expect, it } from 'vitest';
import { writeCsvSheet } from '../../src/report/csv.js';
import { fields } from '../../src/report/fields.js';
import { formatNames, formats } from '../../src/report/index.js';
import { writeJson } from '../../src/report/json.js';
import type { Row } from '../../src/survey/row.js';
import { HOSTILE, row, STEERS, surveyOf } from './rows.js';

describe('json', () => {
  it('is the survey, with a newline at its end', () => {
    const survey = surveyOf([row({ case: { number: 2, reason: 'RDMA' }, gaps: [{ file: 'a.c', line: 1, why: HOSTILE }] })]);
    const text = writeJson(survey);
    expect(JSON.parse(text)).toEqual(survey);
    expect(text).toMatch(/^\{\n {2}"tree": [\s\S]*\n\}\n$/);
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['tree', 'version', 'sites', 'coverage', 'warnings']);
  });

  it('does not depend on the order in which keys were made', () => {
    const one = row();
    const other = Object.fromEntries(Object.entries(one).reverse()) as unknown as Row;
    expect(writeJson(surveyOf([other]))).toBe(writeJson(surveyOf([one])));
  });

  it('holds no character that a terminal obeys', () => {
    expect(writeJson(surveyOf([row({ function: HOSTILE })]))).not.toMatch(STEERS);
  });
});

describe('csv', () => {
  it('is one line a site under the keys of the row', () => {
    const text = writeCsvSheet(surveyOf([row({ containers: ['page-array', 'sgl'], mixedWith: ['a, "b"'] }), row()]));
    const lines = text.split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[3]).toBe('');
    expect(lines[0]).toBe(fields.map((field) => field.key).join(','));
    expect(lines[1]).toContain('page-array; sgl');
    expect(lines[1]).toContain('"a, ""b"""');
    expect(lines[1]).toContain('drivers/gpu/drm/a.c:20 hold: put_page');
  });

  it.each(['=1+1', '+1', '-1', '@sum(1)', '=HYPERLINK("http://x";"y")'])('does not let %s be a formula', (text) => {
    const line = writeCsvSheet(surveyOf([row({ function: text })])).split('\r\n')[1] ?? '';
    expect(line).toContain(`'${text.slice(0, 2)}`);
    expect(line).not.toMatch(/(^|,)"?[=+@-]/);
  });

  it('stays one line and prints nothing that steers, whatever the tree holds', () => {
    const text = writeCsvSheet(surveyOf([row({ file: HOSTILE, carrier: [HOSTILE], releaseReason: HOSTILE })]));
    expect(text.split('\r\n')).toHaveLength(3);
    expect(text).not.toMatch(STEERS);
  });

  it('has its header without sites', () => {
    expect(writeCsvSheet(surveyOf([]))).toBe(`${fields.map((field) => field.key).join(',')}\r\n`);
  });
});

describe('the table of formats', () => {
  it('loads a writer for each, and each writes the same bytes twice', async () => {
    const survey = surveyOf([row({ function: HOSTILE }), row()]);
    for (const name of formatNames) {
      const write = await formats[name].load();
      expect(Buffer.from(await write(survey, {})).equals(Buffer.from(await write(structuredClone(survey), {}))), name).toBe(true);
    }
  });
});
