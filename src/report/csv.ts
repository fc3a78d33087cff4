import { writeCsv } from 'hucre/csv';
import type { Survey } from '../survey/row.js';
import { type FieldValue, fields } from './fields.js';
import { visible } from './visible.js';

function cell(value: FieldValue): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return visible(typeof value === 'string' ? value : value.join('; '));
}

/**
 * Writes the sheet as CSV (RFC 4180), one line for each site. Controls are written as escapes, so that a site stays one line whatever names
 * the tree has; a cell that a spreadsheet would take for a formula gets an apostrophe in front.
 */
export function writeCsvSheet(survey: Survey): string {
  const rows = survey.sites.map((row) => fields.map((field) => cell(field.value(row))));
  const text = writeCsv([fields.map((field) => field.key), ...rows], { escapeFormulae: true, lineSeparator: '\r\n' });
  return text.endsWith('\r\n') ? text : `${text}\r\n`;
}
