/** Findings as compilers print them, each with the steps of its path as notes. */
import pc from 'picocolors';
import { type Severity, severities } from '../check/finding.js';
import type { Check } from '../check/index.js';
import { visible } from './visible.js';
import type { WriterContext } from './writer.js';

/** Writes `file:line:column: severity: message [rule]`, which editors and CI systems know, and a note for each step. */
export function findingsText({ findings }: Check, context: WriterContext = {}): string {
  const colours = pc.createColors(context.colour ?? false);
  const painted: Readonly<Record<Severity, (text: string) => string>> = {
    error: (text) => colours.bold(colours.red(text)),
    warning: (text) => colours.bold(colours.magenta(text)),
    note: (text) => colours.bold(colours.cyan(text)),
  };
  const place = (at: { file: string; line: number; column: number }): string =>
    colours.bold(`${visible(at.file)}:${at.line}:${at.column}:`);
  return findings
    .map((finding) =>
      [
        `${place(finding)} ${painted[finding.severity](`${finding.severity}:`)} ${visible(finding.message)} [${finding.rule}]`,
        ...finding.path.map((step) => `${place(step)} ${painted.note('note:')} ${visible(step.text)} (${visible(step.function)})`),
        '',
      ].join('\n'),
    )
    .join('');
}

/**
 * A line for people that says how many findings there are and how to see one in full; empty if there are none. It is no part of the list.
 */
export function closingLine({ tree, findings }: Pick<Check, 'tree' | 'findings'>): string {
  if (findings.length === 0) return '';
  const counted = severities.toReversed().flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count > 0 ? [`${count} ${severity}${count > 1 ? 's' : ''}`] : [];
  });
  const all = `${findings.length} finding${findings.length > 1 ? 's' : ''} (${counted.join(', ')})`;
  return `${all}; putright explain ${asWord(tree)} FILE:LINE tells one in full\n`;
}

/** A path quoted so that a shell takes it as one word. */
function asWord(path: string): string {
  return /^[\w./~+@%=:,-]+$/.test(path) ? path : `'${visible(path).replaceAll("'", "'\\''")}'`;
}
