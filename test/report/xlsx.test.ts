import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { fields } from '../../src/report/fields.js';
import { writeWorkbook } from '../../src/report/xlsx.js';
import { HOSTILE, row, STEERS, surveyOf } from './rows.js';
import { unzip } from './zip.js';

const survey = surveyOf([
  row({ trace: [1, 2, 3].map((line) => ({ file: 'a.c', line, column: 1, function: 'f', text: `step at ${line}` })) }),
  row({ file: 'net/b.c', function: '=1+1', gaps: [{ file: 'net/b.c', line: 5, why: 'a pointer' }] }),
]);
const files = unzip(await writeWorkbook(survey));
const sheet = (n: number): string => files.get(`xl/worksheets/sheet${n}.xml`) ?? '';

describe('the workbook', () => {
  it('has the sites, the traces and the totals', () => {
    expect([...(files.get('xl/workbook.xml') ?? '').matchAll(/<sheet name="(\w+)"/g)].map((match) => match[1])).toEqual([
      'Sites',
      'Traces',
      'Totals',
    ]);
  });

  it('freezes the header of each sheet and filters the tables', () => {
    for (const n of [1, 2, 3]) expect(sheet(n)).toMatch(/<pane [^>]*ySplit="1"[^>]*state="frozen"/);
    expect(sheet(1)).toContain(`<autoFilter ref="A1:X3"/>`);
    expect(fields).toHaveLength(24);
    expect(sheet(2)).toMatch(/<autoFilter ref="A1:G\d+"\/>/);
    // LibreOffice goes by the name alone.
    expect(files.get('xl/workbook.xml')).toContain(
      '<definedName name="_xlnm._FilterDatabase" localSheetId="0">Sites!$A$1:$X$3</definedName>',
    );
  });

  it('links each site to its trace and each trace back', () => {
    // The first site has a line of its own, three steps and a release above the second.
    expect(sheet(1)).toMatch(/<hyperlink ref="A2" location="Traces!A2"/);
    expect(sheet(1)).toMatch(/<hyperlink ref="A3" location="Traces!A7"/);
    expect(sheet(2)).toMatch(/<hyperlink ref="A2" location="Sites!A2"/);
    expect(sheet(2)).toMatch(/<hyperlink ref="A7" location="Sites!A3"/);
  });

  it('has columns of their own widths', () => {
    expect(sheet(1)).toMatch(/<col min="1" max="1"[^>]* width="44"/);
  });

  it('holds texts, never formulas, and nothing that XML forbids', async () => {
    const hostile = unzip(
      await writeWorkbook(surveyOf([row({ function: HOSTILE, api: '=cmd|x', releaseReason: 'x'.repeat(50_000) })], { tree: HOSTILE })),
    );
    for (const [name, xml] of hostile) {
      expect(xml, name).not.toMatch(/<f>|\ufffd/);
      expect(xml, name).not.toMatch(STEERS);
    }
    expect(hostile.get('xl/sharedStrings.xml')).toContain('=cmd|x');
    expect(
      Math.max(...[...(hostile.get('xl/sharedStrings.xml') ?? '').matchAll(/<t[^>]*>([^<]*)</g)].map((match) => match[1]?.length ?? 0)),
    ).toBeLessThan(32_767);
  });

  it('is the same bytes at another time', async () => {
    const first = await writeWorkbook(survey);
    await setTimeout(2100);
    expect(Buffer.from(first).equals(Buffer.from(await writeWorkbook(survey)))).toBe(true);
  });

  it('can be empty', async () => {
    expect(unzip(await writeWorkbook(surveyOf([]))).has('xl/worksheets/sheet3.xml')).toBe(true);
  });
});
