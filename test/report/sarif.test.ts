/** What `check --format sarif` writes: valid against the standard's schema, within GitHub's limits, and true to the code's columns. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import AjvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { Finding, FindingStep } from '../../src/check/finding.js';
import { rules } from '../../src/check/rules.js';
import { findingFormats } from '../../src/report/findings.js';
import { withTree } from '../survey/helper.js';

const schema = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
// One of the schema's patterns is no pattern in the Unicode mode.
const ajv = new AjvDraft04.default({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const valid = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')));

const file = 'drivers/my gpu/käfer#1.c';
const code = '/* käfer */ f(pages); /* 𝕏 */ g(pages);\n';

function step(given: Partial<FindingStep> = {}): FindingStep {
  return { file, line: 1, column: 1, function: 'hold', text: 'taken by pin_user_pages()', ...given };
}

function finding(given: Partial<Finding> = {}): Finding {
  const rule = given.rule ?? 'wrong-release';
  return {
    id: `${rule}:0123456789abcdef`,
    rule,
    severity: 'error',
    message: 'a pin is dropped by put_page()',
    file,
    line: 1,
    column: 1,
    function: 'hold',
    site: `${file}:hold:pin_user_pages#1`,
    path: [step()],
    fingerprint: '0123456789abcdef',
    ...given,
  };
}

interface Location {
  physicalLocation: { artifactLocation: { uri: string; uriBaseId: string }; region: { startLine: number; startColumn?: number } };
}
interface Log {
  runs: [
    {
      tool: {
        driver: { rules: { id: string; help: { text: string; markdown: string }; properties: { tags: string[] } }[] };
      };
      originalUriBaseIds: { SRCROOT: { uri: string } };
      columnKind: string;
      results: {
        ruleId: string;
        ruleIndex: number;
        level: string;
        locations: Location[];
        partialFingerprints: Record<string, string>;
        codeFlows: { threadFlows: { locations: { location: Location }[] }[] }[];
      }[];
    },
  ];
}

/** The log of these findings in a tree with the file, its text in this encoding. */
async function logOf(findings: Finding[], text = Buffer.from(code).toString('latin1')): Promise<Log> {
  return withTree({ [file]: text }, async (tree) => {
    const log: unknown = JSON.parse(await findingFormats.sarif({ tree, version: '1.2.3', findings, warnings: [] }, {}));
    expect(valid(log) ? [] : valid.errors).toEqual([]);
    return log as Log;
  });
}

const columnsOf = (log: Log) => log.runs[0].results.map((result) => result.locations[0]?.physicalLocation.region.startColumn);

describe('findings as SARIF', () => {
  it('are refused by the schema if they are wrong', () => {
    expect(valid({ version: '2.1.0', runs: [{ tool: { driver: { name: 'putright' } }, results: [{}] }] })).toBe(false);
  });

  it('are valid, each rule with its page', async () => {
    const [run] = (await logOf(rules.map(({ id, severity }) => finding({ rule: id, severity })))).runs;
    expect(run.results.map((result) => run.tool.driver.rules[result.ruleIndex]?.id)).toEqual(run.results.map((result) => result.ruleId));
    for (const rule of run.tool.driver.rules) {
      expect(rule.help.markdown).toContain(`# ${rule.id}`);
      expect(rule.help.text).not.toContain('```');
      expect(rule.help.text).not.toMatch(/\*\*\w|\]\(\S+\.md/);
      expect(readFileSync(new URL(`../../docs/rules/${rule.id}.md`, import.meta.url), 'utf8')).toBe(rule.help.markdown);
      // Nor is there a place of the machine that checked: it is the same wherever putright stands.
      expect(JSON.stringify(rule)).not.toContain('file:');
      expect(rule.properties.tags.length).toBeLessThanOrEqual(10);
    }
    expect(run.results.map((result) => result.level)).toEqual(
      [...run.results.map((result) => result.level)].sort((a, b) => 'error warning note'.indexOf(a) - 'error warning note'.indexOf(b)),
    );
  });

  it('are valid if there are none', async () => {
    expect((await logOf([])).runs[0].results).toEqual([]);
  });

  it('count columns in UTF-16 code units, whatever the bytes', async () => {
    const utf8 = Buffer.from(code);
    const at = (call: string) => ({ column: utf8.indexOf(call) + 1 });
    const log = await logOf([finding(at('f(')), finding(at('g('))]);
    expect(log.runs[0].columnKind).toBe('utf16CodeUnits');
    expect(columnsOf(log)).toEqual([code.indexOf('f(') + 1, code.indexOf('g(') + 1]);
    expect(columnsOf(await logOf([finding({ column: 13 })], '/* k\xe4fer */ f(pages);\n'))).toEqual([13]);
  });

  it('have no column where the code is not there', async () => {
    expect(columnsOf(await logOf([finding({ line: 77 }), finding({ file: 'gone.c' })]))).toEqual([undefined, undefined]);
  });

  it('name files by percent-encoded references to the tree', async () => {
    const [run] = (await logOf([finding()])).runs;
    const { uri, uriBaseId } = run.results[0]?.locations[0]?.physicalLocation.artifactLocation ?? { uri: '', uriBaseId: '' };
    expect([uri, uriBaseId]).toEqual(['drivers/my%20gpu/k%C3%A4fer%231.c', 'SRCROOT']);
    expect(new URL(uri, run.originalUriBaseIds.SRCROOT.uri).pathname).toMatch(/\/drivers\/my%20gpu\/k%C3%A4fer%231\.c$/);
  });

  it('keep the steps in their order, and the fingerprint that GitHub goes by', async () => {
    const path = [step(), step({ column: 4, text: 'where ret >= 0' }), step({ column: 7, text: 'left here' })];
    const result = (await logOf([finding({ path })])).runs[0].results[0];
    const flow = result?.codeFlows[0]?.threadFlows[0]?.locations ?? [];
    expect(flow.map(({ location }) => location.physicalLocation.region.startColumn)).toEqual([1, 4, 6]);
    expect(result?.partialFingerprints).toMatchObject({ primaryLocationLineHash: '0123456789abcdef' });
  });

  it('stay within what GitHub takes: the end of a long path, the worst of many', async () => {
    const long = finding({ path: Array.from({ length: 1200 }, (_, n) => step({ text: `step ${n}` })) });
    const many = Array.from({ length: 25_000 }, () => finding({ severity: 'warning', path: [] }));
    const { results } = (await logOf([...many, long])).runs[0];
    expect(results.length).toBe(25_000);
    expect(results[0]?.level).toBe('error');
    expect(results[0]?.codeFlows[0]?.threadFlows[0]?.locations.length).toBe(1000);
  });
});
