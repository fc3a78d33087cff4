/** Findings as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), with the path as a code flow. */
import type { Check } from '../check/index.js';
import { rules } from '../check/rules.js';

export function findingsSarif({ version, findings }: Check): string {
  const location = (file: string, line: number, column: number | null, text: string) => ({
    physicalLocation: {
      artifactLocation: { uri: encodeURI(file), uriBaseId: 'TREE' },
      region: { startLine: line, ...(column === null ? {} : { startColumn: column }) },
    },
    message: { text },
  });
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'putright',
            version,
            rules: rules.map((r) => ({
              id: r.id,
              shortDescription: { text: r.about },
              help: { text: `${r.about}. See docs/rules/${r.id}.md.` },
              defaultConfiguration: { level: r.severity },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map((f) => ({
          ruleId: f.rule,
          ruleIndex: rules.findIndex((r) => r.id === f.rule),
          level: f.severity,
          message: { text: f.message },
          locations: [location(f.file, f.line, f.column, f.message)],
          partialFingerprints: { 'putright/v1': f.fingerprint },
          codeFlows: [{ threadFlows: [{ locations: f.path.map((s) => ({ location: location(s.file, s.line, null, s.text) })) }] }],
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
