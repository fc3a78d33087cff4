/** A comparison as Markdown, for a mail. */
import type { Progress } from '../../compare/compare.js';
import type { Row } from '../../survey/row.js';
import { at, releasesOf } from '../describe.js';
import { code, plain, table } from '../markdown.js';
import { namedChange } from './change.js';
import { CLUES, extracted, figures, grouped, pinned } from './text.js';

const site = (row: Row): string => `${code(at(row))} ${code(`${row.function}()`)}`;

/** Writes a comparison as Markdown. */
export function writeComparisonMarkdown(progress: Progress): string {
  const { whole, curve } = progress;
  const lines = [`# Page references: ${code(whole.before.tree)} to ${code(whole.after.tree)}`, ''];
  const part = (title: string, count: number, body: readonly string[]): void => {
    if (count > 0) lines.push(`## ${title} (${count})`, '', ...body, '');
  };
  lines.push(...figures(progress).map((line) => `${line}.`), '');
  lines.push(
    ...table(
      ['tree', 'sites', 'pin', 'extract'],
      curve.map((side) => [code(side.tree), String(side.sites), pinned(side), extracted(side)]),
    ),
    '',
  );
  part(
    'Regressions',
    whole.regressions.length,
    whole.regressions.map(({ site: row, why }) => `- ${site(row)}: ${plain(why)}`),
  );
  for (const { title, pairs } of grouped(whole)) {
    const rows = pairs.map(({ before, after, moved, changes, by }) => [
      site(after) + (moved ? `, was ${site(before)} (${CLUES[by]})` : ''),
      changes.map((change) => plain(namedChange(change))).join('; '),
    ]);
    part(title, pairs.length, table(['site', 'what'], rows));
  }
  for (const [title, sites] of [
    ['New', whole.added],
    ['Gone', whole.gone],
  ] as const) {
    const rows = sites.map((row) => [site(row), code(row.api), row.containers.join('→') || '-', plain(releasesOf(row))]);
    part(title, sites.length, table(['site', 'call', 'containers', 'releases'], rows));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
