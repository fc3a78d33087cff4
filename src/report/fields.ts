/** The row's keys as columns of a spreadsheet, written by CSV and XLSX alike. */
import type { Row } from '../survey/row.js';
import { subsystem } from './subsystem.js';

/** What a cell holds; a writer joins a list to a text. */
export type FieldValue = string | number | boolean | readonly string[];

/** One column. */
export interface Field {
  /** The row's key, and the header of the CSV. */
  key: string;
  /** The header for people. */
  title: string;
  /** Width in a workbook, in characters. */
  width: number;
  /** The cell of a row. */
  value: (row: Row) => FieldValue;
}

const at = (place: { file: string; line: number }): string => `${place.file}:${place.line}`;

/** The columns in their order. */
export const fields: readonly Field[] = [
  { key: 'id', title: 'Site', width: 44, value: (row) => row.id },
  { key: 'subsystem', title: 'Subsystem', width: 20, value: (row) => subsystem(row.file) },
  { key: 'file', title: 'File', width: 38, value: (row) => row.file },
  { key: 'line', title: 'Line', width: 7, value: (row) => row.line },
  { key: 'column', title: 'Column', width: 8, value: (row) => row.column },
  { key: 'function', title: 'Function', width: 28, value: (row) => row.function },
  { key: 'api', title: 'Call', width: 24, value: (row) => row.api },
  { key: 'kind', title: 'Kind', width: 10, value: (row) => row.kind },
  { key: 'reference', title: 'Reference', width: 12, value: (row) => row.reference },
  { key: 'longterm', title: 'Long term', width: 10, value: (row) => row.longterm },
  { key: 'containers', title: 'Containers', width: 20, value: (row) => row.containers },
  { key: 'carrier', title: 'Carrier', width: 30, value: (row) => row.carrier },
  {
    key: 'releases',
    title: 'Releases',
    width: 60,
    value: (row) => row.releases.map((release) => `${at(release)} ${release.function}: ${release.api}`),
  },
  { key: 'releaseForm', title: 'Release form', width: 16, value: (row) => row.releaseForm },
  { key: 'releaseReason', title: 'Why this form', width: 40, value: (row) => row.releaseReason },
  { key: 'releaseScope', title: 'Release scope', width: 14, value: (row) => row.releaseScope },
  { key: 'dirty', title: 'Dirty', width: 20, value: (row) => row.dirty },
  { key: 'mixed', title: 'Mixed', width: 8, value: (row) => row.mixed },
  { key: 'mixedWith', title: 'Mixed with', width: 40, value: (row) => row.mixedWith },
  { key: 'case', title: 'Case', width: 7, value: (row) => row.case?.number ?? '' },
  { key: 'caseReason', title: 'Why this case', width: 40, value: (row) => row.case?.reason ?? '' },
  { key: 'wrappers', title: 'Wrappers', width: 28, value: (row) => row.wrappers },
  { key: 'gaps', title: 'Gaps', width: 50, value: (row) => row.gaps.map((gap) => `${at(gap)} ${gap.why}`) },
  { key: 'trace', title: 'Trace', width: 60, value: (row) => row.trace.map((step) => `${at(step)} ${step.text}`) },
];
