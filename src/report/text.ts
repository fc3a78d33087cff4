/** The sheet as text: one line for each site, by subsystem, then the totals. */
import pc from 'picocolors';
import type { Row, Survey } from '../survey/row.js';
import { coverageText } from './coverage.js';
import { at, mixedOf, referenceOf, releasesOf } from './describe.js';
import { squeeze, wrap } from './layout.js';
import { bySubsystem } from './subsystem.js';
import { totalsText } from './totals-text.js';
import { cells, visible } from './visible.js';
import type { WriterContext } from './writer.js';

type Colours = ReturnType<typeof pc.createColors>;

interface SheetColumn {
  title: string;
  /** The narrowest width that is still readable on a terminal. */
  least: number;
  /** Cells are padded up to this width. A longer cell pushes the rest of its own line only. */
  cap: number;
  /** The most lines of a wrapped cell; a longer one ends in `…`, and `explain` shows all of it. */
  lines?: number;
  value: (row: Row) => string;
  paint?: (colours: Colours, row: Row) => (text: string) => string;
}

const plain = (text: string): string => text;
const dash = (texts: readonly string[], between: string): string => visible(texts.join(between)) || '-';

/** The columns of the sheet. In a value, `\n` is where a cell breaks first if it has to. */
const columns: readonly SheetColumn[] = [
  { title: 'where', least: 28, cap: 72, value: (row) => `${at(row)}\n${visible(row.function)}()`, paint: (colours) => colours.cyan },
  { title: 'API', least: 16, cap: 34, value: (row) => visible(row.api) + (row.kind === 'user' ? '' : ` [${row.kind}]`) },
  {
    title: 'reference',
    least: 9,
    cap: 14,
    value: referenceOf,
    paint: (colours, row) => ({ get: colours.yellow, pin: colours.green, conditional: colours.magenta, none: colours.dim })[row.reference],
  },
  { title: 'containers', least: 11, cap: 22, value: (row) => dash(row.containers, '→') },
  { title: 'carrier', least: 14, cap: 34, value: (row) => dash(row.carrier, ', ') },
  { title: 'releases', least: 20, cap: 48, value: releasesOf, paint: (colours, row) => (row.releases.length === 0 ? colours.dim : plain) },
  {
    title: 'form',
    least: 12,
    cap: 28,
    value: (row) => `${row.releaseForm}\n(${row.releaseScope})`,
    paint: (colours, row) => (row.releaseForm === 'none' ? colours.red : plain),
  },
  { title: 'dirty', least: 8, cap: 19, value: (row) => (row.dirty === 'none' ? '-' : row.dirty) },
  {
    title: 'mixed with',
    least: 12,
    cap: 32,
    lines: 3,
    value: mixedOf,
    paint: (colours, row) => (row.mixed ? colours.yellow : colours.dim),
  },
  {
    title: 'gaps',
    least: 4,
    cap: 4,
    value: (row) => String(row.gaps.length || '-'),
    paint: (colours, row) => (row.gaps.length > 0 ? colours.red : colours.dim),
  },
];

const BETWEEN = '  ';
const oneLine = (text: string): string => text.replaceAll('\n', ' ');

/** How rows are laid out: a line each where there is room, wrapped columns on a wide terminal, a paragraph each on a narrow one. */
interface Setting {
  header: string[];
  lines: (row: Row) => string[];
}

function painted(column: SheetColumn, colours: Colours, row: Row): (text: string) => string {
  return column.paint?.(colours, row) ?? plain;
}

/** Lays out each row on one line of any width. */
function setWhole(rows: readonly Row[], colours: Colours): Setting & { width: number } {
  const widths = columns.map((column) => {
    const longest = rows.reduce((most, row) => Math.max(most, cells(oneLine(column.value(row)))), cells(column.title));
    return Math.min(longest, column.cap);
  });
  let width = 0;
  for (const row of rows)
    width = Math.max(
      width,
      columns.reduce((sum, column, n) => sum + Math.max(widths[n] ?? 0, cells(oneLine(column.value(row)))) + 2, -2),
    );
  const line = (texts: readonly string[], paint: (n: number) => (text: string) => string): string =>
    texts
      .map((text, n) =>
        n === texts.length - 1 ? paint(n)(text) : paint(n)(text) + ' '.repeat(Math.max(0, (widths[n] ?? 0) - cells(text))),
      )
      .join(BETWEEN)
      .trimEnd();
  return {
    width,
    header: [
      line(
        columns.map((column) => column.title),
        () => colours.bold,
      ),
    ],
    lines: (row) => [
      line(
        columns.map((column) => oneLine(column.value(row))),
        (n) => painted(columns[n] as SheetColumn, colours, row),
      ),
    ],
  };
}

