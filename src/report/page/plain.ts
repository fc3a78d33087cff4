/** The page where no script runs: in a mail reader, a text browser, or behind a policy that forbids it. */
import { severities } from '../../check/finding.js';
import type { Survey } from '../../survey/row.js';
import { fields } from '../fields.js';
import { visible } from '../visible.js';
import type { PageData, PageFinding } from './data.js';
import { escapeHtml } from './escape.js';

/** The facts of a site that say most, in the order of the sheet. */
const FACTS = new Set([
  'api',
  'kind',
  'reference',
  'containers',
  'carrier',
  'releases',
  'releaseForm',
  'dirty',
  'mixedWith',
  'case',
  'gaps',
]);

/** What is in the page, the findings first; `title` is its heading, `tree` the tree's own name. */
export function plainPage(
  survey: Survey,
  { version, findings }: Pick<PageData, 'version' | 'findings'>,
  title: string,
  tree: string,
): string {
  const [sites, found] = [`${survey.sites.length} calls that take references on user pages`, findings ? complaints(findings) : ''];
  return `<main id="plain">
<h1>${escapeHtml(title)}</h1>
<p>${sites}, found by putright ${escapeHtml(version)} in ${escapeHtml(tree)}. With JavaScript this page also has charts, filters, each site's story with its code, the path of each finding, and the flow of the pages.</p>
${found}<h2>Sites</h2>
${scrolling('All sites', sitesTable(survey))}
</main>`;
}

function complaints(findings: readonly PageFinding[]): string {
  const worstFirst = severities.toReversed().flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  const rows = worstFirst.map(({ severity, rule, file, line, function: name, message }) => [
    `${file}:${line} ${name}()`,
    severity,
    rule,
    message,
  ]);
  const inner = rows.length > 0 ? scrolling('All findings', table(['Finding', 'Severity', 'Rule', 'What it says'], rows)) : '<p>None.</p>';
  return `<h2>Findings</h2>\n${inner}\n`;
}

function sitesTable({ sites }: Survey): string {
  const columns = fields.filter((field) => FACTS.has(field.key));
  const text = (value: unknown): string => (Array.isArray(value) ? value.join('; ') : String(value));
  const rows = sites.map((row) => [`${row.file}:${row.line} ${row.function}()`, ...columns.map((field) => text(field.value(row)))]);
  return table(['Site', ...columns.map((field) => field.title)], rows);
}

/** A table whose first column names its rows. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => escapeHtml(visible(text));
  const head = titles.map((title) => `<th scope="col">${cell(title)}</th>`).join('');
  const body = rows.map(([first = '', ...rest]) => {
    const cells = rest.map((text) => `<td>${cell(text)}</td>`).join('');
    return `<tr><th scope="row">${cell(first)}</th>${cells}</tr>`;
  });
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`;
}

function scrolling(label: string, inner: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${label}">${inner}</div>`;
}
