/** The survey as a workbook: the sites, each linked to its trace and back, and the totals. */
import { type Cell, type CellStyle, type CellValue, cellRef, rangeRef, type WriteSheet, writeXlsx } from 'hucre/xlsx';
import type { Row, Survey } from '../survey/row.js';
import { type FieldValue, fields } from './fields.js';
import { type Conversion, share, totalsOf } from './totals.js';
import { visible } from './visible.js';

const SITES = 'Sites';
const TRACES = 'Traces';
const TOTALS = 'Totals';

/** A cell holds 32,767 characters, and spreadsheets do not open a file with more. The JSON has the whole text. */
const CELL_LIMIT = 32_000;
/** A sheet holds 65,530 links. A longer survey keeps its rows and loses the last links. */
const LINK_LIMIT = 65_000;

/** The day on which the workbook says that it was made: always the same, so that the same survey gives the same bytes. */
const MADE = new Date(Date.UTC(2000, 0, 1));

const HEADER: CellStyle = {
  font: { bold: true },
  fill: { type: 'pattern', pattern: 'solid', fgColor: { rgb: 'FFD9E2EC' } },
  alignment: { vertical: 'top', wrapText: true },
};
const LINK: CellStyle = { font: { underline: true, color: { rgb: 'FF0563C1' } }, alignment: { vertical: 'top' } };
const BOLD: CellStyle = { font: { bold: true } };
const TOP: CellStyle = { alignment: { vertical: 'top' } };

type Cells = Map<string, Partial<Cell>>;

/** A text for a cell. It is written as a string and never as a formula, so a text that begins with `=` stays a text. */
function text(value: string): string {
  const safe = visible(value);
  return safe.length > CELL_LIMIT ? `${safe.slice(0, CELL_LIMIT)}…` : safe;
}

function content(value: FieldValue): CellValue {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return text(typeof value === 'string' ? value : value.join('; '));
}

/** The titles as cells of row `row`. */
function header(titles: readonly string[], cells: Cells, row: number): CellValue[] {
  for (const [column, title] of titles.entries()) cells.set(`${row},${column}`, { value: title, type: 'string', style: HEADER });
  return [...titles];
}

function link(cells: Cells, row: number, column: number, value: string, sheet: string, toRow: number): void {
  if (cells.size > LINK_LIMIT) return;
  cells.set(`${row},${column}`, {
    value,
    type: 'string',
    style: LINK,
    hyperlink: { target: '', location: `${sheet}!${cellRef(toRow, 0)}`, tooltip: `Go to ${sheet}` },
  });
}

/** A sheet with a frozen header and a filter on each column. */
function tableSheet(
  name: string,
  columns: readonly { title: string; width: number }[],
  body: readonly CellValue[][],
  cells: Cells,
  frozenColumns: number,
): WriteSheet {
  return {
    name,
    columns: columns.map((column) => ({ width: column.width, style: TOP })),
    rows: [
      header(
        columns.map((column) => column.title),
        cells,
        0,
      ),
      ...body,
    ],
    cells,
    freezePane: { rows: 1, columns: frozenColumns },
    autoFilter: { range: rangeRef(0, 0, body.length, columns.length - 1) },
  };
}

/** LibreOffice shows a filter only if its range also has this name, as Excel writes it. */
function filterRange(sheet: WriteSheet): { name: string; range: string; scope: string }[] {
  const range = sheet.autoFilter?.range.replace(/([A-Z]+)(\d+)/g, '$$$1$$$2');
  return range ? [{ name: '_xlnm._FilterDatabase', range: `${sheet.name}!${range}`, scope: sheet.name }] : [];
}

/** One line of the sheet with the traces. */
interface TraceLine {
  what: string;
  file: string;
  line: number;
  column: number | '';
  function: string;
  text: string;
}

const traceColumns: readonly { title: string; width: number; value: (line: TraceLine) => CellValue }[] = [
  { title: 'What', width: 10, value: (line) => line.what },
  { title: 'File', width: 40, value: (line) => text(line.file) },
  { title: 'Line', width: 8, value: (line) => line.line },
  { title: 'Column', width: 8, value: (line) => line.column },
  { title: 'Function', width: 32, value: (line) => text(line.function) },
  { title: 'Text', width: 90, value: (line) => text(line.text) },
];

