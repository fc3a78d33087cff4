/** The sheet as the reader sees it, for elsewhere. */
import type { PageSite } from '../src/report/page/data.js';
import type { Column } from './columns.js';

/**
 * Text of a table's cell in Markdown: neither markup nor HTML, nor the end of the cell. What would be full of marks is code, which is
 * also good to read where nobody makes Markdown of it; what would end the code is marked.
 */
function cell(text: string): string {
  if (!/[\\`*_{}[\]()#+!|~@&<>]/.test(text)) return text || '-';
  if (!/[`|\\\r\n]/.test(text)) return `\`${text}\``;
  return text
    .replace(/[\\`*_{}[\]()#+!|~@]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

/** A table in Markdown. */
export function toMarkdown(sites: readonly PageSite[], columns: readonly Column[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map((column) => column.title)),
    line(columns.map(() => '---')),
    ...sites.map((site) => line(columns.map((column) => cell(column.text(site))))),
    '',
  ].join('\n');
}

/** A field of a CSV (RFC 4180); what a spreadsheet would take for a formula begins with an apostrophe instead. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The rows as CSV, with a header. */
export function toCsv(sites: readonly PageSite[], columns: readonly Column[]): string {
  const line = (cells: readonly string[]): string => `${cells.map(field).join(',')}\r\n`;
  return [line(columns.map((column) => column.title)), ...sites.map((site) => line(columns.map((column) => column.text(site))))].join('');
}

/** Hands a text to the reader as a file. */
export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Puts a text on the clipboard; the old way where a page from the disk may not use the new one. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

/** Puts a text on the clipboard, and gives what is then told to the reader. */
export async function copied(text: string, told: string): Promise<string> {
  return (await copy(text)) ? told : 'The browser did not allow copying';
}
