/** Nothing of a tree steers a terminal or hides from the reader in any JSON, and all of it can be read back. */
import { expect, it } from 'vitest';
import type { Finding } from '../../src/check/finding.js';
import { writtenBaseline } from '../../src/cli/baseline.js';
import { progressOf } from '../../src/compare/compare.js';
import { bareJson } from '../../src/report/bare-json.js';
import { writeComparisonJson } from '../../src/report/comparison/json.js';
import { findingFormats } from '../../src/report/findings.js';
import { writeJson } from '../../src/report/json.js';
import { HOSTILE, row, STEERS, surveyOf } from './rows.js';

// A file's name has no half of a character.
const place = { file: HOSTILE.replace('\ud800', ''), line: 1, column: 1, function: HOSTILE };
const finding: Finding = {
  ...place,
  id: 'wrong-release:0',
  rule: 'wrong-release',
  severity: 'error',
  message: HOSTILE,
  site: HOSTILE,
  path: [{ ...place, text: HOSTILE }],
  fingerprint: '0',
};
const check = { tree: '/tree', version: '1', findings: [finding], warnings: [] };

it.each([
  ['a survey', () => writeJson(surveyOf([row({ function: HOSTILE })]))],
  ['a comparison', () => writeComparisonJson(progressOf([{ survey: surveyOf([]) }, { survey: surveyOf([row({ function: HOSTILE })]) }]))],
  ['findings', () => findingFormats.json(check, {})],
  ['SARIF', () => findingFormats.sarif(check, {})],
  ['a baseline', () => writtenBaseline([finding])],
])('in %s', async (_, write) => {
  const text = await write();
  expect(text).not.toMatch(STEERS);
  expect(JSON.stringify(JSON.parse(text))).toContain(JSON.stringify(HOSTILE).slice(1, -1));
});

it('keeps the layout, and what is harmless', () => {
  expect(bareJson(JSON.stringify({ a: 'käfer 𝕏' }, null, 2))).toBe('{\n  "a": "käfer 𝕏"\n}');
});