/** The site, the steps, the releases and the gaps of a row. */
function traceLines(row: Row): TraceLine[] {
  return [
    { what: 'site', file: row.file, line: row.line, column: row.column, function: row.function, text: `${row.api}() takes the reference` },
    ...row.trace.map((step, n) => ({ ...step, what: `step ${n + 1}` })),
    ...row.releases.map((release) => ({ ...release, what: 'release', column: '' as const, text: `${release.api}() drops it` })),
    ...row.gaps.map((gap) => ({ ...gap, what: 'gap', column: '' as const, function: '', text: gap.why })),
  ];
}

const conversionColumns: readonly { title: string; value: (line: Conversion) => CellValue }[] = [
  { title: 'Subsystem', value: (line) => text(line.subsystem) },
  { title: 'Sites', value: (line) => line.sites },
  { title: 'get', value: (line) => line.get },
  { title: 'pin', value: (line) => line.pin },
  { title: 'iov_iter_get', value: (line) => line.iteratorGet },
  { title: 'iov_iter_extract', value: (line) => line.extract },
  { title: 'Converted', value: (line) => share(line.done, line.of) },
];

function totalsSheet(survey: Survey): WriteSheet {
  const totals = totalsOf(survey);
  const cells: Cells = new Map();
  const rows: CellValue[][] = [header(['Figure', 'Sites', 'Of', 'Share'], cells, 0)];
  const heading = (title: string): void => {
    rows.push([]);
    cells.set(`${rows.length},0`, { value: title, type: 'string', style: BOLD });
    rows.push([title]);
  };
  for (const group of totals.groups) {
    heading(group.title);
    for (const total of group.totals) {
      rows.push([total.label, total.count, ...(total.of === undefined ? [] : [total.of, share(total.count, total.of)])]);
      for (const [what, count] of total.tally ?? []) rows.push([`    ${text(what)}`, count]);
    }
  }
  heading('Conversion by subsystem');
  rows.push(
    header(
      conversionColumns.map((column) => column.title),
      cells,
      rows.length,
    ),
  );
  for (const line of totals.conversion) rows.push(conversionColumns.map((column) => column.value(line)));
  heading('Coverage');
  const coverage = survey.coverage;
  rows.push(
    ['acquiring names followed by ( outside comments and strings', coverage.tokens],
    ['rows', coverage.rows],
    ['declarations, definitions, macros', coverage.declarations.length],
    ['gaps', coverage.gaps.length],
    ['unaccounted', coverage.unaccounted.length],
  );
  heading('About');
  rows.push(
    ['tree', text(survey.tree)],
    ['putright', text(survey.version)],
    ['sites inside gup and iov_iter, listed but not counted', totals.internal],
  );
  return { name: TOTALS, columns: [70, 16, 10, 10, 14, 16, 12].map((width) => ({ width })), rows, cells, freezePane: { rows: 1 } };
}

/** Writes the workbook. */
export async function writeWorkbook(survey: Survey): Promise<Uint8Array> {
  const siteCells: Cells = new Map();
  const traceCells: Cells = new Map();
  const siteRows: CellValue[][] = [];
  const traceRows: CellValue[][] = [];
  survey.sites.forEach((row, n) => {
    const siteRow = n + 1;
    const traceRow = traceRows.length + 1;
    siteRows.push(fields.map((field) => content(field.value(row))));
    link(siteCells, siteRow, 0, text(row.id), TRACES, traceRow);
    for (const line of traceLines(row)) {
      link(traceCells, traceRows.length + 1, 0, text(row.id), SITES, siteRow);
      traceRows.push([text(row.id), ...traceColumns.map((column) => column.value(line))]);
    }
  });
  const sheets = [
    tableSheet(SITES, fields, siteRows, siteCells, 1),
    tableSheet(TRACES, [{ title: 'Site', width: 44 }, ...traceColumns], traceRows, traceCells, 0),
    totalsSheet(survey),
  ];
  return writeXlsx({
    sheets,
    namedRanges: sheets.flatMap(filterRange),
    properties: {
      title: `putright survey of ${text(survey.tree)}`,
      creator: `putright ${text(survey.version)}`,
      created: MADE,
      modified: MADE,
    },
  });
}
