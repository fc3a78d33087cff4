import { writeCsv } from 'hucre/csv';
import type { Survey } from '../survey/row.js';
import { type FieldValue, fields } from './fields.js';
import { visible } from './visible.js';

function cell(value: FieldValue): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return visible(typeof value === 'string' ? value : value.join('; '));
}

/**
 * One line a site, RFC 4180. Controls are written as escapes, so a site is one line whatever its tree's names hold; a cell that a
 * spreadsheet would take for a formula begins with an apostrophe instead.
 */
export function writeCsvSheet(survey: Survey): string {
  const rows = survey.sites.map((row) => fields.map((field) => cell(field.value(row))));
  const text = writeCsv([fields.map((field) => field.key), ...rows], { escapeFormulae: true, lineSeparator: '\r\n' });
  return text.endsWith('\r\n') ? text : `${text}\r\n`;
}
