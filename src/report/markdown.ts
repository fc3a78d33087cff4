/** A survey as Markdown, for a mail or an issue: the figures, then a table for each subsystem. */
import type { Survey } from '../survey/row.js';
import { at, mixedOf, referenceOf, releasesOf } from './describe.js';
import { bySubsystem } from './subsystem.js';
import { share, totalsOf } from './totals.js';
import { visible } from './visible.js';

/** Escapes a text so that Markdown shows it as it is: no markup, no HTML, no end of a table's cell. */
export function plain(text: string): string {
  return visible(text)
    .replace(/[\\`*_{}[\]()#+!|~@]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

/** Code for a table's cell; a name with a backtick, bar or backslash in it is written as plain text. */
export function code(text: string): string {
  const safe = visible(text);
  return safe === '' ? '' : /[`|\\]/.test(safe) ? plain(safe) : `\`${safe}\``;
}

/** A table, one line for each row. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)];
}

const HEADER = ['where', 'call', 'reference', 'containers', 'releases', 'form', 'mixed with', 'gaps'];

/** Writes the survey as Markdown. */
export function writeMarkdown(survey: Survey): string {
  const totals = totalsOf(survey);
  const lines = [
    `# Page references in ${code(survey.tree)}`,
    '',
    `${survey.sites.length} sites, by putright ${plain(survey.version)}.`,
    '',
  ];
  for (const group of totals.groups) {
    lines.push(`**${group.title}**`, '');
    for (const total of group.totals) {
      lines.push(
        `- ${total.count}${total.of === undefined ? '' : ` of ${total.of} (${share(total.count, total.of)})`} ${plain(total.label)}`,
      );
    }
    lines.push('');
  }
  for (const [name, rows] of bySubsystem(survey.sites)) {
    const cells = rows.map((row) => [
      `${code(at(row))} ${code(`${row.function}()`)}`,
      code(row.api),
      referenceOf(row),
      row.containers.join('→') || '-',
      plain(releasesOf(row)),
      `${row.releaseForm} (${row.releaseScope})`,
      plain(mixedOf(row)),
      String(row.gaps.length || '-'),
    ]);
    lines.push(`## ${plain(name)}`, '', ...table(HEADER, cells), '');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