function clip(lines: string[], most: number | undefined, width: number): string[] {
  if (most === undefined || lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `${[...(lines[most - 1] ?? '')].slice(0, width - 1).join('')}…`];
}

/** Lays out rows in wrapped columns; `null` if not even the narrowest fit. */
function setWrapped(rows: readonly Row[], colours: Colours, width: number): Setting | null {
  const wishes = columns.map((column) => {
    const longest = rows.reduce((most, row) => Math.max(most, ...column.value(row).split('\n').map(cells)), cells(column.title));
    return { natural: Math.min(longest, column.cap), least: Math.min(longest, column.least) };
  });
  const widths = squeeze(wishes, width - BETWEEN.length * (columns.length - 1));
  if (!widths) return null;
  const block = (texts: readonly string[], paint: (n: number) => (text: string) => string): string[] => {
    const wrapped = texts.map((text, n) => clip(wrap(text, widths[n] ?? 1), columns[n]?.lines, widths[n] ?? 1));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, at) =>
      wrapped
        .map((lines, n) => paint(n)(lines[at] ?? '') + ' '.repeat(Math.max(0, (widths[n] ?? 0) - cells(lines[at] ?? ''))))
        .join(BETWEEN)
        .trimEnd(),
    );
  };
  return {
    header: block(
      columns.map((column) => column.title),
      () => colours.bold,
    ),
    lines: (row) =>
      block(
        columns.map((column) => column.value(row)),
        (n) => painted(columns[n] as SheetColumn, colours, row),
      ),
  };
}

/** Lays out each row as a paragraph. */
function setParagraphs(colours: Colours, width: number): Setting {
  const indented = (text: string): string[] => wrap(text, Math.max(20, width - 4)).map((line) => `    ${line}`);
  return {
    header: [],
    lines: (row) => [
      ...wrap(`${at(row)} ${visible(row.function)}()`, Math.max(20, width)).map(colours.cyan),
      ...indented(
        [visible(row.api), row.kind === 'user' ? '' : `[${row.kind}]`, referenceOf(row), dash(row.containers, '→')]
          .filter(Boolean)
          .join('  '),
      ),
      ...(row.carrier.length > 0 ? indented(`in ${dash(row.carrier, ', ')}`) : []),
      ...indented(`${row.releaseForm} (${row.releaseScope}): ${releasesOf(row)}`),
      ...(row.dirty === 'none' ? [] : indented(`dirty: ${row.dirty}`)),
      ...(row.mixed ? indented(`mixed with ${mixedOf(row)}`).map(colours.yellow) : []),
      ...(row.gaps.length > 0 ? indented(`gaps: ${row.gaps.length}`).map(colours.red) : []),
    ],
  };
}

function setting(rows: readonly Row[], colours: Colours, width: number | undefined): Setting {
  const whole = setWhole(rows, colours);
  if (width === undefined || whole.width <= width) return whole;
  return setWrapped(rows, colours, width) ?? setParagraphs(colours, width);
}

/** Writes the sheet and the totals: wrapped to the terminal if there is one, in whole lines otherwise. */
export function writeText(survey: Survey, context: WriterContext): string {
  const colours = pc.createColors(context.colour ?? false);
  const parts: string[] = [];
  if (survey.sites.length === 0) {
    parts.push(`No call in ${visible(survey.tree)} takes references on user pages.`, '');
  } else {
    const set = setting(survey.sites, colours, context.width);
    parts.push(...set.header);
    for (const [name, rows] of bySubsystem(survey.sites)) {
      parts.push(
        '',
        colours.bold(`${visible(name)}  (${rows.length} ${rows.length === 1 ? 'site' : 'sites'})`),
        ...rows.flatMap(set.lines),
      );
    }
    parts.push('', ...totalsText(survey, colours, context.width), '');
  }
  if (context.coverage) parts.push(...coverageText(survey.coverage, colours));
  return `${parts.join('\n').replace(/^\n+|\n+$/g, '')}\n`;
}
