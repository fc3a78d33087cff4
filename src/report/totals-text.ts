import type pc from 'picocolors';
import type { Survey } from '../survey/row.js';
import { pad, wrap } from './layout.js';
import { type Conversion, share, type Total, totalsOf } from './totals.js';
import { cells, visible } from './visible.js';

type Colours = ReturnType<typeof pc.createColors>;

/** How many reasons and origins are named; the workbook has all. */
const NAMED = 8;
const NUMBER = 6;

function totalLines(total: Total, width: number | undefined): string[] {
  const count = String(total.count).padStart(NUMBER);
  const of = total.of === undefined ? '' : `of ${total.of} (${share(total.count, total.of)}): `;
  const lines = [`${count}  ${of}${total.label}`];
  const tally = total.tally ?? [];
  for (const [what, number] of tally.slice(0, NAMED)) {
    const indent = ' '.repeat(NUMBER * 2 + 4);
    const text = visible(what);
    const wrapped = width === undefined ? [text] : wrap(text, Math.max(20, width - indent.length));
    lines.push(
      ...wrapped.map((line, n) => (n === 0 ? `${' '.repeat(NUMBER + 2)}${String(number).padStart(NUMBER)}  ${line}` : indent + line)),
    );
  }
  if (tally.length > NAMED) lines.push(`${' '.repeat(NUMBER * 2 + 4)}and ${tally.length - NAMED} more`);
  return lines;
}

interface ConversionColumn {
  title: string;
  value: (row: Conversion) => string;
}

const conversionColumns: readonly ConversionColumn[] = [
  { title: 'sites', value: (row) => String(row.sites) },
  { title: 'get', value: (row) => String(row.get) },
  { title: 'pin', value: (row) => String(row.pin) },
  { title: 'iov get', value: (row) => String(row.iteratorGet) },
  { title: 'extract', value: (row) => String(row.extract) },
  { title: 'converted', value: (row) => share(row.done, row.of) },
];

function conversionLines(rows: readonly Conversion[], colours: Colours): string[] {
  const names = rows.map((row) => visible(row.subsystem));
  const first = Math.max(cells('subsystem'), ...names.map(cells));
  const header = [pad('subsystem', first), ...conversionColumns.map((column) => column.title.padStart(9))].join(' ');
  return [
    colours.dim(`  ${header}`),
    ...rows.map(
      (row, n) => `  ${[pad(names[n] ?? '', first), ...conversionColumns.map((column) => column.value(row).padStart(9))].join(' ')}`,
    ),
  ];
}

/** The totals as lines of text. */
export function totalsText(survey: Survey, colours: Colours, width: number | undefined): string[] {
  const totals = totalsOf(survey);
  const internal = totals.internal > 0 ? `, not counting ${totals.internal} inside gup and iov_iter themselves` : '';
  const lines = [
    colours.bold(`Totals of ${totals.counted} ${totals.counted === 1 ? 'site' : 'sites'} in ${visible(survey.tree)}${internal}`),
  ];
  if (totals.counted === 0) return lines;
  for (const group of totals.groups)
    lines.push('', colours.bold(group.title), ...group.totals.flatMap((total) => totalLines(total, width)));
  lines.push('', colours.bold('Conversion by subsystem'), ...conversionLines(totals.conversion, colours));
  lines.push('', `One row with the code that proves it: putright explain ${visible(survey.tree)} FILE:LINE`);
  return lines;
}
