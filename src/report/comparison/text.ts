/** A comparison as text: what happened, site by site, then the figures. */
import pc from 'picocolors';
import type { Changed, Comparison, Progress, Side } from '../../compare/compare.js';
import type { Row } from '../../survey/row.js';
import { at, releasesOf } from '../describe.js';
import { share } from '../totals.js';
import { visible } from '../visible.js';
import { namedChange } from './change.js';

const site = (row: Row): string => `${at(row)} ${visible(row.function)}()`;
const facts = (row: Row): string => `${visible(row.api)}, ${row.containers.join('→') || 'no container'}, ${releasesOf(row)}`;

/** What identified a site whose id changed, in words. */
export const CLUES: Readonly<Record<Changed['by'], string>> = {
  id: 'same file, function and call',
  place: 'same file and function',
  function: 'same function and call',
  file: 'same file and call, and the pages go the same way',
  name: 'only the name of the function is the same, and no other has it',
};

/** The groups in which changed sites are listed; a site is in the first that fits. */
export const groups: readonly { title: string; of: (pair: Changed) => boolean }[] = [
  { title: 'Converted', of: (pair) => pair.converted },
  { title: 'Reverted', of: (pair) => pair.reverted },
  { title: 'Moved', of: (pair) => pair.moved },
  { title: 'Changed', of: () => true },
];

/** The changed sites by group, empty groups too. */
export function grouped(comparison: Comparison): { title: string; pairs: Changed[] }[] {
  const left = new Set(comparison.changed);
  return groups.map(({ title, of }) => {
    const pairs = [...left].filter(of);
    for (const pair of pairs) left.delete(pair);
    return { title, pairs };
  });
}

/** A side's share of pins as text: `58 of 115 (50 %)`. */
export function pinned(side: Side): string {
  return `${side.pin} of ${side.pin + side.get} (${share(side.pin, side.pin + side.get)})`;
}
/** The same for iov_iter calls: the share that extracts. */
export function extracted(side: Side): string {
  const of = side.extract + side.iteratorGet;
  return `${side.extract} of ${of} (${share(side.extract, of)})`;
}

/** Writes a comparison of the first tree with the last; several trees have their curve as well. */
export function writeComparisonText(progress: Progress, colour = false): string {
  const colours = pc.createColors(colour);
  const { whole, curve } = progress;
  const lines: string[] = [];
  const heading = (title: string, count: number): void => {
    lines.push('', colours.bold(`${title} (${count})`));
  };
  lines.push(colours.bold(`${visible(whole.before.tree)} → ${visible(whole.after.tree)}`));
  for (const { title, pairs } of grouped(whole)) {
    if (pairs.length === 0) continue;
    heading(title, pairs.length);
    for (const { before, after, moved, changes, by } of pairs) {
      lines.push(`  ${colours.cyan(site(after))}${moved ? `  was ${site(before)} (${CLUES[by]})` : ''}`);
      for (const change of changes) lines.push(`      ${visible(namedChange(change))}`);
    }
  }
  for (const [title, rows] of [
    ['New', whole.added],
    ['Gone', whole.gone],
  ] as const) {
    if (rows.length === 0) continue;
    heading(title, rows.length);
    for (const row of rows) lines.push(`  ${colours.cyan(site(row))}  ${facts(row)}`);
  }
  if (whole.regressions.length > 0) {
    heading('Regressions', whole.regressions.length);
    for (const { site: row, why } of whole.regressions) lines.push(`  ${colours.red(site(row))}  ${visible(why)}`);
  }
  lines.push('', colours.bold('Figures'), ...figures(progress).map((line) => `  ${line}`));
  lines.push('', colours.bold(curve.length > 2 ? 'Progress' : 'Conversion from get to pin'));
  const widest = Math.max(...curve.map((side) => visible(side.tree).length));
  for (const side of curve) {
    const counts = `${side.sites} sites, ${pinned(side)} pin, ${extracted(side)} extract`;
    lines.push(`  ${visible(side.tree).padEnd(widest)}  ${bar(side)}  ${counts}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The counts in one line each. */
export function figures({ whole }: Progress): string[] {
  const counts = grouped(whole).map(({ title, pairs }) => `${pairs.length} ${title.toLowerCase()}`);
  return [`${whole.same} the same, ${counts.join(', ')}, ${whole.added.length} new, ${whole.gone.length} gone`];
}

const BAR = 24;
/** A bar whose filled part is the share of converted calls. */
function bar(side: Side): string {
  const [done, of] = [side.pin + side.extract, side.pin + side.extract + side.get + side.iteratorGet];
  const full = of === 0 ? 0 : Math.round((BAR * done) / of);
  return `${'#'.repeat(full)}${'.'.repeat(BAR - full)}`;
}
