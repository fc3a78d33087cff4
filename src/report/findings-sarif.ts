/**
 * Findings as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), each path as a code flow, within the limits of GitHub code scanning
 * ("SARIF support for code scanning", docs.github.com).
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Finding, FindingStep, Severity } from '../check/finding.js';
import type { Check } from '../check/index.js';
import { rules } from '../check/rules.js';
import { bareJson } from './bare-json.js';
import type { Reader } from './excerpt.js';

/** GitHub refuses a run with more results, so only the worst are written. */
const MOST_RESULTS = 25_000;
/** GitHub shows no more steps of a path, and refuses ten times as many. */
const MOST_STEPS = 1000;

/** The severities in the order in which GitHub shows alerts. */
const WORST_FIRST: readonly Severity[] = ['error', 'warning', 'note'];

/** Writes the findings as a SARIF log. Files are read only to count columns in UTF-16. */
export async function findingsSarif({ tree, version, findings }: Check, read: Reader): Promise<string> {
  const told = [...findings].sort((a, b) => WORST_FIRST.indexOf(a.severity) - WORST_FIRST.indexOf(b.severity)).slice(0, MOST_RESULTS);
  const results: object[] = [];
  for (const finding of told) results.push(await resultOf(finding, read));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'putright', version, semanticVersion: version, rules: rules.map(descriptorOf) } },
        originalUriBaseIds: { SRCROOT: { uri: `${pathToFileURL(tree).href.replace(/\/$/, '')}/` } },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
  return `${bareJson(JSON.stringify(log, null, 2))}\n`;
}

function descriptorOf({ id, about, severity }: (typeof rules)[number]): object {
  const page = textOf(pageOf(id));
  const sentence = `${about.charAt(0).toUpperCase()}${about.slice(1)}.`;
  return {
    id,
    name: id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: sentence },
    fullDescription: { text: firstParagraph(page) ?? sentence },
    help: { text: page === null ? sentence : plain(page), markdown: page ?? sentence },
    defaultConfiguration: { level: severity },
    properties: { tags: ['reference-counting', 'user-pages'], 'problem.severity': problem[severity] },
  };
}

/** GitHub's words for the severities. */
const problem: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'recommendation' };

/** The rule's page, which comes with the package. */
function pageOf(rule: string): URL {
  return new URL(`../../docs/rules/${rule}.md`, import.meta.url);
}

function textOf(page: URL): string | null {
  try {
    return readFileSync(page, 'utf8');
  } catch {
    return null;
  }
}

/** The text under the page's heading, as one line. */
function firstParagraph(page: string | null): string | undefined {
  const paragraph = page?.split(/\n{2,}/).find((part) => part !== '' && !part.startsWith('#'));
  return paragraph && plain(paragraph).replace(/\s+/g, ' ').trim();
}

/** Markdown without its marks, for viewers that show none. */
function plain(markdown: string): string {
  return markdown
    .replace(/^```.*$/gm, '')
    .replace(/^#+ /gm, '')
    .replace(/\*\*(?=\S)((?:(?!\*\*).)*\S)\*\*/g, '$1')
    .replace(/\[([^\]]+)\]\([^)\s]+\.md[^)]*\)/g, '$1')
    .replace(/`/g, '')
    .trim();
}

async function resultOf(finding: Finding, read: Reader): Promise<object> {
  const at = await locationOf(finding, read);
  const steps: object[] = [];
  for (const step of finding.path.slice(-MOST_STEPS)) {
    steps.push({ location: { ...(await locationOf(step, read)), message: { text: step.text } } });
  }
  return {
    ruleId: finding.rule,
    ruleIndex: rules.findIndex((rule) => rule.id === finding.rule),
    level: finding.severity,
    message: { text: finding.message },
    locations: [{ ...at, logicalLocations: [{ name: finding.function, kind: 'function' }] }],
    // GitHub reads only the first, and accepts anything that stays the same when lines move.
    partialFingerprints: { primaryLocationLineHash: finding.fingerprint, 'putright/v1': finding.fingerprint },
    ...(steps.length === 0 ? {} : { codeFlows: [{ threadFlows: [{ locations: steps }] }] }),
  };
}

async function locationOf({ file, line, column }: Pick<FindingStep, 'file' | 'line' | 'column'>, read: Reader): Promise<object> {
  const lines = await read(file);
  const bytes = 'why' in lines ? undefined : lines.at(line - 1);
  const region = { startLine: line, ...(bytes === undefined ? {} : { startColumn: unitsBefore(bytes, column) + 1 }) };
  return { physicalLocation: { artifactLocation: { uri: uriOf(file), uriBaseId: 'SRCROOT' }, region } };
}

/** The number of UTF-16 code units before a byte column. A line that is no UTF-8 is counted as one unit for each byte. */
function unitsBefore(bytes: Uint8Array, column: number): number {
  const before = bytes.subarray(0, column - 1);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(before).length;
  } catch {
    return before.length;
  }
}

/** A path of the tree as a relative URI: each segment is percent-encoded. */
function uriOf(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}
